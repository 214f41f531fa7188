/**
 * DuckDB takes a compressed text that breaks off, or turns to garbage, for one that ends there: rows would be missing
 * and nobody told. So what a plan has read is inflated once more, and the plan fails if that can not be done to the end.
 * Files never change, so each is looked at once in the life of a worker.
 */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { compressionOf } from './scans/compression.ts'
import { SmallTexts } from './small-texts.ts'

const REMEMBERED_FILES = 100_000
const AT_ONCE = 4

export class Integrity {
  readonly #sound = new Set<string>()
  readonly #smallTexts = new SmallTexts()

  /** Throws `EngineError` naming the first file found broken. */
  async check(files: readonly DataFile[], signal: AbortSignal): Promise<void> {
    const left = files.filter((file) => !this.#sound.has(file.localPath)).values()
    const work = Array.from({ length: AT_ONCE }, async () => {
      for (const file of left) await this.#checkOne(file, signal)
    })
    await Promise.all(work)
  }

  async #checkOne(file: DataFile, signal: AbortSignal): Promise<void> {
    try {
      // An empty file is no broken stream: it has no rows.
      if (file.sizeBytes > 0 && !(await this.#smallTexts.read(file))) await inflated(file, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw unreadable(file, error)
    }
    signal.throwIfAborted()
    this.found(file)
  }

  /** Somebody has inflated the file to its end, and has not failed. */
  found(file: DataFile): void {
    if (this.#sound.size >= REMEMBERED_FILES) this.#sound.clear()
    this.#sound.add(file.localPath)
  }
}

/** To its end. */
async function inflated(file: DataFile, signal: AbortSignal): Promise<void> {
  const inflate = compressionOf(file) === 'gzip' ? createGunzip() : createZstdDecompress()
  const discard = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const _ of chunks);
  }
  await pipeline(createReadStream(file.localPath), inflate, discard, { signal })
}

/** Text files whose compression hides where they end; what we have inflated ourselves is whole. */
export function compressedFiles(relations: readonly Relation[]): readonly DataFile[] {
  const text = relations.filter((relation) => relation.format.kind !== 'parquet')
  return text.flatMap((relation) =>
    relation.files.filter((file) => !file.inflated && compressionOf(file) !== 'uncompressed'),
  )
}

export function unreadable(file: DataFile, cause: unknown): EngineError {
  // What is refused by name was not even tried.
  if (cause instanceof EngineError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new EngineError('HIVE_CURSOR_ERROR', `Failed to read file: ${file.uri}: ${why}`)
}
