/** The ends of Parquet files of the lake: what a query is told of them before it reads a row. */
import { CorruptData } from '../../formats/corrupt-data.ts'
import { columnNames, footerLength, type RowGroup, readRowGroups } from '../../formats/parquet/footer.ts'
import type { DataFile, RelationColumn } from '../queries/relation.ts'
import { type ReadFile, readStretch } from './stretches.ts'

export interface ParquetFooter {
  readonly sizeBytes: number
  readonly groups: readonly RowGroup[]
  /** Of columns, lower case, by the ids that the file has of them. */
  readonly names: ReadonlyMap<number, string>
}

/** How a column is found. */
export type StoredColumn = Pick<RelationColumn & { readonly kind: 'data' }, 'field' | 'fieldId'>

/** What the file calls a column, lower case. */
export const nameInFile = ({ names }: ParquetFooter, { field, fieldId }: StoredColumn): string =>
  (fieldId === undefined ? undefined : names.get(fieldId)) ?? field.toLowerCase()

const MOST_FOOTER_BYTES = 16 << 20
const TAIL_BYTES = 8

/** Throws CorruptData. */
export async function readFooter(
  files: ReadFile,
  { uri, sizeBytes }: Pick<DataFile, 'uri' | 'sizeBytes'>,
): Promise<ParquetFooter> {
  if (sizeBytes < TAIL_BYTES) throw new CorruptData('too short for a Parquet file')
  const footerEnd = sizeBytes - TAIL_BYTES
  const length = footerLength(await readStretch(files, uri, footerEnd, TAIL_BYTES))
  if (length > footerEnd || length > MOST_FOOTER_BYTES) throw new CorruptData('a Parquet footer longer than its file')
  const footer = await readStretch(files, uri, footerEnd - length, length)
  return { sizeBytes: length, groups: readRowGroups(footer), names: columnNames(footer) }
}

const FOOTERS_AT_ONCE = 64

/** Undefined when one can not be read: then it is the query itself that says what is wrong. */
export async function readFooters(files: ReadFile, wanted: readonly DataFile[]): Promise<ParquetFooter[] | undefined> {
  const footers: ParquetFooter[] = []
  try {
    for (let at = 0; at < wanted.length; at += FOOTERS_AT_ONCE) {
      const some = wanted.slice(at, at + FOOTERS_AT_ONCE)
      footers.push(...(await Promise.all(some.map((file) => readFooter(files, file)))))
    }
    return footers
  } catch (error) {
    if (error instanceof CorruptData) return undefined
    throw error
  }
}

/** What the engine reads of a file's end at once. */
const FIRST_READ_BYTES = 16_384

/**
 * What the engine reads of a file to know its footer (measured): its last 16 KiB; where the footer is longer, the footer
 * and 16 KiB more.
 */
export const footerReadBytes = (fileBytes: number, footerBytes: number): number =>
  Math.min(
    fileBytes,
    FIRST_READ_BYTES + (footerBytes + TAIL_BYTES > FIRST_READ_BYTES ? FIRST_READ_BYTES + footerBytes : 0),
  )
