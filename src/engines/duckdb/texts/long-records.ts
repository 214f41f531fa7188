/**
 * Which text files have lines, or objects of JSON, that are longer than nearly all are. The engine reads in buffers of a
 * few times the longest that it is told to expect, and gives each thread one at a time: of large ones a file has too few for
 * all threads, and none fits a processor's cache. Files never change, so what one plan has failed with holds for the life
 * of a worker.
 *
 * Several threads leave out, in silence, the last line of a file when none of their buffers holds it (DuckDB 1.5), whether
 * blank lines follow it or not; so the ends of files are looked at. Of what is compressed buffers are large, and whoever
 * inflates it besides the engine measures its lines.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { recordTooLarge } from '../failures.ts'
import { KnownFiles } from '../known-files.ts'
import { compressionOf } from '../scans/compression.ts'
import { longestText, MAX_LINE_BYTES, USUAL_BUFFER_BYTES, USUAL_LINE_BYTES } from '../scans/text-lines.ts'
import { CARRIAGE_RETURN, LINE_FEED } from './longest-line.ts'

export class LongRecords {
  /** Whether it has longer lines, as far as its end tells; or objects. */
  readonly #long = new KnownFiles<boolean>()

  among(relation: Relation): boolean {
    const isText = readsLines(relation)
    return relation.files.some((file) => this.#long.get(file.localPath) || (isText && mayBeLong(file)))
  }

  /** Throws EngineError for a last line that is longer than any may be. */
  async look(relation: Relation): Promise<void> {
    if (!readsLines(relation)) return
    for (const file of relation.files) {
      const { localPath, sizeBytes, uri, inflated } = file
      if (sizeBytes <= USUAL_BUFFER_BYTES || inflated || this.#long.has(localPath)) continue
      if (compressionOf(file) !== 'uncompressed') continue
      const lineBytes = await lastLineBytes(file)
      requireReadable(uri, lineBytes)
      this.#long.set(localPath, lineBytes > USUAL_LINE_BYTES)
    }
  }

  /** `text`: what a plan over the relations has failed with. False where longer records would not have helped. */
  learn(relations: readonly Relation[], text: string): boolean {
    if (!TOO_LONG.test(text)) return false
    const fresh = relations.filter((relation) => TEXTS.has(relation.format.kind) && !this.among(relation))
    for (const { files } of fresh) for (const { localPath } of files) this.#long.set(localPath, true)
    return fresh.length > 0
  }
}

/** Throws EngineError for a line that is longer than any may be. */
export function requireReadable(uri: string, lineBytes: number): void {
  if (lineBytes > MAX_LINE_BYTES) throw new EngineError('HIVE_CURSOR_ERROR', recordTooLarge(uri))
}

/** Whether rows are lines, whose lengths count. */
export const readsLines = ({ format }: Relation): boolean => TEXT_LINES.has(format.kind)

/** Of text whose lines nobody has measured, and that might be longer than a usual buffer. */
const mayBeLong = (file: DataFile): boolean => {
  if (file.inflated) return file.inflated.longestLine > USUAL_LINE_BYTES
  const compression = compressionOf(file)
  return compression !== 'uncompressed' && longestText([file], compression) > USUAL_LINE_BYTES
}

const TAILS = [65_536, USUAL_LINE_BYTES, MAX_LINE_BYTES] as const

/** At least as many; infinite where it is longer than any may be. Of the last that is not blank. */
async function lastLineBytes({ localPath, sizeBytes }: DataFile): Promise<number> {
  const file = await open(localPath)
  try {
    for (const length of TAILS) if (await beginsWithin(file, sizeBytes, length)) return length
    return sizeBytes <= MAX_LINE_BYTES ? sizeBytes : Number.POSITIVE_INFINITY
  } finally {
    await file.close()
  }
}

/** Whether the last line that is not blank begins in the last bytes. */
async function beginsWithin(file: FileHandle, sizeBytes: number, length: number): Promise<boolean> {
  const from = Math.max(0, sizeBytes - 1 - length)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(sizeBytes - from), 0, sizeBytes - from, from)
  let end = bytesRead
  while (end > 0 && isLineEnd(buffer[end - 1]!)) end--
  const line = buffer.subarray(0, end)
  return line.includes(LINE_FEED) || line.includes(CARRIAGE_RETURN)
}

const isLineEnd = (byte: number): boolean => byte === LINE_FEED || byte === CARRIAGE_RETURN

const TOO_LONG = /maximum_object_size|Maximum line size/
const TEXT_LINES: ReadonlySet<string> = new Set(['csv-lazy', 'csv-open', 'regex'])
const TEXTS: ReadonlySet<string> = new Set([...TEXT_LINES, 'json'])
