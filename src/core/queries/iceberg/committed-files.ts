/** Files that a statement has written, on their way into a table: objects already, and not yet named by its metadata. */
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import type { Files } from '../../objects/files.ts'
import type { QueryContext } from '../context.ts'
import { namedFailure } from '../failure.ts'

/** A file of a table, and where it lies until it is an object. */
export interface PlacedFile {
  readonly file: ContentFile
  readonly localPath: string
}

/** What a client has encrypted can only be a table of Hive's: athena ug, creating-tables-based-on-encrypted-datasets-in-s3. */
export function refuseSealing({ seals }: Pick<Files, 'seals'>): void {
  if (seals) throw namedFailure('NOT_SUPPORTED', 'Iceberg tables can not be written with the encryption option CSE_KMS')
}

const onTheWay = new WeakMap<object, Set<string>>()

/** The addresses of files that are about to be committed, of all tables: nobody's yet, and not to be taken away. */
export const filesOnTheWay = (files: Files): ReadonlySet<string> => onTheWay.get(files.lake) ?? new Set()

/** The files are objects before `commit` names them; where it fails nobody has seen them, and they go. */
export async function committed<T>(
  written: readonly PlacedFile[],
  context: QueryContext,
  commit: (files: readonly ContentFile[]) => Promise<T>,
): Promise<T> {
  const { files } = context.rooms
  refuseSealing(files)
  const objects = written.map(({ file, localPath }) => ({ uri: file.path, localPath }))
  const ways = onTheWay.get(files.lake) ?? new Set()
  onTheWay.set(files.lake, ways)
  for (const { uri } of objects) ways.add(uri)
  try {
    const arrivals = await files.adopt(objects, { contentType: 'application/octet-stream', ...context.protection })
    await arrivals.appear(() => {})
    try {
      return await commit(written.map(({ file }) => file))
    } catch (error) {
      await files.delete(objects.map(({ uri }) => uri))
      throw error
    }
  } finally {
    for (const { uri } of objects) ways.delete(uri)
  }
}
