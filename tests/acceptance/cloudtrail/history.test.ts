/** What was done, as LookupEvents tells it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import { CreateDatabaseCommand, CreateTableCommand, GetDatabaseCommand } from '@aws-sdk/client-glue'
import { EncryptCommand, KMSClient, CreateKeyCommand as MakeKeyCommand } from '@aws-sdk/client-kms'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'

let a: AthenaLake
let trail: CloudTrailClient
before(async () => {
  a = await athenaLake()
  trail = new CloudTrailClient(a.lake.client)
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  trail.destroy()
  await a.close()
})

const lookUp = async (input: LookupEventsCommandInput = {}) =>
  (await trail.send(new LookupEventsCommand(input))).Events!
const named = (AttributeValue: string, more: LookupEventsCommandInput = {}) =>
  lookUp({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue }], ...more })
const recordOf = async (name: string) => JSON.parse((await named(name))[0]!.CloudTrailEvent!)

test('a call is one record, in the shape of the user guide', async () => {
  const from = Date.now()
  await a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'sales', Parameters: { Owner: 'Ann' } } }))
  const [event] = await named('CreateDatabase')
  const record = JSON.parse(event!.CloudTrailEvent!)
  assert.equal(record.eventVersion, '1.11')
  assert.deepEqual(record.userIdentity, {
    type: 'Root',
    principalId: '000000000000',
    arn: 'arn:aws:iam::000000000000:root',
    accountId: '000000000000',
    accessKeyId: 'test',
  })
  assert.match(record.eventTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.ok(Math.abs(Date.parse(record.eventTime) - from) < 5000)
  assert.deepEqual(
    [record.eventSource, record.eventName, record.awsRegion, record.sourceIPAddress],
    ['glue.amazonaws.com', 'CreateDatabase', 'us-east-1', '127.0.0.1'],
  )
  assert.match(record.userAgent, /^aws-sdk-js\/3/)
  // Members begin with a small letter; the keys of a map are the caller's.
  assert.deepEqual(record.requestParameters, { databaseInput: { name: 'sales', parameters: { Owner: 'Ann' } } })
  assert.equal(record.responseElements, null)
  assert.match(record.requestID, /^[0-9a-f-]{36}$/)
  assert.equal(record.eventID, event!.EventId)
  assert.deepEqual(
    [record.readOnly, record.managementEvent, record.eventCategory, record.eventType, record.recipientAccountId],
    [false, true, 'Management', 'AwsApiCall', '000000000000'],
  )
  assert.deepEqual(
    [event!.Username, event!.ReadOnly, event!.AccessKeyId, event!.EventSource],
    ['root', 'false', 'test', 'glue.amazonaws.com'],
  )
  assert.deepEqual(event!.Resources, [{ ResourceType: 'AWS::Glue::Database', ResourceName: 'sales' }])
})

test('the text of a query is omitted, and its id told', async () => {
  const QueryExecutionId = await a.start("SELECT 'very private words'")
  const record = await recordOf('StartQueryExecution')
  assert.equal(record.requestParameters.queryString, '***OMITTED***')
  assert.deepEqual(record.requestParameters.resultConfiguration, { outputLocation: 's3://results/' })
  assert.deepEqual(record.responseElements, { queryExecutionId: QueryExecutionId })
  await assert.rejects(a.athena.send(new StartQueryExecutionCommand({ QueryString: 'SELECT' })))
  const failed = await recordOf('StartQueryExecution')
  assert.equal(failed.errorCode, 'InvalidRequestException')
  assert.ok(failed.errorMessage.length > 0)
  assert.equal(failed.responseElements, null)
})

test('no secret is in any record', async () => {
  const [secrets, kms, sts] = [
    new SecretsManagerClient(a.lake.client),
    new KMSClient(a.lake.client),
    new STSClient(a.lake.client),
  ]
  await secrets.send(new CreateSecretCommand({ Name: 'quiet', SecretString: 'the words nobody reads' }))
  await secrets.send(new GetSecretValueCommand({ SecretId: 'quiet' }))
  const { KeyMetadata } = await kms.send(new MakeKeyCommand({}))
  await kms.send(new EncryptCommand({ KeyId: KeyMetadata!.Arn, Plaintext: Buffer.from('the words nobody reads') }))
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}))
  const session = new STSClient({
    ...a.lake.client,
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  })
  await session.send(new GetCallerIdentityCommand({}))
  const all = (await lookUp()).map(({ CloudTrailEvent }) => CloudTrailEvent!)
  const told = all.join('\n')
  for (const secret of [
    'the words nobody reads',
    Buffer.from('the words nobody reads').toString('base64'),
    Credentials!.SecretAccessKey!,
    Credentials!.SessionToken!,
  ])
    assert.ok(!told.includes(secret), secret)
  assert.deepEqual((await recordOf('CreateSecret')).requestParameters.name, 'quiet')
  const encrypt = await recordOf('Encrypt')
  assert.deepEqual(encrypt.resources, [{ accountId: '000000000000', type: 'AWS::KMS::Key', ARN: KeyMetadata!.Arn }])
  assert.equal(encrypt.readOnly, true)
  const [caller] = await lookUp({
    LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: Credentials!.AccessKeyId! }],
  })
  assert.equal(caller!.EventName, 'GetCallerIdentity')
  // docs: IAM UserGuide, cloudtrail-integration, the table of response elements and readOnly.
  const begun = await recordOf('GetSessionToken')
  assert.deepEqual([begun.readOnly, typeof begun.responseElements.credentials.accessKeyId], [false, 'string'])
  assert.equal((await recordOf('GetCallerIdentity')).responseElements, null)
  for (const client of [secrets, kms, sts, session]) client.destroy()
})

test('a password among the properties of a connection is hidden', async () => {
  await a.glue.send(
    new CreateTableCommand({
      DatabaseName: 'sales',
      TableInput: { Name: 't', Parameters: { db_password: 'hush-hush' } },
    }),
  )
  const { requestParameters } = await recordOf('CreateTable')
  assert.equal(requestParameters.tableInput.parameters.db_password, 'HIDDEN_DUE_TO_SECURITY_REASONS')
})

test('a secret inside of a property is hidden, and the values of a query are omitted', async () => {
  const Parameters = {
    address: 'jdbc:mysql://ann:hush-one@db:3306/shop?user=ann&password=hush-two&ssl=true',
    settings: '{"host": "db", "PASSWORD": "hush-\\"three", "nested": {"privateKey": 4711471}, "user": "ann"}',
    mail: 'ann@example.com',
  }
  await a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'told', Parameters } }))
  const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'
  assert.deepEqual((await recordOf('CreateDatabase')).requestParameters.databaseInput.parameters, {
    address: `jdbc:mysql://ann:${HIDDEN}@db:3306/shop?user=ann&password=${HIDDEN}&ssl=true`,
    settings: `{"host": "db", "PASSWORD": "${HIDDEN}", "nested": {"privateKey": "${HIDDEN}"}, "user": "ann"}`,
    mail: 'ann@example.com',
  })
  await a.athena.send(
    new StartQueryExecutionCommand({
      QueryString: 'SELECT ?',
      ExecutionParameters: ["'hush-four'"],
      ResultConfiguration: { OutputLocation: 's3://results/' },
    }),
  )
  assert.equal((await recordOf('StartQueryExecution')).requestParameters.executionParameters, '***OMITTED***')
  // A data catalog tells its parameters to whoever sees it: no password is taken there.
  const properties = { JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/db', USERNAME: 'u', Password: 'hush-five' }
  const open = { 'connection-type': 'JDBC', 'connection-properties': JSON.stringify(properties) }
  const Name = 'open'
  await assert.rejects(a.athena.send(new CreateDataCatalogCommand({ Name, Type: 'FEDERATED', Parameters: open })), {
    name: 'InvalidRequestException',
    message: /connection-properties hold no password/,
  })
  const all = (await lookUp()).map(({ CloudTrailEvent }) => CloudTrailEvent!)
  assert.doesNotMatch(all.join('\n'), /hush-|4711471/)
})

test('each attribute finds what it names, and pages come in order', async () => {
  for (let i = 0; i < 7; i++) await a.glue.send(new GetDatabaseCommand({ Name: 'sales' }))
  await assert.rejects(a.glue.send(new GetDatabaseCommand({ Name: 'absent' })))
  const found = await named('GetDatabase')
  assert.equal(found.length, 8)
  assert.equal(JSON.parse(found[0]!.CloudTrailEvent!).errorCode, 'EntityNotFoundException')
  const pages: string[][] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await trail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'GetDatabase' }],
        MaxResults: 3,
        NextToken,
      }),
    )
    pages.push(page.Events!.map(({ EventId }) => EventId!))
    NextToken = page.NextToken
    if (NextToken === undefined) break
  }
  assert.deepEqual(
    pages.map(({ length }) => length),
    [3, 3, 2],
  )
  assert.deepEqual(
    pages.flat(),
    found.map(({ EventId }) => EventId),
  )
  const by = (
    AttributeKey: 'EventId' | 'ResourceName' | 'ResourceType' | 'EventSource' | 'Username' | 'ReadOnly',
    AttributeValue: string,
  ) => lookUp({ LookupAttributes: [{ AttributeKey, AttributeValue }] })
  assert.deepEqual(
    (await by('EventId', pages[0]![1]!)).map(({ EventId }) => EventId),
    [pages[0]![1]],
  )
  assert.deepEqual(
    (await by('ResourceName', 't')).map(({ EventName }) => EventName),
    ['CreateTable'],
  )
  assert.deepEqual(
    (await by('ResourceType', 'AWS::Glue::Table')).map(({ EventName }) => EventName),
    ['CreateTable'],
  )
  assert.ok(
    (await by('EventSource', 'athena.amazonaws.com')).every(({ EventName }) => /Query|DataCatalog/.test(EventName!)),
  )
  assert.ok((await by('ReadOnly', 'false')).every(({ ReadOnly }) => ReadOnly === 'false'))
  assert.ok((await by('Username', 'root')).length > 20)
  assert.deepEqual(await by('Username', 'ann'), [])
})

test('times bound it, and what is wrong is said', async () => {
  const StartTime = new Date(Date.now() + 60_000)
  assert.deepEqual(await lookUp({ StartTime }), [])
  assert.deepEqual(await lookUp({ EndTime: new Date(Date.now() - 3_600_000) }), [])
  assert.ok((await lookUp({ EndTime: StartTime })).length > 0)
  await assert.rejects(lookUp({ StartTime, EndTime: new Date() }), { name: 'InvalidTimeRangeException' })
  await assert.rejects(lookUp({ MaxResults: 51 }), { name: /InvalidMaxResultsException|Validation/ })
  await assert.rejects(lookUp({ NextToken: 'nonsense' }), { name: 'InvalidNextTokenException' })
  const { NextToken } = await trail.send(new LookupEventsCommand({ MaxResults: 1 }))
  assert.equal((await lookUp({ NextToken })).length, 50)
  // docs: API_LookupEvents, InvalidNextTokenException: "or a token that was previously used in a request with different parameters".
  await assert.rejects(named('GetDatabase', { NextToken }), { name: 'InvalidNextTokenException' })
  await assert.rejects(lookUp({ EndTime: StartTime, NextToken }), { name: 'InvalidNextTokenException' })
  // "Events that occur after or at the specified time", "before or at": those of a second are found by it.
  const [{ EventId, EventTime } = {}] = await named('CreateDatabase')
  const then = await lookUp({ StartTime: EventTime, EndTime: EventTime })
  assert.ok(then.some((event) => event.EventId === EventId))
})

test('what objects hold is in no history, and the history outlives the server', async () => {
  await a.put('x', 'y')
  await a.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'x' }))
  assert.deepEqual(await named('GetObject'), [])
  assert.equal((await named('CreateBucket')).length, 2)
  const before = await named('CreateDatabase')
  const lake = await a.lake.restart()
  const again = new CloudTrailClient(lake.client)
  const { Events } = await again.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'CreateDatabase' }] }),
  )
  assert.deepEqual(
    Events!.map(({ EventId }) => EventId),
    before.map(({ EventId }) => EventId),
  )
  again.destroy()
  await lake.stop()
})
