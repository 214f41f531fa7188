/** Snapshots that a client has written and brings by a commit, of a table that is to keep to its place. */
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import { currentSchema, snapshotById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { placeOf } from '../../table-buckets/table-buckets.ts'
import { requireEnclosed } from './enclosure.ts'
import { liveEntries, manifestsOf } from './iceberg-files.ts'
import type { ReadContext } from './metadata-file.ts'

/**
 * Reads the manifests that are new with them, so that none becomes the table's which leads elsewhere (`enclosure`). Nothing
 * is read of a table that may lie anywhere. `base`: undefined where nothing was there before.
 */
export async function requireNewSnapshotsEnclosed(
  table: Table,
  base: TableMetadata | undefined,
  changed: TableMetadata,
  context: ReadContext,
): Promise<void> {
  const place = placeOf(table.descriptor)
  if (place === undefined) return
  const name = dottedName(table)
  requireEnclosed(place, changed, name)
  const view = { name, metadata: changed, schema: currentSchema(changed) }
  const known = new Set<string>()
  const know = (manifests: readonly ManifestFile[]) => {
    for (const { path } of manifests) known.add(path)
  }
  for (const snapshot of changed.snapshots ?? []) {
    const before = base && snapshotById(base, snapshot['snapshot-id'])
    if (before && before['manifest-list'] === snapshot['manifest-list'] && !snapshot.manifests) continue
    const parentId = snapshot['parent-snapshot-id'] ?? undefined
    const parent = base && parentId !== undefined ? snapshotById(base, parentId) : undefined
    if (parent) know(await manifestsOf({ ...view, snapshot: parent }, context))
    const manifests = await manifestsOf({ ...view, snapshot }, context)
    for (const manifest of manifests)
      if (!known.has(manifest.path)) await liveEntries({ ...view, snapshot }, manifest, new Set(), context)
    know(manifests)
  }
}
