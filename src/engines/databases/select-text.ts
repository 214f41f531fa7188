/** A scan as the one statement that a database is asked, and what of it the database sees to. */
import type { Pushdown, SourceScan } from '../../core/federation/connector.ts'
import { conditionsOf, type Dialect } from './conditions.ts'

export interface Selection {
  /** What is selected, and from where: SQL of the database. */
  readonly columns: string
  readonly from: string
  /** A condition that tells a part of the table. */
  readonly rows?: string
}

/** Only where nothing but wanted rows comes, the first of them are enough. */
export function selectText(scan: SourceScan, dialect: Dialect, { columns, from, rows }: Selection): string {
  const { text, exact } = conditionsOf(scan, dialect)
  const where = [rows, text].filter(Boolean).join(' AND ')
  const limit = exact && scan.limit !== undefined ? ` LIMIT ${scan.limit}` : ''
  return `SELECT ${columns} FROM ${from}${where && ` WHERE ${where}`}${limit}`
}

/** `text`: the statement for the whole table. */
export function pushdownOf(scan: SourceScan, dialect: Dialect, text: string): Pushdown {
  const { columns, exact } = conditionsOf(scan, dialect)
  return { columns, exact, text }
}
