/** A query through Athena as a client sees it: started, asked after until it is over. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.ts'

export const BUCKET = 'bench'
export const DATABASE = 'bench'
const OUTPUT = `s3://${BUCKET}/results/`

interface Execution {
  readonly QueryExecution: {
    readonly Status: { readonly State: string; readonly StateChangeReason?: string }
    readonly Statistics: {
      readonly TotalExecutionTimeInMillis?: number
      readonly EngineExecutionTimeInMillis?: number
      readonly QueryPlanningTimeInMillis?: number
    }
    readonly ResultConfiguration: { readonly OutputLocation: string }
  }
}

export interface FinishedQuery {
  readonly id: string
  /** From before the start call until the answer that said SUCCEEDED. */
  readonly ms: number
  readonly engineMs: number
  readonly planningMs: number
}

/** Throws when it does not succeed. Asks every `pollMs`, later at each twentieth of the time that it has taken. */
export async function runQuery(client: Client, sql: string, pollMs = 2): Promise<FinishedQuery> {
  const from = performance.now()
  const { QueryExecutionId: id } = await client.athena<{ QueryExecutionId: string }>('StartQueryExecution', {
    QueryString: sql,
    ClientRequestToken: randomUUID(),
    QueryExecutionContext: { Database: DATABASE },
    ResultConfiguration: { OutputLocation: OUTPUT },
  })
  for (;;) {
    const { QueryExecution: query } = await client.athena<Execution>('GetQueryExecution', { QueryExecutionId: id })
    const { State, StateChangeReason } = query.Status
    if (State === 'SUCCEEDED')
      return {
        id,
        ms: performance.now() - from,
        engineMs: query.Statistics.EngineExecutionTimeInMillis ?? 0,
        planningMs: query.Statistics.QueryPlanningTimeInMillis ?? 0,
      }
    if (State !== 'QUEUED' && State !== 'RUNNING') throw new Error(`${State}: ${StateChangeReason}\n${sql}`)
    await sleep(Math.max(pollMs, (performance.now() - from) / 20))
  }
}

/** The rows of a result of at most a page, without its header. */
export async function resultRows(client: Client, id: string): Promise<(string | null)[][]> {
  const { ResultSet } = await client.athena<{
    ResultSet: { Rows: { Data: { VarCharValue?: string }[] }[] }
  }>('GetQueryResults', { QueryExecutionId: id, MaxResults: 1000 })
  return ResultSet.Rows.slice(1).map((row) => row.Data.map((datum) => datum.VarCharValue ?? null))
}

export async function putObject(client: Client, key: string, body: Uint8Array): Promise<void> {
  await client.send({ method: 'PUT', path: `/${BUCKET}/${key}`, service: 's3', body })
}

/** What every query here needs: a bucket for files and results, and a database. */
export async function createLake(client: Client): Promise<void> {
  await createBucket(client)
  await runQuery(client, `CREATE DATABASE ${DATABASE}`)
}

export async function createBucket(client: Client): Promise<void> {
  await client.send({ method: 'PUT', path: `/${BUCKET}`, service: 's3' })
}
