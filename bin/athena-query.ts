/** A query through the Athena API, followed to its end. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiTarget, callJson, callJsonWithHeaders, callS3 } from './api-client.ts'

export interface QueryStatus {
  readonly state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  readonly reason?: string
  /** How far it is, 0 to 1, where that is known. */
  readonly fraction?: number
  readonly scannedBytes: number
  readonly totalMs: number
  readonly statementType: string
  readonly substatementType: string
}

interface ExecutionAnswer {
  readonly QueryExecution: {
    readonly StatementType: string
    readonly SubstatementType: string
    readonly Status: { readonly State: QueryStatus['state']; readonly StateChangeReason?: string }
    readonly Statistics: { readonly DataScannedInBytes?: number; readonly TotalExecutionTimeInMillis?: number }
  }
}

/** Where results go when nobody says: the bucket that AWS's own tools make for it. */
export async function resultBucket(target: ApiTarget): Promise<string> {
  const name = `aws-athena-query-results-000000000000-${target.region}`
  const body =
    target.region === 'us-east-1'
      ? ''
      : `<CreateBucketConfiguration><LocationConstraint>${target.region}</LocationConstraint></CreateBucketConfiguration>`
  await callS3(target, 'PUT', `/${name}`, body)
  return name
}

export interface QueryRequest {
  readonly sql: string
  readonly database?: string
  /** `s3://bucket/folder/`. */
  readonly output: string
  /** A result of the same question that is at most so old will do. */
  readonly reuseMinutes?: number
  readonly onStatus?: (status: QueryStatus) => void
  readonly signal?: AbortSignal
}

/** Resolves when the query is over, however it ended. Aborting stops the query. */
export async function runAthenaQuery(
  target: ApiTarget,
  request: QueryRequest,
): Promise<{ id: string; status: QueryStatus }> {
  const { QueryExecutionId: id } = await callJson<{ QueryExecutionId: string }>(
    target,
    'athena',
    'StartQueryExecution',
    {
      QueryString: request.sql,
      ClientRequestToken: randomUUID(),
      ResultConfiguration: { OutputLocation: request.output },
      ResultReuseConfiguration:
        request.reuseMinutes === undefined
          ? undefined
          : {
              ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: request.reuseMinutes },
            },
      QueryExecutionContext: request.database === undefined ? undefined : { Database: request.database },
    },
  )
  let told = false
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.5, 200)) {
    if (request.signal?.aborted && !told) {
      told = true
      await callJson(target, 'athena', 'StopQueryExecution', { QueryExecutionId: id })
    }
    const { answer, headers } = await callJsonWithHeaders<ExecutionAnswer>(target, 'athena', 'GetQueryExecution', {
      QueryExecutionId: id,
    })
    const status = readStatus(answer, headers.get('x-lentic-progress'))
    request.onStatus?.(status)
    if (status.state !== 'QUEUED' && status.state !== 'RUNNING') return { id, status }
    await pause(waitMs, told ? undefined : request.signal)
  }
}

/** Ends early when the signal comes. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)

function readStatus({ QueryExecution: execution }: ExecutionAnswer, progress: string | null): QueryStatus {
  return {
    ...(progress !== null && { fraction: Number(progress) }),
    state: execution.Status.State,
    reason: execution.Status.StateChangeReason,
    scannedBytes: execution.Statistics.DataScannedInBytes ?? 0,
    totalMs: execution.Statistics.TotalExecutionTimeInMillis ?? 0,
    statementType: execution.StatementType,
    substatementType: execution.SubstatementType,
  }
}

export interface ResultPage {
  /** How many rows a statement has written; 0 of one that writes none. */
  readonly updateCount: number
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

interface ResultsAnswer {
  readonly NextToken?: string
  readonly UpdateCount?: number
  readonly ResultSet: {
    readonly Rows: readonly { readonly Data: readonly { readonly VarCharValue?: string }[] }[]
    readonly ResultSetMetadata: { readonly ColumnInfo: readonly { readonly Name: string; readonly Type: string }[] }
  }
}

/** The result page by page, without the header row that the first page of a SELECT begins with. */
export async function* resultPages(target: ApiTarget, id: string, status: QueryStatus): AsyncGenerator<ResultPage> {
  const hasHeader = status.statementType === 'DML' && status.substatementType !== 'EXPLAIN'
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const answer: ResultsAnswer = await callJson(target, 'athena', 'GetQueryResults', {
      QueryExecutionId: id,
      NextToken: token,
      MaxResults: 1000,
    })
    const rows = answer.ResultSet.Rows.map((row) => row.Data.map((datum) => datum.VarCharValue ?? null))
    const columns = answer.ResultSet.ResultSetMetadata.ColumnInfo.map((c) => ({ name: c.Name, type: c.Type }))
    yield { updateCount: answer.UpdateCount ?? 0, columns, rows: first && hasHeader ? rows.slice(1) : rows }
    token = answer.NextToken
  }
}
