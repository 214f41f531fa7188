/**
 * Snapshots past their time leave the table, and then the files that nothing else leads to leave the lake. Whoever is
 * interrupted in between leaves files that nobody names, and no table without its files.
 */
import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { expirations, type RetentionRules } from '../../../formats/iceberg/snapshot-expiry.ts'
import { updated } from '../../../formats/iceberg/table-updates.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import { commitChange } from './commits.ts'
import { removeFiles } from './file-removal.ts'
import { noFiles, type ReachableFiles, reach } from './reachable-files.ts'

export interface Expired {
  readonly snapshots: number
  readonly dataFiles: number
  readonly manifests: number
  readonly manifestLists: number
}

/** `rules`: what they are of the metadata by then. `removesFiles`: else all files stay, and nothing leads to them. */
export async function expireSnapshots(
  table: Table,
  rules: (metadata: TableMetadata) => RetentionRules,
  context: QueryContext,
  removesFiles = true,
): Promise<Expired> {
  const nowMs = context.rooms.clock.now().getTime()
  let base: TableMetadata | undefined
  let changed: TableMetadata | undefined
  await commitChange(table, context, async (metadata) => {
    const updates = expirations(metadata, rules(metadata), nowMs)
    base = metadata
    changed = updated(metadata, updates, nowMs)
    return updates.length > 0 ? { updates, files: [] } : undefined
  })
  const expired = removesFiles ? await onlyReachedBefore(dottedName(table), base!, changed!, context) : noFiles()
  await removeFiles([...expired.content, ...expired.manifests.keys(), ...expired.lists], context)
  return {
    snapshots: (base!.snapshots?.length ?? 0) - (changed!.snapshots?.length ?? 0),
    dataFiles: expired.content.size,
    manifests: expired.manifests.size,
    manifestLists: expired.lists.size,
  }
}

/** What others commit meanwhile leads to nothing that only an expired snapshot led to. */
async function onlyReachedBefore(
  name: string,
  base: TableMetadata,
  changed: TableMetadata,
  context: QueryContext,
): Promise<ReachableFiles> {
  const kept = new Set(changed.snapshots?.map((one) => one['snapshot-id']))
  const gone = (base.snapshots ?? []).filter((one) => !kept.has(one['snapshot-id']))
  if (gone.length === 0) return noFiles()
  const view = { name, metadata: base, schema: currentSchema(base) }
  const staying = await reach(view, changed.snapshots ?? [], noFiles(), context)
  const found = await reach(view, gone, noFiles(), context, staying)
  for (const path of staying.content) found.content.delete(path)
  for (const path of staying.lists) found.lists.delete(path)
  return found
}
