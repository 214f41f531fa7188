/** Queries of event data stores as runs, and their results as pages. */
import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { csvValues } from '../../core/queries/result-csv.ts'
import { CSV, readRecords } from '../../core/queries/result-records.ts'
import { isOver, type RunState } from '../../core/runs/run.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { requireStoreKeys } from './key-arn.ts'
import { numberIn, pageOf, tokenOfNumber } from './pages.ts'
import { resultKey, type StoreQueryRooms, type StoreQueryRun } from './query-runs.ts'
import { refuseBucket } from './result-delivery.ts'
import { activeStore, findStore } from './store-names.ts'

/** "The maximum number of concurrent queries is 10" of an account (docs: awscloudtrail APIReference, API_StartQuery). */
const MOST_AT_ONCE = 10
const MOST_ROWS = 1000

export const storeQueryHandlers = (rooms: StoreQueryRooms): Handlers<typeof Sdk> => {
  const { lake, runs } = rooms
  const places = new Places()
  return {
    async StartQuery({ QueryStatement: query, QueryAlias, DeliveryS3Uri: deliveryUri, ...rest }, call) {
      refuseOwner(rest.EventDataStoreOwnerAccountId, call)
      if (QueryAlias !== undefined)
        throw new Fault('unsupported', 'query', 'There are no dashboards here, and no aliases.')
      if (query === undefined) throw new Fault('invalid', 'query', 'A QueryStatement is required.')
      if (deliveryUri !== undefined) refuseBucket(lake, call, deliveryUri)
      const { bindStatement, workOf } = await import('./store-query-run.ts')
      const { bound, stores } = bindStatement(lake, call, query)
      requireStoreKeys(lake, call, stores.values(), ['Decrypt', 'GenerateDataKey'])
      const { account, region } = call
      const spec = { account, region, user: call.principal.arn, query, stores: [...stores.keys()] }
      places.take(account)
      const work = {
        spec: { ...spec, ...(deliveryUri !== undefined && { deliveryUri }) },
        ...workOf(rooms, { bound, stores }),
        ended: () => places.leave(account),
      }
      const run = await runs.start(randomUUID(), work).catch((error: unknown) => {
        places.leave(account)
        throw error
      })
      return { QueryId: run.id }
    },
    DescribeQuery({ QueryId, QueryAlias, ...rest }, call) {
      refuseOwner(rest.EventDataStoreOwnerAccountId, call)
      if (QueryAlias !== undefined)
        throw new Fault('unsupported', 'query', 'There are no dashboards here, and no aliases.')
      if (QueryId === undefined) throw new Fault('invalid', 'query', 'A QueryId is required.')
      const run = foundQuery(rooms, call, QueryId)
      const { result, spec } = run
      const { deliveryUri } = spec
      return {
        QueryId,
        QueryString: spec.query,
        QueryStatus: statusOf(run),
        QueryStatistics: {
          EventsMatched: result?.rows ?? 0,
          EventsScanned: result?.scannedEvents ?? 0,
          BytesScanned: result?.scannedBytes ?? 0,
          ExecutionTimeInMillis: spentMs(run),
          CreationTime: new Date(run.submittedAt),
        },
        ...(run.failure && { ErrorMessage: run.failure.reason }),
        ...(deliveryUri !== undefined && {
          DeliveryS3Uri: deliveryUri,
          DeliveryStatus: deliveryOf(run),
        }),
      }
    },
    async GetQueryResults({ QueryId, MaxQueryResults = MOST_ROWS, NextToken, ...rest }, call) {
      refuseOwner(rest.EventDataStoreOwnerAccountId, call)
      const run = foundQuery(rooms, call, QueryId)
      if (MaxQueryResults < 1 || MaxQueryResults > MOST_ROWS)
        throw new AwsError('InvalidMaxResultsException', `Max results must be between 1 and ${MOST_ROWS}.`)
      requireStoreKeys(
        lake,
        call,
        run.spec.stores.map((id) => findStore(lake, call, id)),
        ['Decrypt'],
      )
      const { result } = run
      if (!result) return { QueryStatus: statusOf(run), ...(run.failure && { ErrorMessage: run.failure.reason }) }
      const { rows, next } = await resultPage(lake, run, MaxQueryResults, NextToken)
      return {
        QueryStatus: statusOf(run),
        QueryStatistics: {
          ResultsCount: rows.length,
          TotalResultsCount: result.rows,
          BytesScanned: result.scannedBytes,
        },
        QueryResultRows: rows.map((row) => row.map((value, i) => ({ [result.columns[i]!]: value ?? '' }))),
        NextToken: next,
      }
    },
    async CancelQuery({ QueryId, EventDataStoreOwnerAccountId }, call) {
      refuseOwner(EventDataStoreOwnerAccountId, call)
      const run = foundQuery(rooms, call, QueryId)
      if (isOver(run.state))
        throw new AwsError('InactiveQueryException', `The query ${QueryId} cannot be canceled: it is ${statusOf(run)}.`)
      await runs.cancel(QueryId, 'The query was canceled.')
      return { QueryId, QueryStatus: statusOf(runs.get(QueryId)) }
    },
    ListQueries({ EventDataStore, QueryStatus, StartTime, EndTime, MaxResults, NextToken }, call) {
      const { id } = activeStore(lake, call, EventDataStore)
      if (StartTime && EndTime && StartTime > EndTime)
        throw new AwsError('InvalidDateRangeException', 'The start time must be before the end time.')
      const found = [...runs.since(StartTime?.toISOString() ?? '')]
        .filter(({ spec, submittedAt }) => {
          const isHere = spec.account === call.account && spec.region === call.region && spec.stores.includes(id)
          return isHere && (!EndTime || new Date(submittedAt) <= EndTime)
        })
        .filter((run) => QueryStatus === undefined || statusOf(run) === QueryStatus)
        .reverse()
      const { items, next } = pageOf(found, { most: 1000, size: MaxResults, token: NextToken })
      return {
        Queries: items.map((run) => ({
          QueryId: run.id,
          QueryStatus: statusOf(run),
          CreationTime: new Date(run.submittedAt),
        })),
        NextToken: next,
      }
    },
  }
}

