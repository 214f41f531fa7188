import type { StateTransaction } from '../ports.ts'

/**
 * A run: anything asked for now that ends later (queries; later crawlers, jobs, statements). One lifecycle for all:
 * queued, running, then exactly one of succeeded, failed, cancelled. Knows nothing of what a run does.
 */

export type RunState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'

/** `Spec` is what was asked, `Result` what came of it; both are JSON. */
export interface Run<Spec, Result> {
  readonly id: string
  readonly state: RunState
  readonly spec: Spec
  /** ISO 8601, as all times here. */
  readonly submittedAt: string
  readonly startedAt?: string
  readonly endedAt?: string
  readonly result?: Result
  readonly failure?: RunFailure
}

export interface RunFailure {
  /** What the state change is explained with. */
  readonly reason: string
  /** What else a door wants to say about it, as JSON. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** What a run's work comes to. */
export interface Ending<Result> {
  readonly result: Result
  /** Shows what the work has left, in one transaction with `alsoWrite`: the end of the run. Where it fails it does neither, and the run fails. */
  readonly appear?: (alsoWrite: (tx: StateTransaction) => void) => Promise<unknown>
}

export const isOver = (state: RunState): boolean => state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED'

/** Thrown by a run's work that ended itself: the run is cancelled, not failed. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled'
}

/** Thrown by a run's work to fail it with more than a message. */
export class RunError extends Error {
  override readonly name = 'RunError'
  readonly detail: Readonly<Record<string, unknown>>

  constructor(reason: string, detail: Readonly<Record<string, unknown>> = {}) {
    super(reason)
    this.detail = detail
  }
}
