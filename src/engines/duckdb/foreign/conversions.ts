/**
 * Plans made readable: the files of formats that DuckDB does not know become Parquet files of just the wanted columns,
 * below a directory of the worker's own. Files never change, so what was converted serves later plans too, until others
 * need the room; what a plan is said to have read is the same either way.
 */
import { hash, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, type EngineProgress } from '../../../core/queries/engine-plan.ts'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import type { PlanMessage } from '../messages.ts'
import { partsOf } from '../relation-parts.ts'
import { foreignCodec } from '../scans/compression.ts'
import { convertedName, fieldOf } from './column-types.ts'
import type { ConversionReply, ConversionTask } from './conversion-thread.ts'
import { ConversionThreads } from './conversion-threads.ts'
import {
  type ConversionRequest,
  type FilePlan,
  FORMAT_NAMES,
  type ForeignFormat,
  isForeign,
  type Stretch,
} from './converter.ts'
import { type Demand, demandOf } from './demand.ts'
import { Inflations } from './inflations.ts'
import { KeptConversions, type KeptPiece } from './kept-conversions.ts'

export interface ReadablePlan {
  /** Those of the plan, in parts, foreign ones replaced. */
  readonly relations: readonly Relation[]
  /** Those of them whose files are ours: they replaced others, or hold what a source has sent. */
  readonly converted: ReadonlySet<Relation>
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

/** What the relation's files became, in their order. */
type Outputs = (readonly string[])[]

export class Conversions {
  readonly #threads = new ConversionThreads()
  readonly #kept: KeptConversions
  readonly #inflations: Inflations
  readonly #directory: string
  readonly #mostBytes: number
  /** Of the plan at hand, what has been written. */
  #writtenBytes = 0

  /** `directory` is made when there is something to put in it. */
  constructor(directory: string, { keptBytes, mostBytes }: ConversionRoom) {
    this.#directory = directory
    this.#mostBytes = mostBytes
    this.#kept = new KeptConversions(keptBytes)
    this.#inflations = new Inflations(directory, this.#threads, keptBytes)
  }

  /** For one plan at a time. Throws `EngineError` naming the file that can not be read. */
  async readable(
    plan: PlanMessage,
    signal: AbortSignal,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<ReadablePlan> {
    this.#kept.shrink()
    this.#inflations.shrink()
    this.#writtenBytes = 0
    const relations: Relation[] = []
    const converted = new Set<Relation>()
    const readBytes = new Map<string, Map<string, number>>()
    let scannedBytes = 0
    for (const relation of plan.relations.flatMap(partsOf)) {
      const { format, receivedBytes } = relation
      if (receivedBytes !== undefined) {
        readBytes.set(relation.id, new Map([[relation.id, receivedBytes]]))
        scannedBytes += receivedBytes
        relations.push(relation)
        converted.add(relation)
        continue
      }
      const codecs = format.kind !== 'parquet' && !isForeign(format) && relation.files.some(foreignCodec)
      if (!isForeign(format) && !codecs) {
        relations.push(relation)
        continue
      }
      const read = readBytes.get(relation.id) ?? new Map<string, number>()
      readBytes.set(relation.id, read)
      const onRead = ({ localPath }: DataFile, bytes: number) => {
        read.set(localPath, (read.get(localPath) ?? 0) + bytes)
        scannedBytes += bytes
        onProgress({ scannedBytes })
      }
      if (!isForeign(format)) {
        relations.push(await this.#inflations.inflated(relation, signal, (file) => onRead(file, file.sizeBytes)))
        continue
      }
      const work = new RelationWork(relation, format, demandOf(relation, plan.query), signal, onRead)
      const readable = await this.#convert(work)
      relations.push(readable)
      converted.add(readable)
    }
    return { relations, converted, readBytes }
  }

  async #convert(work: RelationWork): Promise<Relation> {
    const { relation, request } = work
    mkdirSync(this.#directory, { recursive: true })
    const outputs = request.mostRows === undefined ? await this.#whole(work) : await this.#first(work, request.mostRows)
    const columns = relation.columns.map((column) =>
      column.kind === 'data' ? { ...column, field: convertedName(column.ordinal) } : column,
    )
    const files = relation.files.flatMap((file, i) => (outputs[i] ?? []).map((localPath) => ({ ...file, localPath })))
    return { ...relation, format: { kind: 'parquet' }, columns, files }
  }

  /** Several files, and several stretches of one, at a time. */
  async #whole(work: RelationWork): Promise<Outputs> {
    const { files } = work.relation
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
      if (known[i]) return known[i]
      const own = pieces.get(i) ?? []
      const sizeBytes = own.reduce((sum, piece) => sum + piece.sizeBytes, 0)
      if (own.length > 0) this.#kept.add(work.keyOf(file), { request: work.request, pieces: own, sizeBytes })
      return own.map(({ output }) => output)
    })
  }

