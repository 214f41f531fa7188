/** From a statement to a run of it: loaded with the first, since the compiler comes along. */
import { type BoundStoreQuery, bindStoreQuery } from '../../core/events/store-query.ts'
import { runStoreQuery } from '../../core/events/store-run.ts'
import type { EventStore } from '../../core/events/stores.ts'
import type { Lake } from '../../core/lake.ts'
import { EngineError } from '../../core/queries/engine-plan.ts'
import { failureOf, isExpected } from '../../core/queries/failure.ts'
import type { Ending, RunFailure } from '../../core/runs/run.ts'
import type { RunWork } from '../../core/runs/runs.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { SqlError } from '../../sql/position.ts'
import {
  resultKey,
  type StoreQueryResult,
  type StoreQueryRooms,
  type StoreQueryRun,
  type StoreQuerySpec,
} from './query-runs.ts'
import { deliverResult } from './result-delivery.ts'
import { activeStore } from './store-names.ts'

export interface BoundStatement {
  readonly bound: BoundStoreQuery
  readonly stores: ReadonlyMap<string, EventStore>
}

/** Throws `InvalidQueryStatementException` for what is no query of stores. */
export function bindStatement(lake: Lake, call: ServiceCall, text: string): BoundStatement {
  const stores = new Map<string, EventStore>()
  try {
    const session = { now: lake.clock.now(), user: call.principal.arn }
    const bound = bindStoreQuery(text, session, (id) => stores.set(id, activeStore(lake, call, id)))
    return { bound, stores }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    throw new AwsError('InvalidQueryStatementException', error.message)
  }
}

/** "ErrorMessage: maximum length of 1000" (docs: awscloudtrail APIReference, API_DescribeQuery). */
const MOST_CHARACTERS = 1000

export function workOf(
  { lake, limits, report }: StoreQueryRooms,
  { bound: query, stores }: BoundStatement,
): Pick<RunWork<StoreQuerySpec, StoreQueryResult>, 'work' | 'explain'> {
  return {
    async work(run, signal) {
      const staged = await lake.blobs.stage()
      const task = { query, stores, limits, localPath: staged.localPath! }
      try {
        const { outcome, scannedEvents } = await runStoreQuery(lake, task, signal)
        await staged.commit(resultKey(run.id))
        const columns = query.bound.output.map(({ name }) => name)
        return await ending(lake, run, {
          columns,
          rows: outcome.rows,
          scannedBytes: outcome.scannedBytes,
          scannedEvents,
        })
      } catch (error) {
        await staged.discard()
        throw error
      }
    },
    explain(error) {
      if (!isExpected(error)) report(error)
      return explained(error)
    },
  }
}

async function ending(lake: Lake, run: StoreQueryRun, result: StoreQueryResult): Promise<Ending<StoreQueryResult>> {
  const { deliveryUri } = run.spec
  if (deliveryUri === undefined) return { result }
  const { status, arrivals } = await deliverResult(lake, run, deliveryUri)
  return {
    result: { ...result, delivery: status },
    ...(arrivals && { appear: (alsoWrite) => arrivals.appear(alsoWrite) }),
  }
}

function explained(error: unknown): RunFailure {
  const isLate = error instanceof EngineError && error.code === 'EXCEEDED_TIME_LIMIT'
  return { reason: failureOf(error).reason.slice(0, MOST_CHARACTERS), ...(isLate && { detail: { isLate } }) }
}
