/** Queries of event data stores as runs: what was asked, what came of it, and where the results lie. */
import type { DeliveryStatus } from '@aws-sdk/client-cloudtrail'
import type { Lake } from '../../core/lake.ts'
import type { Run } from '../../core/runs/run.ts'
import type { Runs } from '../../core/runs/runs.ts'

export interface StoreQuerySpec {
  readonly account: string
  readonly region: string
  /** Who asked. */
  readonly user: string
  readonly query: string
  /** Ids of the stores that it names. */
  readonly stores: readonly string[]
  /** Where the result is also to be delivered, as the caller gave it. */
  readonly deliveryUri?: string
}

export interface StoreQueryResult {
  readonly columns: readonly string[]
  readonly rows: number
  readonly scannedBytes: number
  readonly scannedEvents: number
  readonly delivery?: DeliveryStatus
}

export type StoreQueryRun = Run<StoreQuerySpec, StoreQueryResult>
export type StoreQueryRuns = Runs<StoreQuerySpec, StoreQueryResult>

export interface StoreQueryRooms {
  readonly lake: Lake
  readonly runs: StoreQueryRuns
  readonly limits: { readonly memoryBytes: number; readonly timeoutMs: number }
  readonly report: (error: unknown) => void
}

export const resultKey = (id: string): string => `cloudtrail/results/${id}`

/** Forgets queries that are not told of any more, with their results: also of those that a crash has ended. */
export async function forgetQueries({ blobs }: Lake, runs: StoreQueryRuns): Promise<void> {
  const results: string[] = []
  await runs.forget((_, { id }) => results.push(resultKey(id)))
  await blobs.delete(results)
}
