/**
 * What of a table's cells can be read, from what several sources let be read together: a cell is there where one source
 * has both its row and its column. That is the contract of AWS's engines (lake-formation dg, api-overview): columns that
 * some source has, rows that some source has, and NULL where no source has both.
 */
import type { RowCondition } from './data-filters.ts'
import type { TableDecision } from './decision.ts'
import { isIn } from './resource.ts'

/** Several conditions, of which one is to hold; absent: always. */
export type Conditions = readonly RowCondition[] | undefined

export interface Visibility {
  /** Absent columns do not exist. A column without conditions is there in each row that is. */
  readonly columns: ReadonlyMap<string, Conditions>
  readonly rows: Conditions
  /** Nothing is hidden. */
  readonly isWhole: boolean
}

/** `columns`: of the table, folded. */
export function visibilityOf({ readings }: TableDecision, columns: readonly string[]): Visibility {
  const rows = anyOf(readings.map((reading) => reading.rows))
  const visible = new Map<string, Conditions>()
  for (const column of columns) {
    const having = readings.filter((reading) => !reading.columns || isIn(reading.columns, column))
    if (having.length === 0) continue
    const conditions = anyOf(having.map((reading) => reading.rows))
    visible.set(column, isSame(conditions, rows) ? undefined : conditions)
  }
  const isWhole =
    readings.length > 0 &&
    rows === undefined &&
    visible.size === columns.length &&
    [...visible.values()].every((conditions) => conditions === undefined)
  return { columns: visible, rows: readings.length === 0 ? [] : rows, isWhole }
}

/** All rows beat any other filter (lake-formation dg, data-filtering-notes). */
function anyOf(rows: readonly (RowCondition | undefined)[]): Conditions {
  const conditions = new Map<string, RowCondition>()
  for (const one of rows) {
    if (one === undefined) return undefined
    conditions.set(one.text, one)
  }
  return [...conditions.values()].sort((a, b) => (a.text < b.text ? -1 : 1))
}

const isSame = (a: Conditions, b: Conditions): boolean =>
  a === undefined || b === undefined ? a === b : a.length === b.length && a.every((one, i) => one.text === b[i]!.text)
