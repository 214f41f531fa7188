/** What the values of a table's columns are like, reckoned by queries over its data: what column statistics are made of. */
import { quotedName } from '../../sql/quotation.ts'
import { parseQuery } from '../../sql/statement.ts'
import type { Type } from '../../sql/types.ts'
import type { Table } from '../catalog/catalog.ts'
import type { QueryContext } from './context.ts'
import type { RelationColumn } from './relation.ts'
import { execute, planQuery } from './statements/query.ts'
import { tableLayout } from './table-layout.ts'

/** Bounds are absent where a column has no value. Values are as text, as the engine tells them. */
export type ColumnSummary = {
  readonly name: string
  readonly nulls: number
} & (
  | { readonly kind: 'boolean'; readonly trues: number; readonly falses: number }
  | {
      readonly kind: 'long' | 'double' | 'decimal' | 'date'
      readonly distinct: number
      readonly low?: string
      readonly high?: string
    }
  | { readonly kind: 'string'; readonly distinct: number; readonly longest: number; readonly average: number }
  | { readonly kind: 'binary'; readonly longest: number; readonly average: number }
)

/** More at once would make one query of thousands of aggregates. */
const COLUMNS_AT_ONCE = 40

/** Arrays, maps and rows have none. */
export const mayHaveStatistics = (type: Type): boolean => kindOf(type) !== undefined

/** Of the columns named, or of all; those that have no statistics are left out. */
export async function summarizeColumns(
  table: Table,
  context: QueryContext,
  { columns: wanted, samplePercent }: { readonly columns?: readonly string[]; readonly samplePercent?: number },
): Promise<ColumnSummary[]> {
  const names = wanted && new Set(wanted.map((name) => name.toLowerCase()))
  const columns = tableLayout(table).columns.filter(
    ({ kind, name, type }) => kind !== 'hidden' && (names?.has(name) ?? true) && mayHaveStatistics(type),
  )
  const found: ColumnSummary[] = []
  for (let at = 0; at < columns.length; at += COLUMNS_AT_ONCE)
    found.push(...(await summarize(table, columns.slice(at, at + COLUMNS_AT_ONCE), context, samplePercent)))
  return found
}

async function summarize(
  table: Table,
  columns: readonly RelationColumn[],
  context: QueryContext,
  samplePercent: number | undefined,
): Promise<ColumnSummary[]> {
  const measured = columns.map((column) => MEASURES[kindOf(column.type)!](quotedName(column.name)))
  const items = ['count(*)', ...columns.flatMap(({ name }, i) => [`count(${quotedName(name)})`, ...measured[i]!])]
  const from = `${quotedName(table.database)}.${quotedName(table.descriptor.Name)}`
  const sample = samplePercent === undefined || samplePercent >= 100 ? '' : ` TABLESAMPLE BERNOULLI (${samplePercent})`
  const planned = await planQuery(parseQuery(`SELECT ${items.join(', ')} FROM ${from}${sample}`), context)
  const { values } = await execute(planned, { kind: 'rows', limit: 1 }, context)
  const [rows, ...rest] = values[0]!
  // What a part of the rows has so often, all of them have more often.
  const scale = sample === '' ? 1 : 100 / samplePercent!
  return columns.map(({ name, type }, i) => {
    const [present, ...answers] = rest.splice(0, 1 + measured[i]!.length)
    const nulls = Math.round((Number(rows) - Number(present)) * scale)
    return { name, nulls, ...summaryOf(kindOf(type)!, answers, scale) } as ColumnSummary
  })
}

type Kind = ColumnSummary['kind']

function kindOf({ kind }: Type): Kind | undefined {
  switch (kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'timestamp':
      return 'long'
    case 'real':
    case 'double':
      return 'double'
    case 'varchar':
    case 'char':
      return 'string'
    case 'varbinary':
      return 'binary'
    case 'boolean':
    case 'decimal':
    case 'date':
      return kind
    default:
      return undefined
  }
}

const bounds = (column: string): string[] => [`approx_distinct(${column})`, `min(${column})`, `max(${column})`]
const lengths = (column: string): string[] => [`max(length(${column}))`, `avg(length(${column}))`]

const MEASURES: Readonly<Record<Kind, (column: string) => string[]>> = {
  boolean: (column) => [`count_if(${column})`, `count_if(NOT ${column})`],
  long: bounds,
  double: bounds,
  decimal: bounds,
  date: bounds,
  string: (column) => [`approx_distinct(${column})`, ...lengths(column)],
  binary: lengths,
}

function summaryOf(kind: Kind, answers: readonly (string | null | undefined)[], scale: number): object {
  const [first, second, third] = answers
  switch (kind) {
    case 'boolean':
      return { kind, trues: Math.round(Number(first) * scale), falses: Math.round(Number(second) * scale) }
    case 'string':
      return { kind, distinct: Number(first), longest: Number(second ?? 0), average: Number(third ?? 0) }
    case 'binary':
      return { kind, longest: Number(first ?? 0), average: Number(second ?? 0) }
    default:
      return {
        kind,
        distinct: Number(first),
        ...(second !== null && { low: second }),
        ...(third !== null && { high: third }),
      }
  }
}
