/**
 * Tables whose folders hold lists of the files that are the data, one address to a line, as Delta writes manifests for readers
 * that do not know its log. https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables-querying.html
 */
import { CorruptData } from '../../formats/corrupt-data.ts'
import { SqlError } from '../../sql/position.ts'
import type { StorageDescriptor } from '../catalog/catalog.ts'
import type { Files, LakeFile } from '../objects/files.ts'
import { wholeFile } from '../objects/whole-file.ts'
import { requireNamedFile } from './named-files.ts'
import type { Turns } from './turns.ts'

/** Hive's class is what every writer of such lists names. */
export const isLinked = (storage: StorageDescriptor | undefined): boolean =>
  storage?.InputFormat?.endsWith('.SymlinkTextInputFormat') ?? false

/** What all of the lists name, in their order. Throws HIVE_BAD_DATA for a list that is none, and for a file that is not there. */
export async function linkedFiles(lists: Iterable<LakeFile>, files: Files, turns: Turns): Promise<readonly LakeFile[]> {
  const found: LakeFile[] = []
  for (const list of lists)
    for (const line of await linesOf(list, files)) {
      found.push(requireNamedFile(line.replace(HADOOPS_NAMES, 's3:'), files))
      if (turns.step()) await turns.rest()
    }
  return found.filter(({ sizeBytes }) => sizeBytes > 0)
}

/** For the same store. */
const HADOOPS_NAMES = /^s3[an]:/i

async function linesOf({ uri }: LakeFile, files: Files): Promise<readonly string[]> {
  const lines = (await textOf(uri, files)).split(/\r?\n/).filter((line) => line !== '')
  const odd = lines.find((line) => !/^[a-z][a-z0-9+.-]*:\//i.test(line))
  if (odd === undefined) return lines
  throw unreadable(uri, `no address of a file: ${JSON.stringify(odd.slice(0, 80))}`)
}

async function textOf(uri: string, files: Files): Promise<string> {
  try {
    return String(await wholeFile(files, uri))
  } catch (error) {
    if (error instanceof CorruptData) throw unreadable(uri, error.message)
    throw error
  }
}

const unreadable = (uri: string, why: string): SqlError =>
  new SqlError('HIVE_BAD_DATA', `Error parsing symlinks from: ${uri}: ${why}`)
