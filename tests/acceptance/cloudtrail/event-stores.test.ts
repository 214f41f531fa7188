/** Event data stores: their lives, and what is asked of them in SQL. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import {
  type AdvancedEventSelector,
  CancelQueryCommand,
  CloudTrailClient,
  CreateEventDataStoreCommand,
  type CreateEventDataStoreCommandInput,
  DeleteEventDataStoreCommand,
  DescribeQueryCommand,
  GetEventDataStoreCommand,
  GetQueryResultsCommand,
  ListEventDataStoresCommand,
  ListPublicKeysCommand,
  ListQueriesCommand,
  ListTagsCommand,
  RestoreEventDataStoreCommand,
  StartEventDataStoreIngestionCommand,
  StartQueryCommand,
  StopEventDataStoreIngestionCommand,
  UpdateEventDataStoreCommand,
} from '@aws-sdk/client-cloudtrail'
import { CreateDatabaseCommand, GetDatabaseCommand } from '@aws-sdk/client-glue'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableCommand,
  S3TablesClient,
} from '@aws-sdk/client-s3tables'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { turnedClock } from './turned-clock.ts'

const DAY_MS = 86_400_000
const clock = turnedClock()
let a: AthenaLake
let trail: CloudTrailClient
before(async () => {
  // The clients' clocks are not turned, so nobody looks at the times of their signatures.
  a = await athenaLake({ clock, auth: 'open' })
  trail = new CloudTrailClient(a.lake.client)
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  trail.destroy()
  await a.close()
})

const created = async (Name: string, more: Partial<CreateEventDataStoreCommandInput> = {}) => {
  const input = { Name, TerminationProtectionEnabled: false, ...more }
  const { EventDataStoreArn } = await trail.send(new CreateEventDataStoreCommand(input))
  return EventDataStoreArn!
}
const idOf = (arn: string) => arn.split('/')[1]!
const removed = (EventDataStore: string) => trail.send(new DeleteEventDataStoreCommand({ EventDataStore }))
const makeDatabase = (Name: string) => a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))
/** Events say the second: what is done before a second is over may be taken for what comes after it. */
const nextSecond = async () => clock.turn(2000, 0)

