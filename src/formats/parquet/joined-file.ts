/**
 * The row groups of several Parquet files as one file, without a value being decoded: pages, Bloom filters and indexes are the
 * bytes that they were, and what tells where they lie is told anew. https://parquet.apache.org/docs/file-format/
 */
import {
  fieldOf,
  i16Field,
  i64Field,
  integerOf,
  listField,
  listItems,
  type RawField,
  structBytes,
  structField,
  structFields,
  structList,
  withFields,
} from './compact-fields.ts'
import {
  CHUNK,
  COLUMN,
  FILE,
  GROUP,
  type Span,
  type StoredChunk,
  type StoredFile,
  type StoredRowGroup,
} from './row-groups.ts'

/** A stretch of one of the files, or bytes that are in none of them. */
export type Piece = { readonly source: number; readonly span: Span } | Uint8Array

export interface JoinedFile {
  /** One after the other they are the file. */
  readonly pieces: readonly Piece[]
  readonly rows: number
  /** Where each row group begins. */
  readonly splitOffsets: readonly number[]
}

/** What the index of the pages of a column says; undefined where it is not to be had: such indexes are left out. */
export type OffsetIndexes = (source: number, span: Span) => Uint8Array | undefined

/** What only files that have it in common can be joined by: schema, writer, order of columns, all that is not known. */
export const joinsAs = ({ common }: StoredFile): string => structBytes(common).toString('latin1')

