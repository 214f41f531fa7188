/** The tables and views of one SQLite file, read only. Its schemas are `main` and no other. */
import { existsSync, realpathSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  type Connector,
  type OpenConnector,
  SourceError,
  type SourceFunction,
  type SourceRows,
  type SourceScan,
  type SourceTable,
  type Split,
} from '../../core/federation/connector.ts'
import type { Constant } from '../../sql/plan.ts'
import { quotedName, quotedText } from '../../sql/quotation.ts'
import type { Type } from '../../sql/types.ts'
import type { Dialect } from '../databases/conditions.ts'
import { OWN_QUERIES, type OwnQueryTable, ownQueryTable, subquery } from '../databases/own-query.ts'
import { RowBatch } from '../databases/row-batch.ts'
import { pushdownOf, selectText } from '../databases/select-text.ts'
import { columnReader, type SqliteValue, typeOfDeclaration, typeOfValue } from './columns.ts'

const SCHEMA = 'main'
/** Fewer rows than these are not worth a scan of their own. */
const SPLIT_ROWS = 250_000
const MOST_SPLITS = 64

/** `directory`: of the operator's, below which files may be read. */
export const openSqlite =
  (directory: string | undefined): OpenConnector =>
  ({ properties }) => {
    if (directory === undefined) throw new SourceError('No directory of SQLite files has been opened to data catalogs')
    const path = pathBelow(directory, properties.path ?? '')
    return new SqliteConnector(blamed(() => new DatabaseSync(path, { readOnly: true, timeout: 5000 })))
  }

/** Wherever links lead. */
function pathBelow(directory: string, path: string): string {
  const root = realpathSync(directory)
  const named = resolve(root, path)
  const found = existsSync(named) ? realpathSync(named) : undefined
  if (found?.startsWith(root + sep)) return found
  throw new SourceError(`There is no file ${path} in the directory of SQLite files`)
}

const dialect: Dialect = {
  name: quotedName,
  literal,
  comparison(column, type) {
    switch (type.kind) {
      // Whatever the column was declared to compare by, texts are compared as bytes.
      case 'varchar':
        return { operand: `${quotedName(column)} COLLATE BINARY`, isOrdered: true, isExact: true }
      case 'bigint':
      case 'double':
      case 'boolean':
      case 'date':
        return { operand: quotedName(column), isOrdered: true, isExact: true }
      // Decimals may be stored as floating numbers, timestamps with `T` or a blank and with any number of digits.
      default:
        return undefined
    }
  },
}

function literal(value: Constant, { kind }: Type): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value.toExponential() : undefined
  if (typeof value !== 'string') return undefined
  return kind === 'varchar' || kind === 'date' ? quotedText(value) : undefined
}

class SqliteConnector implements Connector {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async schemas(): Promise<readonly string[]> {
    return [SCHEMA]
  }

  async tables(schema: string): Promise<readonly string[]> {
    if (schema !== SCHEMA) return []
    const rows = this.#all(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    return rows.map(([name]) => String(name))
  }

