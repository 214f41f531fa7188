/** What runs on a thread of a worker: one stretch of a file after the other, each becoming a Parquet file. */
import { parentPort } from 'node:worker_threads'
import { CorruptData, UnsupportedData } from '../../../formats/corrupt-data.ts'
import { VectorFile } from '../../vector-file.ts'
import type { TaskThreads } from '../task-threads.ts'
import { convertedName } from './column-types.ts'
import type { ConversionRequest, FilePlan, Stretch } from './converter.ts'
import { converterOf } from './converters.ts'
import { LocalFile } from './local-file.ts'

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
  /** `expected`: the file is to blame. */
  | {
      readonly kind: 'failed'
      readonly fault: 'corrupt' | 'unsupported' | 'too-large' | 'other'
      readonly message: string
    }

export type ConversionThreads = TaskThreads<ConversionTask, ConversionReply>

parentPort?.on('message', (task: ConversionTask) => parentPort!.postMessage(reply(task)))

function reply(task: ConversionTask): ConversionReply {
  const file = new LocalFile(task.localPath)
  try {
    const converter = converterOf(task.request.format)
    if (!task.stretch) return { kind: 'planned', plan: converter.plan(file, task.request) }
    return convert(file, task, task.stretch, task.output!)
  } catch (error) {
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
