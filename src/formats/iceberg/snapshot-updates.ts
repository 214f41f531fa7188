/** Changes to a table's snapshots, and to the branches and tags that lead to them. */
import { invalidMetadata, overtaken } from './iceberg-error.ts'
import {
  type Id,
  MAIN_BRANCH,
  refOf,
  type Snapshot,
  type SnapshotRef,
  snapshotById,
  type TableMetadata,
} from './metadata.ts'

export function addSnapshot(metadata: TableMetadata, snapshot: Snapshot): Partial<TableMetadata> {
  const { 'format-version': version, 'last-sequence-number': last, snapshots = [] } = metadata
  const id = snapshot['snapshot-id']
  if (metadata.schemas.length === 0) throw invalidMetadata('Attempting to add a snapshot before a schema is added')
  if (snapshotById(metadata, id)) throw invalidMetadata(`Snapshot already exists for id: ${id}`)
  const sequenceNumber = snapshot['sequence-number'] ?? 0
  if (version > 1 && sequenceNumber <= last && (snapshot['parent-snapshot-id'] ?? undefined) !== undefined)
    throw overtaken(
      `Cannot add snapshot with sequence number ${sequenceNumber} older than last sequence number ${last}`,
    )
  return {
    snapshots: [...snapshots, snapshot],
    'last-sequence-number': Math.max(last, sequenceNumber),
    ...(version >= 3 && { 'next-row-id': rowIdAfter(metadata, snapshot) }),
  }
}

/** https://iceberg.apache.org/spec/#row-lineage */
function rowIdAfter({ 'next-row-id': next = 0 }: TableMetadata, snapshot: Snapshot): number {
  const first = snapshot['first-row-id'] ?? undefined
  if (first === undefined) throw invalidMetadata('Cannot add a snapshot: first-row-id is null')
  if (first < next)
    throw overtaken(`Cannot add a snapshot, first-row-id is behind table next-row-id: ${first} < ${next}`)
  return next + (snapshot['added-rows'] ?? 0)
}

/** The main branch is the table, and what it was is its history. `atMs`: when it goes back to a snapshot that was there. */
export function setRef(
  metadata: TableMetadata,
  name: string,
  ref: SnapshotRef,
  atMs: number | undefined,
): Partial<TableMetadata> {
  const id: Id = ref['snapshot-id']
  const snapshot = snapshotById(metadata, id)
  if (!snapshot) throw invalidMetadata(`Cannot set ${name} to unknown snapshot: ${id}`)
  const refs = { ...metadata.refs, [name]: ref }
  if (name !== MAIN_BRANCH) return { refs }
  if (ref.type !== 'branch') throw invalidMetadata('Cannot set main to a tag, it must be a branch')
  if (metadata['current-snapshot-id'] === id) return { refs }
  const entry = { 'timestamp-ms': atMs ?? snapshot['timestamp-ms'], 'snapshot-id': id }
  return { refs, 'current-snapshot-id': id, 'snapshot-log': [...(metadata['snapshot-log'] ?? []), entry] }
}

export function removeRef(metadata: TableMetadata, name: string): Partial<TableMetadata> {
  const { [name]: _, ...refs } = metadata.refs ?? {}
  return { refs, ...(name === MAIN_BRANCH && { 'current-snapshot-id': null }) }
}

/** With them go the branches and tags that led to them, and what is known of them. */
export function removeSnapshots(metadata: TableMetadata, ids: ReadonlySet<Id>): Partial<TableMetadata> {
  const kept = <T extends { readonly 'snapshot-id': Id }>(all: readonly T[] | undefined) =>
    all?.filter((one) => !ids.has(one['snapshot-id']))
  const current = refOf(metadata, MAIN_BRANCH)
  const refs = Object.entries(metadata.refs ?? {}).filter(([, ref]) => !ids.has(ref['snapshot-id']))
  return {
    snapshots: kept(metadata.snapshots),
    refs: Object.fromEntries(refs),
    statistics: kept(metadata.statistics),
    'partition-statistics': kept(metadata['partition-statistics']),
    ...(current && ids.has(current['snapshot-id']) && { 'current-snapshot-id': null }),
  }
}

/**
 * The log without snapshots that were the table's for no moment, as several were added at once, and without all that comes
 * before one that is gone: what was current in its time would be told wrong.
 */
export function withoutPassingEntries(
  before: TableMetadata,
  metadata: TableMetadata,
  added: ReadonlySet<Id>,
): TableMetadata {
  const log = metadata['snapshot-log'] ?? []
  const known = new Set(metadata.snapshots?.map((snapshot) => snapshot['snapshot-id']))
  const passed = (id: Id): boolean => added.has(id) && id !== metadata['current-snapshot-id']
  const fresh = log.slice(before['snapshot-log']?.length ?? 0)
  const removed = (before.snapshots ?? []).some((snapshot) => !known.has(snapshot['snapshot-id']))
  if (!removed && !fresh.some((entry) => passed(entry['snapshot-id']))) return metadata
  const gone = removed ? log.findLastIndex((entry) => !known.has(entry['snapshot-id'])) : -1
  const kept = log.slice(gone + 1).filter((entry) => !passed(entry['snapshot-id']))
  return { ...metadata, 'snapshot-log': kept }
}