function refuseOwner(owner: string | undefined, { account }: ServiceCall): void {
  if (owner !== undefined && owner !== account)
    throw new Fault('denied', 'query', `The event data stores of the account ${owner} are not shared with ${account}.`)
}

/** How many queries of each account are queued or running. */
class Places {
  readonly #taken = new Map<string, number>()

  take(account: string): void {
    const taken = this.#taken.get(account) ?? 0
    if (taken >= MOST_AT_ONCE)
      throw new AwsError('MaxConcurrentQueriesException', `The account ${account} runs ${taken} queries already.`)
    this.#taken.set(account, taken + 1)
  }

  leave(account: string): void {
    const left = this.#taken.get(account)! - 1
    if (left === 0) this.#taken.delete(account)
    else this.#taken.set(account, left)
  }
}

/** Of a store that is to be deleted nothing is told, and no store sees another account's queries. */
function foundQuery({ lake, runs }: StoreQueryRooms, call: ServiceCall, id: string): StoreQueryRun {
  const run = runs.find(id)
  if (!run || run.spec.account !== call.account || run.spec.region !== call.region)
    throw new AwsError('QueryIdNotFoundException', `The query ${id} does not exist.`)
  for (const store of run.spec.stores) activeStore(lake, call, findStore(lake, call, store).id)
  return run
}

const STATUSES: Readonly<Record<RunState, Sdk.QueryStatus>> = {
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  SUCCEEDED: 'FINISHED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
}

const statusOf = ({ state, failure }: StoreQueryRun): Sdk.QueryStatus =>
  failure?.detail?.isLate === true ? 'TIMED_OUT' : STATUSES[state]

function deliveryOf({ state, result }: StoreQueryRun): Sdk.DeliveryStatus {
  if (!isOver(state)) return 'PENDING'
  if (state === 'CANCELLED') return 'CANCELLED'
  return result?.delivery ?? 'FAILED'
}

function spentMs({ startedAt, endedAt }: StoreQueryRun): number {
  return startedAt !== undefined && endedAt !== undefined ? Date.parse(endedAt) - Date.parse(startedAt) : 0
}

interface ResultPage {
  readonly rows: readonly (readonly (string | null)[])[]
  readonly next?: string
}

/** The token says at which byte of the result the page begins; the first begins behind the names. */
async function resultPage({ blobs }: Lake, run: StoreQueryRun, limit: number, token?: string): Promise<ResultPage> {
  const key = resultKey(run.id)
  const { sizeBytes } = (await blobs.stat(key)) ?? { sizeBytes: 0 }
  const read = (start: number, count: number) => readRecords(blobs.read(key, { start, end: sizeBytes - 1 }), count, CSV)
  const start = token === undefined ? (await read(0, 1)).nextOffset! : numberIn(token)
  if (start >= sizeBytes) return { rows: [] }
  const { records, nextOffset } = await read(start, limit)
  const next = nextOffset === undefined ? sizeBytes : start + nextOffset
  return { rows: records.map(csvValues), ...(next < sizeBytes && { next: tokenOfNumber(next) }) }
}
