/**
 * The rows of a changed table in the stretches that its files would keep together (a row group of Parquet), each with what
 * its statistics would say. Only the columns that a query's conditions name are read for it, but of all its rows.
 */
import type { Constant } from '../../sql/plan.ts'
import { quotedName } from '../../sql/quotation.ts'
import { type Type, typeName } from '../../sql/types.ts'
import { partitionConstant } from '../queries/partition-values.ts'
import type { ColumnCondition, ValueRange } from './column-conditions.ts'
import { equals, quotedTable, type TableForm } from './table-changes.ts'

/** What the engine puts in one row group of Parquet, and what we take for a stretch of text. */
export const GROUP_ROWS = 122_880

export interface RowStretch {
  /** Of the keys of the form, as text. */
  readonly partition: readonly (string | null)[]
  /** Its place among those of its partition. */
  readonly place: number
  readonly rows: number
  /** By the names of the columns with conditions and of those it is sorted by. */
  readonly ranges: ReadonlyMap<string, ValueRange>
  /** Names of columns none of whose values is one of those that are asked for. */
  readonly lacks: ReadonlySet<string>
}

export interface StretchQuery {
  readonly sql: string
  readonly read: (rows: readonly (readonly (string | null)[])[]) => RowStretch[]
}

export interface TypedColumn {
  readonly name: string
  readonly type: Type
}

export function stretchQuery(
  table: string,
  form: TableForm,
  conditions: readonly ColumnCondition[],
  columns: readonly TypedColumn[],
  stretchRows: number,
): StretchQuery {
  const typeOf = (name: string): Type => columns.find((column) => column.name === name)!.type
  const keys = form.partitionBy
  const ranged = [...new Set([...conditions.map(({ name }) => name), ...form.sortBy])].filter(
    (name) => !keys.includes(name),
  )
  const asked = conditions.filter(({ name, constraint }) => constraint.kind === 'values' && ranged.includes(name))
  const window = [
    ...(keys.length > 0 ? [`PARTITION BY ${keys.map(quotedName).join(', ')}`] : []),
    ...(form.sortBy.length > 0 ? [`ORDER BY ${form.sortBy.map(quotedName).join(', ')}`] : []),
  ].join(' ')
  const inner = [...new Set([...keys, ...ranged])].map(quotedName)
  const place = `(row_number() OVER (${window}) - 1) / ${stretchRows} AS "$place"`
  const outer = [
    ...keys.map(quotedName),
    '"$place"',
    'count(*)',
    ...ranged.flatMap((name) => [`min(${quotedName(name)})`, `max(${quotedName(name)})`]),
    ...asked.map(({ name, type, constraint }) => `count_if(${isOneOf(name, type, constraint)})`),
  ]
  const grouped = [...keys.map(quotedName), '"$place"'].join(', ')
  const sql = `SELECT ${outer.join(', ')} FROM (SELECT ${[...inner, place].join(', ')} FROM ${quotedTable(table)}) GROUP BY ${grouped} ORDER BY ${grouped}`
  const read = (rows: readonly (readonly (string | null)[])[]): RowStretch[] =>
    rows.map((row) => {
      const rest = row.slice(keys.length + 2)
      const ranges = new Map<string, ValueRange>()
      for (const [i, name] of ranged.entries()) {
        const range = rangeOf(rest[2 * i] ?? null, rest[2 * i + 1] ?? null, typeOf(name))
        if (range) ranges.set(name, range)
      }
      const lacks = asked.flatMap(({ name }, i) => (rest[2 * ranged.length + i] === '0' ? [name] : []))
      return {
        partition: row.slice(0, keys.length),
        place: Number(row[keys.length]),
        rows: Number(row[keys.length + 1]),
        ranges,
        lacks: new Set(lacks),
      }
    })
  return { sql, read }
}

function isOneOf(name: string, type: Type, constraint: ColumnCondition['constraint']): string {
  const values = constraint.kind === 'values' ? constraint.values : []
  return (
    values.map((value) => equals(name, value === null ? null : String(value), typeName(type))).join(' OR ') || 'false'
  )
}

function rangeOf(min: string | null, max: string | null, type: Type): ValueRange | undefined {
  const [low, high] = [constantOf(min, type), constantOf(max, type)]
  return low === undefined || low === null || high === undefined || high === null ? undefined : { min: low, max: high }
}

/** A value of a result as a constant; undefined for what does not compare. */
function constantOf(text: string | null, type: Type): Constant | undefined {
  switch (type.kind) {
    case 'real':
    case 'double':
      return text === null ? null : Number(text)
    case 'decimal':
    case 'timestamp':
      return text
    default:
      return partitionConstant(text, type)
  }
}
