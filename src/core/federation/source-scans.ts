/** What a plan wants of the tables of sources. */
import { firstRows, scansOf } from '../../sql/analysis/scan-demand.ts'
import { scanPredicates } from '../../sql/analysis/scan-predicates.ts'
import { columnIds } from '../../sql/analysis/transform.ts'
import type { BoundQuery, Rel, Scalar } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'
import { columnDomains, eitherOf } from './column-domains.ts'
import type { SourceColumn, SourceScan, SourceTable } from './connector.ts'
import type { Domain } from './domain.ts'

/** A column as a plan knows it. */
interface PlanColumn {
  /** Folded. */
  readonly name: string
  readonly type: Type
  /** Its place in the source's table. */
  readonly ordinal: number
}

export type WantedScan = Pick<SourceScan, 'columns' | 'domains' | 'limit'>

/** Conditions over the columns by their places, without which rows, or single cells, do not exist. */
export interface ScanSight {
  readonly rowFilter?: Scalar
  readonly cellFilters?: readonly { readonly column: number; readonly value: Scalar }[]
}

/** `relation`: the id that the plan's scans of the table carry. */
export function wantedOf(
  relation: string,
  table: SourceTable,
  columns: readonly PlanColumn[],
  query: BoundQuery,
  sight: ScanSight = {},
): WantedScan {
  const sourceOf = new Map(columns.map(({ name, ordinal }) => [name, table.columns[ordinal]!]))
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const wanted = new Set(scansOf(query.root, relation).flatMap((scan) => scan.columns.map(({ source }) => source)))
  const { rowFilter, cellFilters = [] } = sight
  const seen = cellFilters.filter(({ column }) => wanted.has(columns[column]!.name))
  for (const condition of [...(rowFilter ? [rowFilter] : []), ...seen.map(({ value }) => value)])
    for (const place of columnIds(condition)) wanted.add(columns[place]!.name)
  // What is asked of hidden values would tell of them, by how much a source sends.
  const isFiltered = rowFilter !== undefined || cellFilters.length > 0
  const root = isFiltered ? filteredScan(relation, columns, rowFilter) : query.root
  const predicates = scanPredicates(root).get(relation) ?? []
  const { domains, complete } = eitherOf(predicates.map(columnDomains), (name) => types.get(name)!)
  const first = isFiltered ? undefined : firstRows(query.root, relation)
  const isLimited = first && complete && predicates.length === 1 && predicates[0]!.conjuncts.length === first.conditions
  return {
    columns: [...sourceOf].flatMap(([name, column]): SourceColumn[] => (wanted.has(name) ? [column] : [])),
    domains: Object.fromEntries(
      [...domains].map(([name, domain]): [string, Domain] => [sourceOf.get(name)!.name, domain]),
    ),
    ...(isLimited && { limit: first.rows }),
  }
}

/** The table with nothing asked of it but by its row filter. */
function filteredScan(relation: string, columns: readonly PlanColumn[], predicate: Scalar | undefined): Rel {
  const input: Rel = {
    kind: 'scan',
    relation,
    columns: columns.map(({ name, type }, id) => ({ id, type, source: name })),
  }
  return predicate ? { kind: 'filter', input, predicate } : input
}
