/**
 * A hostile auditor: what several people of two accounts did in an afternoon, through every door, some of it refused. Each act
 * has to be found again by its request's id: in the history, in the files that a trail delivered, in a store, and in the
 * article's own table over those files.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { Athena } from '@aws-sdk/client-athena'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { Glue } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { LakeFormation } from '@aws-sdk/client-lakeformation'
import { S3 } from '@aws-sdk/client-s3'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { STS } from '@aws-sdk/client-sts'
import type { StartOptions } from '../../../src/main.ts'
import { CLOUDTRAIL_QUERY, CLOUDTRAIL_TABLE } from '../../scenarios/seed-statements.ts'
import { otherAccount } from '../accounts.ts'
import { ThriftClient, text } from '../hive-metastore/client.ts'
import { startLake, type TestLake } from '../server.ts'
import { turnedClock } from './turned-clock.ts'

const ACCOUNT = '123456789012'
const OTHER = '111111111111'
const AUDIT = 'my-cloudtrail-bucket'
const ROWS = '1,ann@example.com\n2,bob@example.com\n'
const run = promisify(execFile)
/** In the month that the article's query asks for. */
const AFTERNOON = Date.parse('2024-01-15T12:00:00Z')
const clock = turnedClock()
const options: { -readonly [Name in keyof StartOptions]: StartOptions[Name] } = {
  clock,
  account: ACCOUNT,
  metastore: { port: 0, warehouse: 's3a://sales/warehouse' },
}

type Client = TestLake['client']
interface Answer {
  readonly $metadata: { readonly requestId?: string }
}
interface Act {
  readonly account: string
  readonly arn: string
  readonly name: string
  readonly id: string
  readonly error?: string
}
interface Told {
  readonly eventName: string
  readonly errorCode?: string
  readonly requestID: string
  readonly recipientAccountId: string
  readonly eventCategory: string
  readonly userIdentity: { readonly type: string; readonly arn: string }
  readonly additionalEventData?: Readonly<Record<string, unknown>>
}

let lake: TestLake
const acts: Act[] = []
const opened: { destroy(): void }[] = []
const secrets: string[] = ['hush-hush']

/** The clients of somebody, whose clocks stand where the server's stands. */
function person(client: Client, arn: string) {
  const settings = { ...client, systemClockOffset: clock.now().getTime() - Date.now() }
  const clients = {
    athena: new Athena(settings),
    glue: new Glue(settings),
    iam: new IAM(settings),
    kms: new KMS(settings),
    lakeFormation: new LakeFormation({ ...settings, disableHostPrefix: true }),
    s3: new S3(settings),
    secrets: new SecretsManager(settings),
    sts: new STS(settings),
    trail: new CloudTrail(settings),
  }
  opened.push(...Object.values(clients))
  /** Whether it was done or refused, it is an act. */
  const did = async <T extends Answer>(name: string, work: Promise<T>, error?: string): Promise<T> => {
    const account = arn.split(':')[4]!
    try {
      const answer = await work
      assert.equal(error, undefined, name)
      acts.push({ account, arn, name, id: answer.$metadata.requestId! })
      return answer
    } catch (failure) {
      const { name: code, $metadata } = failure as Error & Answer
      if (error === undefined || code !== error) throw failure
      acts.push({ account, arn, name, id: $metadata.requestId!, error })
      return undefined as never
    }
  }
  const query = async (QueryString: string, state = 'SUCCEEDED', database = 'shop'): Promise<string> => {
    const { QueryExecutionId } = await did(
      'StartQueryExecution',
      clients.athena.startQueryExecution({
        QueryString,
        QueryExecutionContext: { Database: database },
        ResultConfiguration: { OutputLocation: 's3://results/' },
      }),
    )
    for (;;) {
      const { QueryExecution } = await clients.athena.getQueryExecution({ QueryExecutionId })
      const { State, StateChangeReason } = QueryExecution!.Status!
      if (State === 'QUEUED' || State === 'RUNNING') continue
      assert.equal(State, state, StateChangeReason)
      return QueryExecutionId!
    }
  }
  return { ...clients, arn, did, query }
}
type Person = ReturnType<typeof person>

const Version = '2012-10-17'
const document = (...Statement: object[]) => JSON.stringify({ Version, Statement })
const asKeys = (keys: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string }): Client => {
  secrets.push(keys.SecretAccessKey!)
  const credentials = {
    accessKeyId: keys.AccessKeyId!,
    secretAccessKey: keys.SecretAccessKey!,
    ...(keys.SessionToken && { sessionToken: keys.SessionToken }),
  }
  return { ...lake.client, credentials }
}

