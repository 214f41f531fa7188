import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Table } from '../../catalog/catalog.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import { lakeUri } from '../../objects/addresses.ts'
import type { LakeFile } from '../../objects/files.ts'
import { metadataLocation } from './iceberg-table.ts'
import type { ReadContext } from './metadata-file.ts'

/** Metadata files from before the one that counts, whether its log still names them or not: who would commit one comes too late. */
export function* olderMetadata(table: Table, { location }: TableMetadata, context: ReadContext): Iterable<LakeFile> {
  const { files } = context.rooms
  const current = files.stat(metadataLocation(table))
  for (const file of files.list(`${asFolder(lakeUri(location))}metadata/`))
    if (current && file.uri.endsWith('.metadata.json') && file.modifiedAt < current.modifiedAt) yield file
}