async function ended(QueryStatement: string, more: object = {}): Promise<string> {
  const { QueryId } = await trail.send(new StartQueryCommand({ QueryStatement, ...more }))
  for (;;) {
    const { QueryStatus } = await trail.send(new DescribeQueryCommand({ QueryId: QueryId! }))
    if (QueryStatus !== 'QUEUED' && QueryStatus !== 'RUNNING') return QueryId!
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function rows(QueryStatement: string): Promise<string[][]> {
  const QueryId = await ended(QueryStatement)
  const answer = await trail.send(new GetQueryResultsCommand({ QueryId }))
  assert.equal(answer.QueryStatus, 'FINISHED', answer.ErrorMessage)
  return answer.QueryResultRows!.map((row) => row.map((cell) => Object.values(cell)[0]!))
}

test('a store is told as it was made, changed and listed', async () => {
  const made = await trail.send(
    new CreateEventDataStoreCommand({ Name: 'audit', TagsList: [{ Key: 'team', Value: 'sec' }] }),
  )
  const EventDataStore = made.EventDataStoreArn!
  assert.match(EventDataStore, /^arn:aws:cloudtrail:us-east-1:000000000000:eventdatastore\/[0-9a-f-]{36}$/)
  assert.deepEqual(
    [made.Status, made.RetentionPeriod, made.BillingMode, made.TerminationProtectionEnabled, made.MultiRegionEnabled],
    ['ENABLED', 366, 'EXTENDABLE_RETENTION_PRICING', true, true],
  )
  assert.deepEqual(made.AdvancedEventSelectors, [
    { Name: 'Default management events', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
  ])
  const tags = await trail.send(new ListTagsCommand({ ResourceIdList: [EventDataStore] }))
  assert.deepEqual(tags.ResourceTagList![0]!.TagsList, [{ Key: 'team', Value: 'sec' }])
  await assert.rejects(created('audit'), { name: 'EventDataStoreAlreadyExistsException' })
  await assert.rejects(removed(EventDataStore), { name: 'EventDataStoreTerminationProtectedException' })
  const change = (more: object) => trail.send(new UpdateEventDataStoreCommand({ EventDataStore, ...more }))
  await assert.rejects(change({}), { name: 'InvalidParameterException' })
  await assert.rejects(change({ BillingMode: 'FIXED_RETENTION_PRICING' }), { name: 'InvalidParameterException' })
  await assert.rejects(created('fixed', { BillingMode: 'FIXED_RETENTION_PRICING', RetentionPeriod: 3000 }), {
    name: 'InvalidParameterException',
  })
  await change({ Name: 'audit-2', RetentionPeriod: 90, TerminationProtectionEnabled: false })
  const told = await trail.send(new GetEventDataStoreCommand({ EventDataStore: idOf(EventDataStore) }))
  assert.deepEqual([told.Name, told.RetentionPeriod, told.FederationStatus], ['audit-2', 90, 'DISABLED'])
  const listed = await trail.send(new ListEventDataStoresCommand({}))
  assert.deepEqual(listed.EventDataStores, [{ EventDataStoreArn: EventDataStore, Name: 'audit-2' }])
  await removed(EventDataStore)
})

test('a store that is deleted can be restored for seven days', async () => {
  const EventDataStore = await created('lost')
  await removed(EventDataStore)
  const { Status } = await trail.send(new GetEventDataStoreCommand({ EventDataStore }))
  assert.equal(Status, 'PENDING_DELETION')
  await assert.rejects(ended(`SELECT eventID FROM ${idOf(EventDataStore)}`), {
    name: 'InactiveEventDataStoreException',
  })
  await assert.rejects(removed(EventDataStore), { name: 'InactiveEventDataStoreException' })
  const back = await trail.send(new RestoreEventDataStoreCommand({ EventDataStore }))
  assert.equal(back.Status, 'ENABLED')
  await assert.rejects(trail.send(new RestoreEventDataStoreCommand({ EventDataStore })), {
    name: 'InvalidEventDataStoreStatusException',
  })
  await removed(EventDataStore)
  clock.turn(7 * DAY_MS + 1000, 0)
  await assert.rejects(trail.send(new GetEventDataStoreCommand({ EventDataStore })), {
    name: 'EventDataStoreNotFoundException',
  })
})

test('names that are none are told apart', async () => {
  const get = (EventDataStore: string) => trail.send(new GetEventDataStoreCommand({ EventDataStore }))
  const arnIn = (account: string) => `arn:aws:cloudtrail:us-east-1:${account}:eventdatastore/x`
  await assert.rejects(get(arnIn('000000000000')), { name: 'EventDataStoreARNInvalidException' })
  await assert.rejects(get(arnIn('999999999999')), { name: 'AccessDeniedException' })
  await assert.rejects(get('00000000-0000-0000-0000-000000000000'), { name: 'EventDataStoreNotFoundException' })
  const organization = { OrganizationEnabled: true }
  await assert.rejects(created('all', organization), { name: 'OrganizationsNotInUseException' })
})

test('SQL tells what was done, by whom, and what it was asked', async () => {
  const arn = await created('asked')
  const id = idOf(arn)
  await makeDatabase('stored')
  await assert.rejects(a.glue.send(new GetDatabaseCommand({ Name: 'not_there' })))
  const found = await rows(
    `SELECT eventName, userIdentity.type, userIdentity.arn, readOnly, errorCode, awsRegion, eventSource
     FROM ${id} WHERE eventSource = 'glue.amazonaws.com' ORDER BY eventName`,
  )
  const root = ['Root', 'arn:aws:iam::000000000000:root']
  assert.deepEqual(found, [
    ['CreateDatabase', ...root, 'false', '', 'us-east-1', 'glue.amazonaws.com'],
    ['GetDatabase', ...root, 'true', 'EntityNotFoundException', 'us-east-1', 'glue.amazonaws.com'],
  ])
  // Maps of texts, as the schema of the user guide has them.
  assert.deepEqual(
    await rows(`SELECT element_at(requestParameters, 'name') FROM ${id} WHERE eventName = 'GetDatabase'`),
    [['not_there']],
  )
  const [[parameters]] = (await rows(
    `SELECT json_extract_scalar(element_at(requestParameters, 'databaseInput'), '$.name') FROM "${id}" WHERE eventName = 'CreateDatabase'`,
  )) as [[string]]
  assert.equal(parameters, 'stored')
  // The record whole, and its checksum.
  const [[json, sum, time]] = (await rows(
    `SELECT eventJson, eventJsonChecksum, eventTime FROM ${id} WHERE eventName = 'CreateDatabase'`,
  )) as [[string, string, string]]
  const record = JSON.parse(json)
  assert.equal(record.requestParameters.databaseInput.name, 'stored')
  assert.equal(sum, createHash('sha256').update(json).digest('base64'))
  assert.equal(time, `${record.eventTime.replace('T', ' ').replace('Z', '')}.000`)
  // Times compare with texts, as in the examples of the user guide.
  const count = (where: string) => rows(`SELECT count(*) FROM ${id} WHERE eventName = 'CreateDatabase' AND ${where}`)
  assert.deepEqual(await count(`eventTime <= '2020-01-01'`), [['0']])
  assert.deepEqual(await count(`eventTime > '2020-01-01T00:00:00Z'`), [['1']])
  assert.deepEqual(await count(`eventTime BETWEEN '2020-01-01 00:00:00' AND timestamp '2199-01-01 00:00:00'`), [['1']])
  assert.deepEqual(await count(`${id.length} = 36 AND '${id}' <> ''`), [['1']])
  await removed(arn)
})

test('stores are joined and united', async () => {
  const all = await created('all-of-it')
  const changes = await created('changes', {
    AdvancedEventSelectors: [
      {
        FieldSelectors: [
          { Field: 'eventCategory', Equals: ['Management'] },
          { Field: 'readOnly', Equals: ['false'] },
        ],
      },
    ],
  })
  await makeDatabase('joined')
  await a.glue.send(new GetDatabaseCommand({ Name: 'joined' }))
  const [one, two] = [idOf(all), idOf(changes)]
  assert.deepEqual(
    await rows(
      `SELECT x.eventName, y.eventName FROM ${one} AS x LEFT JOIN ${two} AS y ON x.eventId = y.eventId
       WHERE x.eventSource = 'glue.amazonaws.com' ORDER BY 1`,
    ),
    [
      ['CreateDatabase', 'CreateDatabase'],
      ['GetDatabase', ''],
    ],
  )
  const either = (op: string) =>
    rows(
      `SELECT eventName FROM ${one} WHERE eventSource = 'glue.amazonaws.com' ${op}
       SELECT eventName FROM ${two} WHERE eventSource = 'glue.amazonaws.com' ORDER BY eventName;`,
    )
  assert.deepEqual(await either('UNION ALL'), [['CreateDatabase'], ['CreateDatabase'], ['GetDatabase']])
  assert.deepEqual(await either('EXCEPT'), [['GetDatabase']])
  assert.deepEqual(await either('INTERSECT'), [['CreateDatabase']])
  for (const store of [all, changes]) await removed(store)
})

test('a store holds what it took in while it did', async () => {
  const arn = await created('some-of-it', { StartIngestion: false })
  const names = () =>
    rows(`SELECT eventName FROM ${idOf(arn)} WHERE eventSource = 'glue.amazonaws.com' ORDER BY eventTime`)
  const start = () => trail.send(new StartEventDataStoreIngestionCommand({ EventDataStore: arn }))
  const stop = () => trail.send(new StopEventDataStoreIngestionCommand({ EventDataStore: arn }))
  await makeDatabase('before_it')
  await nextSecond()
  await start()
  await assert.rejects(start(), { name: 'InvalidEventDataStoreStatusException' })
  await makeDatabase('while_it')
  await nextSecond()
  await stop()
  await assert.rejects(stop(), { name: 'InvalidEventDataStoreStatusException' })
  await nextSecond()
  await makeDatabase('after_it')
  assert.deepEqual(await names(), [['CreateDatabase']])
  const [[name]] = (await rows(
    `SELECT element_at(requestParameters, 'databaseInput') FROM ${idOf(arn)} WHERE eventName = 'CreateDatabase'`,
  )) as [[string]]
  assert.equal(JSON.parse(name).name, 'while_it')
  // Events that are older than they are kept are not told of, and the journal of a store outlasts the history of ninety days.
  await trail.send(new UpdateEventDataStoreCommand({ EventDataStore: arn, RetentionPeriod: 200 }))
  clock.turn(150 * DAY_MS, 0)
  assert.deepEqual(await names(), [['CreateDatabase']])
  clock.turn(60 * DAY_MS, 0)
  assert.deepEqual(await names(), [])
  await removed(arn)
})

test('data events are there where a store wants them', async () => {
  const selectors: AdvancedEventSelector[] = [
    {
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
        { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::data/'] },
      ],
    },
  ]
  const arn = await created('objects', { AdvancedEventSelectors: selectors })
  for (const Bucket of ['data', 'results']) await a.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'v' }))
  assert.deepEqual(
    await rows(`SELECT eventName, resources[1].arn, element_at(requestParameters, 'key') FROM ${idOf(arn)}`),
    [['PutObject', 'arn:aws:s3:::data/k', 'k']],
  )
  const other = [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['ConfigurationItem'] }] }]
  await assert.rejects(created('items', { AdvancedEventSelectors: other }), { name: 'UnsupportedOperationException' })
  await removed(arn)
})

