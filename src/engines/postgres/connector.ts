/** The tables and views of a PostgreSQL database. Nothing is written to it: all sessions are of transactions that read. */
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
import { quotedName } from '../../sql/quotation.ts'
import { AskedSession } from '../databases/asked-session.ts'
import { pushdownOf, selectText } from '../databases/select-text.ts'
import { detailOf, findTable, schemaNames, tableNames } from './catalog.ts'
import { isReadAsItIs, valueReader } from './columns.ts'
import { CopyOut } from './copy-out.ts'
import { dialectFor } from './dialect.ts'
import { type Properties, Session } from './session.ts'
import { type Part, partsOf } from './splits.ts'

export const openPostgres: OpenConnector = ({ properties }) => new PostgresConnector(properties)

class PostgresConnector implements Connector {
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
    for (const part of await this.#catalog.ask((session) => partsOf(session, scan, statementOf(scan, {}))))
      yield { ...part }
  }

  async *read(scan: SourceScan, split: Split, signal: AbortSignal): AsyncIterable<SourceRows> {
    const columns = scan.columns.map(({ name, type }) => {
      const builder = builderOf(columnType(type))
      return { builder, read: valueReader(name, type, builder) }
    })
    const session = await Session.open(this.#properties)
    const copy = new CopyOut(statementOf(scan, split), columns)
    try {
      session.submit(copy)
      yield* copy.batches(signal)
    } finally {
      await (copy.over ? session.end() : session.abandon())
    }
  }

  close(): Promise<void> {
    return this.#catalog.end()
  }
}

/** What is asked for a part of a table; of all of it where no part is told. */
function statementOf(scan: SourceScan, { table, rows }: Part): string {
  const { declarations } = detailOf(scan.table)
  const columns = scan.columns.map(({ name }) => {
    const declaration = declarations[scan.table.columns.findIndex((column) => column.name === name)]!
    const cast = isReadAsItIs(declaration) ? '' : declaration.isArray ? '::text[]' : '::text'
    return `${quotedName(name)}${cast}`
  })
  const from = table ?? `${quotedName(scan.table.schema)}.${quotedName(scan.table.name)}`
  return selectText(scan, dialectFor(scan.table), { columns: columns.join(', '), from, rows })
}
