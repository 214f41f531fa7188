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
import { BLANKS, LINE_ENDS, MarkSearch } from './mark-search.ts'
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
    const blanks = width < 2 ? [] : BLANKS
    const marks = format.escape ? [...blanks, ...LINE_ENDS.map((end) => format.escape + end)] : blanks
    if (marks.length === 0) return false
    for (const file of relation.files)
      if (!(stopsEarly && file.sizeBytes > LOOKED_AT_BYTES) && (await this.#within(file, marks))) return true
    return false
  }

  async #within(file: DataFile, marks: readonly string[]): Promise<boolean> {
    // Whoever has inflated it has looked.
    if (file.inflated && marks === BLANKS) return file.inflated.blankLines
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

/** Looks through the file's text, up to the first mark. */
async function lookFor(search: MarkSearch, file: DataFile, smallTexts: SmallTexts): Promise<void> {
  try {
    const small = await smallTexts.read(file)
    if (small) search.read(small)
    else if (compressionOf(file) === 'uncompressed') await lookThrough(search, file)
    else if (compressionOf(file) === 'gzip')
      await pipeline(createReadStream(file.localPath), createGunzip({ chunkSize: CHUNK_BYTES }), lookAtAll(search))
    else await pipeline(createReadStream(file.localPath), zstdTexts, lookAtAll(search))
  } catch (error) {
    if (!search.found) throw unreadable(file, error)
  }
}

/** In the same memory again and again, which takes less than to search new one: a piece is read while the last is searched. */
async function lookThrough(search: MarkSearch, { localPath }: DataFile): Promise<void> {
  const file = await open(localPath)
  try {
    let [piece, other] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)]
    let reading = file.read(piece)
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0 || search.found) return
      reading = file.read(other)
      search.read(piece.subarray(0, bytesRead))
      ;[piece, other] = [other, piece]
    }
  } finally {
    await file.close()
  }
}

const zstdTexts = (pieces: AsyncIterable<Uint8Array>) => zstdText(pieces, CHUNK_BYTES)

const lookAtAll = (search: MarkSearch) => async (chunks: AsyncIterable<Uint8Array>) => {
  for await (const chunk of chunks) {
    search.read(chunk)
    if (search.found) return
  }
}
