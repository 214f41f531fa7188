/**
 * Threads of a worker that read files besides the engine. They are started when there is something to do and then stay; a
 * plan that is stopped ends those that work for it in the middle of whatever they do.
 */
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { startThread } from './thread.ts'

/** Decoding is as fast as memory soon enough. */
const MOST_THREADS = 4

export class TaskThreads<Task, Reply> {
  readonly count = Math.min(MOST_THREADS, availableParallelism())
  readonly #module: string
  readonly #idle: Worker[] = []

  /** `module`: of one that answers each message, a task, by one, the reply; without its ending. */
  constructor(module: URL) {
    this.#module = fileURLToPath(module) + extname(import.meta.url)
  }

  /** Rejects when `signal` is aborted; the thread is then gone. The caller asks for no more than `count` at a time. */
  run(task: Task, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted()
    const thread = this.#idle.pop() ?? startThread(this.#module)
    // One that has nothing to do keeps no process alive.
    thread.ref()
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        settle()
        void thread.terminate()
        reject(error)
      }
      const stopped = () => failed(signal.reason)
      const answered = (reply: Reply) => {
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
