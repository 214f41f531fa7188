/** All files that a table's metadata leads to: what goes when the table does. */
import { IcebergError } from '../../../formats/iceberg/iceberg-error.ts'
import { currentSchema } from '../../../formats/iceberg/metadata.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import { liveEntries, manifestsOf } from './iceberg-files.ts'
import { lakeUri, metadataLocation } from './iceberg-table.ts'
import { readMetadata } from './metadata-file.ts'

/**
 * Of all snapshots, with their metadata; other objects below the table's location are nobody's that it knows of. Of a table
 * that can not be read as far as it can: it is dropped for that.
 */
export async function filesOfTable(table: Table, context: QueryContext): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  try {
    const metadata = await readMetadata(table, context)
    for (const entry of metadata['metadata-log'] ?? []) found.add(lakeUri(entry['metadata-file']))
    found.add(metadataLocation(table))
    const view = { name: dottedName(table), metadata, schema: currentSchema(metadata) }
    for (const snapshot of metadata.snapshots ?? []) {
      if (snapshot['manifest-list'] !== undefined) found.add(lakeUri(snapshot['manifest-list']))
      for (const manifest of await manifestsOf({ ...view, snapshot }, context)) {
        if (found.has(lakeUri(manifest.path))) continue
        found.add(lakeUri(manifest.path))
        for (const { file } of await liveEntries({ ...view, snapshot }, manifest, new Set(), context))
          found.add(lakeUri(file.path))
      }
    }
  } catch (error) {
    if (!(error instanceof IcebergError || error instanceof SqlError)) throw error
  }
  return found
}
