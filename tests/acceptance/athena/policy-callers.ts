/** Users of a lake whose policies a test rewrites, and queries that they start. */
import assert from 'node:assert/strict'
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionInput,
} from '@aws-sdk/client-athena'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import type { TestLake } from '../server.ts'

export const ACCOUNT = '000000000000'

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: object
}

export const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*'): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
})

export interface PolicyCaller {
  readonly arn: string
  readonly client: TestLake['client']
  readonly athena: AthenaClient
  /** From now on its only policy. */
  may(...statements: readonly Statement[]): Promise<void>
  /** What it was told at once, or how the query ended. */
  run(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<QueryExecution>
  /** Why it failed; '' where it succeeded. */
  refusal(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<string>
  rows(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<(string | null)[][]>
  close(): void
}

export async function policyCaller(lake: TestLake, name: string): Promise<PolicyCaller> {
  const iam = new IAMClient(lake.client)
  await iam.send(new CreateUserCommand({ UserName: name }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  const client = { ...lake.client, credentials }
  const athena = new AthenaClient(client)
  const run: PolicyCaller['run'] = async (sql, more = {}) => {
    const { QueryExecutionId } = await athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: 'db' },
        ResultConfiguration: { OutputLocation: 's3://results/out/' },
        ...more,
      }),
    )
    for (;;) {
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
      if (!['QUEUED', 'RUNNING'].includes(QueryExecution!.Status!.State!)) return QueryExecution!
    }
  }
  return {
    arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
    client,
    athena,
    run,
    async may(...statements) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'all', PolicyDocument }))
    },
    async refusal(sql, more) {
      try {
        const { Status } = await run(sql, more)
        return Status!.State === 'SUCCEEDED' ? '' : Status!.StateChangeReason!
      } catch (error) {
        return (error as Error).message
      }
    },
    async rows(sql, more) {
      const { QueryExecutionId, Status } = await run(sql, more)
      if (Status!.State !== 'SUCCEEDED') throw new Error(`${Status!.StateChangeReason}\n${sql}`)
      const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }))
      return ResultSet!.Rows!.slice(1).map((row) => row.Data!.map((datum) => datum.VarCharValue ?? null))
    },
    close() {
      iam.destroy()
      athena.destroy()
    },
  }
}

export type KeyAction = 'Decrypt' | 'Encrypt' | 'GenerateDataKey'

/** With all of these on the key, beside the rest, it is done; without any one of them it is refused so. */
export async function needsOfKey(
  caller: PolicyCaller,
  { key, rest }: { readonly key: string; readonly rest: Statement },
  actions: readonly KeyAction[],
  call: () => Promise<unknown>,
  refused: object,
): Promise<void> {
  const granted = (some: readonly KeyAction[]) => caller.may(rest, ...some.map((action) => allow(`kms:${action}`, key)))
  for (const left of actions) {
    await granted(actions.filter((action) => action !== left))
    await assert.rejects(call(), refused, `without ${left}`)
  }
  await granted(actions)
  await call()
}
