/** The snapshot in which files stand for others that hold the same rows. https://iceberg.apache.org/spec/#sequence-numbers */
import type { ContentFile, ManifestEntry } from '../../../formats/iceberg/manifest.ts'
import { currentSnapshot, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import type { QueryContext } from '../context.ts'
import type { TableChange } from './commits.ts'
import { deleteIndex, liveEntries, manifestsOf, type SnapshotView } from './iceberg-files.ts'
import { changedFiles } from './snapshot-changes.ts'

export interface Replacement {
  readonly removed: ReadonlySet<string>
  readonly added: readonly ContentFile[]
  /** Of the snapshot whose rows they are: deletes that are younger still apply. */
  readonly sequenceNumber: number
}

/** Deletes that apply to nothing any more go with the files that they were about. */
export async function replacedFiles(
  name: string,
  schema: Schema,
  { removed, added, sequenceNumber }: Replacement,
  base: TableMetadata,
  context: QueryContext,
): Promise<TableChange> {
  const view = { name, metadata: base, snapshot: currentSnapshot(base), schema }
  const entries = added.map((file) => ({ status: 'added', snapshotId: 0, sequenceNumber, fileSequenceNumber: 0, file }))
  const idle = await idleDeletes(view, removed, entries as ManifestEntry[], context)
  const changes = { added, removed, removedDeletes: idle, sequenceNumber }
  return changedFiles(name, schema, changes, base, context)
}

async function idleDeletes(
  view: SnapshotView,
  removed: ReadonlySet<string>,
  added: readonly ManifestEntry[],
  context: QueryContext,
): Promise<ReadonlySet<string>> {
  const manifests = await manifestsOf(view, context)
  const deletes = manifests.filter(({ content }) => content === 'deletes')
  if (deletes.length === 0) return new Set()
  const index = await deleteIndex(view, deletes, context)
  const idle = new Set(index.paths)
  const applied = (entry: ManifestEntry): void => {
    const { vector, positions, equalities } = index.for(entry)
    for (const { path } of [...(vector ? [vector] : []), ...positions, ...equalities]) idle.delete(path)
  }
  added.forEach(applied)
  for (const manifest of manifests.filter(({ content }) => content === 'data'))
    for (const entry of await liveEntries(view, manifest, new Set(), context))
      if (!removed.has(entry.file.path)) applied(entry)
  return idle
}
