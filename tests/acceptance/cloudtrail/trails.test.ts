/** Trails: their settings, what they deliver, and what stands for it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import {
  AddTagsCommand,
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  ListTagsCommand,
  ListTrailsCommand,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { GetDatabaseCommand } from '@aws-sdk/client-glue'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { turnedClock } from './turned-clock.ts'

const EVERY_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000
const clock = turnedClock()
const run = promisify(execFile)

let a: AthenaLake
let trail: CloudTrailClient
before(async () => {
  // The clients' clocks are not turned, so nobody looks at the times of their signatures.
  a = await athenaLake({ clock, auth: 'open' })
  trail = new CloudTrailClient(a.lake.client)
  for (const Bucket of ['audit', 'other-audit']) await a.s3.send(new CreateBucketCommand({ Bucket }))
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  trail.destroy()
  await a.close()
})

interface LogRecord {
  readonly eventName: string
  readonly eventCategory: string
  readonly managementEvent: boolean
  readonly requestParameters: Readonly<Record<string, string>>
  readonly resources?: readonly { readonly type: string; readonly ARN: string }[]
}

const keysUnder = async (Bucket: string, Prefix: string) =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => Key!)

async function text(Bucket: string, Key: string): Promise<string> {
  const { Body } = await a.s3.send(new GetObjectCommand({ Bucket, Key }))
  return gunzipSync(await Body!.transformToByteArray()).toString()
}

async function records(bucket: string, prefix: string): Promise<LogRecord[]> {
  const found: LogRecord[] = []
  for (const key of await keysUnder(bucket, prefix)) found.push(...JSON.parse(await text(bucket, key)).Records)
  return found
}

/** Lets the deliveries come that are due, and waits until `arrived` says that they have. */
async function deliveries(passedMs: number, arrived: () => Promise<boolean>): Promise<void> {
  clock.turn(passedMs, EVERY_MS)
  for (let i = 0; i < 500; i++) {
    if (await arrived()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail('nothing was delivered')
}

const under = (prefix: string) => `${prefix}AWSLogs/000000000000/CloudTrail/us-east-1/`

test('a trail is made, changed, described and deleted', async () => {
  const made = await trail.send(
    new CreateTrailCommand({
      Name: 'first',
      S3BucketName: 'audit',
      S3KeyPrefix: 'p',
      TagsList: [{ Key: 'a', Value: 'b' }],
    }),
  )
  const TrailARN = 'arn:aws:cloudtrail:us-east-1:000000000000:trail/first'
  const { $metadata: _, ...told } = made
  assert.deepEqual(told, {
    Name: 'first',
    S3BucketName: 'audit',
    S3KeyPrefix: 'p',
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: false,
    TrailARN,
    LogFileValidationEnabled: false,
    IsOrganizationTrail: false,
  })
  await assert.rejects(trail.send(new CreateTrailCommand({ Name: 'first', S3BucketName: 'audit' })), {
    name: 'TrailAlreadyExistsException',
    message: 'Trail first already exists for customer: 000000000000',
  })
  await assert.rejects(trail.send(new CreateTrailCommand({ Name: 'second', S3BucketName: 'absent' })), {
    name: 'S3BucketDoesNotExistException',
    message: 'S3 bucket absent does not exist!',
  })
  await assert.rejects(trail.send(new GetTrailCommand({ Name: 'absent' })), {
    name: 'TrailNotFoundException',
    message: 'Unknown trail: arn:aws:cloudtrail:us-east-1:000000000000:trail/absent for the user: 000000000000',
  })
  for (const Name of ['ab', '-abc', 'abc-', 'a b c', 'a..b'])
    await assert.rejects(trail.send(new CreateTrailCommand({ Name, S3BucketName: 'audit' })), {
      name: 'InvalidTrailNameException',
    })
  await trail.send(new UpdateTrailCommand({ Name: TrailARN, IsMultiRegionTrail: true, S3BucketName: 'other-audit' }))
  const elsewhere = new CloudTrailClient({ ...a.lake.client, region: 'eu-west-1' })
  const { trailList } = await elsewhere.send(new DescribeTrailsCommand({}))
  assert.deepEqual(
    trailList!.map(({ Name, HomeRegion, S3BucketName, IsMultiRegionTrail }) => [
      Name,
      HomeRegion,
      S3BucketName,
      IsMultiRegionTrail,
    ]),
    [['first', 'us-east-1', 'other-audit', true]],
  )
  assert.deepEqual((await elsewhere.send(new DescribeTrailsCommand({ includeShadowTrails: false }))).trailList, [])
  await assert.rejects(elsewhere.send(new DeleteTrailCommand({ Name: TrailARN })), {
    name: 'InvalidHomeRegionException',
  })
  elsewhere.destroy()
  await trail.send(new AddTagsCommand({ ResourceId: TrailARN, TagsList: [{ Key: 'c', Value: 'd' }] }))
  const { ResourceTagList } = await trail.send(new ListTagsCommand({ ResourceIdList: [TrailARN] }))
  assert.deepEqual(ResourceTagList![0]!.TagsList, [
    { Key: 'a', Value: 'b' },
    { Key: 'c', Value: 'd' },
  ])
  await assert.rejects(
    trail.send(
      new PutInsightSelectorsCommand({
        TrailName: 'first',
        InsightSelectors: [{ InsightType: 'ApiErrorRateInsight' }],
      }),
    ),
    { name: 'UnsupportedOperationException' },
  )
  await trail.send(new DeleteTrailCommand({ Name: 'first' }))
  assert.deepEqual((await trail.send(new ListTrailsCommand({}))).Trails, [])
})

test('what was done is delivered every five minutes, once', async () => {
  await trail.send(new CreateTrailCommand({ Name: 'logs', S3BucketName: 'audit' }))
  assert.equal((await trail.send(new GetTrailStatusCommand({ Name: 'logs' }))).IsLogging, false)
  await trail.send(new StartLoggingCommand({ Name: 'logs' }))
  await a.glue.send(new GetDatabaseCommand({ Name: 'db' }))
  await deliveries(EVERY_MS, async () => (await keysUnder('audit', under(''))).length === 1)
  const [key] = await keysUnder('audit', under(''))
  const day = clock.now().toISOString().slice(0, 10).replaceAll('-', '/')
  assert.match(
    key!,
    new RegExp(`^${under('')}${day}/000000000000_CloudTrail_us-east-1_\\d{8}T\\d{4}Z_[A-Za-z0-9]{16}\\.json\\.gz$`),
  )
  const head = await a.s3.send(new GetObjectCommand({ Bucket: 'audit', Key: key }))
  assert.deepEqual([head.ContentType, head.ContentEncoding], ['application/json', 'gzip'])
  const first = await records('audit', under(''))
  assert.ok(first.every(({ managementEvent }) => managementEvent))
  assert.equal(first.filter(({ eventName }) => eventName === 'GetDatabase').length, 1)
  await a.glue.send(new GetDatabaseCommand({ Name: 'db' }))
  await deliveries(EVERY_MS, async () => (await keysUnder('audit', under(''))).length === 2)
  assert.equal((await records('audit', under(''))).filter(({ eventName }) => eventName === 'GetDatabase').length, 2)
  const status = await trail.send(new GetTrailStatusCommand({ Name: 'logs' }))
  assert.ok(status.IsLogging && status.LatestDeliveryTime! > status.StartLoggingTime!)
  assert.equal(status.LatestDigestDeliveryTime, undefined)
  await trail.send(new StopLoggingCommand({ Name: 'logs' }))
  await trail.send(new DeleteTrailCommand({ Name: 'logs' }))
})

test('selectors say which objects, and who only reads', async () => {
  const Name = 'data-events'
  await trail.send(new CreateTrailCommand({ Name, S3BucketName: 'audit', S3KeyPrefix: Name }))
  const basic = await trail.send(new GetEventSelectorsCommand({ TrailName: Name }))
  assert.deepEqual(basic.EventSelectors, [
    { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
  ])
  const management = { Field: 'eventCategory', Equals: ['Management'] }
  const data = [{ Field: 'eventCategory', Equals: ['Data'] }]
  const type = { Field: 'resources.type', Equals: ['AWS::S3::Object'] }
  for (const FieldSelectors of [
    [{ Field: 'readOnly', Equals: ['true'] }],
    [{ Field: 'eventCategory', Equals: ['Nope'] }],
    [{ Field: 'eventCategory', NotEquals: ['Data'] }],
    [{ Field: 'eventCategory', Equals: ['Management', 'Data'] }],
    [management, { Field: 'resources.ARN', Equals: ['arn:aws:s3:::data/'] }],
    // Of management events a store has this field, and a trail has not.
    [management, { Field: 'eventName', Equals: ['CreateTable'] }],
    [management, { Field: 'readOnly', Equals: ['yes'] }],
    [management, { Field: 'readOnly' }],
    data,
    [...data, type, { Field: 'color', Equals: ['red'] }],
    [...data, { Field: 'resources.type', StartsWith: ['AWS::S3'] }],
  ])
    await assert.rejects(
      trail.send(new PutEventSelectorsCommand({ TrailName: Name, AdvancedEventSelectors: [{ FieldSelectors }] })),
      { name: 'InvalidEventSelectorsException' },
      JSON.stringify(FieldSelectors),
    )
  await trail.send(
    new PutEventSelectorsCommand({
      TrailName: Name,
      EventSelectors: [
        {
          ReadWriteType: 'WriteOnly',
          IncludeManagementEvents: false,
          DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::data/in/'] }],
        },
      ],
    }),
  )
  await trail.send(new StartLoggingCommand({ Name }))
  const put = (Key: string) => a.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: 'body' }))
  await put('in/one')
  await put('out/two')
  await a.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'in/one' }))
  await deliveries(EVERY_MS, async () => (await keysUnder('audit', under(`${Name}/`))).length === 1)
  const found = await records('audit', under(`${Name}/`))
  assert.deepEqual(
    found.map(({ eventName, requestParameters }) => [eventName, requestParameters.bucketName, requestParameters.key]),
    [['PutObject', 'data', 'in/one']],
  )
  assert.deepEqual(found[0]!.resources, [
    { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::data/in/one' },
    { accountId: '000000000000', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::data' },
  ])
  assert.deepEqual([found[0]!.managementEvent, found[0]!.eventCategory], [false, 'Data'])
  await trail.send(
    new PutEventSelectorsCommand({
      TrailName: Name,
      AdvancedEventSelectors: [
        {
          FieldSelectors: [
            { Field: 'eventCategory', Equals: ['Data'] },
            { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
            { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::data/out/'] },
            { Field: 'eventName', NotEquals: ['PutObject'] },
          ],
        },
      ],
    }),
  )
  await put('out/three')
  await a.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'out/three' }))
  await a.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'in/one' }))
  await deliveries(EVERY_MS, async () => (await keysUnder('audit', under(`${Name}/`))).length === 2)
  assert.deepEqual((await records('audit', under(`${Name}/`))).map(({ eventName }) => eventName).toSorted(), [
    'GetObject',
    'PutObject',
  ])
  await trail.send(new DeleteTrailCommand({ Name }))
})