/** docs: AmazonS3 userguide, s3-tables-logging and s3-tables-log-files. */
test('what is done to objects of a table in a table bucket are data events of S3 Tables', async () => {
  const selectors: AdvancedEventSelector[] = [
    {
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: ['AWS::S3Tables::Table'] },
      ],
    },
  ]
  const arn = await created('tables', { AdvancedEventSelectors: selectors })
  const tables = new S3TablesClient(a.lake.client)
  const { arn: tableBucketARN } = await tables.send(new CreateTableBucketCommand({ name: 'sales' }))
  await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
  const table = { tableBucketARN: tableBucketARN!, namespace: 'ns', name: 't', format: 'ICEBERG' } as const
  const { tableARN } = await tables.send(new CreateTableCommand(table))
  const { warehouseLocation } = await tables.send(new GetTableCommand(table))
  tables.destroy()
  const Bucket = warehouseLocation!.slice('s3://'.length)
  await a.s3.send(new PutObjectCommand({ Bucket, Key: 'data/k', Body: 'v' }))
  await assert.rejects(a.s3.send(new ListObjectsV2Command({ Bucket })), { name: 'MethodNotAllowed' })
  await a.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'k', Body: 'v' }))
  assert.deepEqual(
    await rows(`SELECT eventSource, eventName, readOnly, element_at(requestParameters, 'key'),
      element_at(requestParameters, 'bucketName'), resources[1].type, resources[1].arn, resources[2].type, resources[2].arn
      FROM ${idOf(arn)}`),
    [
      [
        ...['s3tables.amazonaws.com', 'PutObject', 'false', 'data/k', ''],
        ...['AWS::S3Tables::TableBucket', tableBucketARN, 'AWS::S3Tables::Table', tableARN],
      ],
    ],
  )
  await removed(arn)
})

