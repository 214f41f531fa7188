/** Columns of a modelled table: their types in Hive's words, their values as JavaScript has them, as SQL and as Athena shows them. */
import type { Random } from '../conformance/values.ts'

export type ColumnType =
  | 'bigint'
  | 'int'
  | 'string'
  | 'date'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'decimal'
  | 'struct'
/** Dates and timestamps are text, decimals their hundredths, a struct the number of its first field. */
export type Value = number | string | boolean | null

interface TypeFacts {
  /** In CREATE TABLE. */
  readonly hive: string
  readonly trino: string
  value(random: Random): Exclude<Value, null>
  sql(value: Exclude<Value, null>): string
  shown(value: Exclude<Value, null>): string
  /** Of Hive's DDL, over a column. */
  readonly transforms: readonly ((column: string) => string)[]
}

const words = ['', 'a', 'ab', 'abc', 'b', "it's", 'ü', 'zz', 'a longer text than bounds of files keep', 'NULL']
const day = (random: Random): string => `2024-0${1 + random.below(3)}-${String(1 + random.below(28)).padStart(2, '0')}`
const identity = (column: string): string => column

export const TYPES: Readonly<Record<ColumnType, TypeFacts>> = {
  bigint: {
    hive: 'bigint',
    trino: 'bigint',
    value: (random) => random.below(40) - 10,
    sql: (value) => `CAST(${value} AS bigint)`,
    shown: String,
    transforms: [(c) => `bucket(4, ${c})`, (c) => `truncate(10, ${c})`],
  },
  int: {
    hive: 'int',
    trino: 'integer',
    value: (random) => random.below(5),
    sql: String,
    shown: String,
    transforms: [identity, (c) => `bucket(3, ${c})`],
  },
  string: {
    hive: 'string',
    trino: 'varchar',
    value: (random) => random.pick(words),
    sql: (value) => `'${String(value).replaceAll("'", "''")}'`,
    shown: String,
    transforms: [identity, (c) => `truncate(2, ${c})`, (c) => `bucket(4, ${c})`],
  },
  date: {
    hive: 'date',
    trino: 'date',
    value: day,
    sql: (value) => `DATE '${value}'`,
    shown: String,
    transforms: [(c) => `month(${c})`, (c) => `day(${c})`],
  },
  double: {
    hive: 'double',
    trino: 'double',
    value: (random) => random.below(20) / 2 + 0.25,
    sql: (value) => `DOUBLE '${value}'`,
    shown: String,
    transforms: [],
  },
  boolean: {
    hive: 'boolean',
    trino: 'boolean',
    value: (random) => random.chance(0.5),
    sql: String,
    shown: String,
    transforms: [identity],
  },
  timestamp: {
    hive: 'timestamp',
    trino: 'timestamp(6)',
    value: (random) => `${day(random)} 0${random.below(10)}:30:00.000000`,
    sql: (value) => `TIMESTAMP '${value}'`,
    shown: String,
    transforms: [(c) => `day(${c})`, (c) => `hour(${c})`, (c) => `month(${c})`],
  },
  decimal: {
    hive: 'decimal(9,2)',
    trino: 'decimal(9,2)',
    value: (random) => random.below(2000) - 1000,
    sql: (value) => `CAST(${hundredths(Number(value))} AS decimal(9,2))`,
    shown: (value) => hundredths(Number(value)),
    transforms: [(c) => `bucket(4, ${c})`, (c) => `truncate(500, ${c})`],
  },
  struct: {
    hive: 'struct<n:int,s:string>',
    trino: 'row(n integer, s varchar)',
    value: (random) => random.below(9),
    sql: (value) => `CAST(ROW(${value}, 's${value}') AS row(n integer, s varchar))`,
    shown: (value) => `{n=${value}, s=s${value}}`,
    transforms: [],
  },
}

const hundredths = (value: number): string =>
  `${value < 0 ? '-' : ''}${Math.floor(Math.abs(value) / 100)}.${String(Math.abs(value) % 100).padStart(2, '0')}`

export const sqlOf = (type: ColumnType, value: Value): string =>
  value === null ? `CAST(NULL AS ${TYPES[type].trino})` : TYPES[type].sql(value)

export const shownOf = (type: ColumnType, value: Value): string | null =>
  value === null ? null : TYPES[type].shown(value)

export const randomValue = (type: ColumnType, random: Random): Value =>
  random.chance(0.15) ? null : TYPES[type].value(random)
