/**
 * The threads of a worker that convert files. They are started when there is something to convert and then stay; a plan
 * that is stopped ends those that work for it in the middle of whatever they do.
 */
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ConversionReply, ConversionTask } from './conversion-thread.ts'

const MODULE = fileURLToPath(new URL(`./conversion-thread${extname(import.meta.url)}`, import.meta.url))
/** Decoding is as fast as memory soon enough. */
const MOST_THREADS = 4

export class ConversionThreads {
  readonly count = Math.min(MOST_THREADS, availableParallelism())
  readonly #idle: Worker[] = []

  /** Rejects when `signal` is aborted; the thread is then gone. The caller asks for no more than `count` at a time. */
  run(task: ConversionTask, signal: AbortSignal): Promise<ConversionReply> {
    signal.throwIfAborted()
    const thread = this.#idle.pop() ?? new Worker(MODULE)
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        settle()
        void thread.terminate()
        reject(error)
      }
      const stopped = () => failed(signal.reason)
      const answered = (reply: ConversionReply) => {
        settle()
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
}
