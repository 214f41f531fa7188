/**
 * Warm child processes and the plans that wait for one. Grows to its maximum under load and shrinks to one idle worker;
 * a worker that crashed, hung or was killed is replaced when there is work for it.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../core/ports.ts'
import { EngineError, type EngineOutcome, type EnginePlan, timeExceeded } from '../../core/queries/engine-plan.ts'
import type { FunctionEndpoints } from '../lambda/invocation.ts'
import { grantsOf, keyOf } from './grants.ts'
import type { PlanMessage } from './messages.ts'
import { WorkerProcess } from './worker-process.ts'

export interface PoolOptions {
  /** The most processes at a time. */
  readonly workers: number
  readonly memoryBytes: number
  readonly temporaryDirectory: string
  readonly clock: Clock
  /** Where functions of Lambda answer that queries declare. */
  readonly functions?: FunctionEndpoints
}

const QUEUE_LIMIT = 2_000
const GRACE_MS = 2_000
const IDLE_MS = 60_000
const WATCH_MS = 100
/** A longer timer would go off at once. */
const MAX_SLEEP_MS = 2 ** 31 - 1

interface Waiting {
  readonly resolve: (worker: WorkerProcess) => void
  readonly reject: (error: unknown) => void
}

export class Pool {
  readonly #options: PoolOptions
  readonly #workers = new Set<WorkerProcess>()
  readonly #idle: WorkerProcess[] = []
  readonly #waiting: Waiting[] = []
  readonly #closing = new AbortController()
  #watch: NodeJS.Timeout | undefined

  constructor(options: PoolOptions) {
    this.#options = options
    void this.#retireIdle()
  }

