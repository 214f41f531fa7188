/** Files in a table's folders that nothing leads to: of writers that failed, or were interrupted. */

import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { withoutEndSlashes } from '../../catalog/folder-names.ts'
import { lakeUri } from '../../objects/addresses.ts'
import type { LakeFile } from '../../objects/files.ts'
import { isTablePlace } from '../../table-buckets/table-buckets.ts'
import type { QueryContext } from '../context.ts'
import { namedFailure } from '../failure.ts'
import { Turns } from '../turns.ts'
import { filesOnTheWay } from './committed-files.ts'
import { removeFiles } from './file-removal.ts'
import { metadataLocation } from './iceberg-table.ts'
import { readMetadata } from './metadata-file.ts'
import { olderMetadata } from './older-metadata.ts'
import { noFiles, reach } from './reachable-files.ts'

/** Documented of VACUUM: a table must have a folder of its own, so that other objects of its bucket are not taken for its. */
export function ownFolder({ location }: Pick<TableMetadata, 'location'>): string {
  const folder = withoutEndSlashes(lakeUri(location))
  if (/^s3:\/\/[^/]+\/./.test(folder) || isTablePlace(folder)) return folder
  throw namedFailure('GENERIC_INTERNAL_ERROR', `Path missing in file system location: ${folder}`)
}

/** Answers how many. */
export async function removeOrphans(...asked: Parameters<typeof orphansOf>): Promise<number> {
  const orphans = await orphansOf(...asked)
  const [, , , context] = asked
  await removeFiles([...orphans], context)
  return orphans.size
}

/**
 * Those of folders that are older than `ageMs`, which is the time that writers elsewhere have from writing a file to committing
 * it, and metadata that has been taken the place of.
 */
export async function orphansOf(
  table: Table,
  folders: readonly string[],
  ageMs: number,
  context: QueryContext,
): Promise<ReadonlySet<string>> {
  // Looked at before the metadata is: what has been committed by then is named by it.
  const old = await oldFiles(folders, ageMs, context)
  const { catalog } = context.rooms
  const newest = catalog.tables.get(context.scope, table.database, table.descriptor.Name)
  const metadata = await readMetadata(newest, context)
  const view = { name: dottedName(table), metadata, schema: currentSchema(metadata) }
  const reached = await reach(view, metadata.snapshots ?? [], noFiles(), context)
  const logged = new Set((metadata['metadata-log'] ?? []).map((entry) => lakeUri(entry['metadata-file'])))
  const isNamed = (uri: string) =>
    uri === metadataLocation(newest) ||
    reached.content.has(uri) ||
    reached.manifests.has(uri) ||
    reached.lists.has(uri) ||
    logged.has(uri)
  const found = [...old, ...olderMetadata(newest, metadata, context)].map(({ uri }) => uri)
  return new Set(found.filter((uri) => !isNamed(uri)))
}

/** Where catalogs that are folders keep the newest version's number. */
const VERSION_HINT = '/metadata/version-hint.text'

async function oldFiles(
  folders: readonly string[],
  ageMs: number,
  context: QueryContext,
): Promise<readonly LakeFile[]> {
  const { files, clock } = context.rooms
  const since = clock.now().getTime() - ageMs
  const turns = new Turns(context.signal)
  const old: LakeFile[] = []
  const onTheWay = filesOnTheWay(files)
  for (const folder of folders)
    for (const file of files.list(folder)) {
      const isOld = file.modifiedAt.getTime() < since
      if (isOld && !onTheWay.has(file.uri) && !file.uri.endsWith(VERSION_HINT)) old.push(file)
      if (turns.step()) await turns.rest()
    }
  return old
}
