/** A server that is killed: a process of its own on a directory that outlives it, and who asks it. */
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { launch, type Running } from '../cli/process.ts'

/** Other errors tell that the server is gone. */
export class StatementFailed extends Error {}

/** One that a failed test has left would keep its file from ending. */
const launched: Running[] = []
after(async () => {
  for (const { child, ended } of launched) {
    child.kill('SIGKILL')
    await ended
  }
})

export async function serve(data: string) {
  const server = launch(['serve', '--port', '0', '--data', data])
  launched.push(server)
  const endpoint = /http:\/\/\S+:\d+/.exec(await server.said(', keeping '))![0]
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  }
  const athena = new AthenaClient(settings)
  const run = async (sql: string): Promise<string> => {
    const { QueryExecutionId } = await athena.send(
      new StartQueryExecutionCommand({ QueryString: sql, ResultConfiguration: { OutputLocation: 's3://results/' } }),
    )
    for (;;) {
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
      const { State, StateChangeReason } = QueryExecution!.Status!
      if (State === 'FAILED' || State === 'CANCELLED') throw new StatementFailed(`${StateChangeReason}\n${sql}`)
      if (State === 'SUCCEEDED') return QueryExecutionId!
      await sleep(10)
    }
  }
  return {
    server,
    run,
    rows: async (sql: string) => {
      const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: await run(sql) }))
      return ResultSet!.Rows!.slice(1).map((row) => row.Data!.map((datum) => datum.VarCharValue ?? null))
    },
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    glue: new GlueClient(settings),
  }
}

export type Served = Awaited<ReturnType<typeof serve>>

/** Buckets `data` and `results`, database `db`. */
export async function makeLake(data: string): Promise<void> {
  const { server, s3, glue } = await serve(data)
  for (const Bucket of ['data', 'results']) await s3.send(new CreateBucketCommand({ Bucket }))
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' } }))
  server.child.kill()
  await server.ended
}
