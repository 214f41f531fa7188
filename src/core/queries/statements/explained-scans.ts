/** What EXPLAIN says of the tables that a plan reads. */
import type { Cardinality } from '../../../sql/analysis/join-order.ts'
import { type Constraint, partitionFilters } from '../../../sql/analysis/partition-filters.ts'
import { dataSize, jsonText } from '../../../sql/explained/formats.ts'
import type { DescribeRelation } from '../../../sql/explained/nodes.ts'
import { hiveTypeName } from '../../../sql/hive/type.ts'
import type { Constant } from '../../../sql/plan.ts'
import { SqlError } from '../../../sql/position.ts'
import { type Type, typeName } from '../../../sql/types.ts'
import { nameParts } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import { isFiltered } from '../relation.ts'
import { type NamedRelation, partitionsTold } from '../scan-planning.ts'
import { askingSource } from '../source-tables.ts'
import type { PlannedQuery } from './query.ts'
import { countRowGroups, type RowGroupCount } from './row-groups.ts'

const MAX_VALUES = 10

/** `catalog:database:table`. */
export const tableOf = ({ name, catalog }: NamedRelation, context: QueryContext): string =>
  `${catalog ?? context.catalog}:${name.replace('.', ':')}`

export const bytesOf = ({ files }: NamedRelation): number => files.reduce((sum, file) => sum + file.sizeBytes, 0)

export async function describeScans(planned: PlannedQuery, context: QueryContext): Promise<DescribeRelation> {
  const { bound, scans } = planned
  const rowGroups = await countRowGroups(planned, context)
  const asked = await askedOfSources(scans, context)
  const relations = new Map(scans.relations.map((relation) => [relation.id, relation]))
  const filters = partitionFilters(bound)
  const cardinalities = planned.cardinalities?.()
  return (id) => {
    const relation = relations.get(id)!
    const known = cardinalities?.get(id)
    return {
      table: tableOf(relation, context),
      column: (source, type) => {
        const column = relation.columns.find(({ name }) => name === source)
        const kind =
          column?.kind === 'partition' ? 'PARTITION_KEY' : column?.kind === 'data' ? 'REGULAR' : 'SYNTHESIZED'
        const constraint = filters.get(id)?.constraint(source)
        const values = column?.kind === 'partition' ? partitionValues(relation, column.index) : undefined
        const shown = constraint ? constraintText(constraint) : values
        return [`${source}:${shownType(type)}:${kind}`, ...(shown ? [`:: ${shown}`] : [])]
      },
      details: asked.get(id) ?? [
        filesLine(relation),
        ...bucketLine(relation),
        ...rowCountLine(known),
        // Their statistics are of all rows.
        ...rowGroupLine(isFiltered(relation) ? undefined : rowGroups.get(id)),
        ...(isFiltered(relation) ? [] : (relation.notes ?? [])),
      ],
      sizeBytes: bytesOf(relation),
      ...(known && { rows: known.rows }),
    }
  }
}

const rowCountLine = (known: Cardinality | undefined): string[] =>
  known ? [`Row count: ${known.rows}, by the statistics of the catalog`] : []

const bucketLine = ({ buckets }: NamedRelation): string[] =>
  buckets ? [`Buckets: ${buckets.read} of ${buckets.all}`] : []

function filesLine(relation: NamedRelation): string {
  const { files, format } = relation
  const partitionNames = partitionsTold(relation)
  const text = `Files: ${files.length} (${dataSize(bytesOf(relation))}), ${format.kind}`
  return partitionNames.length > 0 ? `${text}, Partitions: ${partitionNames.length}` : text
}

/** By relation: what a source sees to, and in which words it is asked. */
async function askedOfSources(
  { sources }: PlannedQuery['scans'],
  { rooms, signal }: QueryContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const told = sources.map(async ({ relation, catalog, source, scan }): Promise<[string, readonly string[]]> => {
    // Who sees a part of a table is not told what keeps the rest away.
    if (isFiltered(relation)) return [relation.id, [`Source: ${source.kind}`]]
    const { columns, exact, text } = await askingSource(catalog, () => rooms.sources.pushdown(source, scan, signal))
    const limit = exact && scan.limit !== undefined ? `, limit ${scan.limit}` : ''
    const line = `Source: ${source.kind}, pushed down: [${columns.join(', ')}]${limit}`
    return [relation.id, text === undefined ? [line] : [line, `Asked: ${text}`]]
  })
  return new Map(await Promise.all(told))
}

/** Hive's name for a type, or Trino's where Hive has none. */
function shownType(type: Type): string {
  try {
    return hiveTypeName(type)
  } catch (error) {
    if (error instanceof SqlError) return typeName(type)
    throw error
  }
}

/** What the statistics of the files leave to be read. */
const rowGroupLine = (count: RowGroupCount | undefined): string[] =>
  count ? [`Row groups: ${count.wanted} of ${count.all}`] : []

/** The values of a partition column that are left after pruning. */
function partitionValues({ files }: NamedRelation, index: number): string {
  const values = [...new Set(files.map((file) => file.partition[index] ?? 'NULL'))].toSorted()
  const shown = values.slice(0, MAX_VALUES).map((value) => `[${value}]`)
  return `[${[...shown, ...(values.length > MAX_VALUES ? ['...'] : [])].join(', ')}]`
}

function constraintText(constraint: Constraint): string {
  if (constraint.kind === 'values') return `[${constraint.values.map((value) => `[${String(value)}]`).join(', ')}]`
  const [low, high] = [constraint.low, constraint.high]
  return `[${low === undefined ? '(<min>' : `[${String(low)}`}, ${high === undefined ? '<max>)' : `${String(high)}]`}]`
}

/** EXPLAIN (TYPE IO): always JSON. What is not known before reading is NaN, as where Trino has no statistics. */
export function ioJson({ bound, scans }: PlannedQuery, context: QueryContext): string {
  const filters = partitionFilters(bound)
  const infos = scans.relations.map((relation) => {
    const { database: schema, table } = nameParts(relation.name)
    const constraints = relation.columns.flatMap((column) => {
      const constraint = filters.get(relation.id)?.constraint(column.name)
      if (!constraint) return []
      return [{ columnName: column.name, type: typeName(column.type), domain: domainOf(constraint) }]
    })
    return {
      table: { catalog: relation.catalog ?? context.catalog, schemaTable: { schema, table } },
      constraint: {
        none: relation.catalog === undefined && relation.files.length === 0,
        columnConstraints: constraints,
      },
      estimate: estimate(bytesOf(relation)),
    }
  })
  const total = scans.relations.reduce((sum, relation) => sum + bytesOf(relation), 0)
  return jsonText({ inputTableColumnInfos: infos, estimate: { ...estimate(total), outputSizeInBytes: 'NaN' } })
}

const estimate = (bytes: number) => ({
  outputRowCount: 'NaN',
  outputSizeInBytes: bytes,
  cpuCost: bytes,
  maxMemory: 'NaN',
  networkCost: 0,
})

function domainOf(constraint: Constraint) {
  const exactly = (value: Constant) => ({ value: String(value), bound: 'EXACTLY' })
  const ranges =
    constraint.kind === 'values'
      ? constraint.values.map((value) => ({ low: exactly(value), high: exactly(value) }))
      : [
          {
            low: constraint.low === undefined ? { bound: 'ABOVE' } : exactly(constraint.low),
            high: constraint.high === undefined ? { bound: 'BELOW' } : exactly(constraint.high),
          },
        ]
  return { nullsAllowed: false, ranges }
}
