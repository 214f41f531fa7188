/**
 * Which snapshots of a table are past their time: https://iceberg.apache.org/spec/#snapshot-retention-policy, as the Java
 * library's expiration reads it.
 */
import { type Id, type SnapshotRef, snapshotById, type TableMetadata } from './metadata.ts'
import type { TableUpdate } from './table-updates.ts'

export interface RetentionRules {
  readonly maxAgeMs: number
  /** Of each branch. */
  readonly minSnapshots: number
  readonly maxRefAgeMs: number
}

const DEFAULT_MAX_AGE_MS = 5 * 24 * 60 * 60 * 1000

/** Of a table's own settings. */
export function retentionRules({ properties = {} }: TableMetadata): RetentionRules {
  const number = (name: string, otherwise: number): number => {
    const value = Number(properties[name] ?? Number.NaN)
    return Number.isNaN(value) ? otherwise : value
  }
  return {
    maxAgeMs: number('history.expire.max-snapshot-age-ms', DEFAULT_MAX_AGE_MS),
    minSnapshots: number('history.expire.min-snapshots-to-keep', 1),
    maxRefAgeMs: number('history.expire.max-ref-age-ms', Number.POSITIVE_INFINITY),
  }
}

const MAIN = 'main'

/** The updates that remove them; none where all is to stay. */
export function expirations(metadata: TableMetadata, rules: RetentionRules, nowMs: number): readonly TableUpdate[] {
  const refs = Object.entries(refsOf(metadata))
  const kept = refs.filter(([name, ref]) => name === MAIN || isYoung(metadata, ref, rules, nowMs))
  const ids = keptSnapshots(
    metadata,
    kept.map(([, ref]) => ref),
    rules,
    nowMs,
  )
  const gone = (metadata.snapshots ?? []).map((one) => one['snapshot-id']).filter((id) => !ids.has(id))
  return [
    ...refs
      .filter((ref) => !kept.includes(ref))
      .map(([name]) => ({ action: 'remove-snapshot-ref', 'ref-name': name }) as const),
    ...(gone.length > 0 ? [{ action: 'remove-snapshots', 'snapshot-ids': gone } as const] : []),
  ]
}

/** Tables of the first version may say nothing but which snapshot is the current one. */
function refsOf(metadata: TableMetadata): Readonly<Record<string, SnapshotRef>> {
  const current = metadata['current-snapshot-id'] ?? undefined
  if (metadata.refs?.[MAIN] || current === undefined || current === -1) return metadata.refs ?? {}
  return { ...metadata.refs, [MAIN]: { 'snapshot-id': current, type: 'branch' } }
}

function isYoung(metadata: TableMetadata, ref: SnapshotRef, { maxRefAgeMs }: RetentionRules, nowMs: number): boolean {
  const snapshot = snapshotById(metadata, ref['snapshot-id'])
  return snapshot !== undefined && nowMs - snapshot['timestamp-ms'] <= (ref['max-ref-age-ms'] ?? maxRefAgeMs)
}

function keptSnapshots(
  metadata: TableMetadata,
  refs: readonly SnapshotRef[],
  { maxAgeMs, minSnapshots }: RetentionRules,
  nowMs: number,
): ReadonlySet<Id> {
  const kept = new Set<Id>()
  const referenced = new Set<Id>()
  for (const ref of refs) {
    kept.add(ref['snapshot-id'])
    referenced.add(ref['snapshot-id'])
    if (ref.type !== 'branch') continue
    const since = nowMs - (ref['max-snapshot-age-ms'] ?? maxAgeMs)
    const fewest = ref['min-snapshots-to-keep'] ?? minSnapshots
    let isKept = true
    for (const [place, snapshot] of ancestors(metadata, ref['snapshot-id']).entries()) {
      referenced.add(snapshot['snapshot-id'])
      isKept &&= place < fewest || snapshot['timestamp-ms'] >= since
      if (isKept) kept.add(snapshot['snapshot-id'])
    }
  }
  // Snapshots that no branch has led to stay as long as others: somebody may be about to make them count.
  for (const { 'snapshot-id': id, 'timestamp-ms': at } of metadata.snapshots ?? [])
    if (!referenced.has(id) && at >= nowMs - maxAgeMs) kept.add(id)
  return kept
}

/** The snapshot first, then what it was made of. */
function ancestors(metadata: TableMetadata, id: Id) {
  const byId = new Map(metadata.snapshots?.map((one) => [one['snapshot-id'], one]))
  const found = []
  for (let at = byId.get(id); at; ) {
    found.push(at)
    byId.delete(at['snapshot-id'])
    const parent = at['parent-snapshot-id'] ?? undefined
    at = parent === undefined ? undefined : byId.get(parent)
  }
  return found
}
