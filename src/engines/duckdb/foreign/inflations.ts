/**
 * Compressed text: each file is inflated once, into one that the engine reads with all of its threads. Text under a
 * compression that DuckDB does not know becomes Zstandard, on a thread, so that neither the disk nor anybody's memory ever
 * holds all that a small file may claim to be. Of a compression that it does know the text is laid down as it is, as far as
 * there is room for it; else the engine reads the file itself.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile, InflatedText, Relation } from '../../../core/queries/relation.ts'
import { KnownFiles } from '../known-files.ts'
import { readsLines, requireReadable } from '../long-records.ts'
import { type ForeignCodec, foreignCodec } from '../scans/compression.ts'
import type { ConversionThreads } from './conversion-threads.ts'
import { isUnpacked, unpack } from './unpacking.ts'

interface Kept {
  readonly output: string
  readonly text: InflatedText
}

/** What the texts of one plan may take: with more files each engine's thread has one to inflate. */
const MOST_TEXT_BYTES = 1024 * 1_048_576

export class Inflations {
  readonly #directory: string
  readonly #threads: ConversionThreads
  readonly #mostBytes: number
  /** By local path; the one used last is the last. */
  readonly #kept = new Map<string, Kept>()
  /** Whose text took too much room. */
  readonly #tooLarge = new KnownFiles<true>()
  /** Of the plan at hand. */
  #textBytes = 0

  /** What is kept between plans is for speed alone: up to `mostBytes` of it, in `directory`. */
  constructor(directory: string, threads: ConversionThreads, mostBytes: number) {
    this.#directory = directory
    this.#threads = threads
    this.#mostBytes = mostBytes
  }

  /** `readWhole`: the plan reads its files to their ends. */
  wants({ format, files }: Relation, readWhole: boolean): boolean {
    return TEXTS.has(format.kind) && files.some((file) => foreignCodec(file) || (readWhole && this.#unpacks(file)))
  }

  /**
   * The relation over files that DuckDB can open. Throws `EngineError` naming the file that can not be inflated, or has a
   * line that is longer than any may be.
   */
  async inflated(
    relation: Relation,
    readWhole: boolean,
    signal: AbortSignal,
    onRead: (file: DataFile) => void,
  ): Promise<Relation> {
    mkdirSync(this.#directory, { recursive: true })
    const files = [...relation.files]
    await this.#threads.each(files.keys(), async (i) => {
      const file = files[i]!
      const codec = foreignCodec(file)
      if (!codec && !(readWhole && this.#unpacks(file))) return
      const known = this.#kept.get(file.localPath)
      const one = known ?? (codec ? await this.#convert(file, codec, signal) : await this.#unpack(file, signal))
      if (!one) return
      this.#kept.delete(file.localPath)
      this.#kept.set(file.localPath, one)
      if (readsLines(relation)) requireReadable(file.uri, one.text.longestLine)
      files[i] = { ...file, localPath: one.output, inflated: one.text }
      onRead(file)
    })
    return { ...relation, files }
  }

  /** Between two plans: none of the files is in use. */
  shrink(): void {
    this.#textBytes = 0
    let sizeBytes = this.#kept.values().reduce((sum, { text }) => sum + text.sizeBytes, 0)
    for (const [localPath, { text, output }] of this.#kept) {
      if (sizeBytes <= this.#mostBytes) return
      this.#kept.delete(localPath)
      rmSync(output, { force: true })
      sizeBytes -= text.sizeBytes
    }
  }

  #unpacks(file: DataFile): boolean {
    return this.#kept.has(file.localPath) || (isUnpacked(file) && !this.#tooLarge.has(file.localPath))
  }

  async #unpack(file: DataFile, signal: AbortSignal): Promise<Kept | undefined> {
    const output = join(this.#directory, randomUUID())
    // Others take theirs at the same time.
    const room = (Math.min(MOST_TEXT_BYTES, this.#mostBytes) - this.#textBytes) / this.#threads.count
    const text = await unpack(file, output, room, signal)
    if (text) this.#textBytes += text.sizeBytes
    else this.#tooLarge.set(file.localPath, true)
    return text && { output, text }
  }

  async #convert(file: DataFile, codec: ForeignCodec, signal: AbortSignal): Promise<Kept> {
    const output = join(this.#directory, `${randomUUID()}.zst`)
    try {
      const reply = await this.#threads.run({ localPath: file.localPath, codec, output }, signal)
      if (reply.kind === 'inflated') return { output, text: reply.text }
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

const TEXTS: ReadonlySet<Relation['format']['kind']> = new Set(['csv-lazy', 'csv-open', 'json', 'regex', 'cloudtrail'])
