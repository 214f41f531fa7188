/** The manifests of a snapshot that is being made: those of the one before it, as far as they still hold, and new ones. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import { partitionSummaries, type WrittenEntry, writeManifest } from '../../../formats/iceberg/manifest-writer.ts'
import { type Id, specById } from '../../../formats/iceberg/metadata.ts'
import type { QueryContext } from '../context.ts'
import { metadataUri, type UnwrittenFile } from './commit-steps.ts'
import { fieldsOf, liveEntries, mayHold, type SnapshotView } from './iceberg-files.ts'
import { mergedTogether, mergeRules } from './manifest-merging.ts'
import type { FileChanges } from './snapshot-changes.ts'

/** How manifests and their lists are written. */
export const avro = () => ({ codec: 'deflate', sync: randomBytes(16) }) as const

/** A snapshot that is being made. */
export interface Making {
  /** The one before it. */
  readonly view: SnapshotView
  readonly snapshotId: Id
  readonly sequenceNumber: number
}

interface MadeManifest {
  readonly file: UnwrittenFile
  readonly listed: ManifestFile
  readonly entries: readonly WrittenEntry[]
}

/**
 * Manifests that list removed files are written again, in which these are marked deleted: those of one spec and content as
 * one. A manifest of nothing but what was deleted before goes.
 */
export async function keptManifests(
  making: Making,
  manifests: readonly ManifestFile[],
  { removed, removedDeletes = new Set() }: FileChanges,
  context: QueryContext,
): Promise<{ untouched: ManifestFile[]; rewritten: MadeManifest[]; removed: ContentFile[] }> {
  const untouched: ManifestFile[] = []
  const gone: ContentFile[] = []
  const entries: WrittenEntry[] = []
  for (const manifest of manifests) {
    const going = manifest.content === 'data' ? removed : removedDeletes
    const live = going.size > 0 ? await liveEntries(making.view, manifest, undefined, context) : []
    const isTouched = live.some(({ file }) => going.has(file.path))
    if (!isTouched && mayHold(manifest)) untouched.push(manifest)
    if (!isTouched) continue
    for (const entry of live) {
      const goes = going.has(entry.file.path)
      if (goes) gone.push(entry.file)
      entries.push({
        ...entry,
        ...(goes ? { status: 'deleted', snapshotId: making.snapshotId } : { status: 'existing' }),
      })
    }
  }
  const groups = Map.groupBy(entries, ({ file }) => `${file.specId} ${file.content === 'data'}`)
  const rewritten = [...groups.values()].flatMap((group) => pages(group).map((page) => manifestOf(making, page)))
  return { untouched, rewritten, removed: gone }
}

/** Planning reads whole manifests, and leaves out those that are about other partitions. */
const MOST_ENTRIES = 20_000

const pages = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / MOST_ENTRIES) }, (_, i) =>
    all.slice(i * MOST_ENTRIES, (i + 1) * MOST_ENTRIES),
  )

/** `entries`: some, all of one spec and one content. */
export function manifestOf(
  { view, snapshotId, sequenceNumber }: Making,
  entries: readonly WrittenEntry[],
): MadeManifest {
  const { specId, content: of } = entries[0]!.file
  const content = of === 'data' ? 'data' : 'deletes'
  const fields = fieldsOf(view, specId)
  const kind = { content, schema: view.schema, spec: specById(view.metadata, specId), fields } as const
  const body = writeManifest(kind, entries, avro())
  const uri = metadataUri(view.metadata, `${randomUUID()}-m0.avro`)
  const counted = (status: WrittenEntry['status']) => {
    const files = entries.filter((entry) => entry.status === status).map(({ file }) => file)
    return { files: files.length, rows: files.reduce((sum, file) => sum + file.recordCount, 0) }
  }
  const [added, existing, deleted] = [counted('added'), counted('existing'), counted('deleted')]
  const live = entries.filter(({ status }) => status !== 'deleted')
  const known = live.flatMap((entry) => entry.sequenceNumber ?? [])
  const listed: ManifestFile = {
    path: uri,
    length: body.length,
    specId,
    content,
    sequenceNumber,
    minSequenceNumber: Math.min(sequenceNumber, ...known),
    addedSnapshotId: snapshotId,
    addedFiles: added.files,
    existingFiles: existing.files,
    deletedFiles: deleted.files,
    addedRows: added.rows,
    existingRows: existing.rows,
    deletedRows: deleted.rows,
    partitions: partitionSummaries(
      entries.map(({ file }) => file),
      fields,
    ),
  }
  return { file: { uri, body }, listed, entries }
}

/** `fresh`: those of the snapshot itself; a small one is not even written where it is merged with those of earlier ones. */
export async function mergedManifests(
  making: Making,
  fresh: readonly MadeManifest[],
  untouched: readonly ManifestFile[],
  context: QueryContext,
): Promise<{ readonly made: readonly MadeManifest[]; readonly untouched: readonly ManifestFile[] }> {
  const rules = mergeRules(making.view.metadata)
  if (!rules) return { made: fresh, untouched }
  const all = [...fresh.map(({ listed }) => listed), ...untouched]
  const merged: MadeManifest[] = []
  const gone = new Set<ManifestFile>()
  for (const group of Map.groupBy(all, ({ specId, content }) => `${specId} ${content}`).values()) {
    const together = mergedTogether(group, rules)
    const entries: WrittenEntry[] = []
    for (const manifest of together) {
      gone.add(manifest)
      const own = fresh.find(({ listed }) => listed === manifest)
      if (own) entries.push(...own.entries)
      else
        for (const entry of await liveEntries(making.view, manifest, undefined, context))
          entries.push({ ...entry, status: 'existing' })
    }
    if (entries.length > 0) merged.push(manifestOf(making, entries))
  }
  return {
    made: [...fresh.filter(({ listed }) => !gone.has(listed)), ...merged],
    untouched: untouched.filter((manifest) => !gone.has(manifest)),
  }
}