let root: Person
let stranger: Person
let store: string
before(async () => {
  lake = await startLake(options)
  const other = await otherAccount(lake, OTHER)
  clock.turn(AFTERNOON - clock.now().getTime(), 0)
  root = person(lake.client, `arn:aws:iam::${ACCOUNT}:root`)
  stranger = person(other.client, `arn:aws:iam::${OTHER}:root`)
  for (const Bucket of ['sales', 'results', AUDIT]) await root.s3.createBucket({ Bucket })
  await stranger.s3.createBucket({ Bucket: 'other-audit' })
  for (const [who, Name, S3BucketName] of [
    [root, 'lake', AUDIT],
    [stranger, 'lake', 'other-audit'],
  ] as const) {
    await who.trail.createTrail({ Name, S3BucketName, EnableLogFileValidation: true })
    const objects = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }
    await who.trail.putEventSelectors({
      TrailName: Name,
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [objects] }],
    })
    await who.trail.startLogging({ Name })
  }
  const everything = (eventCategory: string, more: object[] = []) => ({
    FieldSelectors: [{ Field: 'eventCategory', Equals: [eventCategory] }, ...more] as never,
  })
  const { EventDataStoreArn } = await root.trail.createEventDataStore({
    Name: 'audit',
    AdvancedEventSelectors: [
      everything('Management'),
      everything('Data', [{ Field: 'resources.type', Equals: ['AWS::S3::Object'] }]),
    ],
  })
  store = EventDataStoreArn!.split('/')[1]!
})
after(async () => {
  for (const client of opened) client.destroy()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

/** Ids of queries, and the tables that are to be found with them. */
const queries: { readonly id: string; readonly table: string; readonly error?: string }[] = []

async function rootsMorning(): Promise<readonly [ada: Person, etl: Person]> {
  const { did } = root
  await did('CreateDatabase', root.glue.createDatabase({ DatabaseInput: { Name: 'shop' } }))
  await did('PutObject', root.s3.putObject({ Bucket: 'sales', Key: 'people/p.csv', Body: ROWS }))
  const csv = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
  await root.query(`CREATE EXTERNAL TABLE people (id int, mail string) ${csv} LOCATION 's3://sales/people/'`)
  await did('CreateUser', root.iam.createUser({ UserName: 'ada' }))
  const { AccessKey } = await did('CreateAccessKey', root.iam.createAccessKey({ UserName: 'ada' }))
  const allowed = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'glue:DeleteTable', Resource: '*' },
  ]
  const policy = { PolicyName: 'p', PolicyDocument: document(...allowed) }
  await did('PutUserPolicy', root.iam.putUserPolicy({ UserName: 'ada', ...policy }))
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }
  const role = { RoleName: 'etl', AssumeRolePolicyDocument: document(trust) }
  const { Role } = await did('CreateRole', root.iam.createRole(role))
  await did('PutRolePolicy', root.iam.putRolePolicy({ RoleName: 'etl', ...policy }))
  const Resource = { TableWithColumns: { DatabaseName: 'shop', Name: 'people', ColumnNames: ['id'] } }
  const Principal = { DataLakePrincipalIdentifier: Role!.Arn! }
  const iamAllowed = { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }
  const table = { Table: { DatabaseName: 'shop', Name: 'people' } }
  const settings = { DataLakeSettings: { DataLakeAdmins: [] } }
  await did('PutDataLakeSettings', root.lakeFormation.putDataLakeSettings(settings))
  const everybody = { Principal: iamAllowed, Resource: table, Permissions: ['ALL' as const] }
  await did('RevokePermissions', root.lakeFormation.revokePermissions(everybody))
  await did('GrantPermissions', root.lakeFormation.grantPermissions({ Principal, Resource, Permissions: ['SELECT'] }))
  const ada = person(asKeys(AccessKey!), `arn:aws:iam::${ACCOUNT}:user/ada`)
  const asked = { RoleArn: Role!.Arn!, RoleSessionName: 'noon' }
  const { Credentials } = await ada.did('AssumeRole', ada.sts.assumeRole(asked))
  return [ada, person(asKeys(Credentials!), `arn:aws:sts::${ACCOUNT}:assumed-role/etl/noon`)]
}

async function adasNoon({ did, glue, athena, secrets: vault, kms, s3, query }: Person): Promise<void> {
  await did('GetTables', glue.getTables({ DatabaseName: 'shop' }))
  const gone = glue.deleteTable({ DatabaseName: 'shop', Name: 'people' })
  await did('DeleteTable', gone, 'AccessDeniedException')
  queries.push({ id: await query('SELECT * FROM people', 'FAILED'), table: 'shop.people', error: 'denied' })
  queries.push({ id: await query('DROP TABLE people', 'FAILED'), table: 'shop.people', error: 'missing' })
  const named = { Name: 'n', Database: 'shop', QueryString: 'SELECT 1' }
  await did('CreateNamedQuery', athena.createNamedQuery(named))
  await did('CreateSecret', vault.createSecret({ Name: 'db', SecretString: 'hush-hush' }))
  await did('GetSecretValue', vault.getSecretValue({ SecretId: 'db' }))
  const { KeyMetadata } = await did('CreateKey', kms.createKey({}))
  await did('Encrypt', kms.encrypt({ KeyId: KeyMetadata!.KeyId, Plaintext: Buffer.from('hush-hush') }))
  await did('GetObject', s3.getObject({ Bucket: 'sales', Key: 'people/none.csv' }), 'NoSuchKey')
}

