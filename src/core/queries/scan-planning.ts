/** From the tables a plan scans to the files it will read: partitions pruned first, then only their folders listed. */

import type { PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import { partitionFilters } from '../../sql/analysis/partition-filters.ts'
import type { BoundQuery } from '../../sql/plan.ts'
import type { Partition } from '../catalog/catalog.ts'
import type { Files, LakeFile } from '../objects/files.ts'
import type { QueryContext } from './context.ts'
import { isProjected, projectPartitions } from './partition-projection.ts'
import { DEFAULT_PARTITION, partitionConstant } from './partition-values.ts'
import type { DataFile, Relation } from './relation.ts'
import type { ResolvedRelation } from './table-resolver.ts'

/** A relation and what a person calls it: `database.table`. */
export type NamedRelation = Relation & { readonly name: string }

/** What is known of a table that no scan reads: nothing. */
const NO_FILTER: PartitionFilter = { mayMatch: () => true, constraint: () => undefined }

export interface ScanPlan {
  readonly relations: readonly NamedRelation[]
  readonly files: readonly LakeFile[]
}

export function planScans(query: BoundQuery, resolved: Iterable<ResolvedRelation>, context: QueryContext): ScanPlan {
  const filters = partitionFilters(query)
  const relations: NamedRelation[] = []
  const files: LakeFile[] = []
  for (const relation of resolved) {
    const found = dataFiles(relation, filters.get(relation.id) ?? NO_FILTER, context)
    files.push(...found.map(({ file }) => file))
    relations.push({
      id: relation.id,
      name: `${relation.table.database}.${relation.table.descriptor.Name}`,
      columns: relation.layout.columns,
      format: relation.layout.format,
      files: found.map(({ file, partition, partitionName }): DataFile => ({ ...file, partition, partitionName })),
    })
  }
  return { relations, files }
}

interface FoundFile {
  readonly file: LakeFile
  readonly partition: readonly (string | null)[]
  readonly partitionName: string
}

function dataFiles(relation: ResolvedRelation, filter: PartitionFilter, context: QueryContext): FoundFile[] {
  const { files } = context.rooms
  const { layout } = relation
  if (layout.partitionKeys.length === 0)
    return visibleFiles(files, layout.location).map((file) => ({ file, partition: [], partitionName: '' }))
  const found: FoundFile[] = []
  for (const { values, location } of partitionsOf(relation, filter, context)) {
    const partition = values.map((value) => (value === DEFAULT_PARTITION ? null : value))
    const partitionName = layout.partitionKeys.map((key, i) => `${key.name}=${values[i]}`).join('/')
    for (const file of visibleFiles(files, location)) found.push({ file, partition, partitionName })
  }
  return found
}

/** Files whose name, or a folder on the way, starts with `_` or `.` are not data: Hive's rule, which Athena follows. */
function visibleFiles(files: Files, location: string): LakeFile[] {
  const root = location.replace(/\/*$/, '/').length
  return [...files.list(location)].filter((file) => file.sizeBytes > 0 && !/(^|\/)[_.]/.test(file.uri.slice(root)))
}

function partitionsOf(
  relation: ResolvedRelation,
  filter: PartitionFilter,
  context: QueryContext,
): { values: readonly string[]; location: string }[] {
  const { table, layout } = relation
  if (isProjected(table)) return projectPartitions(table, layout, filter, context.now)
  return catalogPartitions(relation, filter, context).map(({ descriptor }) => ({
    values: descriptor.Values,
    location:
      descriptor.StorageDescriptor?.Location ??
      `${layout.location.replace(/\/+$/, '')}/${layout.partitionKeys.map((key, i) => `${key.name}=${descriptor.Values[i]}`).join('/')}/`,
  }))
}

function catalogPartitions(
  { table, layout }: ResolvedRelation,
  filter: PartitionFilter,
  { rooms, scope }: QueryContext,
): Partition[] {
  const keep = (values: readonly string[]): boolean =>
    filter.mayMatch(
      new Map(
        layout.partitionKeys.flatMap((key, i) => {
          const constant = partitionConstant(values[i] === DEFAULT_PARTITION ? null : values[i]!, key.type)
          return constant === undefined ? [] : [[key.name, constant] as const]
        }),
      ),
    )
  const leading = leadingValues(layout.partitionKeys, filter)
  const found: Partition[] = []
  for (let after: string | undefined; ; ) {
    const page = rooms.catalog.partitions.list(scope, table.database, table.descriptor.Name, {
      leading,
      keep,
      after,
      limit: 10_000,
    })
    found.push(...page.partitions)
    if (page.next === undefined) return found
    after = page.next
  }
}

/** The first keys that are fixed to one text, so that only their stretch of the catalog is read. */
function leadingValues(keys: ResolvedRelation['layout']['partitionKeys'], filter: PartitionFilter): string[] {
  const leading: string[] = []
  for (const key of keys) {
    const constraint = filter.constraint(key.name)
    const [value] = constraint?.kind === 'values' && constraint.values.length === 1 ? constraint.values : []
    if (key.type.kind !== 'varchar' || typeof value !== 'string') return leading
    leading.push(value)
  }
  return leading
}
