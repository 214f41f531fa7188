/** The snapshot that a statement makes of the one before: files added, rows of files deleted, whole files removed. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import {
  partitionSummaries,
  type WrittenEntry,
  writeManifest,
  writeManifestList,
} from '../../../formats/iceberg/manifest-writer.ts'
import {
  currentSnapshot,
  type Id,
  type Snapshot,
  specById,
  type TableMetadata,
} from '../../../formats/iceberg/metadata.ts'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import type { TableUpdate } from '../../../formats/iceberg/table-updates.ts'
import type { QueryContext } from '../context.ts'
import { metadataUri, type TableChange } from './commits.ts'
import { fieldsOf, liveEntries, manifestsOf, mayHold, type SnapshotView } from './iceberg-files.ts'
import { snapshotSummary } from './snapshot-summaries.ts'

export interface FileChanges {
  /** Data files and files of deletes. */
  readonly added: readonly ContentFile[]
  /** Data files of which no row is left. */
  readonly removed: ReadonlySet<string>
  /** Files of deletes that apply to nothing. */
  readonly removedDeletes?: ReadonlySet<string>
  /** What is added holds the rows of what is removed, and these are as old as a snapshot of this number. */
  readonly sequenceNumber?: number
}

export const onlyAdded = (added: readonly ContentFile[]): FileChanges => ({ added, removed: new Set() })

/** 52 bits, which every reader of JSON knows exactly. */
const newSnapshotId = (): number => Number(BigInt(`0x${randomBytes(8).toString('hex')}`) & 0xf_ffff_ffff_ffffn) + 1

/** `schema`: the one that the files were written with. */
export async function changedFiles(
  name: string,
  schema: Schema,
  changes: FileChanges,
  base: TableMetadata,
  context: QueryContext,
): Promise<TableChange> {
  const { added } = changes
  const snapshotId = newSnapshotId()
  const parent = currentSnapshot(base)
  const view = { name, metadata: base, snapshot: parent, schema }
  const sequenceNumber = base['last-sequence-number'] + 1
  const making = { view, snapshotId, sequenceNumber }
  const kept = await keptManifests(making, parent ? await manifestsOf(view, context) : [], changes, context)
  const fresh = [...Map.groupBy(added, (file) => `${file.specId} ${file.content === 'data'}`).values()].map((files) =>
    manifestOf(
      making,
      files.map((file) => ({
        status: 'added',
        file,
        ...(changes.sequenceNumber !== undefined && { sequenceNumber: changes.sequenceNumber }),
      })),
    ),
  )
  const made = [...fresh, ...kept.rewritten]
  const list = {
    uri: metadataUri(base, `snap-${snapshotId}-1-${randomUUID()}.avro`),
    body: writeManifestList(
      { snapshotId, parentId: parent?.['snapshot-id'], sequenceNumber },
      [...made.map(({ listed }) => listed), ...kept.untouched],
      avro(),
    ),
  }
  return {
    files: [...made.map(({ file }) => file), list],
    updates: newSnapshot(
      {
        'snapshot-id': snapshotId,
        ...(parent && { 'parent-snapshot-id': parent['snapshot-id'] }),
        'sequence-number': sequenceNumber,
        'timestamp-ms': Math.max(context.rooms.clock.now().getTime(), base['last-updated-ms']),
        'manifest-list': list.uri,
        'schema-id': schema['schema-id'] ?? 0,
      },
      snapshotSummary(changes, kept.removed, parent?.summary),
    ),
  }
}

const avro = () => ({ codec: 'deflate', sync: randomBytes(16) }) as const

interface Making {
  readonly view: SnapshotView
  readonly snapshotId: Id
  readonly sequenceNumber: number
}

interface MadeManifest {
  readonly file: TableChange['files'][number]
  readonly listed: ManifestFile
}

/**
 * Manifests that list removed files are written again, in which these are marked deleted: those of one spec and content as
 * one. A manifest of nothing but what was deleted before goes.
 */
async function keptManifests(
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
function manifestOf({ view, snapshotId, sequenceNumber }: Making, entries: readonly WrittenEntry[]): MadeManifest {
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
  return { file: { uri, body }, listed }
}

/** The main branch moves on. */
const newSnapshot = (
  snapshot: Omit<Snapshot, 'summary'>,
  summary: Readonly<Record<string, string>>,
): readonly TableUpdate[] => [
  { action: 'add-snapshot', snapshot: { ...snapshot, summary } },
  { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': snapshot['snapshot-id'] },
]
