/** The first account of a server with one of each thing, and another account that knows what all of them are called. */
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
import * as sts from '@aws-sdk/client-sts'
import { composedServices } from '../../src/main.ts'
import { type OtherAccount, otherAccount } from './accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake } from './lakeformation/governed-lake.ts'

/** What is in all that the first account holds. */
export const MARK = 'okapi'
/** What some of it is called, which whoever asks for it says. */
const NAME = 'impala'

const SDKS = { athena, cloudtrail, cloudwatch, logs, glue, iam, kms, lakeformation, s3, s3tables, secretsmanager, sts }
const CLIENTS: Readonly<Record<Service, string>> = {
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
  sts: 'STSClient',
}

export type Service = keyof typeof SDKS
export const SERVICES = Object.keys(SDKS) as readonly Service[]

interface AnyClient {
  send(command: unknown): Promise<object>
  destroy(): void
}
type Made = new (input: object) => never

export const clientOf = (service: Service, from: OtherAccount['client']): AnyClient =>
  new (SDKS[service] as unknown as Record<string, new (options: object) => AnyClient>)[CLIENTS[service]]!(from)

/** All that a service serves and its client knows, in the order of the names. */
export async function servedOperations(service: Service): Promise<readonly { name: string; Command: Made }[]> {
  const found = composedServices().find((one) => one.name === service)
  return Object.keys((await found?.handlers()) ?? {}).flatMap((name) => {
    const Command = (SDKS[service] as unknown as Record<string, Made>)[`${name}Command`]
    return Command ? [{ name, Command }] : []
  })
}

/** Whether it only reads, by its name. */
export const isReading = (operation: string): boolean =>
  /^(Get|List|Describe|Search|Batch(Get|List)|Lookup|Query|Head|Filter|Select|Decrypt)/.test(operation)

export interface TwoAccounts {
  readonly g: GovernedLake
  readonly other: OtherAccount
  /** Members of inputs, by the names that they have in operations, with what they are in the first account. */
  known(service: Service): Readonly<Record<string, unknown>>
}

export async function twoAccounts(): Promise<TwoAccounts> {
  const g = await governedLake()
  const own = (service: Service): AnyClient => clientOf(service, g.root.client)
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
  const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await iamClient.send(new iam.CreateRoleCommand({ RoleName: NAME, AssumeRolePolicyDocument }))
  await iamClient.send(new iam.CreateGroupCommand({ GroupName: NAME }))
  const all = { Effect: 'Allow', Action: '*', Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: all })
  await iamClient.send(new iam.CreatePolicyCommand({ PolicyName: NAME, PolicyDocument }))
  const trailClient = own('cloudtrail')
  const { EventDataStoreArn } = (await trailClient.send(
    new cloudtrail.CreateEventDataStoreCommand({ Name: NAME }),
  )) as cloudtrail.CreateEventDataStoreCommandOutput
  await g.root.glue.send(new glue.CreateRegistryCommand({ RegistryName: NAME }))
  await g.root.athena.send(
    new athena.CreatePreparedStatementCommand({ StatementName: NAME, WorkGroup: 'group', QueryStatement: 'SELECT 1' }),
  )
  const logClient = own('logs')
  await logClient.send(new logs.CreateLogGroupCommand({ logGroupName: 'group', tags: { [MARK]: MARK } }))
  const tableClient = own('s3tables')
  const bucket = (await tableClient.send(
    new s3tables.CreateTableBucketCommand({ name: 'okapi-tables' }),
  )) as s3tables.CreateTableBucketCommandOutput
  const laid = { tableBucketARN: bucket.arn, namespace: 'ns', name: 'orders' }
  await tableClient.send(new s3tables.CreateNamespaceCommand({ ...laid, namespace: ['ns'] }))
  await tableClient.send(new s3tables.CreateTableCommand({ ...laid, format: 'ICEBERG' }))
  for (const one of [trailClient, kmsClient, secretClient, iamClient, logClient, tableClient]) one.destroy()
  const tableArn = `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/orders`
  const known = {
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
    StatementName: NAME,
    CatalogName: 'AwsDataCatalog',
    ResourceARN: tableArn,
    ResourceArn: tableArn,
    TableArn: tableArn,
    RegistryId: { RegistryArn: `arn:aws:glue:us-east-1:${ACCOUNT}:registry/${NAME}` },
    Bucket: 'data',
    Key: 'one',
    CopySource: '/data/one',
    KeyId: KeyMetadata!.Arn,
    SecretId: secret.ARN,
    UserName: 'ann',
    GroupName: NAME,
    RoleName: NAME,
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/${NAME}`,
    RoleSessionName: 'test',
    PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/${NAME}`,
    EventDataStore: EventDataStoreArn,
    logGroupName: 'group',
    tableBucketARN: bucket.arn,
    namespace: 'ns',
    name: 'orders',
    SupportedPermissionTypes: ['COLUMN_PERMISSION'],
    Resource: { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' } },
    ColumnNames: [MARK],
    PartitionValues: ['1'],
  }
  /** Where the same member is of another kind. */
  const inService: Partial<Record<Service, Readonly<Record<string, unknown>>>> = {
    athena: { Name: 'group' },
    cloudtrail: { ResourceId: EventDataStoreArn, ResourceArn: EventDataStoreArn },
    lakeformation: { ResourceArn: 'arn:aws:s3:::data' },
    logs: { resourceArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:group` },
    s3tables: { resourceArn: bucket.arn },
  }
  return {
    g,
    known: (service) => ({ ...known, ...inService[service] }),
    other: await otherAccount(g.lake, '111111111111'),
  }
}
