/** Which tables a plan reads, and what it wants of them. */
import { scannedColumns } from '../estimates/scan-estimates.ts'
import type { ForeignOwner } from './foreign-owner.ts'
import type { PlannedQuery } from './statements/query.ts'

/** A table that a plan reads, under the name people call it by, and the columns that it wants of it. */
export interface TableRead {
  readonly name: string
  /** Absent where it is the lake's. */
  readonly catalog?: string
  readonly columns: readonly string[]
  /** Another account's, by the name that it has there. */
  readonly owner?: ForeignOwner
}

/** Each table once, whatever the number of its scans. */
export function tableReads({ bound, scans }: Pick<PlannedQuery, 'bound' | 'scans'>): readonly TableRead[] {
  const columns = scannedColumns(bound)
  const reads = new Map<string, Omit<TableRead, 'columns'> & { readonly columns: Set<string> }>()
  for (const { id, name, catalog, owner } of scans.relations) {
    const said = { name, ...(catalog && { catalog }), ...(owner && { owner }) }
    const read = reads.get(`${catalog ?? ''} ${name}`) ?? { ...said, columns: new Set() }
    reads.set(`${catalog ?? ''} ${name}`, read)
    for (const column of columns.get(id) ?? []) read.columns.add(column)
  }
  return [...reads.values()].map((read) => ({ ...read, columns: [...read.columns].toSorted() }))
}
