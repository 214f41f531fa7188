/** The tables and views of a MySQL or MariaDB server. Nothing is written to it: all sessions are of transactions that read. */
import type {
  Connector,
  OpenConnector,
  SourceRows,
  SourceScan,
  SourceTable,
  Split,
} from '../../core/federation/connector.ts'
import { columnType } from '../../core/queries/column-type.ts'
import { builderOf } from '../../formats/vector-builders.ts'
import { AskedSession } from '../databases/asked-session.ts'
import { pushdownOf, selectText } from '../databases/select-text.ts'
import { detailOf, findTable, fullName, quoted, schemaNames, tableNames } from './catalog.ts'
import { isShape, valueReader } from './columns.ts'
import { dialectFor } from './dialect.ts'
import { RowStream } from './row-stream.ts'
import { type Properties, Session } from './session.ts'
import { type Part, partsOf } from './splits.ts'

export const openMysql: OpenConnector = ({ properties }) => new MysqlConnector(properties)

class MysqlConnector implements Connector {
  readonly #properties: Properties
  readonly #catalog: AskedSession<Session>

  constructor(properties: Properties) {
    this.#properties = properties
    this.#catalog = new AskedSession(() => Session.open(properties))
  }

  schemas(): Promise<readonly string[]> {
    return this.#catalog.ask(schemaNames)
  }

  tables(schema: string): Promise<readonly string[]> {
    return this.#catalog.ask((session) => tableNames(session, schema))
  }

  table(schema: string, name: string): Promise<SourceTable | undefined> {
    return this.#catalog.ask((session) => findTable(session, schema, name))
  }

  pushdown(scan: SourceScan) {
    return pushdownOf(scan, dialectFor(scan.table), statementOf(scan, {}))
  }

  async *splits(scan: SourceScan): AsyncIterable<Split> {
    const asksNothing = this.pushdown(scan).columns.length === 0
    for (const part of await this.#catalog.ask((session) => partsOf(session, scan, asksNothing))) yield { ...part }
  }

  async *read(scan: SourceScan, split: Split, signal: AbortSignal): AsyncIterable<SourceRows> {
    const columns = scan.columns.map(({ name, type }) => {
      const builder = builderOf(columnType(type))
      return { builder, read: valueReader(name, type, builder) }
    })
    const session = await Session.open(this.#properties)
    const stream = new RowStream(session, columns)
    try {
      yield* stream.batches(statementOf(scan, split), signal)
    } finally {
      await (stream.over ? session.end() : session.abandon())
    }
  }

  close(): Promise<void> {
    return this.#catalog.end()
  }
}

/** What is asked for a part of a table; of all of it where no part is told. */
function statementOf(scan: SourceScan, { partition, rows }: Part): string {
  const { declarations } = detailOf(scan.table)
  const columns = scan.columns.map(({ name }) => {
    const declaration = declarations[scan.table.columns.findIndex((column) => column.name === name)]!
    return isShape(declaration) ? `ST_AsText(${quoted(name)})` : quoted(name)
  })
  const from = `${fullName(scan.table)}${partition === undefined ? '' : ` PARTITION (${quoted(partition)})`}`
  return selectText(scan, dialectFor(scan.table), { columns: columns.join(', ') || 'NULL', from, rows })
}