/** `files`: at least one, and they join as the same. */
export function joinedFile(files: readonly StoredFile[], offsetIndexes: OffsetIndexes): JoinedFile {
  const layout = new Layout()
  const groups = files.flatMap((file, source) =>
    file.rowGroups.map((group) => ({
      source,
      group,
      chunks: group.chunks.map((chunk) => layout.chunk(source, chunk)),
    })),
  )
  // Behind all pages, as readers that want the indexes alone expect them.
  for (const { source, chunks } of groups) for (const chunk of chunks) layout.columnIndex(source, chunk, offsetIndexes)
  for (const { chunks } of groups) for (const chunk of chunks) layout.offsetIndex(chunk)
  const rows = files.reduce((sum, file) => sum + file.rows, 0)
  const rowGroups = groups.map(({ group, chunks }, ordinal) => rowGroupFields(group, chunks, ordinal))
  const footer = structBytes(
    withFields(files[0]!.common, [
      i64Field(FILE.rows, rows),
      listField(FILE.rowGroups, structList(rowGroups)),
      ...keyValueField(files),
    ]),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  layout.append(Buffer.concat([footer, length, MAGIC]))
  return { pieces: layout.pieces, rows, splitOffsets: groups.map(({ chunks }) => startOf(chunks)) }
}

const MAGIC = Buffer.from('PAR1')

interface PlacedChunk {
  readonly chunk: StoredChunk
  /** How much further behind than in its file its pages are. */
  readonly shift: number
  readonly bloomFilter?: number
  columnIndex?: number
  /** In terms of the new file. */
  newOffsetIndex?: Uint8Array
  offsetIndex?: number
}

class Layout {
  readonly pieces: Piece[] = [MAGIC]
  #at = MAGIC.length

  append(bytes: Uint8Array): number {
    this.pieces.push(bytes)
    this.#at += bytes.length
    return this.#at - bytes.length
  }

  copy(source: number, span: Span): number {
    const last = this.pieces.at(-1)
    const follows = last && !(last instanceof Uint8Array) && last.source === source && last.span.end === span.start
    if (follows) this.pieces[this.pieces.length - 1] = { source, span: { start: last.span.start, end: span.end } }
    else this.pieces.push({ source, span })
    this.#at += span.end - span.start
    return this.#at - (span.end - span.start)
  }

  chunk(source: number, chunk: StoredChunk): PlacedChunk {
    const shift = this.copy(source, chunk.pages) - chunk.pages.start
    return { chunk, shift, ...(chunk.bloomFilter && { bloomFilter: this.copy(source, chunk.bloomFilter) }) }
  }

  /** One that does not say where the pages are is of no use. */
  columnIndex(source: number, placed: PlacedChunk, offsetIndexes: OffsetIndexes): void {
    const { columnIndex, offsetIndex } = placed.chunk
    const bytes = offsetIndex && offsetIndexes(source, offsetIndex)
    placed.newOffsetIndex = bytes && shiftedIndex(bytes, placed)
    if (columnIndex && placed.newOffsetIndex) placed.columnIndex = this.copy(source, columnIndex)
  }

  offsetIndex(placed: PlacedChunk): void {
    if (placed.newOffsetIndex) placed.offsetIndex = this.append(placed.newOffsetIndex)
  }
}

const LOCATIONS = 1
const PAGE_OFFSET = 1

/** Undefined for one that tells of pages outside of its column. */
function shiftedIndex(bytes: Uint8Array, { chunk: { pages }, shift }: PlacedChunk): Uint8Array | undefined {
  const index = structFields(bytes)
  const locations = listItems(fieldOf(index, LOCATIONS)).items.map(structFields)
  const moved: RawField[][] = []
  for (const location of locations) {
    const offset = integerOf(fieldOf(location, PAGE_OFFSET))
    if (offset === undefined || offset < pages.start || offset >= pages.end) return undefined
    moved.push(withFields(location, [i64Field(PAGE_OFFSET, offset + shift)]))
  }
  return structBytes(withFields(index, [listField(LOCATIONS, structList(moved))]))
}

const startOf = ([first]: readonly PlacedChunk[]): number => (first ? first.chunk.pages.start + first.shift : 0)

/** Its place among the others has 16 bits. */
const MOST_ORDINAL = 0x7fff

function rowGroupFields({ fields }: StoredRowGroup, chunks: readonly PlacedChunk[], ordinal: number): RawField[] {
  const has = (id: number) => fieldOf(fields, id) !== undefined
  const told = has(GROUP.ordinal) && ordinal <= MOST_ORDINAL
  return withFields(
    fields,
    [
      listField(GROUP.columns, structList(chunks.map(chunkFields))),
      ...(has(GROUP.offset) ? [i64Field(GROUP.offset, startOf(chunks))] : []),
      ...(told ? [i16Field(GROUP.ordinal, ordinal)] : []),
    ],
    told ? [] : [GROUP.ordinal],
  )
}

function chunkFields(placed: PlacedChunk): RawField[] {
  const { chunk, shift, columnIndex, offsetIndex } = placed
  const moved = (fields: readonly RawField[], id: number) => {
    const offset = integerOf(fieldOf(fields, id))
    return offset !== undefined && offset >= chunk.pages.start && offset <= chunk.pages.end
      ? [i64Field(id, offset + shift)]
      : []
  }
  const { column } = chunk
  const placedColumn = withFields(
    column,
    [
      ...moved(column, COLUMN.dataPage),
      ...moved(column, COLUMN.dictionaryPage),
      ...moved(column, COLUMN.indexPage),
      ...(placed.bloomFilter === undefined ? [] : [i64Field(COLUMN.bloomFilter, placed.bloomFilter)]),
    ],
    [COLUMN.dictionaryPage, COLUMN.indexPage, ...(placed.bloomFilter === undefined ? BLOOM_FILTER : [])],
  )
  const lengths = (id: number, bytes: number) => ({ id, type: I32, bytes: i64Field(id, bytes).bytes })
  // Nothing reads where the column's own description would lie beside its pages; where it was told, it is the pages.
  const described = fieldOf(chunk.fields, CHUNK.offset) ? [i64Field(CHUNK.offset, chunk.pages.start + shift)] : []
  const span = chunk.columnIndex
  return withFields(
    chunk.fields,
    [
      ...described,
      structField(CHUNK.column, placedColumn),
      ...(offsetIndex === undefined
        ? []
        : [i64Field(CHUNK.offsetIndex, offsetIndex), lengths(CHUNK.offsetIndexBytes, placed.newOffsetIndex!.length)]),
      ...(columnIndex === undefined
        ? []
        : [i64Field(CHUNK.columnIndex, columnIndex), lengths(CHUNK.columnIndexBytes, span!.end - span!.start)]),
    ],
    [CHUNK.offsetIndex, CHUNK.offsetIndexBytes, CHUNK.columnIndex, CHUNK.columnIndexBytes],
  )
}

const I32 = 5
const BLOOM_FILTER: readonly number[] = [COLUMN.bloomFilter, COLUMN.bloomFilterBytes]

/** What all files say of themselves, as of the schema that another system had in mind. */
function keyValueField([first, ...others]: readonly StoredFile[]): RawField[] {
  const told = others.map(({ keyValues }) => new Set(keyValues.map(text)))
  const items = first!.keyValues.filter((pair) => told.every((pairs) => pairs.has(text(pair))))
  return items.length > 0 ? [listField(FILE.keyValues, { ...structList([]), items })] : []
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
