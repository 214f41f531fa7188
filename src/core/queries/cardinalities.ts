/**
 * How many rows tables have, and how many values their columns: what the catalog's statistics say. The engine knows it of
 * Parquet; of text it knows nothing, and would join tables of it in any order.
 */
import type { Cardinality } from '../../sql/analysis/join-order.ts'
import type { Type } from '../../sql/types.ts'
import type { ColumnStatistics } from '../catalog/catalog.ts'
import { isCompressed } from './compressed-file.ts'
import type { QueryContext } from './context.ts'
import type { NamedRelation } from './scan-planning.ts'
import type { LakeRelation, ResolvedRelation } from './table-resolver.ts'

/** The members of Glue's structures that are asked after, whatever the type. */
interface Statistics {
  readonly NumberOfDistinctValues?: number
  readonly AverageLength?: number
}

/** Those that the catalog has no statistics of are left out. */
export function cardinalities(
  resolved: Iterable<ResolvedRelation>,
  relations: readonly NamedRelation[],
  context: QueryContext,
): ReadonlyMap<string, Cardinality> {
  const found = new Map<string, Cardinality>()
  const scanned = new Map(relations.map((relation) => [relation.id, relation]))
  for (const one of resolved) {
    // Of what another system holds the catalog knows nothing, and what it knows of all rows is for who sees them.
    if (one.kind === 'source' || one.sight) continue
    const relation = scanned.get(one.id)
    const known = relation && cardinalityOf(one, relation, context)
    if (known) found.set(one.id, known)
  }
  return found
}

function cardinalityOf(
  { table, scope }: LakeRelation,
  relation: NamedRelation,
  { rooms }: QueryContext,
): Cardinality | undefined {
  const { Name, StorageDescriptor, PartitionKeys = [], Parameters = {} } = table.descriptor
  const names = [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map((column) => column.Name.toLowerCase())
  const kept = rooms.catalog.statistics.get(scope, table.database, Name, undefined, names)
  if (kept.length === 0) return undefined
  const statistics = new Map(kept.map((one) => [one.ColumnName.toLowerCase(), statisticsIn(one)]))
  // What Hive, Trino and crawlers write of a table is of all its partitions.
  const told = PartitionKeys.length === 0 ? Number(Parameters.numRows ?? Parameters.recordCount) : Number.NaN
  const rows = told > 0 ? told : rowsIn(relation, statistics)
  return { rows: Math.round(rows), distinct: (column) => statistics.get(column)?.NumberOfDistinctValues }
}

/** One of its members holds what there is for the type of the column. */
function statisticsIn(column: ColumnStatistics): Statistics {
  const { StatisticsData: data = {} } = column as { readonly StatisticsData?: Readonly<Record<string, unknown>> }
  return (Object.values(data).find((member) => typeof member === 'object' && member !== null) ?? {}) as Statistics
}

/** Text that is compressed, and columns that are, take so much less. */
const COMPRESSION = 4

function rowsIn({ files, format, columns }: NamedRelation, statistics: ReadonlyMap<string, Statistics>): number {
  const text = TEXT.has(format.kind)
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes * (!text || isCompressed(file) ? COMPRESSION : 1), 0)
  const width = columns.reduce((sum, column) => {
    if (column.kind !== 'data') return sum
    // In JSON each value stands beside its name.
    const name = format.kind === 'json' ? column.field.length + 4 : 1
    return sum + name + (statistics.get(column.name)?.AverageLength ?? textWidth(column.type))
  }, 0)
  return Math.max(1, bytes / Math.max(1, width))
}

/** Formats of which the engine has no count of rows. */
const TEXT: ReadonlySet<string> = new Set(['csv-lazy', 'csv-open', 'json', 'regex'])
export const isText = ({ format }: NamedRelation): boolean => TEXT.has(format.kind)

/** About what a value takes as text. */
function textWidth(type: Type): number {
  switch (type.kind) {
    case 'boolean':
      return 5
    case 'date':
      return 10
    case 'timestamp':
      return 23
    case 'tinyint':
      return 3
    case 'smallint':
      return 4
    default:
      return 8
  }
}
