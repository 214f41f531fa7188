/** What is known of the values of a relation's columns where its reader does not see all of it. */
import { type PartitionFilter, partitionFilters } from '../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../sql/plan.ts'
import type { LakeRelation } from './table-resolver.ts'

/**
 * Rows outside of the row filter need not be read. What the query asks of other columns than partitions leaves no file out:
 * statistics of a file are of all of its rows, and how many bytes were read would tell of those that are not seen. Of a column
 * that is NULL in some rows, what is asked says nothing of what the files hold at all.
 */
export function withSight(asked: PartitionFilter, { id, layout, sight }: LakeRelation): PartitionFilter {
  if (!sight?.rowFilter && !sight?.cellFilters) return asked
  const masked = new Set(sight.cellFilters?.map(({ column }) => layout.columns[column]!.name))
  const partitions = new Set(layout.partitionKeys.map(({ name }) => name))
  const open: PartitionFilter = {
    mayMatch: (values) => asked.mayMatch(masked.size === 0 ? values : without(values, masked)),
    weight: asked.weight,
    constraint: (column) => (masked.has(column) || !partitions.has(column) ? undefined : asked.constraint(column)),
  }
  if (!sight.rowFilter) return open
  const columns = layout.columns.map(({ name, type }, index) => ({ id: index, type, source: name }))
  const scan = { kind: 'scan', relation: id, columns } as const
  const root = { kind: 'filter', input: scan, predicate: sight.rowFilter } as const
  const own = partitionFilters({ root, output: [] }).get(id)!
  return {
    mayMatch: (values) => own.mayMatch(values) && open.mayMatch(values),
    weight: own.weight + open.weight,
    // One of them is enough: what the other says is asked of each row.
    constraint: (column) => open.constraint(column) ?? own.constraint(column),
  }
}

function without(values: ReadonlyMap<string, Constant>, names: ReadonlySet<string>): ReadonlyMap<string, Constant> {
  return new Map([...values].filter(([name]) => !names.has(name)))
}
