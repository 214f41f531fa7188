/** The tables and views of a MySQL or MariaDB server. */
import type { ConnectorHost, OpenConnector, SourceDefinition, SourceScan } from '../../core/federation/connector.ts'
import { conditionsOf } from '../databases/conditions.ts'
import { databaseAddress } from '../databases/database-address.ts'
import { type Database, DatabaseConnector, readColumns } from '../databases/database-connector.ts'
import { selectText } from '../databases/select-text.ts'
import { describeQuery, detailOf, findTable, quoted, relationText, schemaNames, tableNames } from './catalog.ts'
import { isShape, valueReader } from './columns.ts'
import { dialectFor } from './dialect.ts'
import { RowStream } from './row-stream.ts'
import { Session } from './session.ts'
import { type Part, partsOf } from './splits.ts'

export const openMysql: OpenConnector = (source, host) => new DatabaseConnector(mysql(source, host))

const mysql = (source: SourceDefinition, host: ConnectorHost): Database<Session> => ({
  open: async () => Session.open(await databaseAddress(source, host)),
  schemaNames,
  tableNames,
  findTable,
  describeQuery,
  dialectFor,
  partsOf(session, scan) {
    const asksNothing = conditionsOf(scan, dialectFor(scan.table)).columns.length === 0
    return partsOf(session, scan, asksNothing)
  },
  statementOf,
  send: (session, statement, columns) => new RowStream(session, statement, readColumns(columns, valueReader)),
})

function statementOf(scan: SourceScan, { partition, rows }: Part): string {
  const { declarations } = detailOf(scan.table)
  const columns = scan.columns.map(({ name }) => {
    const declaration = declarations[scan.table.columns.findIndex((column) => column.name === name)]!
    return isShape(declaration) ? `ST_AsText(${quoted(name)})` : quoted(name)
  })
  const from = `${relationText(scan.table)}${partition === undefined ? '' : ` PARTITION (${quoted(partition)})`}`
  return selectText(scan, dialectFor(scan.table), { columns: columns.join(', ') || 'NULL', from, rows })
}
