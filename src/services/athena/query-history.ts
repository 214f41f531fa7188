/** What Athena knows of its queries beside the runs themselves: their order, their tokens. It goes when they do. */
import type { StateReader, StateTransaction } from '../../core/ports.ts'
import { invalidRequest } from './faults.ts'
import { expectManaged } from './managed-results.ts'
import type { QueryRun, QueryRuns } from './query-executions.ts'
import type { QuerySpec } from './query-run.ts'
import { forgetForReuse, isReusable, rememberForReuse } from './result-reuse.ts'
import { historyOf, tokenSpace } from './spaces.ts'

/** "Athena keeps a query history for 45 days" (docs: athena ug, queries-viewing-history). */
export const HISTORY_MS = 45 * 24 * 60 * 60 * 1000

interface StartToken {
  readonly id: string
  /** What a retry must repeat exactly. */
  readonly print: string
  readonly submittedAt: string
}

const historyKey = ({ id, submittedAt }: QueryRun): string => `${submittedAt}/${id}`

/** The query that a request's token has started, if it is still kept. Throws where the request is not the same. */
export function startedBy(
  state: StateReader,
  runs: QueryRuns,
  { spec, print }: { readonly spec: QuerySpec; readonly print: string },
): string | undefined {
  const started = state.get<StartToken>(tokenSpace(spec), spec.requestToken)?.doc
  if (!started || started.submittedAt < runs.keptSince()) return undefined
  if (started.print === print) return started.id
  throw invalidRequest('Idempotent parameters do not match', 'IDEMPOTENT_PARAMETER_MISMATCH')
}

/** For the transaction that starts the query. */
export function remember(tx: StateTransaction, run: QueryRun, print: string): void {
  const { id, spec, submittedAt } = run
  tx.put(tokenSpace(spec), spec.requestToken, { id, print, submittedAt } satisfies StartToken)
  tx.put(historyOf(spec, spec.workGroup), historyKey(run), id)
  if (isReusable(spec)) rememberForReuse(tx, spec, id)
  expectManaged(tx, run)
}

/** For the transaction that forgets it. */
export function forget(tx: StateTransaction, run: QueryRun): void {
  const { id, spec } = run
  const token = tx.get<StartToken>(tokenSpace(spec), spec.requestToken)
  if (token?.doc.id === id) tx.delete(tokenSpace(spec), spec.requestToken)
  tx.delete(historyOf(spec, spec.workGroup), historyKey(run))
  forgetForReuse(tx, spec, id)
}

/** Ids, the latest first, by the keys that pages begin with. */
export const listedQueries = (
  state: StateReader,
  runs: QueryRuns,
  space: string,
  range: { readonly after?: string; readonly limit: number },
) => state.list<string>(space, { before: range.after, after: runs.keptSince(), limit: range.limit, descending: true })
