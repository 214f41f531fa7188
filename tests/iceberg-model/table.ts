/** A table as rows in memory: what every statement does to it, by the rules of SQL and nothing else. */
import { type ColumnType, shownOf, type Value } from './values.ts'

export interface Column {
  /** Never that of another, whatever it is called. */
  readonly id: number
  readonly name: string
  readonly type: ColumnType
}

/** By the ids of columns; what is not there is NULL. */
export type Row = ReadonlyMap<number, Value>

/** What a reader sees. */
export interface State {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

/** As a query shows them, in an order that does not depend on theirs. */
export const shownRows = ({ columns, rows }: State): string[] =>
  rows.map((row) => JSON.stringify(columns.map(({ id, type }) => shownOf(type, row.get(id) ?? null)))).toSorted()

/** TRUE, FALSE and NULL. */
export type Truth = boolean | null

export interface Condition {
  readonly sql: string
  holds(row: Row): Truth
}

export interface Assignment {
  readonly column: Column
  readonly sql: string
  value(row: Row): Value
}

const isTrue = (condition: Condition | undefined, row: Row): boolean => !condition || condition.holds(row) === true

export const inserted = (state: State, rows: readonly Row[]): State => ({ ...state, rows: [...state.rows, ...rows] })

export const deleted = (state: State, where: Condition | undefined): State => ({
  ...state,
  rows: state.rows.filter((row) => !isTrue(where, row)),
})

export const updated = (state: State, assignments: readonly Assignment[], where: Condition | undefined): State => ({
  ...state,
  rows: state.rows.map((row) => (isTrue(where, row) ? assigned(row, assignments) : row)),
})

/** Every value is of the row as it was. */
const assigned = (row: Row, assignments: readonly Assignment[]): Row =>
  new Map([...row, ...assignments.map((one) => [one.column.id, one.value(row)] as const)])

export interface Merge {
  readonly key: Column
  /** Each of another key. */
  readonly source: readonly { readonly key: number; readonly row: Row }[]
  /** Of matched rows: those for which it is TRUE are deleted. */
  readonly deletes?: Condition
  readonly updates: readonly Assignment[]
}

export function merged(state: State, { key, source, deletes, updates }: Merge): State {
  const byKey = new Map(source.map((one) => [one.key, one.row]))
  const keys = new Set(state.rows.map((row) => row.get(key.id) ?? null))
  const rows = state.rows.flatMap((row) => {
    const at = row.get(key.id) ?? null
    if (at === null || !byKey.has(at as number)) return [row]
    return deletes && isTrue(deletes, row) ? [] : [assigned(row, updates)]
  })
  return { ...state, rows: [...rows, ...source.filter((one) => !keys.has(one.key)).map(({ row }) => row)] }
}

/** Rows that have all of these values, NULL being one of them. */
export const deletedByValues = (state: State, columns: readonly Column[], values: readonly Value[]): State => ({
  ...state,
  rows: state.rows.filter((row) => !columns.every(({ id }, i) => (row.get(id) ?? null) === values[i])),
})