test('results come in pages, for who asked and for seven days', async () => {
  const arn = await created('paged')
  const QueryId = await ended(`SELECT n, if(n = 3, null, 'v' || cast(n AS varchar)) AS v, '' AS e
    FROM UNNEST(sequence(1, 5)) AS t (n) LEFT JOIN (SELECT eventId FROM ${idOf(arn)} WHERE false) ON true ORDER BY n`)
  const found: Record<string, string>[][] = []
  for (let NextToken: string | undefined, pages = 1; ; pages++) {
    const page = await trail.send(new GetQueryResultsCommand({ QueryId, MaxQueryResults: 2, NextToken }))
    found.push(...page.QueryResultRows!)
    assert.equal(page.QueryStatistics!.TotalResultsCount, 5)
    NextToken = page.NextToken
    if (NextToken !== undefined) continue
    assert.equal(pages, 3)
    break
  }
  assert.deepEqual(found[0], [{ n: '1' }, { v: 'v1' }, { e: '' }])
  assert.deepEqual(
    found.map((row) => row[1]!.v),
    ['v1', 'v2', '', 'v4', 'v5'],
  )
  const results = (more: object) => trail.send(new GetQueryResultsCommand({ QueryId, ...more }))
  await assert.rejects(results({ NextToken: 'nonsense' }), { name: 'InvalidNextTokenException' })
  await assert.rejects(results({ QueryId: '00000000-0000-0000-0000-000000000000' }), {
    name: 'QueryIdNotFoundException',
  })
  await assert.rejects(trail.send(new CancelQueryCommand({ QueryId })), { name: 'InactiveQueryException' })
  const list = (more: object = {}) => trail.send(new ListQueriesCommand({ EventDataStore: arn, ...more }))
  assert.deepEqual(
    (await list()).Queries!.map((query) => [query.QueryId, query.QueryStatus]),
    [[QueryId, 'FINISHED']],
  )
  assert.deepEqual((await list({ QueryStatus: 'FAILED' })).Queries, [])
  await assert.rejects(list({ StartTime: new Date(2000), EndTime: new Date(1000) }), {
    name: 'InvalidDateRangeException',
  })
  clock.turn(7 * DAY_MS + 1000, 0)
  await assert.rejects(results({}), { name: 'QueryIdNotFoundException' })
  assert.deepEqual((await list()).Queries, [])
  await removed(arn)
})

