/** Snapshots that a client has written and brings by a commit, of a table that is to keep to its place. */
import { IcebergError } from '../../../formats/iceberg/iceberg-error.ts'
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import { currentSchema, snapshotById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { placeOf } from '../../table-buckets/table-buckets.ts'
import { requireEnclosed, requireInside } from './enclosure.ts'
import { liveEntries, manifestsOf } from './iceberg-files.ts'
import { type ReadContext, readMetadata, readMetadataAt } from './metadata-file.ts'

/** The metadata that a table is to have from now on, which somebody has written into its place. Throws for what leads out of it. */
export async function givenMetadata(table: Table, location: string, context: ReadContext): Promise<TableMetadata> {
  const name = dottedName(table)
  requireInside(placeOf(table.descriptor), [location], name)
  const metadata = await readMetadataAt(location, name, context)
  await requireNewSnapshotsEnclosed(table, await metadataBefore(table, context), metadata, context)
  return metadata
}

/** Undefined of a bare table, and of one that can not be read and is given metadata for that. */
async function metadataBefore(table: Table, context: ReadContext): Promise<TableMetadata | undefined> {
  try {
    return await readMetadata(table, context)
  } catch (error) {
    if (!(error instanceof IcebergError || error instanceof SqlError)) throw error
    return undefined
  }
}

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
