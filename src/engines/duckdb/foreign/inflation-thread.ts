/**
 * What runs on a thread of a worker: one compressed text after the other. It is apart from conversion-thread.ts, which takes
 * several times as long to start.
 */
import { parentPort } from 'node:worker_threads'
import type { InflatedText } from '../../../core/queries/relation.ts'
import { CorruptData } from '../../../formats/corrupt-data.ts'
import type { TaskThreads } from '../task-threads.ts'
import { type InflationTask, inflate, TooLarge } from './inflation.ts'

/** `corrupt`: the file is to blame. */
export type InflationReply =
  | { readonly kind: 'inflated'; readonly text: InflatedText }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'corrupt' | 'failed'; readonly message: string }

export type InflationThreads = TaskThreads<InflationTask, InflationReply>

parentPort?.on('message', async (task: InflationTask) => parentPort!.postMessage(await reply(task)))

async function reply(task: InflationTask): Promise<InflationReply> {
  try {
    return { kind: 'inflated', text: await inflate(task) }
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'too-large' }
    const { message } = error as Error
    return { kind: error instanceof CorruptData ? 'corrupt' : 'failed', message }
  }
}
