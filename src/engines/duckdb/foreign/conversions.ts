/**
 * Plans made readable: the files of formats that DuckDB does not know become Parquet files of just the wanted columns,
 * below a directory of the worker's own. Files never change, so what was converted serves later plans too, until others
 * need the room; what a plan is said to have read is the same either way.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, type EngineProgress } from '../../../core/queries/engine-plan.ts'
import type { ReadFile, Relation } from '../../../core/queries/relation.ts'
import { stopsEarly } from '../early-stop.ts'
import { EXHAUSTED } from '../failures.ts'
import type { PlanMessage } from '../messages.ts'
import { lackingParts } from '../parquet/lacking-columns.ts'
import { partsOf } from '../relation-parts.ts'
import { foreignCodec } from '../scans/compression.ts'
import { TaskThreads } from '../task-threads.ts'
import { convertedColumn } from './column-types.ts'
import type { ConversionReply, ConversionTask, ConversionThreads } from './conversion-thread.ts'
import { type ConversionRun, type ConversionWork, worksOf } from './conversion-work.ts'
import { type FilePlan, FORMAT_NAMES, type ForeignFormat, isForeign, isIdentified, type Stretch } from './converter.ts'
import { convertibleDeletes, withConvertedDeletes } from './delete-conversions.ts'
import { demandOf } from './demand.ts'
import { Inflations } from './inflations.ts'
import { KeptConversions, type KeptPiece } from './kept-conversions.ts'
import { Repackings } from './repackings.ts'

export interface ReadablePlan {
  /** Those of the plan, in parts, foreign ones replaced. */
  readonly relations: readonly Relation[]
  /** Those of them whose files are ours: they replaced others, or hold what a source has sent. */
  readonly converted: ReadonlySet<Relation>
  /** By the local paths of copies in which everything lies where it lies in the file, the files' own. */
  readonly copies: ReadonlyMap<string, string>
  /** What reading the foreign files takes, by the ids of the relations and by local path; of a source, all it has sent. */
  readonly readBytes: ReadonlyMap<string, ReadonlyMap<string, number>>
}

type Converted = ConversionReply & { readonly kind: 'converted' }

export interface ConversionRoom {
  /** What may stay between plans. */
  readonly keptBytes: number
  /** What one plan may need. */
  readonly mostBytes: number
}

/** What each of the files became, and the places of columns that it lacks. */
interface Output {
  readonly paths: readonly string[]
  readonly lacks: readonly number[]
}
type Outputs = (Output | undefined)[]

export class Conversions {
  readonly #threads: ConversionThreads = new TaskThreads(new URL('./conversion-thread', import.meta.url))
  readonly #kept: KeptConversions
  readonly #inflations: Inflations
  readonly #repackings: Repackings
  readonly #directory: string
  readonly #mostBytes: number
  /** Of the plan at hand, what has been written. */
  #writtenBytes = 0

  /** `directory` is made when there is something to put in it. */
  constructor(directory: string, room: ConversionRoom) {
    const { keptBytes, mostBytes } = room
    this.#directory = directory
    this.#mostBytes = mostBytes
    this.#kept = new KeptConversions(keptBytes)
    this.#inflations = new Inflations(directory, keptBytes)
    this.#repackings = new Repackings(directory, room)
  }

  /** Whether the plan, having failed so, may succeed when it is made readable again. */
  learn(error: unknown, { relations }: PlanMessage): boolean {
    return this.#repackings.learn(error, relations)
  }

