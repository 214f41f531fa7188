/** What a plan wants of the tables of sources. */
import { firstRows, scansOf } from '../../sql/analysis/scan-demand.ts'
import { scanPredicates } from '../../sql/analysis/scan-predicates.ts'
import type { BoundQuery } from '../../sql/plan.ts'
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

/** `relation`: the id that the plan's scans of the table carry. */
export function wantedOf(
  relation: string,
  table: SourceTable,
  columns: readonly PlanColumn[],
  query: BoundQuery,
): WantedScan {
  const sourceOf = new Map(columns.map(({ name, ordinal }) => [name, table.columns[ordinal]!]))
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const wanted = new Set(scansOf(query.root, relation).flatMap((scan) => scan.columns.map(({ source }) => source)))
  const predicates = scanPredicates(query.root).get(relation) ?? []
  const { domains, complete } = eitherOf(predicates.map(columnDomains), (name) => types.get(name)!)
  const first = firstRows(query.root, relation)
  const isLimited = first && complete && predicates.length === 1 && predicates[0]!.conjuncts.length === first.conditions
  return {
    columns: [...sourceOf].flatMap(([name, column]): SourceColumn[] => (wanted.has(name) ? [column] : [])),
    domains: Object.fromEntries(
      [...domains].map(([name, domain]): [string, Domain] => [sourceOf.get(name)!.name, domain]),
    ),
    ...(isLimited && { limit: first.rows }),
  }
}
