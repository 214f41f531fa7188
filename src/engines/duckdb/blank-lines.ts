/**
 * DuckDB passes over blank lines of a text of several columns; to Hive each is a row. Where there is an escape, one at the
 * end of a line joins it to the next for DuckDB; to Hive a line is a line. Reading lines first and splitting them after
 * knows no such difference but takes longer, so it is done only for tables with a file that has such lines. Files never
 * change, so each is looked at once in the life of a worker.
 */
import { createReadStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { unreadable } from './integrity.ts'
import { compressionOf } from './scans/compression.ts'

const REMEMBERED_FILES = 100_000
const CHUNK_BYTES = 1 << 20
/** A plan with a limit may need but the first rows of a file: a larger one is not read whole for it. */
const LOOKED_AT_BYTES = 64 << 20

export class BlankLines {
  readonly #known = new Map<string, boolean>()

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
      found = file.sizeBytes > 0 && (await holds(file, marks))
      if (this.#known.size >= REMEMBERED_FILES) this.#known.clear()
      this.#known.set(key, found)
    }
    return found
  }
}

/** Whether one of the marks, of two characters each, stands in its text. The text begins as after a line. */
async function holds(file: DataFile, marks: readonly string[]): Promise<boolean> {
  const compression = compressionOf(file)
  const inflate =
    compression === 'uncompressed'
      ? new PassThrough()
      : compression === 'gzip'
        ? createGunzip()
        : createZstdDecompress({ chunkSize: CHUNK_BYTES })
  let found = false
  const look = async (chunks: AsyncIterable<Buffer>) => {
    let last = '\n'
    for await (const chunk of chunks) {
      found = marks.includes(last + String.fromCharCode(chunk[0]!)) || marks.some((mark) => chunk.includes(mark))
      if (found) return
      last = String.fromCharCode(chunk.at(-1)!)
    }
  }
  try {
    await pipeline(createReadStream(file.localPath, { highWaterMark: CHUNK_BYTES }), inflate, look)
  } catch (error) {
    if (!found) throw unreadable(file, error)
  }
  return found
}

const BLANKS = ['\n\n', '\n\r', '\r\r']
const LINE_ENDS = ['\n', '\r']
