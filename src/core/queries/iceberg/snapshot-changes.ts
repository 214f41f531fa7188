/** The snapshot that a statement makes of the one before: files added, rows of files deleted, whole files removed. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import { writeManifestList } from '../../../formats/iceberg/manifest-writer.ts'
import { currentSnapshot, type Snapshot, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import type { TableUpdate } from '../../../formats/iceberg/table-updates.ts'
import type { QueryContext } from '../context.ts'
import { metadataUri } from './commit-steps.ts'
import type { TableChange } from './commits.ts'
import { manifestsOf } from './iceberg-files.ts'
import { avro, keptManifests, manifestOf, mergedManifests } from './snapshot-manifests.ts'
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
  const merged = await mergedManifests(making, fresh, kept.untouched, context)
  const made = [...merged.made, ...kept.rewritten]
  const list = {
    uri: metadataUri(base, `snap-${snapshotId}-1-${randomUUID()}.avro`),
    body: writeManifestList(
      { snapshotId, parentId: parent?.['snapshot-id'], sequenceNumber },
      [...made.map(({ listed }) => listed), ...merged.untouched],
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

/** The main branch moves on. */
const newSnapshot = (
  snapshot: Omit<Snapshot, 'summary'>,
  summary: Readonly<Record<string, string>>,
): readonly TableUpdate[] => [
  { action: 'add-snapshot', snapshot: { ...snapshot, summary } },
  { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': snapshot['snapshot-id'] },
]
