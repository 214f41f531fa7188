/** What queries and held capacity have cost, summed by who asked, where and when. */
import { capacityCost, type PriceBook, scanCost } from './price-book.ts'

export interface SpentQuery {
  /** ISO 8601. */
  readonly submittedAt: string
  readonly workGroup: string
  readonly principal: string
  readonly statementType: string
  readonly substatementType?: string
  readonly state: string
  readonly scannedBytes: number
  /** By `database.table`, in a catalog if that is not the lake's, as far as it is known. */
  readonly scannedByTable: Readonly<Record<string, number>>
  /** Capacity pays for it. */
  readonly capacityReservation?: string
}

export interface HeldStretch {
  readonly name: string
  readonly dpus: number
  readonly from: Date
  readonly until: Date
}

export const DIMENSIONS = ['workgroup', 'principal', 'table', 'day'] as const
export type Dimension = (typeof DIMENSIONS)[number]

export interface SpendingRow {
  readonly by: Readonly<Partial<Record<Dimension, string>>>
  readonly queries: number
  readonly scannedBytes: number
  readonly costUsd: number
}

/** Where no table is known to have been read: of queries that read none, or ended before that was told. */
const NO_TABLE = '-'

/** A query of several tables is shared out by what it has read of each, so that the rows sum to what was paid. */
export function spending(queries: Iterable<SpentQuery>, by: readonly Dimension[], book: PriceBook): SpendingRow[] {
  const rows = new Map<string, SpendingRow>()
  for (const query of queries) {
    const costUsd = query.capacityReservation === undefined ? scanCost(book, query) : 0
    for (const { table, share } of by.includes('table') ? shares(query) : [{ table: NO_TABLE, share: 1 }]) {
      const values = {
        workgroup: query.workGroup,
        principal: query.principal,
        table,
        day: query.submittedAt.slice(0, 10),
      }
      add(rows, Object.fromEntries(by.map((one) => [one, values[one]])), {
        queries: 1,
        scannedBytes: query.scannedBytes * share,
        costUsd: costUsd * share,
      })
    }
  }
  return [...rows.values()].map((row) => ({ ...row, scannedBytes: Math.round(row.scannedBytes) }))
}

function add(rows: Map<string, SpendingRow>, by: SpendingRow['by'], more: Omit<SpendingRow, 'by'>): void {
  const key = JSON.stringify(by)
  const { queries = 0, scannedBytes = 0, costUsd = 0 } = rows.get(key) ?? {}
  rows.set(key, {
    by,
    queries: queries + more.queries,
    scannedBytes: scannedBytes + more.scannedBytes,
    costUsd: costUsd + more.costUsd,
  })
}

function shares({ scannedByTable }: SpentQuery): { readonly table: string; readonly share: number }[] {
  const tables = Object.entries(scannedByTable)
  const total = tables.reduce((sum, [, bytes]) => sum + bytes, 0)
  if (tables.length === 0) return [{ table: NO_TABLE, share: 1 }]
  return tables.map(([table, bytes]) => ({ table, share: total > 0 ? bytes / total : 1 / tables.length }))
}

export interface CapacityRow {
  readonly reservation: string
  readonly dpus: number
  readonly hours: number
  /** Missing where the book has no price of it. */
  readonly costUsd?: number
}

/** What of the stretches lies after `since`. */
export function capacitySpending(held: readonly HeldStretch[], since: Date, book: PriceBook): CapacityRow[] {
  return held.flatMap(({ name, dpus, from, until }) => {
    const minutes = (until.getTime() - Math.max(from.getTime(), since.getTime())) / 60_000
    if (minutes <= 0) return []
    const costUsd = capacityCost(book, { dpus, minutes })
    return [{ reservation: name, dpus, hours: minutes / 60, ...(costUsd !== undefined && { costUsd }) }]
  })
}
