import type * as Sdk from '@aws-sdk/client-athena'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import type { EngineProgress } from '../../core/queries/engine-plan.ts'
import { isOver, type Run } from '../../core/runs/run.ts'
import type { Runs } from '../../core/runs/runs.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { isManaged, managedSizeBytes } from './managed-results.ts'
import { page } from './paging.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import { listedQueries, remember, startedBy } from './query-history.ts'
import { measureQuery } from './query-measures.ts'
import type { QueryFailureDetail, QueryResult, QuerySettings, QuerySpec, UnfinishedQuery } from './query-run.ts'
import { manifestUri } from './result-files.ts'
import { reusedResult } from './result-reuse.ts'
import { runtimeStatistics, timings } from './runtime-statistics.ts'
import { historyOf } from './spaces.ts'
import { findWorkGroup, PRIMARY } from './work-groups.ts'

export type QueryRun = Run<QuerySpec, QueryResult>
export type QueryRuns = Runs<QuerySpec, QueryResult>

/**
 * Whoever asks after a query that runs is answered when it ends, at the latest after as long as a request to a distant
 * region takes: most queries are over by then, and clients that ask but every second need not ask again. Who asks again and
 * after no other has nothing else to wait for, and is answered later: each answer takes time from the query.
 */
const HOLD_MS = 50
const HOLD_AGAIN_MS = 500

/** The caller's own query; those of other accounts do not exist. */
export function foundQuery(runs: QueryRuns, id: string, call: ServiceCall): QueryRun {
  const run = runs.find(id)
  if (run && run.spec.account === call.account && run.spec.region === call.region) return run
  throw invalidRequest(`QueryExecution ${id} was not found`, 'QUERY_EXECUTION_NOT_FOUND')
}

export function queryExecutionHandlers(
  lake: Lake,
  runs: QueryRuns,
  { report, places, ...limits }: QuerySettings,
): Handlers<typeof Sdk> {
  const progress = new Map<string, EngineProgress>()
  /** The query that was started or asked after last, by account. */
  const asked = new Map<string, string>()
  const describe = (run: QueryRun): Sdk.QueryExecution => queryExecution(run, progress.get(run.id), lake.clock.now())
  return {
    async StartQueryExecution(input, call) {
      // The compiler and all statements: a server that is asked for none starts, and lives, without.
      const { fingerprint, startedQuery } = await import('./query-start.ts')
      const { explainFailure, runStatement } = await import('./query-run.ts')
      // A retry is looked at only once the request is known to be sound (observed).
      const { id, spec, statement, parameters } = startedQuery(lake, input, call)
      const request = { spec, print: fingerprint(input, spec) }
      const earlier = startedBy(lake.state, runs, request)
      if (earlier) return { QueryExecutionId: earlier }
      let scannedBytes = 0
      const onProgress = (seen: EngineProgress): void => {
        scannedBytes = seen.scannedBytes
        progress.set(id, seen)
      }
      try {
        await runs.start(id, {
          spec,
          alsoWrite(tx, run) {
            const first = startedBy(tx, runs, request)
            if (first) throw new TokenTaken(first)
            remember(tx, run, request.print)
          },
          work: async (run, signal) => {
            const reused = reusedResult(forwardedLake(lake, spec, ATHENA_PRINCIPAL), runs, run)
            if (reused) return { result: reused }
            try {
              return await runStatement(
                lake,
                { id: run.id, spec, statement, parameters, limits, places, onProgress },
                signal,
              )
            } finally {
              progress.delete(id)
            }
          },
          explain: (error) => explainFailure(error, report),
          interim: () => ({ scannedBytes }) satisfies UnfinishedQuery,
          ended(run) {
            if (spec.isMeasured) measureQuery(lake, run, run.result?.statistics.scannedBytes ?? scannedBytes)
          },
        })
      } catch (error) {
        if (error instanceof TokenTaken) return { QueryExecutionId: error.id }
        throw error
      }
      asked.set(call.account, id)
      return { QueryExecutionId: id }
    },
    StopQueryExecution(input, call) {
      const run = foundQuery(runs, input.QueryExecutionId!, call)
      // Athena answers at once; the query is cancelled when its engine has let go of it.
      if (!isOver(run.state)) void runs.cancel(run.id, 'Query cancelled by user')
      return {}
    },
    async GetQueryExecution({ QueryExecutionId }, call) {
      const { id, state } = foundQuery(runs, QueryExecutionId, call)
      const again = asked.get(call.account) === id
      asked.set(call.account, id)
      if (!isOver(state)) await runs.wait(id, AbortSignal.timeout(again ? HOLD_AGAIN_MS : HOLD_MS))
      const fraction = progress.get(id)?.fraction
      // AWS says nowhere how far a query is, and its clients do not look; ours does.
      if (fraction !== undefined) call.reply.headers['x-lentic-progress'] = fraction.toFixed(4)
      return { QueryExecution: describe(foundQuery(runs, QueryExecutionId, call)) }
    },
    BatchGetQueryExecution(input, call) {
      const found: Sdk.QueryExecution[] = []
      const missing: Sdk.UnprocessedQueryExecutionId[] = []
      for (const id of input.QueryExecutionIds) {
        try {
          found.push(describe(foundQuery(runs, id, call)))
        } catch (error) {
          missing.push({
            QueryExecutionId: id,
            ErrorCode: 'QUERY_EXECUTION_NOT_FOUND',
            ErrorMessage: (error as Error).message,
          })
        }
      }
      return { QueryExecutions: found, UnprocessedQueryExecutionIds: missing }
    },
    ListQueryExecutions(input, call) {
      const workGroup = input.WorkGroup ?? PRIMARY
      findWorkGroup(lake, call, workGroup)
      const space = historyOf(call, workGroup)
      const { items, NextToken } = page(
        input,
        50,
        (range) => listedQueries(lake.state, runs, space, range),
        (row) => row.key,
      )
      return { QueryExecutionIds: items.map((row) => row.doc), NextToken }
    },
    async GetQueryRuntimeStatistics(input, call) {
      const run = foundQuery(runs, input.QueryExecutionId, call)
      // A query that wrote a table leaves no result beside it.
      const outputBytes = run.result?.statistics.writtenBytes ?? (await resultSizeBytes(lake, run, resultLocation(run)))
      return { QueryRuntimeStatistics: runtimeStatistics(run, lake.clock.now(), outputBytes) }
    },
  }
}

