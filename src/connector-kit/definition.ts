/** What an author says of a source, in plain JavaScript; how it is told to Athena is the kit's business. */

/**
 * A value of a row. Whole numbers may be numbers or bigints, `bigint` columns are read as bigints; decimals are numbers or
 * text (`'12.50'`), and read as text; dates are text (`'2024-02-29'`) or Dates; timestamps are Dates or text of ISO 8601,
 * and read as Dates. A map is a Map or an object, a struct an object.
 */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | { readonly [member: string]: Value }

export type Row = Readonly<Record<string, Value>>

type Awaitable<T> = T | Promise<T>
type Items<T> = Iterable<T> | AsyncIterable<T>

export interface TableDefinition {
  /** Name to type, in order, as in Athena's DDL: `bigint`, `decimal(10,2)`, `array<string>`, `struct<city:string>`. Undefined is none. */
  readonly columns: Readonly<Record<string, string | undefined>>
  /** Those of the columns by which the table is partitioned. */
  readonly partitionedBy?: readonly string[]
  readonly comments?: Readonly<Record<string, string | undefined>>
}

/** The values that a query wants of a column; rows with others are left out by the kit, whether the author does or not. */
export interface Wanted {
  /** Absent where any value will do; an end that is absent is open. */
  readonly ranges?: readonly { readonly low?: WantedEnd; readonly high?: WantedEnd }[]
  /** Instead of ranges: these values, or all but these. */
  readonly values?: readonly Value[]
  readonly excluded?: readonly Value[]
  readonly nullAllowed: boolean
}

export interface WantedEnd {
  readonly value: Value
  readonly included: boolean
}

export interface Query {
  readonly id: string
  readonly catalog: string
  readonly schema: string
  readonly table: string
  /** Wanted columns, and those that `where` looks at; other members of a row are passed over. */
  readonly columns: readonly string[]
  /** By column; one that is not there may have any value. */
  readonly where: Readonly<Record<string, Wanted>>
  /** As many rows within `where` are enough. */
  readonly limit?: number
  /** Of a query in the source's own language, by its arguments' names: its rows are wanted, and no table's. */
  readonly own?: Readonly<Record<string, string>>
  readonly caller: Caller
}

export interface Caller {
  readonly arn: string
  readonly account: string
  readonly tags: Readonly<Record<string, string>>
  readonly groups: readonly string[]
}

/** What a part of a table's rows is found again by. */
export type Part = Readonly<Record<string, string>>

export interface SourceDefinition {
  /** What the source is, in a word. */
  readonly sourceType: string
  schemas(): Awaitable<readonly string[]>
  tables(schema: string): Awaitable<readonly string[]>
  /** Undefined where there is none. Names come in lower case. */
  table(schema: string, table: string): Awaitable<TableDefinition | undefined>
  /** The values of the columns that a table is partitioned by. Those that a query does not want are left out by the kit. */
  partitions?(query: Query): Items<Row>
  /** What of a partition, or of a table that has none, can be read side by side; all in one where it is absent. */
  parts?(query: Query, partition: Row): Items<Part>
  /** A partition's values are added to its rows by the kit, and are in `part` as text. */
  rows(query: Query, part: Part): Items<Row>
  readonly ownQueries?: OwnQueries
  /** Functions for `USING EXTERNAL FUNCTION`, by their names in lower case. */
  readonly functions?: Readonly<Record<string, (...values: Value[]) => Awaitable<Value>>>
  /** Where rows go that do not fit an answer. Without it a query for more than 5 MB at a time fails. */
  readonly spill?: Spill
}

/** Queries in the source's own language, which are only to read: `SELECT * FROM TABLE(catalog.system.query('...'))`. */
export interface OwnQueries {
  /** Names in upper case, all of which must be told: `QUERY` alone where it is absent. */
  readonly arguments?: readonly string[]
  /** What a query will answer; throws for one that can not be. */
  answer(values: Readonly<Record<string, string>>): Awaitable<Omit<TableDefinition, 'partitionedBy'>>
}

export interface Spill {
  readonly bucket: string
  /** Of keys; `athena-federation-spill` where it is absent. */
  readonly prefix?: string
  put(bucket: string, key: string, body: Uint8Array): Promise<void>
}

/** What is wrong with what a source says. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
}
