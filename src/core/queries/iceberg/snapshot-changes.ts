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
import { fieldsOf, liveEntries, manifestsOf, type SnapshotView } from './iceberg-files.ts'

export interface FileChanges {
  /** Data files and files of deletes. */
  readonly added: readonly ContentFile[]
  /** Data files of which no row is left. */
  readonly removed: ReadonlySet<string>
}

export const onlyAdded = (added: readonly ContentFile[]): FileChanges => ({ added, removed: new Set() })

/** 52 bits, which every reader of JSON knows exactly. */
const newSnapshotId = (): number => Number(BigInt(`0x${randomBytes(8).toString('hex')}`) & 0xf_ffff_ffff_ffffn) + 1

/** `schema`: the one that the files were written with. */
export async function changedFiles(
  name: string,
  schema: Schema,
  { added, removed }: FileChanges,
  base: TableMetadata,
  context: QueryContext,
): Promise<TableChange> {
  const snapshotId = newSnapshotId()
  const parent = currentSnapshot(base)
  const view = { name, metadata: base, snapshot: parent, schema }
  const sequenceNumber = base['last-sequence-number'] + 1
  const making = { view, snapshotId, sequenceNumber }
  const kept = await keptManifests(making, parent ? await manifestsOf(view, context) : [], removed, context)
  const fresh = [...Map.groupBy(added, (file) => `${file.specId} ${file.content === 'data'}`).values()].map((files) =>
    manifestOf(
      making,
      files.map((file) => ({ status: 'added', file })),
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
      summaryOf(added, kept.removed, parent?.summary),
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

/** A manifest that lists a removed file is written again, in which that file is marked deleted. */
async function keptManifests(
  making: Making,
  manifests: readonly ManifestFile[],
  removed: FileChanges['removed'],
  context: QueryContext,
): Promise<{ untouched: ManifestFile[]; rewritten: MadeManifest[]; removed: ContentFile[] }> {
  const kept = { untouched: [] as ManifestFile[], rewritten: [] as MadeManifest[], removed: [] as ContentFile[] }
  for (const manifest of manifests) {
    const looked = removed.size > 0 && manifest.content === 'data'
    const entries = looked ? await liveEntries(making.view, manifest, undefined, context) : []
    const gone = entries.filter(({ file }) => removed.has(file.path))
    if (gone.length === 0) {
      kept.untouched.push(manifest)
      continue
    }
    kept.removed.push(...gone.map(({ file }) => file))
    const written = entries.map(
      (entry): WrittenEntry =>
        removed.has(entry.file.path)
          ? { ...entry, status: 'deleted', snapshotId: making.snapshotId }
          : { ...entry, status: 'existing' },
    )
    kept.rewritten.push(manifestOf(making, written))
  }
  return kept
}

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
  const known = entries.flatMap((entry) => ('sequenceNumber' in entry ? [entry.sequenceNumber] : []))
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

/** https://iceberg.apache.org/spec/#optional-snapshot-summary-fields */
function summaryOf(
  added: readonly ContentFile[],
  removed: readonly ContentFile[],
  parent: Snapshot['summary'] = {},
): Record<string, string> {
  const data = added.filter(({ content }) => content === 'data')
  const deletes = added.filter(({ content }) => content !== 'data')
  const rows = (files: readonly ContentFile[]) => files.reduce((sum, file) => sum + file.recordCount, 0)
  const bytes = (files: readonly ContentFile[]) => files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const partitions = new Set([...added, ...removed].map(({ specId, partition }) => `${specId} ${String(partition)}`))
  const told = (name: string, value: number) => (value > 0 ? { [name]: String(value) } : {})
  const total = (name: string, more: number) => ({
    [`total-${name}`]: String(Number(parent[`total-${name}`] ?? 0) + more),
  })
  const isAppend = deletes.length === 0 && removed.length === 0
  return {
    operation: isAppend ? 'append' : data.length === 0 ? 'delete' : 'overwrite',
    ...told('added-data-files', data.length),
    ...told('added-records', rows(data)),
    ...told('added-delete-files', deletes.length),
    ...told('added-position-delete-files', deletes.length),
    ...told('added-position-deletes', rows(deletes)),
    ...told('added-files-size', bytes(added)),
    ...told('deleted-data-files', removed.length),
    ...told('deleted-records', rows(removed)),
    ...told('removed-files-size', bytes(removed)),
    'changed-partition-count': String(partitions.size),
    ...total('records', rows(data) - rows(removed)),
    ...total('files-size', bytes(added) - bytes(removed)),
    ...total('data-files', data.length - removed.length),
    ...total('delete-files', deletes.length),
    ...total('position-deletes', rows(deletes)),
    ...total('equality-deletes', 0),
  }
}
