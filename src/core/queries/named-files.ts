/** Files that a table's own words name, wherever they lie: a log, or a list. */
import { SqlError } from '../../sql/position.ts'
import { isLakeUri, lakeUri } from '../objects/addresses.ts'
import type { Files, LakeFile } from '../objects/files.ts'

/** Undefined for one that is not there; what was copied from elsewhere may name files of another store, where the lake has none. */
export const namedFile = (uri: string, files: Files): LakeFile | undefined =>
  isLakeUri(uri) ? files.stat(lakeUri(uri)) : undefined

/** Throws HIVE_CANNOT_OPEN_SPLIT for one that is not there. */
export function requireNamedFile(uri: string, files: Files): LakeFile {
  const file = namedFile(uri, files)
  if (!file) throw new SqlError('HIVE_CANNOT_OPEN_SPLIT', `Error opening Hive split ${uri}: no such object`)
  return file
}
