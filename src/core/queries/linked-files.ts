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
  for (const { uri } of lists)
    for (const address of addressesIn(await textOf(uri, files), uri)) {
      const file = requireNamedFile(address, files)
      if (file.sizeBytes > 0) found.push(file)
      if (turns.step()) await turns.rest()
    }
  return found
}

/** One to a line that is not empty. A list may be large, and of nothing but line feeds: none of it is held twice. */
function* addressesIn(text: string, uri: string): Generator<string> {
  for (const [line] of text.matchAll(/[^\n]+/g)) {
    const address = line.endsWith('\r') ? line.slice(0, -1) : line
    if (address === '') continue
    if (!/^[a-z][a-z0-9+.-]*:\//i.test(address))
      throw unreadable(uri, `no address of a file: ${JSON.stringify(address.slice(0, 80))}`)
    yield address
  }
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
