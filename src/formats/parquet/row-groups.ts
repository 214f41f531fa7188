/**
 * A Parquet file as row groups that another file may take over as they are: where the bytes of each column lie, and what is
 * said of them. https://parquet.apache.org/docs/file-format/metadata/
 */
import { CorruptData } from '../corrupt-data.ts'
import { fieldOf, integerOf, listItems, type RawField, structFields, structOf } from './compact-fields.ts'

/** Numbers of fields of Parquet's thrift definition. */
export const FILE = { schema: 2, rows: 3, rowGroups: 4, keyValues: 5 } as const
const FILE_ENCRYPTED = 8
export const GROUP = { columns: 1, rows: 3, offset: 5, ordinal: 7 } as const
const GROUP_BYTES = 2
export const CHUNK = {
  offset: 2,
  column: 3,
  offsetIndex: 4,
  offsetIndexBytes: 5,
  columnIndex: 6,
  columnIndexBytes: 7,
} as const
const CHUNK_ELSEWHERE = [1, 8, 9]
export const COLUMN = { dataPage: 9, indexPage: 10, dictionaryPage: 11, bloomFilter: 14, bloomFilterBytes: 15 } as const
export const COLUMN_MORE = { codec: 4, bytes: 7 } as const

export interface Span {
  readonly start: number
  readonly end: number
}

export interface StoredChunk {
  readonly fields: readonly RawField[]
  readonly column: readonly RawField[]
  readonly codec: number
  /** Its pages, the dictionary first. */
  readonly pages: Span
  readonly bloomFilter?: Span
  readonly columnIndex?: Span
  readonly offsetIndex?: Span
}

export interface StoredRowGroup {
  readonly fields: readonly RawField[]
  readonly rows: number
  readonly chunks: readonly StoredChunk[]
}

export interface StoredFile {
  readonly rows: number
  readonly rowGroups: readonly StoredRowGroup[]
  /** As a list of structs of a key and a value. */
  readonly keyValues: readonly Uint8Array[]
  /** The rest: what only files that are alike in all of it have in common. */
  readonly common: readonly RawField[]
}

/**
 * Of a file's footer. `dataBytes`: how many bytes lie before it. Throws CorruptData for what is no footer, or one that cannot
 * be of this file; undefined for one whose columns are encrypted or lie elsewhere.
 */
export function storedFile(footer: Uint8Array, dataBytes: number): StoredFile | undefined {
  const fields = structFields(footer)
  const groups = listItems(fieldOf(fields, FILE.rowGroups)).items.map(structFields)
  const rowGroups = groups.map((group) => storedRowGroup(group, dataBytes))
  if (fieldOf(fields, FILE_ENCRYPTED) || rowGroups.includes(undefined)) return undefined
  const stored = rowGroups as StoredRowGroup[]
  const rows = count(fields, FILE.rows)
  if (rows !== sum(stored.map((group) => group.rows)))
    throw new CorruptData('a Parquet file of other rows than its parts')
  const spans = stored.flatMap(({ chunks }) => chunks.map(({ pages }) => pages.end - pages.start))
  if (sum(spans) > dataBytes) throw new CorruptData('a Parquet file whose columns overlap')
  const own: readonly number[] = [FILE.rows, FILE.rowGroups, FILE.keyValues]
  return {
    rows,
    rowGroups: stored,
    keyValues: listItems(fieldOf(fields, FILE.keyValues)).items,
    common: fields.filter(({ id }) => !own.includes(id)),
  }
}

function storedRowGroup(fields: readonly RawField[], dataBytes: number): StoredRowGroup | undefined {
  const chunks = listItems(fieldOf(fields, GROUP.columns)).items.map((chunk) =>
    storedChunk(structFields(chunk), dataBytes),
  )
  // Of the format's required ones nobody needs it, but who does not say it is no writer to be trusted.
  count(fields, GROUP_BYTES)
  if (chunks.includes(undefined)) return undefined
  return { fields, rows: count(fields, GROUP.rows), chunks: chunks as StoredChunk[] }
}

function storedChunk(fields: readonly RawField[], dataBytes: number): StoredChunk | undefined {
  const column = structOf(fieldOf(fields, CHUNK.column))
  if (!column || fields.some(({ id }) => CHUNK_ELSEWHERE.includes(id))) return undefined
  const data = count(column, COLUMN.dataPage)
  const dictionary = integerOf(fieldOf(column, COLUMN.dictionaryPage)) ?? 0
  // Some writers say 0 where there is none.
  const start = dictionary > 0 ? Math.min(dictionary, data) : data
  const more = (name: string, offset: RawField | undefined, bytes: RawField | undefined) => {
    const [from, length] = [integerOf(offset), integerOf(bytes)]
    if (from === undefined || length === undefined) return {}
    return { [name]: within({ start: from, end: from + length }, dataBytes) }
  }
  return {
    fields,
    column,
    codec: count(column, COLUMN_MORE.codec),
    pages: within({ start, end: start + count(column, COLUMN_MORE.bytes) }, dataBytes),
    ...more('bloomFilter', fieldOf(column, COLUMN.bloomFilter), fieldOf(column, COLUMN.bloomFilterBytes)),
    ...more('columnIndex', fieldOf(fields, CHUNK.columnIndex), fieldOf(fields, CHUNK.columnIndexBytes)),
    ...more('offsetIndex', fieldOf(fields, CHUNK.offsetIndex), fieldOf(fields, CHUNK.offsetIndexBytes)),
  }
}

function within(span: Span, dataBytes: number): Span {
  // A file begins with four bytes that say what it is.
  if (span.start < 4 || span.end <= span.start || span.end > dataBytes)
    throw new CorruptData('a Parquet footer that tells of bytes that are not there')
  return span
}

/** Of a struct that all writers tell it in. Throws CorruptData. */
export function count(fields: readonly RawField[], id: number, of: 'footer' | 'page' = 'footer'): number {
  const value = integerOf(fieldOf(fields, id))
  if (value === undefined || value < 0) throw new CorruptData(`a Parquet ${of} that lacks a count`)
  return value
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
