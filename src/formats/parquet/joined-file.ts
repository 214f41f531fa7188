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
export const commonBytes = ({ common }: StoredFile): Buffer => structBytes(common)

/** `files`: at least one, alike in what they must have in common. They are looked at one after the other, once. */
export function joinedFile(files: Iterable<StoredFile>, offsetIndexes: OffsetIndexes): JoinedFile {
  const layout = new Layout()
  const rowGroups: Buffer[] = []
  const splitOffsets: number[] = []
  let rows = 0
  let first: StoredFile | undefined
  let said: readonly Uint8Array[] = []
  let source = 0
  for (const file of files) {
    said = first ? saidByBoth(said, file.keyValues) : file.keyValues
    first ??= file
    rows += file.rows
    for (const { group, chunks } of layout.place(source++, file, offsetIndexes)) {
      splitOffsets.push(startOf(chunks))
      // As it will be written: as a tree of fields it would take many times the room.
      rowGroups.push(structBytes(rowGroupFields(group, chunks, rowGroups.length)))
    }
  }
  const footer = structBytes(
    withFields(first!.common, [
      i64Field(FILE.rows, rows),
      listField(FILE.rowGroups, { ...structList([]), items: rowGroups }),
      ...(said.length > 0 ? [listField(FILE.keyValues, { ...structList([]), items: said })] : []),
    ]),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  layout.append(Buffer.concat([footer, length, MAGIC]))
  return { pieces: layout.pieces, rows, splitOffsets }
}

/** As of the schema that another system had in mind. */
function saidByBoth(some: readonly Uint8Array[], others: readonly Uint8Array[]): readonly Uint8Array[] {
  const told = new Set(others.map(text))
  return some.filter((pair) => told.has(text(pair)))
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

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

interface PlacedRowGroup {
  readonly group: StoredRowGroup
  readonly chunks: readonly PlacedChunk[]
}

class Layout {
  readonly pieces: Piece[] = [MAGIC]
  #at = MAGIC.length

  append(bytes: Uint8Array): number {
    this.pieces.push(bytes)
    this.#at += bytes.length
    return this.#at - bytes.length
  }

  /** Indexes lie behind the pages, as they do in the file: they are stretches of it that are copied in one go. */
  place(source: number, { rowGroups }: StoredFile, offsetIndexes: OffsetIndexes): readonly PlacedRowGroup[] {
    const groups = rowGroups.map((group) => ({
      group,
      chunks: group.chunks.map((chunk) => this.#pages(source, chunk)),
    }))
    const chunks = groups.flatMap((group) => group.chunks)
    for (const chunk of chunks) this.#columnIndex(source, chunk, offsetIndexes)
    for (const chunk of chunks) if (chunk.newOffsetIndex) chunk.offsetIndex = this.append(chunk.newOffsetIndex)
    return groups
  }

  #copy(source: number, span: Span): number {
    const last = this.pieces.at(-1)
    const follows = last && !(last instanceof Uint8Array) && last.source === source && last.span.end === span.start
    if (follows) this.pieces[this.pieces.length - 1] = { source, span: { start: last.span.start, end: span.end } }
    else this.pieces.push({ source, span })
    this.#at += span.end - span.start
    return this.#at - (span.end - span.start)
  }

  #pages(source: number, chunk: StoredChunk): PlacedChunk {
    const shift = this.#copy(source, chunk.pages) - chunk.pages.start
    return { chunk, shift, ...(chunk.bloomFilter && { bloomFilter: this.#copy(source, chunk.bloomFilter) }) }
  }

  /** One that does not say where the pages are is of no use. */
  #columnIndex(source: number, placed: PlacedChunk, offsetIndexes: OffsetIndexes): void {
    const { columnIndex, offsetIndex } = placed.chunk
    const bytes = offsetIndex && offsetIndexes(source, offsetIndex)
    placed.newOffsetIndex = bytes && shiftedIndex(bytes, placed)
    if (columnIndex && placed.newOffsetIndex) placed.columnIndex = this.#copy(source, columnIndex)
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
