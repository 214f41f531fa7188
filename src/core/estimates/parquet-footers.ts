/** The ends of Parquet files of the lake: what a query is told of them before it reads a row. */
import { CorruptData } from '../../formats/corrupt-data.ts'
import { type Footer, footerLength, readParquetFooter } from '../../formats/parquet/footer.ts'
import type { DataFile, RelationColumn } from '../queries/relation.ts'
import { type ReadFile, readStretch } from './stretches.ts'

export interface ParquetFooter extends Footer {
  readonly sizeBytes: number
}

/** How a column is found. */
export type StoredColumn = Pick<RelationColumn & { readonly kind: 'data' }, 'field' | 'fieldId'>

/** What the file calls a column, lower case. */
export const nameInFile = ({ names }: ParquetFooter, { field, fieldId }: StoredColumn): string =>
  (fieldId === undefined ? undefined : names.get(fieldId)) ?? field.toLowerCase()

const MOST_FOOTER_BYTES = 16 << 20
export const TAIL_BYTES = 8

type Sized = Pick<DataFile, 'uri' | 'sizeBytes'>

/** Throws CorruptData. */
export async function readFooter(files: ReadFile, file: Sized): Promise<ParquetFooter> {
  const length = await readLength(files, file)
  if (length > MOST_FOOTER_BYTES) throw new CorruptData('a Parquet footer longer than any')
  return await readOf(files, file, length)
}

async function readOf(files: ReadFile, { uri, sizeBytes }: Sized, length: number): Promise<ParquetFooter> {
  const footer = await readStretch(files, uri, sizeBytes - TAIL_BYTES - length, length)
  return { sizeBytes: length, ...readParquetFooter(footer) }
}

/** Throws CorruptData. */
async function readLength(files: ReadFile, { uri, sizeBytes }: Sized): Promise<number> {
  if (sizeBytes < TAIL_BYTES) throw new CorruptData('too short for a Parquet file')
  const footerEnd = sizeBytes - TAIL_BYTES
  const length = footerLength(await readStretch(files, uri, footerEnd, TAIL_BYTES))
  if (length > footerEnd) throw new CorruptData('a Parquet footer longer than its file')
  return length
}

const FOOTERS_AT_ONCE = 64
/** What the server, where everyone else waits, understands in a fifth of a second; a column of a row group takes some hundred bytes. */
const MOST_READ_BYTES = 1 << 20
/** Understood they take some thirty times that. */
const MOST_BYTES_TOGETHER = 8 << 20

/**
 * Undefined when one can not be read: then it is the query itself that says what is wrong. Undefined too where one is larger
 * than 1 MiB, or all are larger than 8.
 */
export async function readFooters(files: ReadFile, wanted: readonly DataFile[]): Promise<ParquetFooter[] | undefined> {
  try {
    const lengths = await inTurns(
      wanted,
      (at) => at + FOOTERS_AT_ONCE,
      (file) => readLength(files, file),
    )
    const together = lengths.reduce((sum, length) => sum + length, 0)
    if (together > MOST_BYTES_TOGETHER || lengths.some((length) => length > MOST_READ_BYTES)) return undefined
    return await inTurns(
      wanted,
      (at) => endOfTurn(lengths, at),
      (file, i) => readOf(files, file, lengths[i]!),
    )
  } catch (error) {
    if (error instanceof CorruptData) return undefined
    throw error
  }
}

/** As many as are understood in one go. */
function endOfTurn(lengths: readonly number[], start: number): number {
  let [end, bytes] = [start + 1, lengths[start]!]
  while (end < start + FOOTERS_AT_ONCE && bytes + (lengths[end] ?? 0) <= MOST_READ_BYTES) bytes += lengths[end++] ?? 0
  return end
}

async function inTurns<T, R>(
  items: readonly T[],
  endOf: (start: number) => number,
  read: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const all: R[] = []
  for (let at = 0; at < items.length; ) {
    const end = endOf(at)
    const start = at
    all.push(...(await Promise.all(items.slice(start, end).map((item, i) => read(item, start + i)))))
    at = end
  }
  return all
}
