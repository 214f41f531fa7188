/**
 * Parquet under Hadoop's LZ4, as Spark writes it: DuckDB reads a copy of each file under `LZ4_RAW`, in which everything lies where it
 * lies in the file. Few files are such, and to look at each would cost all others: what a plan has failed with tells.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { EXHAUSTED, failureIn } from '../failures.ts'
import { KnownFiles } from '../known-files.ts'
import { TaskThreads } from '../task-threads.ts'
import type { ConversionRoom } from './conversions.ts'
import { type KeptFile, KeptFiles } from './kept-files.ts'
import type { RepackingThreads } from './repacking-thread.ts'

/** As DuckDB says it. */
const UNREAD_CODEC = 'Unsupported compression codec "LZ4"'

export class Repackings {
  readonly #directory: string
  readonly #room: ConversionRoom
  readonly #threads: RepackingThreads = new TaskThreads(new URL('./repacking-thread', import.meta.url))
  readonly #kept = new KeptFiles<KeptFile>()
  /** Whether a file is, or may be, one to be copied; of those that no plan has failed with nothing is known. */
  readonly #suspect = new KnownFiles<boolean>()
  /** Of the plan at hand, what has been written. */
  #writtenBytes = 0

  constructor(directory: string, room: ConversionRoom) {
    this.#directory = directory
    this.#room = room
  }

  /** Whether the plan, having failed so, may succeed when it is made readable again. */
  learn(error: unknown, relations: readonly Relation[]): boolean {
    if (!(error instanceof Error) || !error.message.includes(UNREAD_CODEC)) return false
    const files = relations.flatMap((relation) => (relation.format.kind === 'parquet' ? relation.files : []))
    const unknown = files.filter(({ localPath }) => !this.#suspect.has(localPath))
    for (const { localPath } of unknown) this.#suspect.set(localPath, true)
    return unknown.length > 0
  }

  /** The relation over copies where there must be any, whose paths become `copies` of the files' own. Throws `EngineError`. */
  async repacked(relation: Relation, copies: Map<string, string>, signal: AbortSignal): Promise<Relation> {
    const wanted =
      relation.format.kind === 'parquet' && relation.files.some((file) => this.#suspect.get(file.localPath))
    if (!wanted) return relation
    mkdirSync(this.#directory, { recursive: true })
    const files = [...relation.files]
    await this.#threads.each(files.keys(), async (i) => {
      const file = files[i]!
      if (!this.#suspect.get(file.localPath)) return
      const copy = this.#kept.find(file.localPath) ?? (await this.#repack(file, relation, signal))
      if (!copy) return
      copies.set(copy.output, file.localPath)
      files[i] = { ...file, localPath: copy.output }
    })
    return { ...relation, files }
  }

  /** Between two plans: none of the files is in use. */
  shrink(): void {
    this.#writtenBytes = 0
    for (const { output } of this.#kept.shrink(this.#room.keptBytes)) rmSync(output, { force: true })
  }

  async #repack({ localPath, uri, sizeBytes }: DataFile, relation: Relation, signal: AbortSignal) {
    this.#writtenBytes += sizeBytes
    if (this.#writtenBytes > this.#room.mostBytes) throw new EngineError('EXCEEDED_MEMORY_LIMIT', EXHAUSTED)
    const output = join(this.#directory, `${randomUUID()}.parquet`)
    try {
      const reply = await this.#threads.run({ localPath, output }, signal)
      if (reply.kind === 'failed') throw new Error(reply.message)
      if (reply.kind === 'corrupt') {
        const { code, message } = failureIn(relation, 'HIVE_BAD_DATA', `Malformed Parquet file: ${uri}`)
        throw new EngineError(code, message)
      }
      this.#suspect.set(localPath, reply.kind === 'repacked')
      if (reply.kind === 'needless') return undefined
      const copy = { output, sizeBytes }
      this.#kept.keep(localPath, copy)
      return copy
    } catch (error) {
      rmSync(output, { force: true })
      throw error
    }
  }
}
