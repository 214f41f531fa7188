/** Files in a table's folders that nothing leads to: of writers that failed, or were interrupted. */
import { currentSchema } from '../../../formats/iceberg/metadata.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { LakeFile } from '../../objects/files.ts'
import type { QueryContext } from '../context.ts'
import { Turns } from '../turns.ts'
import { filesOnTheWay } from './committed-files.ts'
import { removeFiles } from './file-removal.ts'
import { lakeUri, metadataLocation } from './iceberg-table.ts'
import { readMetadata } from './metadata-file.ts'
import { noFiles, reach } from './reachable-files.ts'

/**
 * Removes those that are older than `ageMs`, which is the time that writers elsewhere have from writing a file to committing
 * it, and metadata that a newer one has taken the place of: who still wanted to commit it comes too late. Answers how many.
 */
export async function removeOrphans(table: Table, ageMs: number, context: QueryContext): Promise<number> {
  // Looked at before the metadata is: what has been committed by then is named by it.
  const found = await oldFiles(table, ageMs, context)
  const { catalog, files } = context.rooms
  const newest = catalog.tables.get(context.scope, table.database, table.descriptor.Name)
  const metadata = await readMetadata(newest, context)
  const current = files.stat(metadataLocation(newest))
  const view = { name: dottedName(table), metadata, schema: currentSchema(metadata) }
  const reached = await reach(view, metadata.snapshots ?? [], noFiles(), context)
  const logged = new Set((metadata['metadata-log'] ?? []).map((entry) => lakeUri(entry['metadata-file'])))
  const isNamed = (uri: string) =>
    reached.content.has(uri) || reached.manifests.has(uri) || reached.lists.has(uri) || logged.has(uri)
  const orphans = [
    ...found.old,
    ...found.metadata.filter(({ modifiedAt }) => current && modifiedAt < current.modifiedAt),
  ]
    .map(({ uri }) => uri)
    .filter((uri) => uri !== current?.uri && !isNamed(uri))
  await removeFiles(orphans, context)
  return orphans.length
}

/** Where catalogs that are folders keep the newest version's number. */
const VERSION_HINT = '/metadata/version-hint.text'

interface FoundFiles {
  readonly old: readonly LakeFile[]
  /** Younger ones that describe the table. */
  readonly metadata: readonly LakeFile[]
}

async function oldFiles(table: Table, ageMs: number, context: QueryContext): Promise<FoundFiles> {
  const { files, clock } = context.rooms
  const { location } = await readMetadata(table, context)
  const root = lakeUri(location).replace(/\/+$/, '')
  const since = clock.now().getTime() - ageMs
  const turns = new Turns(context.signal)
  const old: LakeFile[] = []
  const metadata: LakeFile[] = []
  const onTheWay = filesOnTheWay(files)
  for (const folder of ['data', 'metadata'])
    for (const file of files.list(`${root}/${folder}/`)) {
      if (file.uri.endsWith(VERSION_HINT)) continue
      if (file.modifiedAt.getTime() < since && !onTheWay.has(file.uri)) old.push(file)
      else if (/\.metadata\.json$/.test(file.uri)) metadata.push(file)
      if (turns.step()) await turns.rest()
    }
  return { old, metadata }
}