test('only queries of stores are taken', async () => {
  const arn = await created('strict')
  const refused = async (QueryStatement: string, message: RegExp) =>
    assert.rejects(trail.send(new StartQueryCommand({ QueryStatement })), {
      name: 'InvalidQueryStatementException',
      message,
    })
  await refused(`SELEC 1`, /mismatched input/)
  await refused(`INSERT INTO ${idOf(arn)} VALUES 1`, /mismatched input/)
  await refused(`SELECT nothing FROM ${idOf(arn)}`, /Column 'nothing' cannot be resolved/)
  const missing = '00000000-0000-0000-0000-000000000000'
  await assert.rejects(ended(`SELECT 1 FROM ${missing}`), { name: 'EventDataStoreNotFoundException' })
  await assert.rejects(ended('SELECT * FROM db.tables'), { name: 'EventDataStoreNotFoundException' })
  await assert.rejects(trail.send(new StartQueryCommand({ QueryAlias: 'alias' })), {
    name: 'UnsupportedOperationException',
  })
  // What fails as it runs says why.
  const QueryId = await ended(`SELECT 1 / (count(*) - count(*)) FROM ${idOf(arn)}`)
  const { QueryStatus, ErrorMessage } = await trail.send(new DescribeQueryCommand({ QueryId }))
  assert.deepEqual([QueryStatus, ErrorMessage], ['FAILED', 'DIVISION_BY_ZERO: Division by zero'])
  await removed(arn)
})

test('results are delivered to a bucket, and signed', async () => {
  const arn = await created('delivered')
  const DeliveryS3Uri = 's3://results/lake'
  await assert.rejects(ended(`SELECT 1 FROM ${idOf(arn)}`, { DeliveryS3Uri: 's3://not-there' }), {
    name: 'S3BucketDoesNotExistException',
  })
  const QueryId = await ended(`SELECT 'a' AS x, 'b "q"' AS y FROM UNNEST(ARRAY[1]) AS t (n)`, { DeliveryS3Uri })
  const told = await trail.send(new DescribeQueryCommand({ QueryId }))
  assert.deepEqual([told.DeliveryStatus, told.DeliveryS3Uri], ['SUCCESS', DeliveryS3Uri])
  const Prefix = 'lake/AWSLogs/000000000000/CloudTrail-Lake/Query/'
  const { Contents } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'results', Prefix }))
  const [resultKey, signKey] = Contents!.map(({ Key }) => Key!)
  assert.match(resultKey!, new RegExp(`/\\d{4}/\\d\\d/\\d\\d/${QueryId}/result_1\\.csv\\.gz$`))
  const read = async (Key: string) => {
    const { Body } = await a.s3.send(new GetObjectCommand({ Bucket: 'results', Key }))
    return Buffer.from(await Body!.transformToByteArray())
  }
  const result = await read(resultKey!)
  assert.equal(gunzipSync(result).toString(), '"x","y"\n"a","b ""q"""\n')
  const sign = JSON.parse((await read(signKey!)).toString())
  assert.deepEqual(sign.files, [
    { fileHashValue: createHash('sha256').update(result).digest('hex'), fileName: 'result_1.csv.gz' },
  ])
  const { PublicKeyList } = await trail.send(new ListPublicKeysCommand({}))
  const key = PublicKeyList!.find(({ Fingerprint }) => Fingerprint === sign.publicKeyFingerprint)
  const publicKey = createPublicKey({ key: Buffer.from(key!.Value!), format: 'der', type: 'pkcs1' })
  const signature = Buffer.from(sign.hashSignature, 'hex')
  assert.ok(verify('sha256', Buffer.from(sign.files[0].fileHashValue), publicKey, signature))
  await removed(arn)
})
