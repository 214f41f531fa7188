/** A SELECT under construction, so that filters, projections and orders of the plan share one level of text. */
import type { Column } from '../plan.ts'
import type { Printing } from './context.ts'

export interface Select {
  /** The FROM clause; absent when there is nothing to read. */
  readonly from?: string
  readonly where: readonly string[]
  /** Absent while the columns are simply those of `from`. */
  readonly items?: readonly string[]
  readonly groupBy?: string
  readonly distinct?: boolean
  readonly orderBy?: string
  readonly limit?: string
  readonly with?: string
}

export const columnName = (column: Column): string => `c${column.id}`
export const zoneName = (column: Column): string => `c${column.id}z`

/** The names that carry `columns`: one each, and a companion for a zone that depends on the row. */
export function namesOf(columns: readonly Column[], printing: Printing): string[] {
  return columns.flatMap((column) => {
    const zone = printing.zones.get(column.id)
    return zone && zone.name === undefined ? [columnName(column), zoneName(column)] : [columnName(column)]
  })
}

/** A complete statement that yields `columns` in order. */
export function selectText(select: Select, columns: readonly Column[], printing: Printing): string {
  const names = namesOf(columns, printing)
  const items = select.items ?? names
  const parts = [
    select.with,
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items.length ? items.join(', ') : '1 AS nothing'}`,
    select.from && `FROM ${select.from}`,
    select.where.length && `WHERE ${select.where.join(' AND ')}`,
    select.groupBy && `GROUP BY ${select.groupBy}`,
    select.orderBy && `ORDER BY ${select.orderBy}`,
    select.limit,
  ]
  return parts.filter(Boolean).join(' ')
}

/** The select as an operand of FROM. */
export function fromText(select: Select, columns: readonly Column[], printing: Printing): string {
  if (isBare(select) && select.from) return select.from
  return `(${selectText(select, columns, printing)}) AS ${printing.fresh('q')}`
}

/** The select as the input of one more level. */
export function nested(select: Select, columns: readonly Column[], printing: Printing): Select {
  return isBare(select) ? select : { from: fromText(select, columns, printing), where: [] }
}

function isBare(select: Select): boolean {
  return (
    select.where.length === 0 &&
    !select.items &&
    !select.groupBy &&
    !select.distinct &&
    !select.orderBy &&
    !select.limit &&
    !select.with
  )
}
