/** The tables and views of a PostgreSQL database. */
import type { ConnectorHost, OpenConnector, SourceDefinition, SourceScan } from '../../core/federation/connector.ts'
import { quotedName } from '../../sql/quotation.ts'
import { databaseAddress } from '../databases/database-address.ts'
import { type Database, DatabaseConnector, readColumns } from '../databases/database-connector.ts'
import { selectText } from '../databases/select-text.ts'
import { describeQuery, detailOf, findTable, relationText, schemaNames, tableNames } from './catalog.ts'
import { isReadAsItIs, valueReader } from './columns.ts'
import { CopyOut } from './copy-out.ts'
import { dialectFor } from './dialect.ts'
import { Session } from './session.ts'
import { type Part, partsOf } from './splits.ts'

export const openPostgres: OpenConnector = (source, host) => new DatabaseConnector(postgres(source, host))

const postgres = (source: SourceDefinition, host: ConnectorHost): Database<Session> => ({
  open: async () => Session.open(await databaseAddress(source, host)),
  schemaNames,
  tableNames,
  findTable,
  describeQuery,
  dialectFor,
  partsOf: (session, scan) => partsOf(session, scan, statementOf(scan, {})),
  statementOf,
  send(session, statement, columns) {
    const copy = new CopyOut(statement, readColumns(columns, valueReader))
    session.submit(copy)
    return copy
  },
})

function statementOf(scan: SourceScan, { table = relationText(scan.table), rows }: Part): string {
  const { declarations } = detailOf(scan.table)
  const columns = scan.columns.map(({ name }) => {
    const declaration = declarations[scan.table.columns.findIndex((column) => column.name === name)]!
    const cast = isReadAsItIs(declaration) ? '' : declaration.isArray ? '::text[]' : '::text'
    return `${quotedName(name)}${cast}`
  })
  return selectText(scan, dialectFor(scan.table), { columns: columns.join(', '), from: table, rows })
}