  /** SQLite finds names whatever their case. */
  async table(schema: string, name: string): Promise<SourceTable | undefined> {
    if (schema !== SCHEMA) return undefined
    const [found] = this.#all(
      `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = ${quotedText(name)}`,
    )
    if (!found) return undefined
    const spelled = String(found[0])
    // Hidden columns, of virtual tables, are not told of.
    const columns = this.#all(
      `SELECT name, type FROM pragma_table_xinfo(${quotedText(spelled)}) WHERE hidden <> 1 ORDER BY cid`,
    )
    return {
      schema: SCHEMA,
      name: spelled,
      columns: columns.map(([column, type]) => ({ name: String(column), type: typeOfDeclaration(String(type)) })),
    }
  }

  async functions(): Promise<readonly SourceFunction[]> {
    return OWN_QUERIES
  }

  called(_: SourceFunction, values: readonly string[]): Promise<SourceTable> {
    return ownQueryTable(values, async (query) => this.#describe(query))
  }

  /** What is computed has no declared type: it has that of the first row, which is read for it. */
  #describe(query: string): OwnQueryTable {
    return blamed(() => {
      const statement = this.#database.prepare(`SELECT * FROM ${subquery(query)} LIMIT 1`)
      statement.setReadBigInts(true)
      statement.setReturnArrays(true)
      const columns = statement.columns()
      const first = columns.some(({ type }) => type === null)
        ? (statement.get() as readonly SqliteValue[] | undefined)
        : undefined
      const detail: Detail = { query }
      return {
        columns: columns.map(({ name, type }, i) => ({
          name,
          type: type === null ? typeOfValue(first?.[i] ?? null) : typeOfDeclaration(type),
        })),
        detail,
      }
    })
  }

  pushdown(scan: SourceScan) {
    return pushdownOf(scan, dialect, statementOf(scan, {}))
  }

  /** By ranges of row numbers; views and tables without them are read in one go, and so is what a limit makes short. */
  async *splits(scan: SourceScan): AsyncIterable<Split> {
    if (queryOf(scan.table) !== undefined) return yield {}
    const { name } = scan.table
    const rowId = rowIdOf(scan.table)
    const [kind] = this.#all(
      `SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ${quotedText(name)}`,
    )
    if (!rowId || scan.limit !== undefined || kind?.[0] !== 'table' || kind[1] !== 0n) return yield {}
    const [ends] = this.#all(`SELECT min(${rowId}), max(${rowId}) FROM ${quotedName(name)}`)
    const [low, high] = ends as [bigint | null, bigint | null]
    if (low === null || high === null) return
    const count = BigInt(Math.min(MOST_SPLITS, Math.max(1, Number((high - low) / BigInt(SPLIT_ROWS)))))
    const step = (high - low) / count + 1n
    for (let from = low; from <= high; from += step) yield { rowId, from: String(from), until: String(from + step) }
  }

  async *read(scan: SourceScan, split: Split, signal: AbortSignal): AsyncIterable<SourceRows> {
    const statement = blamed(() => this.#database.prepare(statementOf(scan, split)))
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    const readers = scan.columns.map(({ name, type }) => columnReader(name, type))
    const batch = new RowBatch(readers.map(({ builder }) => builder))
    const rows = statement.iterate() as unknown as Iterator<readonly SqliteValue[]>
    try {
      for (let next = blamed(() => rows.next()); !next.done; next = blamed(() => rows.next())) {
        for (let i = 0; i < readers.length; i++) readers[i]!.add(next.value[i]!)
        if (!batch.added()) continue
        yield batch.take()
        signal.throwIfAborted()
      }
    } finally {
      // Before its end a statement holds the file: nobody else could write to it.
      rows.return?.()
    }
    if (batch.rows > 0) yield batch.take()
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #all(sql: string): readonly (readonly SqliteValue[])[] {
    return blamed(() => {
      const statement = this.#database.prepare(sql)
      statement.setReadBigInts(true)
      statement.setReturnArrays(true)
      return statement.all() as unknown as readonly (readonly SqliteValue[])[]
    })
  }
}

/** The number of a row has three names; a column may have taken some of them. */
function rowIdOf({ columns }: SourceTable): string | undefined {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name))
}

/** Of a query in SQLite's own language. */
interface Detail {
  readonly query: string
}

const queryOf = ({ detail }: SourceTable): string | undefined => (detail as Partial<Detail> | undefined)?.query

function relationText(table: SourceTable): string {
  const query = queryOf(table)
  return query === undefined ? quotedName(table.name) : subquery(query)
}

function statementOf(scan: SourceScan, { rowId, from, until }: Split): string {
  const columns = scan.columns.map(({ name }) => quotedName(name)).join(', ') || 'NULL'
  const rows = from === undefined ? undefined : `${rowId} >= ${from} AND ${rowId} < ${until}`
  return selectText(scan, dialect, { columns, from: relationText(scan.table), rows })
}

/** What SQLite says is the source's word. */
function blamed<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Error && 'errcode' in error ? new SourceError(error.message) : error
  }
}
