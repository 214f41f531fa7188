/**
 * Whether what others have committed meanwhile leaves a change of rows what it was meant to be: nothing is lost, and the
 * outcome is that of one statement after the other. https://iceberg.apache.org/docs/latest/reliability/
 */
import { DeleteIndex } from '../../../formats/iceberg/delete-files.ts'
import type { ManifestEntry } from '../../../formats/iceberg/manifest.ts'
import { currentSnapshot, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import {
  fileMayMatch,
  type KnownColumn,
  partitionConditions,
  partitionMayMatch,
} from '../../../formats/iceberg/pruning.ts'
import { SqlError } from '../../../sql/position.ts'
import type { QueryContext } from '../context.ts'
import { fieldsOf, liveEntries, manifestsOf, type SnapshotView, unpartitioned } from './iceberg-files.ts'

export interface RowsRead {
  /** Of the table as the statement saw it. */
  readonly view: SnapshotView
  /** The data files of which rows change, by address. */
  readonly touched: ReadonlyMap<string, ManifestEntry>
  /** What is known of the rows that it looked for. */
  readonly known: readonly KnownColumn[]
  /**
   * Its rows only go to other files, and are as old there: what others add is in nobody's way, nor what they delete by its
   * values.
   */
  readonly onlyMoved?: true
}

/** Throws ICEBERG_COMMIT_ERROR where one is in the way of the other. */
export async function requireNoConflict(read: RowsRead, base: TableMetadata, context: QueryContext): Promise<void> {
  const { view, touched, known, onlyMoved } = read
  const snapshot = currentSnapshot(base)
  if (snapshot?.['snapshot-id'] === view.snapshot?.['snapshot-id']) return
  const now: SnapshotView = { ...view, metadata: base, snapshot }
  const since = view.snapshot?.['sequence-number'] ?? 0
  const manifests = await manifestsOf(now, context)
  // What a manifest lists that is still one of the snapshot's is still there.
  const same = new Set(manifests.map(({ path }) => path))
  const missing = new Set([...touched].filter(([, { listedIn }]) => !same.has(listedIn)).map(([path]) => path))
  const isSerializable = !onlyMoved && base.properties?.['write.delete.isolation-level'] !== 'snapshot'
  const columns = new Set(known.map(({ id }) => id))
  const deletes: ManifestEntry[] = []
  // Every manifest that the newer snapshots have written is of their sequence numbers, and may hold what is older.
  for (const manifest of manifests.filter(({ sequenceNumber }) => sequenceNumber > since)) {
    const conditions = partitionConditions(fieldsOf(now, manifest.specId), known)
    for (const entry of await liveEntries(now, manifest, manifest.content === 'data' ? columns : undefined, context)) {
      missing.delete(entry.file.path)
      if (entry.sequenceNumber <= since) continue
      if (manifest.content === 'deletes') deletes.push(entry)
      else if (isSerializable && partitionMayMatch(entry.file.partition, conditions) && fileMayMatch(entry.file, known))
        throw conflict(`Found conflicting files that can contain records matching the condition: ${entry.file.path}`)
    }
  }
  const [lost] = missing
  if (lost !== undefined) throw conflict(`Cannot commit, missing data files: ${lost}`)
  const index = new DeleteIndex(deletes, unpartitioned(base))
  for (const entry of touched.values()) {
    const { vector, positions, equalities } = index.for(entry)
    if (vector || positions.length + (onlyMoved ? 0 : equalities.length) > 0)
      throw conflict(`Cannot commit, found new delete for replaced data file: ${entry.file.path}`)
  }
}

const conflict = (reason: string): SqlError =>
  new SqlError('ICEBERG_COMMIT_ERROR', `Failed to commit the transaction during write: ${reason}`)
