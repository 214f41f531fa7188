/**
 * Files are looked over while nobody asks for anything: a proof of what they hold (see texts/proven-columns.ts) takes about as
 * long as the plan that read them, and no plan should wait for it. It runs on an instance and one thread of its own, begins
 * when the worker has rested for a while, and ends at once when a plan comes; what was not looked at then is looked at later.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Grants } from './grants.ts'
import { grant, openInstance } from './instance.ts'
import type { ProvenColumns, Unproven } from './texts/proven-columns.ts'

/** Whoever asks query after query is not to share the processor with it. */
const REST_MS = 1000
/** What has waited for longest goes first when there are more. */
const MOST_WAITING = 32

interface Waiting {
  readonly unproven: readonly Unproven[]
  readonly grants: Grants
}

export class IdleLooks {
  readonly #directory: string
  readonly #provenColumns: ProvenColumns
  readonly #waiting: Waiting[] = []
  readonly #restMs: number
  #timer: NodeJS.Timeout | undefined
  #looking: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()

  /** What an instance spills goes to `directory`. */
  constructor(directory: string, provenColumns: ProvenColumns, restMs = REST_MS) {
    this.#restMs = restMs
    this.#directory = directory
    this.#provenColumns = provenColumns
  }

  /** What a plan under these grants has read with care. */
  add(unproven: readonly Unproven[], grants: Grants): void {
    if (unproven.length === 0) return
    this.#waiting.push({ unproven, grants })
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()
  }

  /** The worker has nothing to do. */
  begin(): void {
    clearTimeout(this.#timer)
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#begin(), this.#restMs).unref()
  }

  /** It has. Resolves when no file is read any more: what a plan does not keep may be written over. */
  stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#looking?.abort()
    return this.#ended
  }

  #begin(): void {
    if (!this.#looking) this.#ended = this.#lookAtAll()
  }

  async #lookAtAll(): Promise<void> {
    const looking = new AbortController()
    this.#looking = looking
    while (!looking.signal.aborted) {
      // The last is the likeliest to come again.
      const next = this.#waiting.pop()
      if (!next) break
      if (!(await this.#look(next, looking.signal))) this.#waiting.push(next)
    }
    this.#looking = undefined
  }

  /** False where it was stopped. */
  async #look({ unproven, grants }: Waiting, signal: AbortSignal): Promise<boolean> {
    const left = unproven.filter((one) => this.#provenColumns.isOpen(one))
    if (left.length === 0) return true
    const instance = await openInstance(join(this.#directory, randomUUID()))
    const interrupt = () => instance.main.interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      await instance.main.run('SET threads = 1')
      await grant(instance, { ...grants, directories: [], profile: undefined })
      for (const one of left) {
        if (signal.aborted) return false
        await this.#provenColumns.look(instance.main, one)
      }
      return true
    } catch {
      // A file that has gone, or that fails in the engine's reader: plans go on reading it with care.
      if (signal.aborted) return false
      for (const one of left) this.#provenColumns.giveUp(one)
      return true
    } finally {
      signal.removeEventListener('abort', interrupt)
      instance.close()
    }
  }
}
