/** Files that are held in memory whole: those that say of a table, a view or a commit what it is. */
import { buffer } from 'node:stream/consumers'
import { CorruptData } from '../../formats/corrupt-data.ts'
import type { ByteRange } from '../ports.ts'
import type { Files } from './files.ts'

/** Those of tables of a hundred thousand files have some ten megabytes. */
export const MOST_WHOLE_BYTES = 64 << 20

/** Of `range`, where it is given. Throws CorruptData where there is more than anybody writes. */
export function wholeFile(
  files: Pick<Files, 'read' | 'stat'>,
  uri: string,
  range?: ByteRange,
  mostBytes = MOST_WHOLE_BYTES,
): Promise<Buffer> {
  const { start = 0, end = (files.stat(uri)?.sizeBytes ?? 0) - 1 } = range ?? {}
  const sizeBytes = end - start + 1
  if (sizeBytes > mostBytes)
    throw new CorruptData(`it is of ${sizeBytes} bytes, and of such a file no more than ${mostBytes} are read`)
  return buffer(files.read(uri, range))
}
