import { Fault } from '../faults.ts'
import type { Clock, StateStore, StateTransaction } from '../ports.ts'
import { WaitingLine } from '../waiting-line.ts'
import { type Ending, type Run, RunCancelled, RunError, type RunFailure, type RunState } from './run.ts'

/** How many runs of one kind work at the same time, how many more may wait before `start` refuses, how long each is kept. */
export interface RunLimits {
  readonly concurrent: number
  readonly queued: number
  /** From when it was submitted; for good where it is not said. */
  readonly keptMs?: number
}

export interface RunWork<Spec, Result> {
  readonly spec: Spec
  /** Persisted with the first record of the run, in the same transaction; a throw refuses the run. */
  readonly alsoWrite?: (tx: StateTransaction, run: Run<Spec, Result>) => void
  /** What fails is what is thrown: `RunError` with its detail, anything else by its message. */
  readonly work: (run: Run<Spec, Result>, signal: AbortSignal) => Promise<Ending<Result>>
  /** The failure that an error is, for errors with more to say than a message. */
  readonly explain?: (error: unknown) => RunFailure
  /** Told of the run when it is over, however it ended. Must not throw. */
  readonly ended?: (run: Run<Spec, Result>) => void
  /** What is to be kept of a run that did not succeed, beside why. */
  readonly interim?: () => Readonly<Record<string, unknown>>
}

const PAGE = 500

/** So that no transaction keeps the others waiting for long. */
const FORGOTTEN_AT_ONCE = 500

const ageKey = ({ id, submittedAt }: Run<unknown, unknown>): string => `${submittedAt}/${id}`

interface Active<Spec, Result> {
  run: Run<Spec, Result>
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/**
 * All runs of one kind. A run is written before it acts, so that nothing it writes survives without it, and it is on disk
 * before anyone is told of it; its end is on disk before anyone can see it, so no run is ever seen to end twice or to
 * un-end; what a crash interrupted is failed by `reap` at the next start.
 */
export class Runs<Spec, Result> {
  readonly #state: StateStore
  readonly #clock: Clock
  readonly #space: string
  /** Ids of the runs that have not ended, so that a restart finds them without reading all the others. */
  readonly #unfinished: string
  /** Ids by when they were submitted, so that what is too old is found without reading what is not. */
  readonly #ages: string
  readonly #limits: RunLimits
  readonly #active = new Map<string, Active<Spec, Result>>()
  readonly #line: WaitingLine
  /** Runs that are being written down and will want a place, by id. */
  readonly #starting = new Set<string>()

  constructor(kind: string, state: StateStore, clock: Clock, limits: RunLimits) {
    this.#space = `runs/${kind}`
    this.#unfinished = `runs/${kind}/unfinished`
    this.#ages = `runs/${kind}/ages`
    this.#state = state
    this.#clock = clock
    this.#limits = limits
    this.#line = new WaitingLine(limits.concurrent)
  }

