/**
 * Another account, with all rights in its own, asks every reading operation that is served by the identifiers of the first one's things:
 * nothing of what these hold is in any answer.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as athena from '@aws-sdk/client-athena'
import * as cloudtrail from '@aws-sdk/client-cloudtrail'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as glue from '@aws-sdk/client-glue'
import * as iam from '@aws-sdk/client-iam'
import * as kms from '@aws-sdk/client-kms'
import * as lakeformation from '@aws-sdk/client-lakeformation'
import * as s3 from '@aws-sdk/client-s3'
import * as s3tables from '@aws-sdk/client-s3tables'
import * as secretsmanager from '@aws-sdk/client-secrets-manager'
import { composedServices } from '../../src/main.ts'
import { type OtherAccount, otherAccount } from './accounts.ts'
import { type GovernedLake, governedLake } from './lakeformation/governed-lake.ts'

const MARK = 'okapi'
const ACCOUNT = '000000000000'
const sdks = { athena, cloudtrail, cloudwatch, logs, glue, iam, kms, lakeformation, s3, s3tables, secretsmanager }
const clients: Readonly<Record<keyof typeof sdks, string>> = {
  athena: 'AthenaClient',
  cloudtrail: 'CloudTrailClient',
  cloudwatch: 'CloudWatchClient',
  logs: 'CloudWatchLogsClient',
  glue: 'GlueClient',
  iam: 'IAMClient',
  kms: 'KMSClient',
  lakeformation: 'LakeFormationClient',
  s3: 'S3Client',
  s3tables: 'S3TablesClient',
  secretsmanager: 'SecretsManagerClient',
}

interface AnyClient {
  send(command: unknown): Promise<object>
  destroy(): void
}
type Made = new (input: object) => never

let g: GovernedLake
let other: OtherAccount
/** Members of inputs, by the names that they have in any operation, with what they are in the first account. */
let known: Record<string, unknown>

const clientOf = (service: keyof typeof sdks, from: OtherAccount['client']): AnyClient =>
  new (sdks[service] as unknown as Record<string, new (options: object) => AnyClient>)[clients[service]]!(from)

before(async () => {
  g = await governedLake()
  const own = <T extends keyof typeof sdks>(service: T): AnyClient => clientOf(service, g.root.client)
  await g.root.glue.send(
    new glue.CreateTableCommand({
      DatabaseName: 'db',
      TableInput: { Name: 'orders', Description: MARK, StorageDescriptor: { Columns: [{ Name: MARK, Type: 'int' }] } },
    }),
  )
  const QueryExecutionId = await g.root.start(`SELECT '${MARK}' AS x`)
  await g.root.ended(QueryExecutionId)
  await g.root.s3.send(new s3.PutObjectCommand({ Bucket: 'data', Key: 'one', Body: MARK }))
  const { NamedQueryId } = await g.root.athena.send(
    new athena.CreateNamedQueryCommand({ Name: 'named', Database: 'db', QueryString: `SELECT '${MARK}'` }),
  )
  await g.root.athena.send(new athena.CreateWorkGroupCommand({ Name: 'group', Description: MARK }))
  const kmsClient = own('kms')
  const { KeyMetadata } = (await kmsClient.send(
    new kms.CreateKeyCommand({ Description: MARK }),
  )) as kms.CreateKeyCommandOutput
  const secretClient = own('secretsmanager')
  const secret = (await secretClient.send(
    new secretsmanager.CreateSecretCommand({ Name: 'secret', SecretString: MARK, Description: MARK }),
  )) as secretsmanager.CreateSecretCommandOutput
  const iamClient = own('iam')
  await iamClient.send(new iam.CreateUserCommand({ UserName: 'ann', Path: `/${MARK}/` }))
  const logClient = own('logs')
  await logClient.send(new logs.CreateLogGroupCommand({ logGroupName: 'group', tags: { [MARK]: MARK } }))
  const tableClient = own('s3tables')
  const bucket = (await tableClient.send(
    new s3tables.CreateTableBucketCommand({ name: 'okapi-tables' }),
  )) as s3tables.CreateTableBucketCommandOutput
  for (const one of [kmsClient, secretClient, iamClient, logClient, tableClient]) one.destroy()
  const tableArn = `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/orders`
  known = {
    CatalogId: ACCOUNT,
    CatalogID: ACCOUNT,
    DatabaseName: 'db',
    TableName: 'orders',
    Name: 'orders',
    QueryExecutionId,
    QueryExecutionIds: [QueryExecutionId],
    NamedQueryId,
    NamedQueryIds: [NamedQueryId],
    WorkGroup: 'group',
    CatalogName: 'AwsDataCatalog',
    ResourceARN: tableArn,
    ResourceArn: tableArn,
    TableArn: tableArn,
    Bucket: 'data',
    Key: 'one',
    KeyId: KeyMetadata!.Arn,
    SecretId: secret.ARN,
    UserName: 'ann',
    logGroupName: 'group',
    tableBucketARN: bucket.arn,
    SupportedPermissionTypes: ['COLUMN_PERMISSION'],
    Resource: { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' } },
    ColumnNames: [MARK],
    PartitionValues: ['1'],
  }
  other = await otherAccount(g.lake, '111111111111')
})
after(() => g.close())

const READS = /^(Get|List|Describe|Search|Batch(Get|List)|Lookup|Query|Head|Filter|Select|Decrypt)/

/** Asks everything that is served and read; what holds the mark is told. */
async function asked(from: OtherAccount['client']) {
  const found = { holding: [] as string[], broken: [] as string[], answered: 0, refused: 0 }
  const services = new Map(composedServices().map((one) => [one.name, one]))
  for (const service of Object.keys(sdks) as (keyof typeof sdks)[]) {
    const client = clientOf(service, from)
    for (const operation of Object.keys((await services.get(service)?.handlers()) ?? {})) {
      const Command = (sdks[service] as unknown as Record<string, Made>)[`${operation}Command`]
      if (!Command || !READS.test(operation)) continue
      try {
        const {
          $metadata: _,
          Body,
          ...answer
        } = (await client.send(new Command({ ...known }))) as Record<string, unknown>
        found.answered++
        const text = JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
        if (text.includes(MARK) || Body !== undefined) found.holding.push(`${service}.${operation}`)
      } catch (error) {
        found.refused++
        if (error instanceof Error && /Internal/.test(error.name)) found.broken.push(`${service}.${operation}`)
      }
    }
    client.destroy()
  }
  return found
}

test('no answer to another account holds anything of the first', async () => {
  const [own, others] = [await asked(g.root.client), await asked(other.client)]
  // The same questions tell the first account a lot.
  for (const operation of ['glue.GetTable', 'athena.GetQueryExecution', 'athena.GetQueryResults', 's3.GetObject'])
    assert.ok(own.holding.includes(operation), `${operation} of ${own.holding.join(' ')}`)
  assert.ok(own.holding.length >= 15, own.holding.join(' '))
  assert.deepEqual(others.holding, [])
  assert.deepEqual([...own.broken, ...others.broken], [])
  assert.ok(others.answered > 20 && others.refused > 50, `${others.answered} answered, ${others.refused} refused`)
  assert.deepEqual(g.lake.log, [])
})
