/**
 * DuckDB passes over blank lines of a text of several columns; to Hive each is a row. Where there is an escape, one at the
 * end of a line joins it to the next for DuckDB; to Hive a line is a line. Reading lines first and splitting them after
 * knows no such difference but takes longer, so it is done only for tables with a file that has such lines. Files never
 * change, so each is looked at once in the life of a worker.
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { zstdText } from '../../formats/compression/zstd-frames.ts'
import { type Integrity, unreadable } from './integrity.ts'
import { KnownFiles } from './known-files.ts'
import { LongestLine } from './longest-line.ts'
import { compressionOf } from './scans/compression.ts'
import { SmallTexts } from './small-texts.ts'

const CHUNK_BYTES = 1 << 20
/** A plan with a limit may need but the first rows of a file: a larger one is not read whole for it. */
const LOOKED_AT_BYTES = 64 << 20

export class BlankLines {
  readonly #known = new KnownFiles<boolean>()
  readonly #smallTexts = new SmallTexts()
  readonly #integrity: Integrity

  /** `integrity` hears of files that were inflated to their end: they need not be for it again. */
  constructor(integrity: Integrity) {
    this.#integrity = integrity
  }

  /** `stopsEarly`: the plan may end before its files do. */
  async among(relation: Relation, stopsEarly: boolean): Promise<boolean> {
    const { format } = relation
    const width = relation.columns.filter((column) => column.kind === 'data').length
    if (format.kind !== 'csv-lazy') return false
    const escaped = format.escape ? LINE_ENDS.map((end) => format.escape + end) : []
    const marks = [...(width < 2 ? [] : BLANKS), ...escaped]
    if (marks.length === 0) return false
    for (const file of relation.files)
      if (!(stopsEarly && file.sizeBytes > LOOKED_AT_BYTES) && (await this.#within(file, marks))) return true
    return false
  }

  async #within(file: DataFile, marks: readonly string[]): Promise<boolean> {
    const key = `${marks.join()} ${file.localPath}`
    let found = this.#known.get(key)
    if (found === undefined) {
      const search = new MarkSearch(marks)
      if (file.sizeBytes > 0) await lookFor(search, file, this.#smallTexts)
      found = search.found
      if (!found) this.#integrity.found(file, search.longestLine)
      this.#known.set(key, found)
    }
    return found
  }
}

class MarkSearch {
  readonly #marks: readonly string[]
  /** The text begins as after a line. */
  #last = '\n'
  readonly #lines = new LongestLine()
  found = false

  /** Of two characters each. */
  constructor(marks: readonly string[]) {
    this.#marks = marks
  }

  look(piece: Uint8Array): void {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    if (chunk.length === 0) return
    this.found ||=
      this.#marks.includes(this.#last + String.fromCharCode(chunk[0]!)) ||
      this.#marks.some((mark) => chunk.includes(mark))
    this.#last = String.fromCharCode(chunk.at(-1)!)
    this.#lines.read(chunk)
  }

  /** In bytes, of a text without marks. */
  get longestLine(): number {
    return this.#lines.bytes
  }
}

/** Looks through the file's text, up to the first mark. */
async function lookFor(search: MarkSearch, file: DataFile, smallTexts: SmallTexts): Promise<void> {
  try {
    const small = await smallTexts.read(file)
    if (small) search.look(small)
    else if (compressionOf(file) === 'uncompressed') await lookThrough(search, file)
    else if (compressionOf(file) === 'gzip')
      await pipeline(createReadStream(file.localPath), createGunzip({ chunkSize: CHUNK_BYTES }), lookAtAll(search))
    else await pipeline(createReadStream(file.localPath), zstdTexts, lookAtAll(search))
  } catch (error) {
    if (!search.found) throw unreadable(file, error)
  }
}

/** In the same memory again and again: new memory for each piece takes longer than to search it. */
async function lookThrough(search: MarkSearch, { localPath }: DataFile): Promise<void> {
  const file = await open(localPath)
  try {
    const piece = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length)
      search.look(piece.subarray(0, bytesRead))
      if (bytesRead === 0 || search.found) return
    }
  } finally {
    await file.close()
  }
}

const zstdTexts = (pieces: AsyncIterable<Uint8Array>) => zstdText(pieces, CHUNK_BYTES)

const lookAtAll = (search: MarkSearch) => async (chunks: AsyncIterable<Uint8Array>) => {
  for await (const chunk of chunks) {
    search.look(chunk)
    if (search.found) return
  }
}

const BLANKS = ['\n\n', '\n\r', '\r\r']
const LINE_ENDS = ['\n', '\r']