async function etlsAfternoon({ did, query, athena, lakeFormation, s3, sts }: Person): Promise<void> {
  const id = await query('SELECT id FROM people')
  queries.push({ id, table: 'shop.people' })
  await did('GetQueryResults', athena.getQueryResults({ QueryExecutionId: id }))
  await did('StopQueryExecution', athena.stopQueryExecution({ QueryExecutionId: id }))
  // Nobody learns from the answer whether a table is there that one may not see, and so the record does not say it either.
  queries.push({ id: await query('SELECT mail FROM people', 'FAILED'), table: 'shop.people', error: 'denied' })
  queries.push({ id: await query('SELECT * FROM none', 'FAILED'), table: 'shop.none', error: 'denied' })
  const planned = { QueryString: 'SELECT id FROM people', QueryPlanningContext: { DatabaseName: 'shop' } }
  await did('StartQueryPlanning', lakeFormation.startQueryPlanning(planned))
  await did('GetObject', s3.getObject({ Bucket: 'sales', Key: 'people/p.csv' }))
  await did('GetCallerIdentity', sts.getCallerIdentity({}))
}

async function othersEvening({ did, glue, sts }: Person): Promise<void> {
  await did('CreateDatabase', glue.createDatabase({ DatabaseInput: { Name: 'theirs' } }))
  await did('GetDatabase', glue.getDatabase({ Name: 'none' }), 'EntityNotFoundException')
  const theirs = glue.getTable({ CatalogId: ACCOUNT, DatabaseName: 'shop', Name: 'people' })
  await did('GetTable', theirs, 'AccessDeniedException')
  await did('GetCallerIdentity', sts.getCallerIdentity({}))
}

async function metastoreNight(): Promise<void> {
  const hive = await ThriftClient.connect(lake.metastore!)
  await hive.ask('get_table', { 1: text('shop'), 2: text('people') })
  await assert.rejects(hive.ask('drop_table', { 1: text('shop'), 2: text('nothing') }))
  hive.close()
}

async function history({ trail }: Person): Promise<Told[]> {
  const all: Told[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await trail.lookupEvents({ NextToken })
    all.push(...page.Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!) as Told))
    NextToken = page.NextToken
    if (NextToken === undefined) return all
  }
}

async function delivered({ s3 }: Person, Bucket: string): Promise<Told[]> {
  const { Contents } = await s3.listObjectsV2({ Bucket, Prefix: 'AWSLogs/' })
  const all: Told[] = []
  for (const { Key } of Contents!.filter((one) => one.Key!.includes('/CloudTrail/'))) {
    const { Body } = await s3.getObject({ Bucket, Key })
    const written = gunzipSync(await Body!.transformToByteArray()).toString()
    for (const secret of secrets) assert.ok(!written.includes(secret))
    all.push(...(JSON.parse(written) as { Records: Told[] }).Records)
  }
  return all
}

/** Each act is there once, under the name of who did it, as it ended. */
function assertTold(records: readonly Told[], expected: readonly Act[]): void {
  const byId = Map.groupBy(records, ({ requestID }) => requestID)
  for (const { id, name, arn, account, error } of expected) {
    const found = (byId.get(id) ?? []).filter(({ eventName }) => eventName === name)
    assert.deepEqual(
      found.map((one) => [one.userIdentity.arn, one.recipientAccountId, one.errorCode]),
      [[arn, account, error]],
      `${name} of ${arn}`,
    )
  }
}

function assertQueried(records: readonly Told[]): void {
  for (const { id, table, error } of queries) {
    const found = records.filter(({ additionalEventData }) => additionalEventData?.queryExecutionId === id)
    const code = { denied: 'AccessDeniedException', missing: 'EntityNotFoundException' }[error ?? '']
    const about = found.map(({ additionalEventData, errorCode }) => [additionalEventData!.table, errorCode])
    assert.deepEqual(about, [[table, code]], id)
  }
}

test('an afternoon', async () => {
  const [ada, etl] = await rootsMorning()
  await adasNoon(ada)
  await etlsAfternoon(etl)
  await othersEvening(stranger)
  await metastoreNight()
  assert.ok(acts.length >= 30, String(acts.length))
})

