/** What a plan wants of a relation: which columns, how many rows at most, and what it asks of their values. */
import type { Relation } from '../../../core/queries/relation.ts'
import { type Constraint, partitionFilters } from '../../../sql/analysis/partition-filters.ts'
import { firstRows, scansOf } from '../../../sql/analysis/scan-demand.ts'
import type { BoundQuery, Scalar } from '../../../sql/plan.ts'
import { comparedColumns } from '../deletes/deleted-values.ts'
import { columnsRead } from '../row-filter.ts'
import type { DataColumn } from '../scans/scan.ts'

export interface Demand {
  /** In the order of the table. */
  readonly columns: readonly DataColumn[]
  /** More rows than these do not change the result. */
  readonly mostRows: number | undefined
  /** Whether rows are asked for their places in their files. */
  readonly numbered: boolean
  /** By the names of columns: rows whose values are outside do not change the result. */
  readonly constraints: ReadonlyMap<string, Constraint>
}

/**
 * How much of a file is read tells of the rows that the filter leaves out, where it goes by what is asked: so of a filtered
 * table only the filter's own conditions leave anything out.
 */
function filteredScan({ id, columns }: Relation, predicate: Scalar): BoundQuery {
  const scanned = columns.map(({ name, type }, index) => ({ id: index, type, source: name }))
  const input = { kind: 'scan', relation: id, columns: scanned } as const
  return { root: { kind: 'filter', input, predicate }, output: [] }
}

export function demandOf(relation: Relation, query: BoundQuery): Demand {
  const sources = new Set(scansOf(query.root, relation.id).flatMap((scan) => scan.columns.map(({ source }) => source)))
  const { rowFilter, cellFilters = [] } = relation
  const seen = cellFilters.filter(({ column }) => sources.has(relation.columns[column]!.name))
  const conditions = [...(rowFilter ? [rowFilter] : []), ...seen.map(({ value }) => value)]
  const filtered = conditions.flatMap((condition) => columnsRead(condition, relation.columns.length))
  const masked = new Set(cellFilters.map(({ column }) => relation.columns[column]!.name))
  const compared = new Set(comparedColumns(relation.files))
  const columns = relation.columns.filter(
    (column, index): column is DataColumn =>
      column.kind === 'data' && (sources.has(column.name) || filtered.includes(index) || compared.has(index)),
  )
  const filter = partitionFilters(rowFilter ? filteredScan(relation, rowFilter) : query).get(relation.id)
  const constraints = new Map<string, Constraint>()
  for (const { name, becomes } of columns) {
    // What is asked is asked of the values as they will be.
    const constraint = becomes || masked.has(name) ? undefined : filter?.constraint(name)
    if (constraint) constraints.set(name, constraint)
  }
  const isWhole = !rowFilter && !relation.files.some((file) => file.deleted || file.deletedValues)
  const first = isWhole ? firstRows(query.root, relation.id) : undefined
  const mostRows = first?.conditions === 0 ? first.rows : undefined
  const numbered = relation.columns.some(({ kind, name }) => kind === 'hidden' && name === '$pos' && sources.has(name))
  return { columns, mostRows, numbered, constraints }
}
