/**
 * Text under a compression that DuckDB does not know: each file is inflated once, on a thread, into one that it does know.
 * Zstandard, so that neither the disk nor anybody's memory ever holds all that a small file may claim to be.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { readsLines, requireReadable } from '../long-records.ts'
import { foreignCodec } from '../scans/compression.ts'
import type { ConversionThreads } from './conversion-threads.ts'
import type { Inflation } from './inflation.ts'

interface Inflated extends Inflation {
  readonly output: string
}

export class Inflations {
  readonly #directory: string
  readonly #threads: ConversionThreads
  readonly #mostBytes: number
  /** By local path; the one used last is the last. */
  readonly #kept = new Map<string, Inflated>()

  /** What is kept between plans is for speed alone: up to `mostBytes` of it, in `directory`. */
  constructor(directory: string, threads: ConversionThreads, mostBytes: number) {
    this.#directory = directory
    this.#threads = threads
    this.#mostBytes = mostBytes
  }

  /**
   * The relation over files that DuckDB can open. Throws `EngineError` naming the file that can not be inflated, or has a
   * line that is longer than any may be.
   */
  async inflated(relation: Relation, signal: AbortSignal, onRead: (file: DataFile) => void): Promise<Relation> {
    mkdirSync(this.#directory, { recursive: true })
    const files = [...relation.files]
    await this.#threads.each(files.keys(), async (i) => {
      const file = files[i]!
      if (!foreignCodec(file)) return
      const { output, longestLine } = await this.#inflate(file, signal)
      if (readsLines(relation)) requireReadable(file.uri, longestLine)
      files[i] = { ...file, localPath: output, inflated: true }
      onRead(file)
    })
    return { ...relation, files }
  }

  /** Between two plans: none of the files is in use. */
  shrink(): void {
    let sizeBytes = this.#kept.values().reduce((sum, one) => sum + one.sizeBytes, 0)
    for (const [localPath, one] of this.#kept) {
      if (sizeBytes <= this.#mostBytes) return
      this.#kept.delete(localPath)
      rmSync(one.output, { force: true })
      sizeBytes -= one.sizeBytes
    }
  }

  async #inflate(file: DataFile, signal: AbortSignal): Promise<Inflated> {
    const { localPath } = file
    const known = this.#kept.get(localPath)
    this.#kept.delete(localPath)
    const one = known ?? (await this.#run(file, signal))
    this.#kept.set(localPath, one)
    return one
  }

  async #run(file: DataFile, signal: AbortSignal): Promise<Inflated> {
    const output = join(this.#directory, `${randomUUID()}.zst`)
    const task = { localPath: file.localPath, codec: foreignCodec(file)!, output }
    try {
      const reply = await this.#threads.run(task, signal)
      if (reply.kind === 'inflated') return { output, sizeBytes: reply.sizeBytes, longestLine: reply.longestLine }
      const message = reply.kind === 'failed' ? reply.message : 'no answer'
      if (reply.kind === 'failed' && reply.fault === 'corrupt')
        throw new EngineError('HIVE_CURSOR_ERROR', `Failed to read file: ${file.uri}: ${message}`)
      throw new Error(message)
    } catch (error) {
      rmSync(output, { force: true })
      throw error
    }
  }
}
