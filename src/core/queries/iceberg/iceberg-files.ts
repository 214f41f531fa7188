/** The files of a snapshot that a query needs: manifests are pruned by their partitions, files by partition and bounds. */
import { type ApplicableDeletes, DeleteIndex, FILE_PATH_ID } from '../../../formats/iceberg/delete-files.ts'
import { badData, unsupported } from '../../../formats/iceberg/iceberg-error.ts'
import {
  type ContentFile,
  type ManifestEntry,
  manifestSpecId,
  readManifest,
} from '../../../formats/iceberg/manifest.ts'
import { type ManifestFile, readManifestList } from '../../../formats/iceberg/manifest-list.ts'
import { type Snapshot, specById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import {
  fileMayMatch,
  type KnownColumn,
  manifestMayMatch,
  partitionConditions,
  partitionMayMatch,
} from '../../../formats/iceberg/pruning.ts'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import { type BoundField, boundFields } from '../../../formats/iceberg/specs.ts'
import type { PartitionFilter } from '../../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../../sql/plan.ts'
import { lakeUri } from '../../objects/addresses.ts'
import { placeAt } from '../../table-buckets/table-buckets.ts'
import type { QueryContext } from '../context.ts'
import type { FoundFiles, Planning } from '../described-table.ts'
import type { DataFile } from '../relation.ts'
import { Turns } from '../turns.ts'
import { requireInside } from './enclosure.ts'
import { constantOf, knownColumns } from './iceberg-values.ts'
import { rememberedFor } from './known-files.ts'
import { type ReadContext, readAvroFile } from './metadata-file.ts'
import { identityColumns, readableFiles } from './readable-files.ts'

/** A snapshot of a table, and who asks for it. */
export interface SnapshotView {
  /** As failures name it. */
  readonly name: string
  readonly metadata: TableMetadata
  /** Undefined for a table into which nothing was ever written. */
  readonly snapshot: Snapshot | undefined
  /** Its columns as they are shown. */
  readonly schema: Schema
}

/** Throws IcebergError where the list cannot be read. */
export async function manifestsOf(view: SnapshotView, context: ReadContext): Promise<readonly ManifestFile[]> {
  if (view.snapshot?.['key-id'] !== undefined)
    throw unsupported(`Reading encrypted Iceberg tables is not supported: ${view.name}`)
  const list = view.snapshot?.['manifest-list']
  if (list !== undefined) {
    const place = placeAt(lakeUri(list))
    const read = async () => {
      const found = await readAvroFile(list, view, context, async (file) =>
        knownManifests(await gathered([readManifestList(file)], MOST_MANIFESTS, context), view),
      )
      const paths = found.values().map(({ path }) => path)
      requireInside(place, paths, view.name)
      return found
    }
    return rememberedFor(context.rooms.files, lakeUri(list), `list ${place}`, (found) => found.length, read)
  }
  const found: ManifestFile[] = []
  for (const path of view.snapshot?.manifests ?? [])
    found.push({
      path,
      length: 0,
      specId: await readAvroFile(path, view, context, manifestSpecId),
      content: 'data',
      sequenceNumber: 0,
      minSequenceNumber: 0,
      addedSnapshotId: view.snapshot!['snapshot-id'],
    })
  return found
}

function knownManifests(manifests: readonly ManifestFile[], { metadata }: SnapshotView): readonly ManifestFile[] {
  for (const { specId, path } of manifests)
    if (!metadata['partition-specs'].some((spec) => spec['spec-id'] === specId))
      throw badData(`manifest ${path} is of partition spec ${specId}, which the table does not have`)
  return manifests
}

/** Some hundred bytes each. */
const MOST_MANIFESTS = 200_000
/** Of a manifest, and of all that a statement reads: a kilobyte each, once they are planned. */
const MOST_FILES = 1_000_000

/** What a file lists, which may be long. Throws IcebergError where it is more than `most`. */
async function gathered<T>(
  listed: Iterable<Iterable<T>> | AsyncIterable<Iterable<T>>,
  most: number,
  { signal }: ReadContext,
): Promise<T[]> {
  const turns = new Turns(signal ?? new AbortController().signal)
  const found: T[] = []
  for await (const some of listed)
    for (const one of some) {
      found.push(one)
      if (found.length > most) throw badData(`it lists more than ${most} files`)
      if (turns.step()) await turns.rest()
    }
  return found
}

/** The entries of a manifest that are still there. `columns`: whose bounds are wanted. */
export async function liveEntries(
  view: SnapshotView,
  manifest: ManifestFile,
  columns: ReadonlySet<number> | undefined,
  context: ReadContext,
): Promise<ManifestEntry[]> {
  const fields = fieldsOf(view, manifest.specId)
  const place = placeAt(lakeUri(manifest.path))
  const read = async () => {
    const live = await readAvroFile(manifest.path, view, context, async (file) => {
      const all = await gathered(
        readManifest(file, manifest, { fields, ...(columns && { columns }) }),
        MOST_FILES,
        context,
      )
      return all.filter(({ status }) => status !== 'deleted')
    })
    const paths = live.values().map(({ file }) => file.path)
    requireInside(place, paths, view.name)
    return live
  }
  if (!columns) return read()
  // The values of partitions are read as the types that their sources have by now.
  const types = fields.map(({ type }) => JSON.stringify(type)).join()
  const what = `${manifest.sequenceNumber} ${types} ${[...columns].toSorted((a, b) => a - b).join()} ${place}`
  const weightOf = (entries: readonly ManifestEntry[]) => entries.length * (1 + columns.size)
  return rememberedFor(context.rooms.files, lakeUri(manifest.path), what, weightOf, read)
}

export const fieldsOf = ({ metadata, schema }: Pick<SnapshotView, 'metadata' | 'schema'>, spec: number) =>
  boundFields(specById(metadata, spec), [...metadata.schemas, schema])

export async function icebergFiles(
  view: SnapshotView,
  filter: PartitionFilter,
  context: QueryContext,
  planning: Planning,
): Promise<FoundFiles> {
  const { manifests, wanted, seen } = await wantedFiles(view, filter, context, planning)
  const found = await readableFiles(view, wanted, context, planning)
  return { ...found, notes: notesOf(manifests, found.files, seen) }
}

/** A data file with the deletes that apply to it. */
export interface LiveFile {
  readonly entry: ManifestEntry
  /** Of its spec. */
  readonly fields: readonly BoundField[]
  readonly deletes: ApplicableDeletes
}

export interface WantedFiles {
  readonly manifests: readonly ManifestFile[]
  readonly wanted: readonly LiveFile[]
  /** How many data files were looked at. */
  readonly seen: number
}

/** Of the counts and bounds of columns entries have those that the filter is about. */
export async function wantedFiles(
  view: SnapshotView,
  filter: PartitionFilter,
  context: QueryContext,
  turns: Pick<Planning, 'step' | 'rest'>,
): Promise<WantedFiles> {
  const manifests = await manifestsOf(view, context)
  const known = knownColumns(view.schema, filter)
  const specs = new Map<number, SpecView>()
  const specOf = (id: number): SpecView => {
    const found = specs.get(id) ?? specView(view, id, filter, known)
    specs.set(id, found)
    return found
  }
  const matching = (content: ManifestFile['content']) =>
    manifests.filter(
      (one) => one.content === content && mayHold(one) && manifestMayMatch(one, specOf(one.specId).fields, known),
    )
  const deletes = await deleteIndex(view, matching('deletes'), context)
  const wanted: LiveFile[] = []
  let seen = 0
  const columns = new Set(known.map(({ id }) => id))
  for (const manifest of matching('data')) {
    const { mayMatch, fields } = specOf(manifest.specId)
    for (const entry of await liveEntries(view, manifest, columns, context)) {
      if (++seen > MOST_FILES) throw tooManyFiles(view)
      if (mayMatch(entry.file) && fileMayMatch(entry.file, known))
        wanted.push({ entry, fields, deletes: deletes.for(entry) })
      if (turns.step()) await turns.rest()
    }
  }
  return { manifests, wanted, seen }
}

/** Whether it lists a file that is still there. */
export const mayHold = ({ addedFiles, existingFiles }: ManifestFile): boolean => addedFiles !== 0 || existingFiles !== 0

interface SpecView {
  readonly fields: readonly BoundField[]
  readonly mayMatch: (file: ContentFile) => boolean
}

/** Where a partition's values are those of columns, whatever the filter says of these decides. */
function specView(view: SnapshotView, id: number, filter: PartitionFilter, known: readonly KnownColumn[]): SpecView {
  const fields = fieldsOf(view, id)
  const conditions = partitionConditions(fields, known)
  const identities = identityColumns(fields, view.schema)
  return {
    fields,
    mayMatch: ({ partition }) => {
      if (!partitionMayMatch(partition, conditions)) return false
      const values = new Map<string, Constant>()
      for (const { name, type, place } of identities) {
        const constant = constantOf(type, partition[place] ?? null)
        if (constant !== undefined) values.set(name, constant)
      }
      return values.size === 0 || filter.mayMatch(values)
    },
  }
}

/** The specs whose partitions are all one. */
export const unpartitioned = (metadata: TableMetadata): ReadonlySet<number> =>
  new Set(
    metadata['partition-specs']
      .filter(({ fields }) => fields.every(({ transform }) => transform === 'void'))
      .map((spec) => spec['spec-id']),
  )

/** Of all files of deletes that the manifests list. */
export async function deleteIndex(
  view: SnapshotView,
  manifests: readonly ManifestFile[],
  context: ReadContext,
): Promise<DeleteIndex> {
  const entries: ManifestEntry[] = []
  for (const manifest of manifests)
    for (const entry of await liveEntries(view, manifest, new Set([FILE_PATH_ID]), context)) {
      entries.push(entry)
      if (entries.length > MOST_FILES) throw tooManyFiles(view)
    }
  return new DeleteIndex(entries, unpartitioned(view.metadata))
}

const tooManyFiles = ({ name }: SnapshotView) =>
  unsupported(`Queries of more than ${MOST_FILES} files are not supported: ${name}`)

function notesOf(manifests: readonly ManifestFile[], found: readonly DataFile[], seen: number): readonly string[] {
  const counted = manifests.filter(({ content }) => content === 'data')
  const told = counted.map(({ addedFiles, existingFiles }) => (addedFiles ?? 0) + (existingFiles ?? 0))
  const all = Math.max(
    seen,
    told.reduce((sum, count) => sum + count, 0),
  )
  const dirty = found.flatMap(({ deleted }) => deleted ?? [])
  const positions = new Set(dirty.flatMap((one) => (one.kind === 'positions' ? one.files.map(({ uri }) => uri) : [])))
  const vectors = dirty.filter((one) => one.kind === 'bitmap').length
  const byValue = found.filter(({ deletedValues }) => deletedValues)
  const values = new Set(
    byValue.flatMap((file) => file.deletedValues!.flatMap(({ files }) => files.map(({ uri }) => uri))),
  )
  const changed = found.filter(({ deleted, deletedValues }) => deleted || deletedValues)
  const deletes = [
    ...(positions.size > 0 ? [`${positions.size} position delete files`] : []),
    ...(vectors > 0 ? [`${vectors} deletion vectors`] : []),
    ...(values.size > 0 ? [`${values.size} equality delete files`] : []),
  ]
  return [
    `Files pruned: ${all - found.length} of ${all}`,
    ...(deletes.length > 0 ? [`Deletes: ${deletes.join(', ')}, of ${changed.length} files`] : []),
  ]
}