test('a trail with a log group writes its events there too, where they are measured', async () => {
  const [logs, watch] = [new CloudWatchLogsClient(a.lake.client), new CloudWatchClient(a.lake.client)]
  const logGroupName = '/audit'
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  const metricTransformations = [{ metricNamespace: 'Audit', metricName: 'Reads', metricValue: '1' }]
  const filterPattern = '{ $.eventName = "GetDatabase" && $.readOnly IS TRUE }'
  await logs.send(
    new PutMetricFilterCommand({ logGroupName, filterName: 'reads', filterPattern, metricTransformations }),
  )
  const wanted = { Name: 'logged', S3BucketName: 'audit', S3KeyPrefix: 'logged' }
  const CloudWatchLogsLogGroupArn = 'arn:aws:logs:us-east-1:000000000000:log-group:/audit:*'
  await assert.rejects(
    trail.send(
      new CreateTrailCommand({ ...wanted, CloudWatchLogsLogGroupArn: `${CloudWatchLogsLogGroupArn.slice(0, -2)}x:*` }),
    ),
    { name: 'InvalidCloudWatchLogsLogGroupArnException' },
  )
  const made = await trail.send(new CreateTrailCommand({ ...wanted, CloudWatchLogsLogGroupArn }))
  assert.equal(made.CloudWatchLogsLogGroupArn, CloudWatchLogsLogGroupArn)
  await trail.send(new StartLoggingCommand({ Name: 'logged' }))
  for (let i = 0; i < 3; i++) await a.glue.send(new GetDatabaseCommand({ Name: 'db' }))
  await trail.send(new StopLoggingCommand({ Name: 'logged' }))
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }))
  assert.deepEqual(
    events!.map(({ logStreamName, message }) => [logStreamName, JSON.parse(message!).eventName]),
    Array.from({ length: 3 }, () => ['000000000000_CloudTrail_us-east-1', 'GetDatabase']),
  )
  const hour = (from: number) => new Date(clock.now().getTime() + from * HOUR_MS)
  const asked = { Namespace: 'Audit', MetricName: 'Reads', StartTime: hour(-1), EndTime: hour(1), Period: 60 }
  const { Datapoints } = await watch.send(new GetMetricStatisticsCommand({ ...asked, Statistics: ['Sum'] }))
  assert.equal(
    Datapoints!.reduce((sum, { Sum }) => sum + Sum!, 0),
    3,
  )
  await trail.send(new DeleteTrailCommand({ Name: 'logged' }))
  logs.destroy()
  watch.destroy()
})

