/**
 * The folders of tables. The metastore makes one when it takes a table and removes it with a managed one, as Hive's own
 * does on its file system; only those in buckets of this lake are within its reach, and others are the clients' matter.
 */
import { asFolder, lakeFolder } from '../../core/catalog/folder-names.ts'
import { splitAddress } from '../../core/objects/addresses.ts'
import type { Metastore } from './metastore.ts'

/** So many objects are deleted in one go. */
const PORTION = 1000

/** Whether it lies in a bucket of this account. */
export function isStorable({ files, scope }: Metastore, location: string | undefined): location is string {
  const { bucket } = splitAddress(location ?? '') ?? {}
  return bucket !== undefined && files.bucketOwner(bucket) === scope.account
}

/** Clients read a folder that nothing is in as an empty table, and fail on one that is not there. */
export async function makeFolder(metastore: Metastore, location: string | undefined): Promise<void> {
  if (!isStorable(metastore, location)) return
  const { files } = metastore
  const folder = asFolder(location)
  // The bucket itself is there, and what something lies in is there too.
  if (isBucket(folder) || files.stat(folder) || some(files.list(folder), 1).length > 0) return
  await files.put(folder, new Uint8Array(), { contentType: 'application/x-directory' })
}

export async function removeFolder(metastore: Metastore, location: string | undefined): Promise<void> {
  if (!isStorable(metastore, location)) return
  const { files } = metastore
  const folder = asFolder(location)
  for (;;) {
    const uris = some(files.list(folder), PORTION).map(({ uri }) => uri)
    if (uris.length > 0) await files.delete(uris)
    if (uris.length < PORTION) break
  }
  await removeMarkers(metastore, folder)
}

/** What folders are made of, from the innermost. */
async function removeMarkers(metastore: Metastore, folder: string): Promise<void> {
  const { files } = metastore
  for (const name of [...files.folders(folder)]) await removeMarkers(metastore, `${folder}${name}/`)
  if (!isBucket(folder) && files.stat(folder)) await files.delete([folder])
}

/** The files are in both folders then, and no byte has moved. */
export async function copyFolder(metastore: Metastore, from: string, to: string): Promise<void> {
  const { files } = metastore
  const [source, target] = [lakeFolder(from), asFolder(to)]
  for (const { uri } of [...files.list(source)]) await files.copy(uri, target + uri.slice(source.length))
  await makeFolder(metastore, target)
}

export const some = <T>(items: Iterable<T>, count: number): T[] => [...Iterator.from(items).take(count)]
const isBucket = (folder: string): boolean => /^[^/]+:\/\/[^/]+\/$/.test(folder)
