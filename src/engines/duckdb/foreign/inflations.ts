/**
 * Compressed text: each file is inflated once, into one that the engine reads with all of its threads. Text under a
 * compression that DuckDB does not know becomes Zstandard, on a thread, so that neither the disk nor anybody's memory ever
 * holds all that a small file may claim to be. Of a compression that it does know the text is laid down as it is, as far as
 * there is room for it; else the engine reads the file itself.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFile, InflatedText, Relation } from '../../../core/queries/relation.ts'
import { KnownFiles } from '../known-files.ts'
import { foreignCodec } from '../scans/compression.ts'
import { numberMembers } from '../scans/proofs.ts'
import { TaskThreads } from '../task-threads.ts'
import { unreadable } from '../texts/integrity.ts'
import { sampleKeys } from '../texts/key-spellings.ts'
import { readsLines, requireReadable } from '../texts/long-records.ts'
import { BLANK_LINES, questionOf } from '../texts/text-look.ts'
import type { InflationTask } from './inflation.ts'
import type { InflationReply, InflationThreads } from './inflation-thread.ts'
import { type KeptFile, KeptFiles } from './kept-files.ts'
import { mostTextBytes, unpackedCodec } from './unpacking.ts'

interface KeptText extends KeptFile {
  readonly text: InflatedText
}

/** What the texts of one plan may take: with more files each engine's thread has one to inflate. No more is kept between plans. */
const MOST_TEXT_BYTES = 1024 * 1_048_576

export class Inflations {
  readonly #directory: string
  readonly #threads: InflationThreads = new TaskThreads(new URL('./inflation-thread', import.meta.url))
  readonly #mostBytes: number
  readonly #kept = new KeptFiles<KeptText>()
  /**
   * Of texts that are no longer kept. One that is written over keeps the memory in which the kernel holds it; to get new memory
   * takes longer than to inflate a text into it, where the machine is a guest that gives back what it has not used for a second.
   */
  #spares: string[] = []
  /** Whose text took too much room. */
  readonly #tooLarge = new KnownFiles<true>()
  /** Of the plan at hand. */
  #textBytes = 0

  /** What is kept between plans is for speed alone: up to `mostBytes` of it, in `directory`, and no more than a plan may take. */
  constructor(directory: string, mostBytes: number) {
    this.#directory = directory
    this.#mostBytes = Math.min(mostBytes, MOST_TEXT_BYTES)
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
      if (!foreignCodec(file) && !(readWhole && this.#unpacks(file))) return
      const one = this.#kept.find(file.localPath) ?? (await this.#inflate(file, relation, signal))
      if (!one) return
      if (readsLines(relation)) requireReadable(file.uri, one.text.longestLine)
      files[i] = { ...file, localPath: one.output, inflated: one.text }
      onRead(file)
    })
    return { ...relation, files }
  }

  /** Between two plans: none of the files is in use. */
  shrink(): void {
    this.#textBytes = 0
    for (const spare of this.#spares) rmSync(spare, { force: true })
    this.#spares = this.#kept.shrink(this.#mostBytes).map(({ output }) => output)
  }

  #unpacks(file: DataFile): boolean {
    if (this.#kept.has(file.localPath)) return true
    return unpackedCodec(file) !== undefined && !this.#tooLarge.has(file.localPath)
  }

  /** Undefined for a text that is not worth its room. Throws `EngineError` naming a file that can not be inflated to its end. */
  async #inflate(file: DataFile, relation: Relation, signal: AbortSignal): Promise<KeptText | undefined> {
    const foreign = foreignCodec(file)
    const codec: InflationTask['codec'] = foreign ?? unpackedCodec(file)!
    const question = questionOf(relation) ?? BLANK_LINES
    const output = this.#output()
    const mostBytes = foreign ? Number.POSITIVE_INFINITY : await mostTextBytes(file, this.#room)
    // Of which columns the plan asks is not known here; of what is not known otherwise there is no sample of keys.
    const sample = foreign ? [] : sampleKeys({ ...relation, files: [file] })
    const numbers = [...numberMembers(relation, [...relation.columns.keys()], sample).values()]
    const task = { localPath: file.localPath, codec, output, question, numbers }
    try {
      const reply = mostBytes === undefined ? TOO_LARGE : await this.#threads.run({ ...task, mostBytes }, signal)
      if (reply.kind === 'inflated') {
        if (!foreign) this.#textBytes += reply.text.sizeBytes
        const one = { output, sizeBytes: reply.text.sizeBytes, text: reply.text }
        this.#kept.keep(file.localPath, one)
        return one
      }
      if (reply.kind === 'failed') throw new Error(reply.message)
      if (reply.kind === 'corrupt') throw unreadable(file, new Error(reply.message))
      this.#tooLarge.set(file.localPath, true)
      rmSync(output, { force: true })
      return undefined
    } catch (error) {
      rmSync(output, { force: true })
      throw error
    }
  }

  /** A new name, since the engine knows what it has read by name. */
  #output(): string {
    const output = join(this.#directory, randomUUID())
    const spare = this.#spares.pop()
    if (spare !== undefined) renameSync(spare, output)
    return output
  }

  /** For one more text of the plan; others take theirs at the same time. */
  get #room(): number {
    return (this.#mostBytes - this.#textBytes) / this.#threads.count
  }
}

const TOO_LARGE: InflationReply = { kind: 'too-large' }
const TEXTS: ReadonlySet<Relation['format']['kind']> = new Set(['csv-lazy', 'csv-open', 'json', 'regex', 'cloudtrail'])
