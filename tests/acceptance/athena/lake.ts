/** A lake with a results bucket, and queries followed to their end, for the Athena tests. */
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type GetQueryResultsOutput,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionInput,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { StartOptions } from '../../../src/main.ts'
import { startLake, type TestLake } from '../server.ts'
import { send } from '../wire/signed-request.ts'

export interface AthenaLake {
  readonly lake: TestLake
  readonly athena: AthenaClient
  readonly s3: S3Client
  readonly glue: GlueClient
  /** Starts a query in database `db` with its result under `s3://results/`, unless `more` says otherwise. */
  start(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<string>
  /** Resolves when the query is over, however it ended. */
  ended(id: string): Promise<QueryExecution>
  run(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<QueryExecution>
  /** Throws with the reason when the query does not succeed. */
  succeed(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<QueryExecution>
  /** The state change reason of a query that must fail. */
  failure(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<string>
  results(id: string): Promise<GetQueryResultsOutput>
  /** All rows without the header, NULL as null. */
  rows(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<(string | null)[][]>
  /** Rows of a utility statement: one text each. */
  lines(sql: string): Promise<string[]>
  /** An operation with an input that the SDK would not send as it is. */
  call<Answer = Record<string, string>>(operation: string, input: object): Promise<{ status: number; answer: Answer }>
  put(key: string, body: string | Uint8Array): Promise<void>
  /** Of an object named `s3://bucket/key`. */
  read(uri: string): Promise<{ readonly body: Buffer; readonly contentType: string | undefined }>
  close(): Promise<void>
}

/** Buckets `data` and `results`, database `db`. */
export async function athenaLake(options: StartOptions = {}): Promise<AthenaLake> {
  const lake = await startLake(options)
  const [athena, s3, glue] = [new AthenaClient(lake.client), new S3Client(lake.client), new GlueClient(lake.client)]
  for (const Bucket of ['data', 'results']) await s3.send(new CreateBucketCommand({ Bucket }))
  const start: AthenaLake['start'] = async (sql, more = {}) => {
    const { QueryExecutionId } = await athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: 'db' },
        ResultConfiguration: { OutputLocation: 's3://results/' },
        ...more,
      }),
    )
    return QueryExecutionId!
  }
  const ended: AthenaLake['ended'] = async (id) => {
    for (;;) {
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
      if (!['QUEUED', 'RUNNING'].includes(QueryExecution!.Status!.State!)) return QueryExecution!
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const run: AthenaLake['run'] = async (sql, more) => ended(await start(sql, more))
  const succeed: AthenaLake['succeed'] = async (sql, more) => {
    const execution = await run(sql, more)
    const { State, StateChangeReason } = execution.Status!
    if (State !== 'SUCCEEDED') throw new Error(`${State}: ${StateChangeReason}\n${sql}`)
    return execution
  }
  const results: AthenaLake['results'] = (id) => athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))
  const values = async (sql: string, more?: Partial<StartQueryExecutionInput>) => {
    const { QueryExecutionId } = await succeed(sql, more)
    const { ResultSet } = await results(QueryExecutionId!)
    return ResultSet!.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue ?? null))
  }
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' } }))
  return {
    lake,
    athena,
    s3,
    glue,
    start,
    ended,
    run,
    succeed,
    results,
    async failure(sql, more) {
      const { Status } = await run(sql, more)
      if (Status!.State !== 'FAILED') throw new Error(`${Status!.State}, not FAILED: ${sql}`)
      return Status!.StateChangeReason!
    },
    rows: async (sql, more) => (await values(sql, more)).slice(1),
    lines: async (sql) => (await values(sql)).map(([line]) => line ?? ''),
    async call<Answer>(operation: string, input: object) {
      const response = await send(lake, {
        service: 'athena',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonAthena.${operation}` },
        body: JSON.stringify(input),
      })
      return { status: response.status, answer: (await response.json()) as Answer }
    },
    async put(key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body }))
    },
    async read(uri) {
      const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!
      const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return { body: Buffer.from(await Body!.transformToByteArray()), contentType: ContentType }
    },
    async close() {
      for (const client of [athena, s3, glue]) client.destroy()
      await lake.stop()
    },
  }
}