const DIGESTS = 'AWSLogs/000000000000/CloudTrail-Digest/us-east-1/'
const Name = 'proved'
let from: Date

test('digests are signed, each names the one before it, and the last ends with the logging', async () => {
  await trail.send(new CreateTrailCommand({ Name, S3BucketName: 'other-audit', EnableLogFileValidation: true }))
  from = clock.now()
  await trail.send(new StartLoggingCommand({ Name }))
  // The first delivery begins the chain: its digest comes an hour later.
  await deliveries(EVERY_MS, async () => (await keysUnder('other-audit', under(''))).length === 1)
  for (const digest of [1, 2]) {
    await a.glue.send(new GetDatabaseCommand({ Name: 'db' }))
    await deliveries(HOUR_MS, async () => (await keysUnder('other-audit', DIGESTS)).length === digest)
  }
  await a.glue.send(new GetDatabaseCommand({ Name: 'db' }))
  await trail.send(new StopLoggingCommand({ Name }))
  const keys = await keysUnder('other-audit', DIGESTS)
  assert.equal(keys.length, 3)
  const { PublicKeyList } = await trail.send(new ListPublicKeysCommand({}))
  const [published] = PublicKeyList!
  const publicKey = createPublicKey({ key: Buffer.from(published!.Value!), format: 'der', type: 'pkcs1' })
  let before = { key: null as string | null, hash: null as string | null, signature: null as string | null }
  for (const key of keys) {
    const { Metadata } = await a.s3.send(new GetObjectCommand({ Bucket: 'other-audit', Key: key }))
    const content = await text('other-audit', key)
    const digest = JSON.parse(content)
    assert.deepEqual(
      [digest.previousDigestS3Object, digest.previousDigestHashValue, digest.previousDigestSignature],
      [before.key, before.hash, before.signature],
    )
    const hash = createHash('sha256').update(content).digest('hex')
    // docs: awscloudtrail userguide, cloudtrail-log-file-custom-validation.
    const signed = [digest.digestEndTime, `other-audit/${key}`, hash, before.signature ?? 'null'].join('\n')
    assert.equal(Metadata!['signature-algorithm'], 'SHA256withRSA')
    assert.equal(digest.digestPublicKeyFingerprint, published!.Fingerprint)
    assert.ok(verify('sha256', Buffer.from(signed), publicKey, Buffer.from(Metadata!.signature!, 'hex')))
    for (const { s3Object, hashValue } of digest.logFiles)
      assert.equal(
        createHash('sha256')
          .update(await text('other-audit', s3Object))
          .digest('hex'),
        hashValue,
      )
    before = { key, hash, signature: Metadata!.signature! }
  }
})

