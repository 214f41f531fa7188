/** How many row groups of Parquet files a query may want, by what the files say of their columns. Reads footers, no rows. */
import { partitionFilters } from '../../../sql/analysis/partition-filters.ts'
import { columnConditions, mayHoldAll } from '../../estimates/column-conditions.ts'
import { readFooters } from '../../estimates/parquet-footers.ts'
import type { QueryContext } from '../context.ts'
import type { PlannedQuery } from './query.ts'

export interface RowGroupCount {
  readonly wanted: number
  readonly all: number
}

/** More footers than this are not worth reading to explain a plan. */
const MOST_FILES = 64

/** By relation; those that no condition on a column of a Parquet file narrows down are missing. */
export async function countRowGroups(
  { bound, scans }: PlannedQuery,
  context: QueryContext,
): Promise<ReadonlyMap<string, RowGroupCount>> {
  const filters = partitionFilters(bound)
  const counts = new Map<string, RowGroupCount>()
  for (const { id, format, layouts, columns, files } of scans.relations) {
    if (format.kind !== 'parquet' || layouts || files.length > MOST_FILES) continue
    const conditions = columnConditions(columns, filters.get(id))
    if (conditions.length === 0) continue
    const footers = await readFooters(context.rooms.files, files)
    if (!footers) continue
    const wanted = footers.flatMap((footer) => footer.groups.filter((group) => mayHoldAll(conditions, group, footer)))
    counts.set(id, { wanted: wanted.length, all: footers.reduce((sum, { groups }) => sum + groups.length, 0) })
  }
  return counts
}
