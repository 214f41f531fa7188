/**
 * Parquet files as an engine reads them fastest: plain values or dictionaries, one page for each column of a row group,
 * nothing compressed. https://parquet.apache.org/docs/file-format/
 */
import type { ColumnField, Vector } from '../vectors.ts'
import { type LeafColumn, leafColumns } from './levels.ts'
import { indexBytes, levelBytes, MOST_ENTRIES, plainBytes } from './pages.ts'
import { type Leaf, pathList, schemaOf } from './schema.ts'
import { i32, i64, list, struct, type ThriftValue, text, thriftBytes } from './thrift.ts'

const MAGIC = Buffer.from('PAR1')
const ENCODING = { plain: 0, rle: 3, dictionary: 8 } as const
const PAGE = { data: 0, dictionary: 2 } as const
const UNCOMPRESSED = 0

export class ParquetWriter {
  readonly #schema: ReturnType<typeof schemaOf>
  readonly #write: (bytes: Uint8Array) => void
  readonly #rowGroups: ThriftValue[] = []
  #at = 0
  #rows = 0

  /** `write` is given the file piece by piece, and must have taken each before it returns. */
  constructor(fields: readonly ColumnField[], write: (bytes: Uint8Array) => void) {
    this.#schema = schemaOf(fields)
    this.#write = write
    this.#put(MAGIC)
  }

  get sizeBytes(): number {
    return this.#at
  }

  /** `columns`: one vector of `rows` rows for each field. */
  rowGroup(columns: readonly Vector[], rows: number): void {
    const start = this.#at
    const chunks = columns.flatMap(leafColumns).map((column, i) => this.#columnChunk(this.#schema.leaves[i]!, column))
    this.#rowGroups.push(struct({ 1: list(chunks), 2: i64(this.#at - start), 3: i64(rows) }))
    this.#rows += rows
  }

  end(): void {
    const footer = thriftBytes(
      struct({
        1: i32(1),
        2: list(this.#schema.elements),
        3: i64(this.#rows),
        4: list(this.#rowGroups),
        6: text('lentic'),
      }),
    )
    const length = Buffer.alloc(4)
    length.writeUInt32LE(footer.length)
    for (const part of [footer, length, MAGIC]) this.#put(part)
  }

  #columnChunk(leaf: Leaf, column: LeafColumn): ThriftValue {
    const start = this.#at
    const { entries, definition, repetition, maxDefinition, maxRepetition, values } = column
    const folded = values.kind === 'dictionary' && paysOff(values.entries.lengths.length, values.indexes.length)
    if (folded) this.#page(PAGE.dictionary, values.entries.lengths.length, [plainBytes(values.entries)])
    const dataStart = this.#at
    this.#page(
      PAGE.data,
      entries,
      [
        levelBytes(repetition, maxRepetition, entries),
        levelBytes(definition, maxDefinition, entries),
        folded ? indexBytes(values.indexes, values.entries.lengths.length) : plainBytes(values),
      ],
      folded ? ENCODING.dictionary : ENCODING.plain,
    )
    const size = i64(this.#at - start)
    const metadata = struct({
      1: i32(leaf.physical),
      2: list([i32(ENCODING.rle), i32(ENCODING.plain), ...(folded ? [i32(ENCODING.dictionary)] : [])]),
      3: pathList(leaf.path),
      4: i32(UNCOMPRESSED),
      5: i64(entries),
      6: size,
      7: size,
      9: i64(dataStart),
      11: folded ? i64(start) : undefined,
    })
    return struct({ 2: i64(start), 3: metadata })
  }

  #page(type: number, entries: number, parts: readonly Uint8Array[], encoding: number = ENCODING.plain): void {
    const size = i32(parts.reduce((sum, part) => sum + part.length, 0))
    const levels = i32(ENCODING.rle)
    const header = struct({
      1: i32(type),
      2: size,
      3: size,
      5: type === PAGE.data ? struct({ 1: i32(entries), 2: i32(encoding), 3: levels, 4: levels }) : undefined,
      7: type === PAGE.dictionary ? struct({ 1: i32(entries), 2: i32(encoding) }) : undefined,
    })
    for (const part of [thriftBytes(header), ...parts]) this.#put(part)
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#write(bytes)
    this.#at += bytes.length
  }
}

/** Each row group repeats the dictionary. */
const paysOff = (entries: number, rows: number): boolean => entries < MOST_ENTRIES && entries * 2 <= rows