const aws = '.venv/bin/aws'

test("AWS's own command validates them, and sees what was changed", {
  skip: !existsSync(aws) && 'not installed',
}, async () => {
  const { TrailARN } = (await trail.send(new GetTrailCommand({ Name }))).Trail!
  const [digests, logs] = [await keysUnder('other-audit', DIGESTS), await keysUnder('other-audit', under(''))]
  const validate = async () => {
    const { endpoint, region, credentials } = a.lake.client
    const until = new Date(clock.now().getTime() + HOUR_MS)
    const period = ['--start-time', new Date(from.getTime() - HOUR_MS).toISOString(), '--end-time', until.toISOString()]
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const command = ['cloudtrail', 'validate-logs', '--trail-arn', TrailARN!, '--verbose', ...period]
    // It says by its status that something is wrong, and what in its words.
    const { stdout } = await run(aws, command, { env }).catch((error: { stdout: string }) => error)
    return stdout
  }
  const of = (count: number) => `${count}/${logs.length} log files valid`
  const all = `${digests.length}/${digests.length} digest files valid`
  assert.ok((await validate()).includes(`${all}\n${of(logs.length)}`))
  await a.s3.send(new PutObjectCommand({ Bucket: 'other-audit', Key: logs[0], Body: 'nothing of the kind' }))
  assert.ok((await validate()).includes(`${all}\n${of(logs.length - 1)}, 1/${logs.length} log files INVALID`))
})
