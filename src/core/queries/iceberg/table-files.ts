/** All files that a table's metadata leads to: what goes when the table does. */
import { IcebergError } from '../../../formats/iceberg/iceberg-error.ts'
import { currentSchema } from '../../../formats/iceberg/metadata.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { lakeUri } from '../../objects/addresses.ts'
import type { QueryContext } from '../context.ts'
import { metadataLocation } from './iceberg-table.ts'
import { type ReadContext, readMetadata } from './metadata-file.ts'
import { olderMetadata } from './older-metadata.ts'
import { noFiles, reach } from './reachable-files.ts'

/**
 * Of all snapshots, with their metadata and what it has taken the place of; other objects below the table's location are
 * nobody's that it knows of. Of a table that can not be read as far as it can: it is dropped for that. Of a link none: they are
 * its target's, which stays.
 */
export async function filesOfTable(
  table: Table,
  context: ReadContext & Pick<QueryContext, 'signal'>,
): Promise<ReadonlySet<string>> {
  const logged = new Set<string>()
  if (table.descriptor.TargetTable) return logged
  const found = noFiles()
  try {
    const metadata = await readMetadata(table, context)
    for (const entry of metadata['metadata-log'] ?? []) logged.add(lakeUri(entry['metadata-file']))
    logged.add(metadataLocation(table))
    for (const { uri } of olderMetadata(table, metadata, context)) logged.add(uri)
    const view = { name: dottedName(table), metadata, schema: currentSchema(metadata) }
    await reach(view, metadata.snapshots ?? [], found, context)
  } catch (error) {
    if (!(error instanceof IcebergError || error instanceof SqlError)) throw error
  }
  return new Set([...logged, ...found.lists, ...found.manifests.keys(), ...found.content])
}
