/**
 * DuckDB takes a compressed text that breaks off, or turns to garbage, for one that ends there: rows would be missing
 * and nobody told. So what a plan has read is inflated once more, and the plan fails if that can not be done to the end.
 * So are the lines of what it has read counted, since it leaves out the last one where that is longer than any buffer
 * (see long-records.ts). Files never change, so each is looked at once in the life of a worker.
 */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { KnownFiles } from '../known-files.ts'
import { compressionOf } from '../scans/compression.ts'
import { readsLines, requireReadable } from './long-records.ts'
import { LongestLine } from './longest-line.ts'
import { openedText } from './opened-text.ts'
import { SmallTexts } from './small-texts.ts'

const AT_ONCE = 4

export class Integrity {
  /** Of a sound file the bytes of its longest line. */
  readonly #lines = new KnownFiles<number>()
  readonly #smallTexts = new SmallTexts()

  /** Throws `EngineError` naming the first file found broken. */
  async check(files: readonly CompressedFile[], signal: AbortSignal): Promise<void> {
    const left = files.filter(({ file }) => !this.#lines.has(file.localPath)).values()
    const work = Array.from({ length: AT_ONCE }, async () => {
      for (const { file } of left) await this.#checkOne(file, signal)
    })
    await Promise.all(work)
    for (const { file, ofLines } of files) if (ofLines) requireReadable(file.uri, this.#lines.get(file.localPath) ?? 0)
  }

  async #checkOne(file: DataFile, signal: AbortSignal): Promise<void> {
    const lines = new LongestLine()
    try {
      // An empty file is no broken stream: it has no rows. No text that is read in one go is as long as a line may be.
      if (file.sizeBytes > 0 && !(await this.#smallTexts.read(file))) await inflate(file, lines, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw unreadable(file, error)
    }
    signal.throwIfAborted()
    this.found(file, lines.bytes)
  }

  /** Somebody has inflated the file to its end, and has not failed. */
  found(file: DataFile, longestLine: number): void {
    this.#lines.set(file.localPath, longestLine)
  }
}

/** To its end. */
async function inflate(file: DataFile, lines: LongestLine, signal: AbortSignal): Promise<void> {
  const measure = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) lines.read(chunk)
  }
  await pipeline(createReadStream(file.localPath), openedText(file), measure, { signal })
}

export interface CompressedFile {
  readonly relation: Relation
  readonly file: DataFile
  readonly ofLines: boolean
}

/** Text files whose compression hides where they end; what we have inflated ourselves is whole. */
export function compressedFiles(relations: readonly Relation[]): readonly CompressedFile[] {
  const text = relations.filter((relation) => relation.format.kind !== 'parquet')
  return text.flatMap((relation) => {
    const files = relation.files.filter((file) => !file.inflated && compressionOf(file) !== 'uncompressed')
    return files.map((file) => ({ relation, file, ofLines: readsLines(relation) }))
  })
}

export function unreadable(file: DataFile, cause: unknown): EngineError {
  // What is refused by name was not even tried.
  if (cause instanceof EngineError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new EngineError('HIVE_CURSOR_ERROR', `Failed to read file: ${file.uri}: ${why}`)
}
