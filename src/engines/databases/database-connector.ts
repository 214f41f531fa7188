/** What the connectors of database servers have in common: one session for what is asked about tables, one more for each reading. */
import type {
  Connector,
  Pushdown,
  SourceColumn,
  SourceFunction,
  SourceRows,
  SourceScan,
  SourceTable,
  Split,
} from '../../core/federation/connector.ts'
import { columnType } from '../../core/queries/column-type.ts'
import { type Builder, builderOf } from '../../formats/vector-builders.ts'
import type { Type } from '../../sql/types.ts'
import { AskedSession } from './asked-session.ts'
import type { Dialect } from './conditions.ts'
import { OWN_QUERIES, type OwnQueryTable, ownQueryTable } from './own-query.ts'
import { pushdownOf } from './select-text.ts'

export interface DatabaseSession {
  /** A statement has failed because the connection had ended. */
  readonly isLost: boolean
  end(): Promise<void>
  /** Ends what runs, and the connection. */
  abandon(): Promise<void>
}

/** Rows of a statement that has been sent. */
export interface SentStatement {
  /** All rows have come, or it has failed before. */
  readonly over: boolean
  batches(signal: AbortSignal): AsyncIterable<SourceRows>
}

/** How one kind of server is asked. All sessions are of transactions that read: nothing is ever written. */
export interface Database<Session extends DatabaseSession> {
  open(): Promise<Session>
  schemaNames(session: Session): Promise<readonly string[]>
  tableNames(session: Session, schema: string): Promise<readonly string[]>
  /** Names are folded; of several that fold alike, one that is spelled so is meant. */
  findTable(session: Session, schema: string, name: string): Promise<SourceTable | undefined>
  /** What a query of its own language answers; only the columns are asked for. */
  describeQuery(session: Session, query: string): Promise<OwnQueryTable>
  dialectFor(table: SourceTable): Dialect
  partsOf(session: Session, scan: SourceScan): Promise<readonly Split[]>
  /** What is asked for a part of a table; of all of it where no part is told. */
  statementOf(scan: SourceScan, part: Split): string
  send(session: Session, statement: string, columns: readonly SourceColumn[]): SentStatement
}

export class DatabaseConnector<Session extends DatabaseSession> implements Connector {
  readonly #database: Database<Session>
  readonly #asked: AskedSession<Session>

  constructor(database: Database<Session>) {
    this.#database = database
    this.#asked = new AskedSession(() => database.open())
  }

  schemas(): Promise<readonly string[]> {
    return this.#asked.ask((session) => this.#database.schemaNames(session))
  }

  tables(schema: string): Promise<readonly string[]> {
    return this.#asked.ask((session) => this.#database.tableNames(session, schema))
  }

  table(schema: string, name: string): Promise<SourceTable | undefined> {
    return this.#asked.ask((session) => this.#database.findTable(session, schema, name))
  }

  async functions(): Promise<readonly SourceFunction[]> {
    return OWN_QUERIES
  }

  called(_: SourceFunction, values: readonly string[]): Promise<SourceTable> {
    return ownQueryTable(values, (query) => this.#asked.ask((session) => this.#database.describeQuery(session, query)))
  }

  pushdown(scan: SourceScan): Pushdown {
    return pushdownOf(scan, this.#database.dialectFor(scan.table), this.#database.statementOf(scan, {}))
  }

  async *splits(scan: SourceScan): AsyncIterable<Split> {
    yield* await this.#asked.ask((session) => this.#database.partsOf(session, scan))
  }

  async *read(scan: SourceScan, split: Split, signal: AbortSignal): AsyncIterable<SourceRows> {
    const session = await this.#database.open()
    let sent: SentStatement | undefined
    try {
      sent = this.#database.send(session, this.#database.statementOf(scan, split), scan.columns)
      yield* sent.batches(signal)
    } finally {
      await (sent?.over ? session.end() : session.abandon())
    }
  }

  close(): Promise<void> {
    return this.#asked.end()
  }
}

/** A column that is read: `read` adds a value, as the server writes it, to `builder`. */
export interface ReadColumn<Read> {
  readonly builder: Builder
  readonly read: Read
}

export const readColumns = <Read>(
  columns: readonly SourceColumn[],
  readerOf: (name: string, type: Type, builder: Builder) => Read,
): ReadColumn<Read>[] =>
  columns.map(({ name, type }) => {
    const builder = builderOf(columnType(type))
    return { builder, read: readerOf(name, type, builder) }
  })
