/**
 * Which text files have lines, or objects of JSON, that are longer than nearly all are. The engine reads in buffers of a
 * few times the longest that it is told to expect, and gives each thread one at a time: of large ones a file has too few for
 * all threads, and none fits a processor's cache. Files never change, so what one plan has failed with holds for the life
 * of a worker.
 *
 * Several threads leave out, in silence, the last line of a file when none of their buffers holds it (DuckDB 1.5); so the
 * ends of files are looked at, and of what is compressed buffers are large.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { recordTooLarge } from './failures.ts'
import { compressionOf } from './scans/compression.ts'
import { longestText, MAX_LINE_BYTES, USUAL_BUFFER_BYTES, USUAL_LINE_BYTES } from './scans/text-lines.ts'

const MOST_KNOWN = 100_000

export class LongRecords {
  readonly #known = new Set<string>()
  /** Files whose ends have been looked at. */
  readonly #seen = new Set<string>()

  among({ format, files }: Relation): boolean {
    const isText = TEXT_LINES.has(format.kind)
    return files.some((file) => this.#known.has(file.localPath) || (isText && isCompressed(file)))
  }

  /** Throws EngineError for a last line that is longer than any may be. */
  async look({ format, files }: Relation): Promise<void> {
    if (!TEXT_LINES.has(format.kind)) return
    for (const file of files) {
      const { localPath, sizeBytes, uri } = file
      if (sizeBytes <= USUAL_BUFFER_BYTES || this.#seen.has(localPath) || compressionOf(file) !== 'uncompressed')
        continue
      const lineBytes = await lastLineBytes(file)
      if (lineBytes > MAX_LINE_BYTES) throw new EngineError('HIVE_CURSOR_ERROR', recordTooLarge(uri))
      if (lineBytes > USUAL_LINE_BYTES) this.#remember(this.#known, localPath)
      else this.#remember(this.#seen, localPath)
    }
  }

  /** `text`: what a plan over the relations has failed with. False where longer records would not have helped. */
  learn(relations: readonly Relation[], text: string): boolean {
    if (!TOO_LONG.test(text)) return false
    const fresh = relations.filter((relation) => TEXTS.has(relation.format.kind) && !this.among(relation))
    for (const { files } of fresh) for (const { localPath } of files) this.#remember(this.#known, localPath)
    return fresh.length > 0
  }

  #remember(set: Set<string>, path: string): void {
    if (set.size >= MOST_KNOWN) set.clear()
    set.add(path)
  }
}

/** Of text that might be longer than a usual buffer. */
const isCompressed = (file: DataFile): boolean => {
  const compression = compressionOf(file)
  return compression !== 'uncompressed' && longestText([file], compression) > USUAL_LINE_BYTES
}

const TAILS = [65_536, USUAL_LINE_BYTES, MAX_LINE_BYTES] as const
const LINE_FEED = 10

/** At least as many; infinite where it is longer than any may be. The line feed that ends it does not count. */
async function lastLineBytes({ localPath, sizeBytes }: DataFile): Promise<number> {
  const file = await open(localPath)
  try {
    for (const length of TAILS) if (await holdsLineFeed(file, sizeBytes, length)) return length
    return sizeBytes <= MAX_LINE_BYTES ? sizeBytes : Number.POSITIVE_INFINITY
  } finally {
    await file.close()
  }
}

async function holdsLineFeed(file: FileHandle, sizeBytes: number, length: number): Promise<boolean> {
  const from = Math.max(0, sizeBytes - 1 - length)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(sizeBytes - 1 - from), 0, sizeBytes - 1 - from, from)
  return buffer.subarray(0, bytesRead).includes(LINE_FEED)
}

const TOO_LONG = /maximum_object_size|Maximum line size/
const TEXT_LINES: ReadonlySet<string> = new Set(['csv-lazy', 'csv-open', 'regex'])
const TEXTS: ReadonlySet<string> = new Set([...TEXT_LINES, 'json'])