  /** One after the other, until there are enough rows. What comes of it is of no use to other plans. */
  async #first(work: RelationWork, mostRows: number): Promise<Outputs> {
    const outputs: string[][] = []
    let left = mostRows
    for (const [i, file] of work.relation.files.entries()) {
      if (left <= 0) return outputs
      const plan = await this.#plan(work, file)
      work.onRead(file, plan.readBytes)
      outputs[i] = []
      for (const stretch of plan.stretches) {
        if (left <= 0) return outputs
        const { rows, readBytes, output } = await this.#piece(work, file, stretch, left)
        work.onRead(file, readBytes)
        outputs[i].push(output)
        left -= rows
      }
    }
    return outputs
  }

  async #plan(work: RelationWork, file: DataFile): Promise<FilePlan> {
    const reply = await this.#run(work, file, { localPath: file.localPath, request: work.request })
    return (reply as ConversionReply & { kind: 'planned' }).plan
  }

  async #piece(
    work: RelationWork,
    file: DataFile,
    stretch: Stretch,
    mostRows?: number,
  ): Promise<Converted & { readonly output: string }> {
    const output = join(this.#directory, `${randomUUID()}.parquet`)
    this.#kept.lend(output)
    const request = { ...work.request, mostRows }
    const mostBytes = this.#mostBytes - this.#writtenBytes
    const reply = await this.#run(work, file, { localPath: file.localPath, request, stretch, output, mostBytes })
    const converted = reply as Converted
    this.#writtenBytes += converted.sizeBytes
    return { ...converted, output }
  }

  async #run({ signal, request }: RelationWork, file: DataFile, task: ConversionTask): Promise<ConversionReply> {
    const reply = await this.#threads.run(task, signal)
    if (reply.kind !== 'failed') return reply
    const { fault, message } = reply
    const name = FORMAT_NAMES[request.format.kind]
    if (fault === 'corrupt') throw new EngineError('HIVE_BAD_DATA', `Malformed ${name} file. ${message} [${file.uri}]`)
    if (fault === 'unsupported') throw new EngineError('NOT_SUPPORTED', `${message} [${file.uri}]`)
    if (fault === 'too-large') throw new EngineError('EXCEEDED_MEMORY_LIMIT', EXHAUSTED)
    throw new Error(message)
  }
}

/** As of any plan that needs more than it may have. */
const EXHAUSTED = 'Query exhausted resources at this scale factor'

/** A relation whose files are to be converted. */
class RelationWork {
  readonly relation: Relation
  readonly request: ConversionRequest
  readonly signal: AbortSignal
  readonly onRead: (file: DataFile, bytes: number) => void
  readonly #format: string

  constructor(
    relation: Relation,
    format: ForeignFormat,
    demand: Demand,
    signal: AbortSignal,
    onRead: (file: DataFile, bytes: number) => void,
  ) {
    this.relation = relation
    this.signal = signal
    this.onRead = onRead
    this.#format = hash('sha256', JSON.stringify(format), 'base64')
    const ordinals = new Map(demand.columns.map(({ name, ordinal }) => [name, ordinal]))
    this.request = {
      format,
      columns: demand.columns.map((column) => ({ ...fieldOf(column), ordinal: column.ordinal })),
      constraints: new Map([...demand.constraints].map(([name, constraint]) => [ordinals.get(name)!, constraint])),
      mostRows: demand.mostRows,
    }
  }

  /** Conversions of one key differ only in their columns and in what was left out. */
  keyOf(file: DataFile): string {
    return `${this.#format} ${file.localPath}`
  }
}
