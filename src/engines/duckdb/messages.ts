/** What the pool and a worker say to each other over the process channel (structured clone). */
import type { EngineOutcome, EnginePlan, EngineProgress } from '../../core/queries/engine-plan.ts'
import type { SqlErrorName } from '../../sql/position.ts'
import type { FunctionEndpoints } from '../lambda/invocation.ts'

/** A plan as it travels: everything but the callback. */
export type PlanMessage = Omit<EnginePlan, 'onProgress'>

export type ToWorker =
  | { readonly kind: 'run'; readonly plan: PlanMessage }
  /** Stop what runs now; the answer is a failure. */
  | { readonly kind: 'cancel' }
  /** There will be nothing to do for a while. */
  | { readonly kind: 'rest' }

export type FromWorker =
  /** Loaded, and an instance stands ready for whatever comes; `ready` are the keys of grants that others stand ready for. */
  | { readonly kind: 'ready'; readonly ready: readonly string[] }
  | { readonly kind: 'progress'; readonly progress: EngineProgress }
  /** Some of the rows of a `rows` sink, the next in their order: all of them come before the outcome, which has none itself. */
  | { readonly kind: 'values'; readonly values: EngineOutcome['values'] }
  | { readonly kind: 'done'; readonly outcome: EngineOutcome; readonly ready: readonly string[] }
  | { readonly kind: 'failed'; readonly code: SqlErrorName; readonly message: string }

/** What a worker needs to know when it starts: its only argument, as JSON. */
export interface WorkerSettings {
  /** This worker's own directory; the pool makes and removes it. */
  readonly temporaryDirectory: string
  /** No plan gets more memory than this, whatever its limits say. */
  readonly memoryBytes: number
  /** Where functions of Lambda answer. */
  readonly functions: FunctionEndpoints
}
