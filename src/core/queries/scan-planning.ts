/** From the tables a plan scans to the files it will read: partitions pruned first, then only their folders listed. */
import type { PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import { partitionFilters, stepsOf } from '../../sql/analysis/partition-filters.ts'
import type { BoundQuery, Constant } from '../../sql/plan.ts'
import { isInteger } from '../../sql/types.ts'
import type { StorageDescriptor } from '../catalog/catalog.ts'
import { dottedName } from '../catalog/dotted-name.ts'
import { lakeFolder, pathOfValues, withoutEndSlashes } from '../catalog/folder-names.ts'
import type { KeyBounds, PartitionBounds } from '../catalog/partition-bounds.ts'
import type { Comparable } from '../catalog/partition-value.ts'
import type { Files, LakeFile } from '../objects/files.ts'
import { filesInBuckets, type WantedBuckets, wantedBuckets } from './bucketing.ts'
import { aboutTable, type QueryContext } from './context.ts'
import type { FoundFiles } from './described-table.ts'
import { type ForeignOwner, foreignOwner } from './foreign-owner.ts'
import { hudiFiles, isHudi } from './hudi/hudi-table.ts'
import { isIcebergTable } from './iceberg/iceberg-table.ts'
import { isLinked, linkedFiles } from './linked-files.ts'
import { PartitionLayouts } from './partition-layouts.ts'
import { isProjected, projectPartitions } from './partition-projection.ts'
import { DEFAULT_PARTITION, partitionConstant } from './partition-values.ts'
import type { DataFile, Relation } from './relation.ts'
import { type FileEncryption, fileEncryption } from './sealed-files.ts'
import { seesColumn } from './seen-tables.ts'
import { withSight } from './sight-filter.ts'
import { type SourcePlan, sourcePlan } from './source-relations.ts'
import type { LakeRelation, ResolvedRelation } from './table-resolver.ts'
import { Turns } from './turns.ts'

/** A relation and what a person calls it: `database.table`, in a catalog if that is not the lake's. */
export type NamedRelation = Relation & {
  readonly name: string
  readonly catalog?: string
  /** What the table says of files that are encrypted by who wrote them. */
  readonly encryption?: FileEncryption
  /** Another account's, by the name that it has there. */
  readonly owner?: ForeignOwner
  /** Who reads it does not see all of it, and is not told what its files are called. */
  readonly hidesFiles?: true
  /** Nor all of its partition keys. */
  readonly hidesPartitions?: true
} & Pick<FoundFiles, 'buckets' | 'notes'>

/** What the partitions that it is read from are called, for who sees by what they are told apart. */
export const partitionsTold = ({ files, hidesPartitions }: NamedRelation): string[] =>
  hidesPartitions ? [] : [...new Set(files.flatMap(({ partitionName }) => partitionName || []))].toSorted()

/** What is known of a table that no scan reads: nothing. */
export const NO_FILTER: PartitionFilter = { mayMatch: () => true, weight: 0, constraint: () => undefined }

export interface ScanPlan {
  /** Those of sources have no files before the query runs. */
  readonly relations: readonly NamedRelation[]
  readonly sources: readonly SourcePlan[]
}

/** Every file it answers is held for the statement. Throws when the statement is cancelled meanwhile. */
export async function planScans(
  query: BoundQuery,
  resolved: Iterable<ResolvedRelation>,
  context: QueryContext,
): Promise<ScanPlan> {
  const filters = partitionFilters(query)
  const turns = new PlanningTurns(context)
  const relations: NamedRelation[] = []
  const sources: SourcePlan[] = []
  for (const relation of resolved) {
    if (relation.kind === 'source') {
      const plan = sourcePlan(relation, query, context)
      sources.push(plan)
      relations.push(plan.relation)
      continue
    }
    const encryption = fileEncryption(relation.table)
    const { columns: _, ...sight } = relation.sight ?? {}
    const filter = withSight(filters.get(relation.id) ?? NO_FILTER, relation)
    relations.push({
      id: relation.id,
      name: dottedName(relation.table),
      ...(encryption && { encryption }),
      ...foreignOwner(relation, context.principal),
      columns: relation.layout.columns,
      format: relation.layout.format,
      ...sight,
      ...(relation.sight && { hidesFiles: true }),
      ...(hidesPartitions(relation) && { hidesPartitions: true }),
      ...(await filesOf(relation, filter, aboutTable(context, relation.table, relation.scope), turns)),
    })
  }
  await turns.hold()
  return { relations, sources }
}

/** Iceberg's are made of any columns that there are or were, and of fields inside of them. */
const hidesPartitions = ({ table, layout, sight }: LakeRelation): boolean =>
  sight !== undefined &&
  (isIcebergTable(table) || layout.partitionKeys.some((key) => sight.columns.every(({ name }) => name !== key.name)))

/**
 * Up to a turn planning sees one moment of the lake; beyond it, as with S3's own listings, objects may come and go between
 * two pages. What has been found is held before each rest.
 */
class PlanningTurns extends Turns {
  readonly #context: QueryContext
  #fresh: LakeFile[] = []
  /** Begun, the oldest first. */
  readonly #held: Promise<void>[] = []

  constructor(context: QueryContext) {
    super(context.signal)
    this.#context = context
  }

  found(file: LakeFile): void {
    this.#fresh.push(file)
  }

  override async rest(): Promise<void> {
    this.#begin()
    if (this.#held.length >= MOST_HOLDS) await this.#held.shift()
    await super.rest()
  }

  async hold(): Promise<void> {
    this.#begin()
    await Promise.all(this.#held)
  }

  #begin(): void {
    const found = this.#fresh
    this.#fresh = []
    if (found.length === 0) return
    const held = this.#context.hold(found)
    // Whoever waits for it hears of a failure.
    held.catch(() => {})
    this.#held.push(held)
  }
}

/** Bytes of so many turns are in memory at a time, on their way to where an engine reads them. */
const MOST_HOLDS = 4

async function filesOf(
  relation: LakeRelation,
  filter: PartitionFilter,
  context: QueryContext,
  turns: PlanningTurns,
): Promise<FoundFiles> {
  if (relation.described) return relation.described.files(filter, context, turns)
  return dataFiles(relation, filter, context, turns)
}

async function dataFiles(
  relation: LakeRelation,
  filter: PartitionFilter,
  context: QueryContext,
  turns: PlanningTurns,
): Promise<FoundFiles> {
  const { partitionKeys, format } = relation.layout
  const names = partitionKeys.map((key) => key.name)
  const partitionLayouts = new PartitionLayouts(relation.table, format, (column) =>
    seesColumn(context, relation.scope, relation.table, column),
  )
  const buckets = wantedBuckets(relation, filter)
  const filesIn = await liveFiles(relation, context.rooms.files, buckets, turns)
  const found: DataFile[] = []
  for (const place of partitionsOf(relation, filter, context)) {
    if (place) {
      const partition = place.values.map((value) => (value === DEFAULT_PARTITION ? null : value))
      const partitionName = pathOfValues(names, place.values)
      const layout = partitionLayouts.placeOf(place.storage, partitionName)
      const described = { partition, partitionName, ...(layout !== undefined && { layout }) }
      for (const file of await filesIn(place)) {
        turns.found(file)
        found.push({ ...file, ...described })
        if (turns.step()) await turns.rest()
      }
    }
    if (!place || turns.step()) await turns.rest()
  }
  const { layouts } = partitionLayouts
  return {
    files: found,
    ...(layouts.length > 0 && { layouts }),
    ...(buckets && { buckets: { read: buckets.wanted.size, all: buckets.all } }),
  }
}

/** The files of a place that are the table's. */
async function liveFiles(
  { table, layout }: LakeRelation,
  files: Files,
  buckets: WantedBuckets | undefined,
  turns: Turns,
): Promise<(place: Place) => Iterable<LakeFile> | Promise<Iterable<LakeFile>>> {
  const { StorageDescriptor: storage } = table.descriptor
  if (storage && isHudi(storage)) {
    const filesIn = await hudiFiles(layout.location, storage, files, turns)
    return ({ location }) => filesIn(location)
  }
  return ({ location, storage: own = storage }) => {
    const visible = visibleFiles(files, location)
    if (isLinked(own)) return linkedFiles(visible, files, turns)
    // Of a partition that was filled otherwise, nothing is known.
    return buckets && own?.NumberOfBuckets === buckets.all ? filesInBuckets([...visible], buckets) : visible
  }
}

/** Files whose name, or a folder on the way, starts with `_` or `.` are not data: Hive's rule, which Athena follows. */
export function* visibleFiles(files: Files, location: string): Generator<LakeFile> {
  const root = lakeFolder(location).length
  for (const file of files.list(location))
    if (file.sizeBytes > 0 && !/(^|\/)[_.]/.test(file.uri.slice(root))) yield file
}

interface Place {
  readonly values: readonly string[]
  readonly location: string
  /** What the catalog says of a partition. */
  readonly storage?: StorageDescriptor
}

/** Partitions of a page that are looked at, where conditions are few. */
const MOST_SEEN = 5000

/** `undefined` after a long search in vain. */
function* partitionsOf(
  relation: LakeRelation,
  filter: PartitionFilter,
  context: QueryContext,
): Generator<Place | undefined> {
  const { table, layout } = relation
  if (layout.partitionKeys.length === 0) yield { values: [], location: layout.location }
  else if (isProjected(table)) yield* projectPartitions(table, layout, filter, context.now)
  else yield* catalogPartitions(relation, filter, context)
}

function* catalogPartitions(
  { scope, table, layout }: LakeRelation,
  filter: PartitionFilter,
  { rooms }: QueryContext,
): Generator<Place | undefined> {
  const { partitionKeys } = layout
  const names = partitionKeys.map((key) => key.name)
  const keep = (values: readonly (string | undefined)[]): boolean =>
    filter.mayMatch(
      new Map(
        partitionKeys.flatMap((key, i) => {
          const text = values[i]
          const constant =
            text === undefined ? undefined : partitionConstant(text === DEFAULT_PARTITION ? null : text, key.type)
          return constant === undefined ? [] : [[key.name, constant] as const]
        }),
      ),
    )
  const skip = (known: readonly (string | undefined)[]): boolean => !keep(known)
  const budget = Math.ceil(MOST_SEEN / stepsOf(filter))
  const options = { bounds: partitionBounds(partitionKeys, filter), keep, skip, limit: 1000, budget }
  const root = withoutEndSlashes(layout.location)
  for (let after: string | undefined; ; ) {
    const page = rooms.catalog.partitions.list(scope, table.database, table.descriptor.Name, { ...options, after })
    for (const { descriptor } of page.partitions) {
      const { Values: values, StorageDescriptor: storage } = descriptor
      yield { values, location: storage?.Location ?? `${root}/${pathOfValues(names, values)}/`, storage }
    }
    if (page.next === undefined) return
    after = page.next
    yield undefined
  }
}

/** What is known of the keys, as far as the catalog compares them as we do. */
function partitionBounds(keys: LakeRelation['layout']['partitionKeys'], filter: PartitionFilter): PartitionBounds {
  return keys.map(({ name, type }) => {
    const constraint = filter.constraint(name)
    if (!constraint || !(type.kind === 'varchar' || type.kind === 'date' || isInteger(type))) return undefined
    const range = constraint.kind === 'range' ? constraint : rangeAround(constraint.values.map(comparable))
    const [low, high] = [comparable(range.low), comparable(range.high)]
    return low === undefined && high === undefined ? undefined : { low, high }
  })
}

const comparable = (value: Constant | undefined): Comparable | undefined =>
  typeof value === 'string' || typeof value === 'bigint' ? value : undefined

/** Nothing is known of a set in which one value does not compare. */
function rangeAround(values: readonly (Comparable | undefined)[]): KeyBounds {
  const [first, ...rest] = values
  if (first === undefined || rest.includes(undefined)) return {}
  let [low, high] = [first, first]
  for (const value of rest as Comparable[]) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}