const mine = ({ account }: Act): boolean => account === ACCOUNT
const isOfObjects = ({ name }: Act): boolean => name === 'PutObject' || name === 'GetObject'

test('the history has each act, and what each query asked for', async () => {
  const told = await history(root)
  assertTold(
    told,
    acts.filter((one) => mine(one) && !isOfObjects(one)),
  )
  assertQueried(told)
  const byMetastore = told.filter(({ additionalEventData }) => additionalEventData?.thriftMethod !== undefined)
  assert.deepEqual(byMetastore.map(({ eventName, errorCode }) => [eventName, errorCode]).toReversed(), [
    ['GetTable', undefined],
    ['DeleteTable', 'EntityNotFoundException'],
  ])
  assertTold(
    await history(stranger),
    acts.filter((one) => !mine(one)),
  )
  for (const secret of secrets) assert.ok(!JSON.stringify(told).includes(secret))
})

test('a store has them all, of its account', async () => {
  const { QueryId } = await root.trail.startQuery({
    QueryStatement: `SELECT requestID, eventName, userIdentity.arn, errorCode FROM ${store}`,
  })
  const found: string[][] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await root.trail.getQueryResults({ QueryId, NextToken })
    if (page.QueryStatus === 'QUEUED' || page.QueryStatus === 'RUNNING') continue
    found.push(...page.QueryResultRows!.map((row) => row.map((cell) => Object.values(cell)[0]!)))
    NextToken = page.NextToken
    if (NextToken === undefined) break
  }
  const known = new Set(found.map((row) => row.join(' ')))
  for (const { id, name, arn, error = '' } of acts.filter(mine))
    assert.ok(known.has([id, name, arn, error].join(' ')), name)
  for (const { id, name } of acts.filter((one) => !mine(one))) assert.ok(!found.some(([known]) => known === id), name)
})

test("the files have them all, and the article's table and query agree with the files", async () => {
  await root.trail.stopLogging({ Name: 'lake' })
  await stranger.trail.stopLogging({ Name: 'lake' })
  const records = await delivered(root, AUDIT)
  assertTold(records, acts.filter(mine))
  assertQueried(records)
  assertTold(
    await delivered(stranger, 'other-audit'),
    acts.filter((one) => !mine(one)),
  )
  await root.query(CLOUDTRAIL_TABLE)
  const id = await root.query(CLOUDTRAIL_QUERY)
  const { ResultSet } = await root.athena.getQueryResults({ QueryExecutionId: id })
  const answered = ResultSet!
    .Rows!.slice(1)
    .map(({ Data }) => [Data![0]!.VarCharValue!, Number(Data![1]!.VarCharValue)])
  const counts = new Map(
    [...Map.groupBy(records, ({ eventName }) => eventName)].map(([name, all]) => [name, all.length]),
  )
  const most = [...counts.values()].sort((a, b) => b - a).slice(0, 20)
  assert.deepEqual(
    answered.map(([, count]) => count),
    most,
  )
  for (const [name, count] of answered) assert.equal(counts.get(String(name)), count, String(name))
  const whoSql = `SELECT userIdentity.arn, eventName, count(*) FROM cloudtrail_logs WHERE eventSource = 'athena.amazonaws.com'
    AND eventName = 'StartQueryExecution' GROUP BY 1, 2`
  const who = await root.athena.getQueryResults({ QueryExecutionId: await root.query(whoSql) })
  const asked = Map.groupBy(
    records.filter(({ eventName }) => eventName === 'StartQueryExecution'),
    ({ userIdentity }) => userIdentity.arn,
  )
  assert.deepEqual(
    new Map(who.ResultSet!.Rows!.slice(1).map(({ Data }) => [Data![0]!.VarCharValue, Number(Data![2]!.VarCharValue)])),
    new Map([...asked].map(([arn, all]) => [arn, all.length])),
  )
})

const aws = new URL('../../../.venv/bin/aws', import.meta.url).pathname
test("AWS's own command line finds nothing changed in them", { skip: !existsSync(aws) }, async () => {
  // Its clock is not turned, so nobody looks at the times of its signatures.
  options.auth = 'open'
  delete options.metastore
  lake = await lake.restart()
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: lake.endpoint,
    AWS_DEFAULT_REGION: lake.region,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const arn = `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/lake`
  const period = ['--start-time', '2024-01-15T00:00:00Z', '--end-time', '2024-01-16T00:00:00Z']
  const { stdout } = await run(aws, ['cloudtrail', 'validate-logs', '--trail-arn', arn, ...period], { env })
  const valid = /(\d+)\/(\d+) log files valid/.exec(stdout)
  assert.ok(valid && Number(valid[1]) > 0 && valid[1] === valid[2], stdout)
  assert.doesNotMatch(stdout, /INVALID/)
})