  /** Process ids, for operators and tests. */
  get pids(): readonly number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? [])
  }

  /** Resolves when one worker is ready for a plan. */
  async warm(): Promise<void> {
    if (this.#workers.size === 0) this.#spawn()
    await Promise.any([...this.#workers].map((worker) => worker.started)).catch((error: AggregateError) => {
      throw error.errors[0]
    })
  }

  async run(plan: EnginePlan, signal: AbortSignal): Promise<EngineOutcome> {
    signal.throwIfAborted()
    const key = keyOf(grantsOf(plan, this.#options.memoryBytes))
    const worker = await this.#acquire(key, signal)
    try {
      return await this.#supervise(worker, plan, signal)
    } finally {
      this.#release(worker)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#watch)
    for (const waiting of this.#waiting.splice(0)) waiting.reject(stopping())
    const workers = [...this.#workers]
    for (const worker of workers) worker.kill(stopping())
    await Promise.all(workers.map((worker) => worker.ended))
    await rm(this.#options.temporaryDirectory, { recursive: true, force: true })
  }

  /** Runs it under its deadline: first asked to stop, then, if it does not, killed. */
  async #supervise(worker: WorkerProcess, plan: EnginePlan, signal: AbortSignal): Promise<EngineOutcome> {
    const { onProgress, ...message } = plan
    const over = new AbortController()
    let late: EngineError | undefined
    const stop = () => {
      worker.cancel()
      this.#after(GRACE_MS, over.signal, () => worker.kill(late))
    }
    const { timeoutMs, spentMs = 0 } = plan.limits
    this.#after(Math.max(0, timeoutMs - spentMs), over.signal, () => {
      late = timeExceeded(timeoutMs)
      stop()
    })
    signal.addEventListener('abort', stop, { once: true })
    this.#startWatch()
    try {
      return await worker.run(message satisfies PlanMessage, onProgress)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw late ?? error
    } finally {
      over.abort()
      signal.removeEventListener('abort', stop)
    }
  }

  #acquire(key: string | undefined, signal: AbortSignal): Promise<WorkerProcess> {
    if (this.#closing.signal.aborted) return Promise.reject(stopping())
    const idle = this.#takeIdle(key)
    if (idle) return Promise.resolve(idle)
    if (this.#waiting.length >= QUEUE_LIMIT) {
      const text = `Too many queries are waiting for the engine (${QUEUE_LIMIT})`
      return Promise.reject(new EngineError('GENERIC_INTERNAL_ERROR', text))
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal.reason)
      }
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          signal.removeEventListener('abort', leave)
          settle(value)
        }
      }
      const waiting: Waiting = { resolve: settled(resolve), reject: settled(reject) }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(waiting)
      if (this.#starting() < this.#waiting.length) this.#spawnIfRoom()
    })
  }

  /** Best one that has an instance with just these grants, then one with any; of several the one used last, so that the others may retire. */
  #takeIdle(key: string | undefined): WorkerProcess | undefined {
    const alive = this.#idle.filter((worker) => worker.alive)
    const known = alive.findLast((candidate) => candidate.isReadyFor(key))
    const worker = known ?? alive.findLast((candidate) => candidate.warm) ?? alive.at(-1)
    if (worker) this.#removeIdle(worker)
    // One who asks query after query would wait for each next instance; with two workers one makes it meanwhile.
    if (worker && !known && !worker.warm && this.#starting() === 0) this.#spawnIfRoom()
    return worker
  }

  #release(worker: WorkerProcess): void {
    if (!worker.alive || this.#closing.signal.aborted) return
    const next = this.#waiting.shift()
    if (next) next.resolve(worker)
    else this.#idle.push(worker)
  }

  /** At each tick, who stood idle at the tick before and since goes; one idle worker stays, and rests. */
  async #retireIdle(): Promise<void> {
    let stood: readonly WorkerProcess[] = []
    while (!this.#closing.signal.aborted) {
      for (const worker of stood)
        if (this.#idle.length > 1 && this.#removeIdle(worker)) worker.kill()
        else worker.rest()
      for (const worker of this.#idle) worker.stood = true
      await this.#options.clock.sleep(IDLE_MS, this.#closing.signal).catch(() => undefined)
      stood = this.#idle.filter((worker) => worker.stood)
    }
  }

  #removeIdle(worker: WorkerProcess): boolean {
    const at = this.#idle.indexOf(worker)
    if (at >= 0) this.#idle.splice(at, 1)
    return at >= 0
  }

  #spawn(): void {
    const temporaryDirectory = join(this.#options.temporaryDirectory, randomUUID())
    mkdirSync(temporaryDirectory, { recursive: true })
    const { memoryBytes, functions = {} } = this.#options
    const worker = new WorkerProcess({ temporaryDirectory, memoryBytes, functions })
    this.#workers.add(worker)
    worker.started.then(
      () => this.#release(worker),
      (error) => this.#startFailed(worker, error),
    )
    worker.ended.then(async () => {
      this.#workers.delete(worker)
      this.#removeIdle(worker)
      // Its plan may have been the only thing between the queue and a free place.
      if (this.#starting() < this.#waiting.length) this.#spawnIfRoom()
      await rm(temporaryDirectory, { recursive: true, force: true })
    })
  }

  /** A worker that can not even start would be respawned for ever: the plan that asked for it fails instead. */
  #startFailed(worker: WorkerProcess, error: unknown): void {
    this.#workers.delete(worker)
    this.#waiting.shift()?.reject(error)
  }

  #starting(): number {
    return [...this.#workers].filter((worker) => !worker.busy && !this.#idle.includes(worker)).length
  }

  #spawnIfRoom(): void {
    if (!this.#closing.signal.aborted && this.#workers.size < this.#options.workers) this.#spawn()
  }

  #startWatch(): void {
    this.#watch ??= setInterval(() => {
      let busy = false
      for (const worker of this.#workers) {
        worker.checkMemory()
        busy ||= worker.busy
      }
      if (busy) return
      clearInterval(this.#watch)
      this.#watch = undefined
    }, WATCH_MS).unref()
  }

  #after(durationMs: number, signal: AbortSignal, work: () => void): void {
    this.#options.clock.sleep(Math.min(durationMs, MAX_SLEEP_MS), signal).then(work, () => undefined)
  }
}

const stopping = () => new EngineError('GENERIC_INTERNAL_ERROR', 'The query engine is stopping')