  /** Resolves with the queued run once it is durable; the work begins when its turn comes, which may be before. */
  async start(id: string, work: RunWork<Spec, Result>): Promise<Run<Spec, Result>> {
    if (this.#starting.size + this.#line.waiting >= this.#line.free + this.#limits.queued)
      throw new Fault('limit', 'run', 'Too many runs are queued')
    const run: Run<Spec, Result> = {
      id,
      state: 'QUEUED',
      spec: work.spec,
      submittedAt: this.#clock.now().toISOString(),
    }
    this.#starting.add(id)
    try {
      await this.#state.transaction(
        (tx) => {
          work.alsoWrite?.(tx, run)
          tx.put(this.#space, id, run, 0)
          tx.put(this.#unfinished, id, true, 0)
          if (this.#limits.keptMs !== undefined) tx.put(this.#ages, ageKey(run), id)
        },
        () => {
          this.#starting.delete(id)
          void this.#conduct(run, work)
        },
      )
      return run
    } finally {
      this.#starting.delete(id)
    }
  }

  get(id: string): Run<Spec, Result> {
    const run = this.find(id)
    if (!run) throw new Fault('not-found', 'run', `Run ${id} was not found`)
    return run
  }

  find(id: string): Run<Spec, Result> | undefined {
    const run = this.#active.get(id)?.run ?? this.#state.get<Run<Spec, Result>>(this.#space, id)?.doc
    return run && run.submittedAt >= this.keptSince() ? run : undefined
  }

  /** In the order in which they were submitted, from this moment on; of runs that are kept for a time only. */
  *since(submittedAt: string): Generator<Run<Spec, Result>> {
    let after = submittedAt > this.keptSince() ? submittedAt : this.keptSince()
    for (;;) {
      const page = this.#state.list<string>(this.#ages, { after, limit: PAGE })
      for (const { doc: id } of page) {
        const run = this.find(id)
        if (run) yield run
      }
      if (page.length < PAGE) return
      after = page.at(-1)!.key
    }
  }

  /** What was submitted before is gone, though it may not have been forgotten yet. */
  keptSince(): string {
    const { keptMs } = this.#limits
    return keptMs === undefined ? '' : new Date(this.#clock.now().getTime() - keptMs).toISOString()
  }

  /** Resolves when the run is over, at the latest when the signal aborts. */
  async wait(id: string, signal: AbortSignal): Promise<Run<Spec, Result>> {
    const active = this.#active.get(id)
    if (active && !signal.aborted) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.race([active.ended, aborted])
    }
    return this.get(id)
  }

  /** Asks a run to end and resolves when it has; a run that is over stays as it is. */
  async cancel(id: string, reason: string): Promise<void> {
    const active = this.#active.get(id)
    if (!active) {
      this.get(id)
      return
    }
    active.abort.abort(new RunError(reason))
    await active.ended
  }

  /** Fails what an earlier process left unfinished; returns how many that were. Called once, before the first start. */
  async reap(): Promise<number> {
    const endedAt = this.#clock.now().toISOString()
    const failure = { reason: 'The server was stopped before the run ended' }
    let count = 0
    for (;;) {
      const left = this.#state.list(this.#unfinished, { limit: 1000 })
      if (left.length === 0) return count
      await this.#state.transaction((tx) => {
        for (const { key } of left) {
          const run = tx.get<Run<Spec, Result>>(this.#space, key)
          if (run) tx.put(this.#space, key, { ...run.doc, state: 'FAILED', endedAt, failure })
          tx.delete(this.#unfinished, key)
        }
      })
      count += left.length
    }
  }

  /** Forgets the runs that are gone, each with what `alsoForget` deletes of it; resolves with how many those were. */
  async forget(alsoForget: (tx: StateTransaction, run: Run<Spec, Result>) => void): Promise<number> {
    let count = 0
    for (;;) {
      const old = this.#state.list<string>(this.#ages, { before: this.keptSince(), limit: FORGOTTEN_AT_ONCE })
      if (old.length === 0) return count
      await this.#state.transaction((tx) => {
        for (const { key, doc: id } of old) {
          const run = tx.get<Run<Spec, Result>>(this.#space, id)?.doc
          if (run) alsoForget(tx, run)
          for (const space of [this.#space, this.#unfinished]) tx.delete(space, id)
          tx.delete(this.#ages, key)
        }
      })
      count += old.length
    }
  }

  /** Forgets one that is over, of a kind that is kept for good: for whoever knows that it is not asked for any more. */
  drop(tx: StateTransaction, id: string): void {
    if (!this.#active.has(id)) tx.delete(this.#space, id)
  }

  /** Cancels everything that is under way and resolves when all of it has ended. */
  async close(): Promise<void> {
    const all = [...this.#active.keys()]
    await Promise.all(all.map((id) => this.cancel(id, 'The server is stopping')))
  }

  async #conduct(queued: Run<Spec, Result>, work: RunWork<Spec, Result>): Promise<void> {
    const abort = new AbortController()
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const active: Active<Spec, Result> = { run: queued, abort, ended }
    this.#active.set(queued.id, active)
    const outcome = await this.#attempt(active, work)
    try {
      // What the work has left could not be kept: then it has failed.
      await this.#keepEnd(active, outcome).catch((error) => this.#keepEnd(active, failed(work, error)))
      this.#active.delete(queued.id)
    } catch (error) {
      // The end could not be kept (a full disk): this process still tells it, the next one will reap the run.
      active.run = this.#over(active.run, { state: 'FAILED', failure: plainFailure(error) })
    }
    const over = this.find(queued.id)
    if (over) work.ended?.(over)
    end()
  }

  #over(run: Run<Spec, Result>, { state, ending, failure }: Outcome<Result>): Run<Spec, Result> {
    return { ...run, state, result: ending?.result, failure, endedAt: this.#clock.now().toISOString() }
  }

  async #keepEnd(active: Active<Spec, Result>, outcome: Outcome<Result>): Promise<void> {
    const over = this.#over(active.run, outcome)
    const write = (tx: StateTransaction) => {
      tx.put(this.#space, over.id, over)
      tx.delete(this.#unfinished, over.id)
    }
    await (outcome.ending?.appear?.(write) ?? this.#state.transaction(write))
  }

  async #attempt(active: Active<Spec, Result>, run: RunWork<Spec, Result>): Promise<Outcome<Result>> {
    const { signal } = active.abort
    try {
      return await this.#line.inTurn(signal, async () => {
        active.run = { ...active.run, state: 'RUNNING', startedAt: this.#clock.now().toISOString() }
        return { state: 'SUCCEEDED', ending: await run.work(active.run, signal) }
      })
    } catch (error) {
      if (signal.aborted) return cancelled(run, signal.reason)
      return error instanceof RunCancelled ? cancelled(run, error) : failed(run, error)
    }
  }
}

interface Outcome<Result> {
  readonly state: RunState
  readonly ending?: Ending<Result>
  readonly failure?: RunFailure
}

type Explained = Pick<RunWork<never, never>, 'explain' | 'interim'>

function failed({ explain = plainFailure, interim }: Explained, error: unknown): Outcome<never> {
  return { state: 'FAILED', failure: withInterim(explain(error), interim) }
}

function cancelled({ interim }: Explained, reason: unknown): Outcome<never> {
  return { state: 'CANCELLED', failure: withInterim(plainFailure(reason), interim) }
}

const withInterim = (failure: RunFailure, interim: Explained['interim']): RunFailure =>
  interim ? { ...failure, detail: { ...interim(), ...failure.detail } } : failure

function plainFailure(error: unknown): RunFailure {
  if (error instanceof RunError) return { reason: error.message, detail: error.detail }
  return { reason: error instanceof Error ? error.message : String(error) }
}
