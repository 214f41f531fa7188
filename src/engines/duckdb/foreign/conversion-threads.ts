/**
 * The threads of a worker that convert files. They are started when there is something to convert and then stay; a plan
 * that is stopped ends those that work for it in the middle of whatever they do.
 */
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../thread.ts'
import type { ConversionReply, ConversionTask } from './conversion-thread.ts'
import type { InflationTask } from './inflation.ts'

const MODULE = fileURLToPath(new URL(`./conversion-thread${extname(import.meta.url)}`, import.meta.url))
/** Decoding is as fast as memory soon enough. */
const MOST_THREADS = 4

export class ConversionThreads {
  readonly count = Math.min(MOST_THREADS, availableParallelism())
  readonly #idle: Worker[] = []

  /** Rejects when `signal` is aborted; the thread is then gone. The caller asks for no more than `count` at a time. */
  run(task: ConversionTask | InflationTask, signal: AbortSignal): Promise<ConversionReply> {
    signal.throwIfAborted()
    const thread = this.#idle.pop() ?? startThread(MODULE)
    // One that has nothing to do keeps no process alive.
    thread.ref()
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        settle()
        void thread.terminate()
        reject(error)
      }
      const stopped = () => failed(signal.reason)
      const answered = (reply: ConversionReply) => {
        settle()
        thread.unref()
        this.#idle.push(thread)
        resolve(reply)
      }
      const settle = () => {
        signal.removeEventListener('abort', stopped)
        thread.removeAllListeners('message').removeAllListeners('error')
      }
      thread.once('message', answered)
      thread.once('error', failed)
      signal.addEventListener('abort', stopped, { once: true })
      thread.postMessage(task)
    })
  }

  /** No more at a time than there are threads; one that fails is the answer, once the others have come to rest. */
  async each(items: Iterable<number>, work: (item: number) => Promise<void>): Promise<void> {
    const left = Iterator.from(items)
    let failed = false
    const lane = async () => {
      for (const item of left) {
        if (failed) return
        try {
          await work(item)
        } catch (error) {
          failed = true
          throw error
        }
      }
    }
    const lanes = await Promise.allSettled(Array.from({ length: this.count }, lane))
    for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
  }
}