  /** For one plan at a time. Throws `EngineError` naming the file that can not be read. */
  async readable(
    plan: PlanMessage,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<ReadablePlan> {
    this.#kept.shrink()
    this.#inflations.shrink()
    this.#repackings.shrink()
    this.#writtenBytes = 0
    const readWhole = !stopsEarly(plan.query.root, plan.sink)
    const relations: Relation[] = []
    const converted = new Set<Relation>()
    const copies = new Map<string, string>()
    const readBytes = new Map<string, Map<string, number>>()
    let scannedBytes = 0
    for (const relation of plan.relations.flatMap(partsOf)) {
      const { format, receivedBytes } = relation
      const onRead = ({ localPath }: ReadFile, bytes: number) => {
        const read = readBytes.get(relation.id) ?? new Map<string, number>()
        readBytes.set(relation.id, read)
        read.set(localPath, (read.get(localPath) ?? 0) + bytes)
        scannedBytes += bytes
        onProgress({ scannedBytes })
      }
      if (receivedBytes !== undefined) {
        readBytes.set(relation.id, new Map([[relation.id, receivedBytes]]))
        scannedBytes += receivedBytes
        relations.push(relation)
        converted.add(relation)
        continue
      }
      if (this.#inflations.wants(relation, readWhole)) {
        const onInflated = (file: ReadFile) => onRead(file, file.sizeBytes)
        relations.push(await this.#inflations.inflated(relation, readWhole, signal, onInflated))
      } else if (isForeign(format))
        for (const part of await this.#foreign(relation, format, plan, { signal, onRead })) {
          relations.push(part)
          converted.add(part)
        }
      else {
        const repacked = await this.#repackings.repacked(relation, copies, signal)
        relations.push(await this.#deletes(repacked, { signal, onRead }))
      }
    }
    return { relations, converted, copies, readBytes }
  }

  async #foreign(
    relation: Relation,
    format: ForeignFormat,
    plan: PlanMessage,
    run: ConversionRun,
  ): Promise<Relation[]> {
    mkdirSync(this.#directory, { recursive: true })
    const parts: Relation[] = []
    for (const work of worksOf(await this.#deletes(relation, run), format, demandOf(relation, plan.query), run)) {
      const { mostRows } = work.request
      const outputs = mostRows === undefined ? await this.#whole(work) : await this.#first(work, mostRows)
      const lacks = new Map<string, readonly number[]>()
      const files = work.files.flatMap((file, i) =>
        (outputs[i]?.paths ?? []).map((localPath) => {
          lacks.set(localPath, outputs[i]!.lacks)
          return { ...file, localPath }
        }),
      )
      const whole = { ...relation, format: { kind: 'parquet' as const }, files }
      const known = lackingParts(whole, (file, { ordinal }) => lacks.get(file.localPath)!.includes(ordinal))
      parts.push(...known.map((part) => ({ ...part, columns: part.columns.map(convertedColumn) })))
    }
    // Of no files there are no rows, which a scan has to be told as well.
    return parts.length > 0 ? parts : [{ ...relation, format: { kind: 'parquet' } }]
  }

  /** The relation with deletes that the engine can read. */
  async #deletes(relation: Relation, run: ConversionRun): Promise<Relation> {
    const deletes = convertibleDeletes(relation, run)
    if (deletes.length === 0) return relation
    mkdirSync(this.#directory, { recursive: true })
    const outputs = new Map<string, string>()
    for (const work of deletes)
      for (const [i, output] of (await this.#whole(work)).entries())
        outputs.set(work.files[i]!.localPath, output!.paths[0]!)
    return withConvertedDeletes(relation, outputs)
  }

  /** Several files, and several stretches of one, at a time. */
  async #whole(work: ConversionWork): Promise<Outputs> {
    const { files } = work
    const plans: FilePlan[] = []
    const known: (readonly string[] | undefined)[] = []
    await this.#threads.each(files.keys(), async (i) => {
      plans[i] = await this.#plan(work, files[i]!)
      known[i] = this.#kept.find(work.keyOf(files[i]!), work.request, plans[i])
    })
    const missing = plans.flatMap(({ stretches }, file) =>
      known[file] ? [] : stretches.map((stretch) => ({ file, stretch })),
    )
    const made: (KeptPiece & { readonly file: number; readonly sizeBytes: number })[] = []
    await this.#threads.each(missing.keys(), async (i) => {
      const { file, stretch } = missing[i]!
      made[i] = { file, stretch, ...(await this.#piece(work, files[file]!, stretch)) }
    })
    const pieces = Map.groupBy(made, ({ file }) => file)
    return files.map((file, i) => {
      const { stretches, readBytes } = plans[i]!
      work.onRead(
        file,
        stretches.reduce((sum, stretch) => sum + stretch.readBytes, readBytes),
      )
      const lacks = plans[i]!.lacks ?? []
      if (known[i]) return { paths: known[i], lacks }
      const own = pieces.get(i) ?? []
      const sizeBytes = own.reduce((sum, piece) => sum + piece.sizeBytes, 0)
      if (own.length > 0) this.#kept.add(work.keyOf(file), { request: work.request, pieces: own, sizeBytes })
      return { paths: own.map(({ output }) => output), lacks }
    })
  }

  /** One after the other, until there are enough rows. What comes of it is of no use to other plans. */
  async #first(work: ConversionWork, mostRows: number): Promise<Outputs> {
    const outputs: Outputs = []
    let left = mostRows
    for (const [i, file] of work.files.entries()) {
      if (left <= 0) return outputs
      const plan = await this.#plan(work, file)
      work.onRead(file, plan.readBytes)
      const paths: string[] = []
      outputs[i] = { paths, lacks: plan.lacks ?? [] }
      for (const stretch of plan.stretches) {
        if (left <= 0) return outputs
        const { rows, readBytes, output } = await this.#piece(work, file, stretch, left)
        work.onRead(file, readBytes)
        paths.push(output)
        left -= rows
      }
    }
    return outputs
  }

  async #plan(work: ConversionWork, file: ReadFile): Promise<FilePlan> {
    const reply = await this.#run(work, file, { localPath: file.localPath, request: work.request })
    return (reply as ConversionReply & { kind: 'planned' }).plan
  }

  async #piece(
    work: ConversionWork,
    file: ReadFile,
    stretch: Stretch,
    mostRows?: number,
  ): Promise<Converted & { readonly output: string }> {
    const output = join(this.#directory, `${randomUUID()}.parquet`)
    this.#kept.lend(output)
    const request = { ...work.request, mostRows, codec: foreignCodec(file) }
    const mostBytes = this.#mostBytes - this.#writtenBytes
    const reply = await this.#run(work, file, { localPath: file.localPath, request, stretch, output, mostBytes })
    const converted = reply as Converted
    this.#writtenBytes += converted.sizeBytes
    return { ...converted, output }
  }

  async #run(
    { signal, request, isTold }: ConversionWork,
    file: ReadFile,
    task: ConversionTask,
  ): Promise<ConversionReply> {
    const reply = await this.#threads.run(task, signal)
    if (reply.kind !== 'failed') return reply
    const { fault, message } = reply
    const told = isTold ? message : 'A value in it can not be read'
    const name = FORMAT_NAMES[request.format.kind]
    const bad = isIdentified(request.format) ? 'ICEBERG_BAD_DATA' : 'HIVE_BAD_DATA'
    if (fault === 'corrupt') throw new EngineError(bad, `Malformed ${name} file. ${told} [${file.uri}]`)
    if (fault === 'unsupported') throw new EngineError('NOT_SUPPORTED', `${told} [${file.uri}]`)
    if (fault === 'too-large') throw new EngineError('EXCEEDED_MEMORY_LIMIT', EXHAUSTED)
    throw new Error(message)
  }
}