/** By a request that was sent twice at once. */
class TokenTaken extends Error {
  readonly id: string

  constructor(id: string) {
    super(`The token has started ${id}`)
    this.id = id
  }
}

/** Of what lies there for the query; undefined where nothing does. */
const resultSizeBytes = async (lake: Lake, run: QueryRun, uri: string): Promise<number | undefined> =>
  isManaged(uri) ? managedSizeBytes(lake, run, uri) : lake.files.stat(uri)?.sizeBytes

/** Its own result, or that of the query whose result it reuses. */
export const resultLocation = ({ result, spec }: QueryRun): string => result?.reusedFrom ?? spec.resultUri

/** Undefined while it runs. */
const scannedBytes = ({ result, failure }: QueryRun): number | undefined =>
  result?.statistics.scannedBytes ?? (failure?.detail as UnfinishedQuery | undefined)?.scannedBytes

function queryExecution(run: QueryRun, progress: EngineProgress | undefined, now: Date): Sdk.QueryExecution {
  const { spec } = run
  const time = timings(run, now)
  return {
    QueryExecutionId: run.id,
    Query: spec.query,
    StatementType: spec.statementType as Sdk.StatementType,
    SubstatementType: spec.substatementType,
    ManagedQueryResultsConfiguration: spec.managed,
    ResultConfiguration: {
      OutputLocation: spec.managed ? undefined : resultLocation(run),
      EncryptionConfiguration: spec.encryption,
      ExpectedBucketOwner: spec.expectedBucketOwner,
      AclConfiguration: spec.acl,
    },
    ResultReuseConfiguration: {
      ResultReuseByAgeConfiguration:
        spec.reuseMinutes === undefined ? { Enabled: false } : { Enabled: true, MaxAgeInMinutes: spec.reuseMinutes },
    },
    QueryExecutionContext: { Catalog: spec.catalog, Database: spec.database },
    Status: status(run),
    Statistics: {
      EngineExecutionTimeInMillis: time.engineMs,
      DataScannedInBytes: scannedBytes(run) ?? progress?.scannedBytes ?? 0,
      DataManifestLocation: run.result?.manifest && !spec.managed ? manifestUri(spec.resultUri) : undefined,
      TotalExecutionTimeInMillis: time.totalMs,
      QueryQueueTimeInMillis: time.queueMs,
      QueryPlanningTimeInMillis: time.planningMs,
      ServiceProcessingTimeInMillis: time.serviceMs,
      ResultReuseInformation: { ReusedPreviousResult: run.result?.reusedFrom !== undefined },
    },
    WorkGroup: spec.workGroup,
    EngineVersion: spec.engineVersion,
    ExecutionParameters: spec.parameters && [...spec.parameters],
  }
}

function status(run: QueryRun): Sdk.QueryExecutionStatus {
  const detail = run.failure?.detail as QueryFailureDetail | undefined
  return {
    State: run.state,
    StateChangeReason: run.failure?.reason,
    SubmissionDateTime: new Date(run.submittedAt),
    CompletionDateTime: run.endedAt === undefined ? undefined : new Date(run.endedAt),
    AthenaError:
      run.state === 'FAILED'
        ? {
            ErrorCategory: detail?.category ?? 1,
            ErrorType: detail?.type ?? 100,
            Retryable: detail === undefined,
            ErrorMessage: detail?.message ?? run.failure?.reason,
          }
        : undefined,
  }
}
