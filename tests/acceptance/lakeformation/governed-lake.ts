/** A lake whose data is governed, and people of it who ask: each with clients of their own. */
import {
  AthenaClient,
  CreateDataCatalogCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  type StartQueryExecutionInput,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  GrantPermissionsCommand,
  LakeFormationClient,
  type Permission,
  PutDataLakeSettingsCommand,
  type Resource,
  RevokePermissionsCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { sealedSessions } from '../../../src/core/access/sessions.ts'
import type { StartOptions } from '../../../src/main.ts'
import { startLake, type TestLake } from '../server.ts'

export const ACCOUNT = '000000000000'
const roleArn = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/${role}`

export interface Person {
  readonly client: TestLake['client']
  readonly athena: AthenaClient
  readonly glue: GlueClient
  readonly lakeFormation: LakeFormationClient
  readonly s3: S3Client
  /** The header and all rows. */
  table(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<(string | null)[][]>
  rows(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<(string | null)[][]>
  /** Why the query has failed. Throws where it has not. */
  failure(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<string>
  start(sql: string, more?: Partial<StartQueryExecutionInput>): Promise<string>
  ended(id: string): Promise<{ readonly state: string; readonly reason: string | undefined }>
}

export interface GovernedLake {
  readonly lake: TestLake
  readonly root: Person
  /** Somebody in a session of the role. */
  as(role: string, tags?: Readonly<Record<string, string>>): Person
  grant(role: string, resource: Resource, permissions: Permission[], withOption?: Permission[]): Promise<void>
  revoke(role: string, resource: Resource, permissions: Permission[]): Promise<void>
  close(): Promise<void>
}

/** Buckets `data` and `results`, database `db`; nothing is open to whom IAM alone lets in. */
export async function governedLake(options: StartOptions = {}): Promise<GovernedLake> {
  const lake = await startLake(options)
  const people = new Map<string, Person>()
  const root = person(lake.client)
  const known = knownRoles(lake)
  const sessions = sealedSessions(lake.credentials.secretAccessKey)
  for (const Bucket of ['data', 'results']) await root.s3.send(new CreateBucketCommand({ Bucket }))
  await root.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [] } }))
  await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db' } }))
  const as: GovernedLake['as'] = (role, tags = {}) => {
    const id = JSON.stringify([role, tags])
    const there = people.get(id)
    if (there) return there
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/test`
    const principal = {
      kind: 'role',
      arn,
      entityArn: roleArn(role),
      account: ACCOUNT,
      accessKeyId: '',
      session: { issuedAt: new Date().toISOString(), tags },
    } as const
    const { accessKeyId, secretAccessKey, sessionToken } = sessions.issue(principal, new Date(Date.now() + 3_600_000))
    const keys = { accessKeyId, secretAccessKey, sessionToken }
    const credentials = async () => {
      await known.role(role)
      return keys
    }
    const made = person({ ...lake.client, credentials: credentials as never })
    people.set(id, made)
    return made
  }
  const entry = (role: string, resource: Resource, permissions: Permission[]) => ({
    Principal: { DataLakePrincipalIdentifier: role === 'IAM_ALLOWED_PRINCIPALS' ? role : roleArn(role) },
    Resource: resource,
    Permissions: permissions,
  })
  return {
    lake,
    root,
    as,
    async grant(role, resource, permissions, PermissionsWithGrantOption = []) {
      const input = { ...entry(role, resource, permissions), PermissionsWithGrantOption }
      await root.lakeFormation.send(new GrantPermissionsCommand(input))
    },
    async revoke(role, resource, permissions) {
      await root.lakeFormation.send(new RevokePermissionsCommand(entry(role, resource, permissions)))
    },
    async close() {
      known.close()
      for (const one of [root, ...people.values()])
        for (const client of [one.athena, one.glue, one.lakeFormation, one.s3]) client.destroy()
      await lake.stop()
    },
  }
}

/** Roles of these names, which may do everything: what they may see is for Lake Formation to say. */
function knownRoles({ client }: TestLake) {
  const iam = new IAMClient(client)
  const made = new Map<string, Promise<void>>()
  const make = async (RoleName: string): Promise<void> => {
    const Version = '2012-10-17'
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }
    const AssumeRolePolicyDocument = JSON.stringify({ Version, Statement: [trust] })
    try {
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
    } catch (error) {
      // A lake that keeps no roles asks for none.
      if (error instanceof Error && error.name === 'NotImplemented') return
      throw error
    }
    const PolicyDocument = JSON.stringify({ Version, Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'everything', PolicyDocument }))
  }
  return {
    role(name: string): Promise<void> {
      if (!made.has(name)) made.set(name, make(name))
      return made.get(name)!
    },
    close: () => iam.destroy(),
  }
}

export function person(client: TestLake['client']): Person {
  const athena = new AthenaClient(client)
  const start: Person['start'] = async (sql, more = {}) => {
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
  const ended: Person['ended'] = async (id) => {
    for (;;) {
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
      const { State = '', StateChangeReason: reason } = QueryExecution!.Status!
      if (State !== 'QUEUED' && State !== 'RUNNING') return { state: State, reason }
    }
  }
  const table: Person['table'] = async (sql, more) => {
    const id = await start(sql, more)
    const { state, reason } = await ended(id)
    if (state !== 'SUCCEEDED') throw new Error(`${state}: ${reason}\n${sql}`)
    const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))
    return ResultSet!.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue ?? null))
  }
  return {
    client,
    athena,
    glue: new GlueClient(client),
    lakeFormation: new LakeFormationClient(client),
    s3: new S3Client(client),
    start,
    ended,
    table,
    rows: async (sql, more) => (await table(sql, more)).slice(1),
    async failure(sql, more) {
      const { state, reason } = await ended(await start(sql, more))
      if (state !== 'FAILED') throw new Error(`${state}, not FAILED: ${sql}`)
      return reason ?? ''
    },
  }
}

/** A data source, which is the file `shop.db` in the folder of SQLite's files. */
export const shopCatalog = (Name: string) =>
  new CreateDataCatalogCommand({
    Name,
    Type: 'FEDERATED',
    Parameters: {
      'connection-type': 'JDBC',
      'connection-properties': JSON.stringify({ JDBC_CONNECTION_URL: 'jdbc:sqlite:shop.db' }),
    },
  })
