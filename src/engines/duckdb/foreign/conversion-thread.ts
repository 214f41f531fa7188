/** What runs on a thread of a worker: one stretch of a file after the other, each becoming a Parquet file. */
import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { InflatedText } from '../../../core/queries/relation.ts'
import { CorruptData, UnsupportedData } from '../../../formats/corrupt-data.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'
import { VectorFile } from '../../vector-file.ts'
import { convertedName } from './column-types.ts'
import type { ConversionRequest, FilePlan, Stretch } from './converter.ts'
import { converterOf } from './converters.ts'
import { type InflationTask, inflate } from './inflation.ts'

/** A plan of a file when no stretch is given. */
export interface ConversionTask {
  readonly localPath: string
  readonly request: ConversionRequest
  readonly stretch?: Stretch
  /** Where the rows go; columns are named by their places in the table. */
  readonly output?: string
  /** What the output may hold. */
  readonly mostBytes?: number
}

export type ConversionReply =
  | { readonly kind: 'planned'; readonly plan: FilePlan }
  | { readonly kind: 'converted'; readonly rows: number; readonly sizeBytes: number; readonly readBytes: number }
  | { readonly kind: 'inflated'; readonly text: InflatedText }
  /** `expected`: the file is to blame. */
  | {
      readonly kind: 'failed'
      readonly fault: 'corrupt' | 'unsupported' | 'too-large' | 'other'
      readonly message: string
    }

parentPort?.on('message', async (task: ConversionTask | InflationTask) => parentPort!.postMessage(await reply(task)))

async function reply(task: ConversionTask | InflationTask): Promise<ConversionReply> {
  const file = new LocalFile(task.localPath)
  try {
    if ('codec' in task) return { kind: 'inflated', text: await inflate(task, file) }
    const converter = converterOf(task.request.format)
    if (!task.stretch) return { kind: 'planned', plan: converter.plan(file, task.request) }
    return convert(file, task, task.stretch, task.output!)
  } catch (error) {
    if ('codec' in task) rmSync(task.output, { force: true })
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof CorruptData) return { kind: 'failed', fault: 'corrupt', message: text }
    if (error instanceof TooLarge) return { kind: 'failed', fault: 'too-large', message: text }
    if (error instanceof UnsupportedData) return { kind: 'failed', fault: 'unsupported', message: text }
    return { kind: 'failed', fault: 'other', message: error instanceof Error ? (error.stack ?? text) : text }
  } finally {
    file.close()
  }
}

class TooLarge extends Error {}

function convert(
  file: LocalFile,
  { request, mostBytes = 0 }: ConversionTask,
  stretch: Stretch,
  output: string,
): ConversionReply {
  const fields = request.columns.map((column) => ({ name: convertedName(column), type: column.type }))
  const written = new VectorFile(output, fields)
  try {
    const { mostRows = Number.POSITIVE_INFINITY } = request
    for (const batch of converterOf(request.format).batches(file, request, stretch)) {
      written.add(batch.columns, batch.rows)
      if (written.sizeBytes > mostBytes) throw new TooLarge()
      if (written.rows >= mostRows) break
    }
    written.end()
    const { rows, sizeBytes } = written
    const readBytes = rows >= mostRows ? Math.min(file.readTo, stretch.readBytes) : stretch.readBytes
    return { kind: 'converted', rows, sizeBytes, readBytes }
  } catch (error) {
    written.discard()
    throw error
  }
}

class LocalFile implements RandomAccess {
  readonly #descriptor: number
  readonly sizeBytes: number
  /** How far into the file has been read. */
  readTo = 0

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r')
    this.sizeBytes = fstatSync(this.#descriptor).size
  }

  read(at: number, length: number): Uint8Array {
    if (at < 0 || length < 0 || at + length > this.sizeBytes)
      throw new CorruptData(`it is too short: ${length} bytes at ${at} of ${this.sizeBytes}`)
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const got = readSync(this.#descriptor, bytes, done, length - done, at + done)
      if (got === 0) throw new CorruptData('it has become shorter')
      done += got
    }
    this.readTo = Math.max(this.readTo, at + length)
    return bytes
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
