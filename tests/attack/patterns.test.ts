/** Patterns of callers that would take for ever on texts of theirs: each is answered, while others are. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { StopQueryExecutionCommand } from '@aws-sdk/client-athena'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { PutResourcePolicyCommand } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'

let a: AthenaLake
let logs: CloudWatchLogs
const GROUP = { logGroupName: 'attacked' }
/** Made of what patterns repeat. */
const LONG = 'a'.repeat(50_000)
const SHORT = `${'a'.repeat(60)}!`

before(async () => {
  a = await athenaLake()
  logs = new CloudWatchLogs(a.lake.client)
  await logs.createLogGroup(GROUP)
  await logs.createLogStream({ ...GROUP, logStreamName: 's' })
  const timestamp = Date.now()
  await logs.putLogEvents({
    ...GROUP,
    logStreamName: 's',
    logEvents: [LONG, SHORT, 'an honest line 7'].map((message) => ({ timestamp, message })),
  })
  await a.succeed("CREATE TABLE t AS SELECT 1 AS n, 'a' AS s")
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

/** Backtracking takes the square of the text, its cube, or two to the power of it. */
const TERRIBLE = [
  'a*b',
  'a*a*b',
  '(a+)+$x',
  '(a|a)*b',
  '(a|aa)+b',
  '^(a?){16}a{16}b',
  `${'a?'.repeat(60)}${'a'.repeat(60)}b`,
  `${'(a|a)'.repeat(60)}b`,
  '(.*)(.*)(.*)(.*)(.*)b',
  '(([a-z])+.)+[A-Z]',
  '([a-z]+)*\\d\\d\\d',
]
/** What no engine runs in linear time. */
const BACKWARD = ['^(a+)+\\1x', '(?=(a+)+b)c', '(a{1,30}){1,30}b', '(?<!(a+)+b)c']
const answer = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: Error) => error.name,
  )
const isFree = async () => assert.equal((await fetch(`${a.lake.endpoint}/_lentic/health`)).status, 200)

test('filter patterns of logs', async () => {
  for (const pattern of [...TERRIBLE, ...BACKWARD]) {
    const filterPattern = `%${pattern}%`
    const found = answer(logs.filterLogEvents({ ...GROUP, filterPattern }))
    assert.match(
      await found,
      pattern.length < 20 && !BACKWARD.includes(pattern) ? /^answered/ : /^answered|InvalidParameter/,
      pattern,
    )
    const tried = logs.testMetricFilter({ filterPattern, logEventMessages: Array(50).fill(SHORT) })
    assert.match(await answer(tried), /answered|InvalidParameter/, pattern)
  }
  const { events } = await logs.filterLogEvents({ ...GROUP, filterPattern: '%line \\d+$%' })
  assert.deepEqual(
    events?.map(({ message }) => message),
    ['an honest line 7'],
  )
  await isFree()
})

test('queries of Logs Insights', async () => {
  const [startTime, endTime] = [0, Math.ceil(Date.now() / 1000) + 60]
  for (const pattern of TERRIBLE.slice(1, 4))
    for (const queryString of [
      `filter @message like /${pattern}/ | stats count(*)`,
      `parse @message /(?<found>${pattern})/ | stats count(found)`,
    ])
      assert.match(
        await answer(logs.startQuery({ ...GROUP, startTime, endTime, queryString })),
        /answered|InvalidParameter/,
        queryString,
      )
  for (const queryString of [
    `filter ${'('.repeat(4900)}a = 1${')'.repeat(4900)}`,
    `filter ${'not '.repeat(2400)}a = 1`,
    `fields ${'concat('.repeat(1200)}a${')'.repeat(1200)}`,
    `fields ${Array(4900).fill('1').join('+')}`,
  ])
    assert.match(
      await answer(logs.startQuery({ ...GROUP, startTime, endTime, queryString })),
      /answered|MalformedQuery|InvalidParameter/,
    )
  const globs = `parse @message "${'*a'.repeat(20)}b" as ${Array.from({ length: 20 }, (_, i) => `f${i}`)}`
  assert.match(
    await answer(logs.startQuery({ ...GROUP, startTime, endTime, queryString: globs })),
    /answered|InvalidParameter/,
  )
  await isFree()
})

test('metric math: arrays that double forty times', async () => {
  const cloudwatch = new CloudWatch(a.lake.client)
  const MetricStat = { Metric: { Namespace: 'attacked', MetricName: 'm' }, Period: 60, Stat: 'Sum' }
  const doubled = Array.from({ length: 40 }, (_, i) => ({ Id: `e${i + 1}`, Expression: `[e${i}, e${i}]` }))
  const MetricDataQueries = [{ Id: 'e0', MetricStat }, ...doubled]
  const [StartTime, EndTime] = [new Date(Date.now() - 3_600_000), new Date()]
  await assert.rejects(cloudwatch.getMetricData({ StartTime, EndTime, MetricDataQueries }), {
    name: 'ValidationException',
  })
  await isFree()
})

test('patterns of tables go over long lines until they are stopped, and nobody else waits', async () => {
  const regex = (pattern: string) =>
    `SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' WITH SERDEPROPERTIES ('input.regex' = '${pattern}')`
  const grok = (format: string) =>
    `SERDE 'com.amazonaws.glue.serde.GrokSerDe' WITH SERDEPROPERTIES ('input.format' = '${format}')`
  await a.put('lines/a', `${'a'.repeat(1_000_000)}!\n`.repeat(3))
  const formats = [regex('(a+)+$'), regex('(.*)(.*)(.*)(.*)b'), grok('%{DATA:x}%{DATA}%{DATA}%{DATA}zzz')]
  for (const [i, format] of formats.entries()) {
    await a.succeed(`CREATE EXTERNAL TABLE terrible_${i} (x string) ROW FORMAT ${format} LOCATION 's3://data/lines/'`)
    const id = await a.start(`SELECT count(x) FROM terrible_${i}`)
    assert.deepEqual(await a.rows('SELECT 1'), [['1']])
    await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
    assert.equal((await a.ended(id)).Status!.State, 'CANCELLED')
    assert.deepEqual(await a.rows('SELECT 2'), [['2']])
  }
  await isFree()
})

test('policies with more stars than letters', async () => {
  const iam = new IAM(a.lake.client)
  await iam.createUser({ UserName: 'ann' })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' })
  const Resource = `arn:aws:s3:::kept/${'*a'.repeat(1000)}b`
  const Condition = { StringLike: { 'aws:UserAgent': `${'*a?'.repeat(500)}b` } }
  const PolicyDocument = (more: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource, ...more }] })
  await iam.putGroupPolicy({ GroupName: 'none', PolicyName: 'p', PolicyDocument: PolicyDocument({}) }).catch(() => {})
  await iam
    .createPolicy({ PolicyName: 'starred', PolicyDocument: PolicyDocument({ Condition }) })
    .then(({ Policy }) => iam.attachUserPolicy({ UserName: 'ann', PolicyArn: Policy!.Arn! }))
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  const ann = new S3({ ...a.lake.client, credentials })
  await assert.rejects(ann.getObject({ Bucket: 'kept', Key: 'a'.repeat(1000) }), { name: 'AccessDenied' })
})

test('simulations of policies that are nothing but openings of variables, and of a million decisions', async () => {
  const iam = new IAM(a.lake.client)
  const policy = (Resource: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource }] })
  const ActionNames = Array.from({ length: 1000 }, (_, i) => `s3:A${i}`)
  const ResourceArns = Array.from({ length: 1000 }, (_, i) => `arn:aws:s3:::kept/${i}`)
  const long = policy(`arn:aws:s3:::kept/${'${'.repeat(60_000)}`)
  const one = await iam.simulateCustomPolicy({ PolicyInputList: [long], ActionNames: ['s3:GetObject'] })
  assert.deepEqual(
    one.EvaluationResults?.map(({ EvalDecision }) => EvalDecision),
    ['implicitDeny'],
  )
  const { EvaluationResults, Marker } = await iam.simulateCustomPolicy({
    PolicyInputList: [policy('arn:aws:s3:::kept/5*')],
    ...{ ActionNames, ResourceArns, MaxItems: 1000 },
  })
  assert.equal(EvaluationResults?.filter(({ EvalDecision }) => EvalDecision === 'allowed').length, 111)
  assert.ok(Marker)
  const ContextKeyValues = ['x'.repeat(100_000)]
  await assert.rejects(
    iam.simulateCustomPolicy({
      ...{ PolicyInputList: [long], ActionNames },
      ContextEntries: [{ ContextKeyName: 'aws:x', ContextKeyType: 'string', ContextKeyValues }],
    }),
    { name: 'InvalidInputException' },
  )
})

test('policies of resources are as long as AWS lets them be', async () => {
  const policy = (Resource: string, Action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action, Resource }] })
  const s3 = new S3(a.lake.client)
  await s3.createBucket({ Bucket: 'ruled' })
  const ofBucket = (openings: number) => policy(`arn:aws:s3:::ruled/${'${'.repeat(openings)}`, 's3:GetObject')
  await s3.putBucketPolicy({ Bucket: 'ruled', Policy: ofBucket(10_000) })
  await assert.rejects(s3.putBucketPolicy({ Bucket: 'ruled', Policy: ofBucket(11_000) }), { name: 'MalformedPolicy' })
  const PolicyInJson = policy(`arn:aws:glue:us-east-1:000000000000:${'${'.repeat(6_000)}`, 'glue:GetTable')
  await assert.rejects(a.glue.send(new PutResourcePolicyCommand({ PolicyInJson })), { name: 'InvalidInputException' })
})

test('formats of dates in which every cut of the digits is a reading', async () => {
  const properties = (format: string) => `'projection.enabled' = 'true', 'projection.day.type' = 'date',
    'projection.day.format' = '${format}', 'projection.day.range' = '${'1'.repeat(60)}x,NOW'`
  for (const format of ['dMdMdMdMdMdMdMdMdMdMdMdMdM', "d''1''M''1''d''1''M''1''d''1''M", 'yMdHmsyMdHms']) {
    const name = `dated_${format.length}`
    await a.run(`CREATE EXTERNAL TABLE ${name} (n int) PARTITIONED BY (day string) LOCATION 's3://data/${name}/'
      TBLPROPERTIES (${properties(format)})`)
    assert.notEqual(await a.failure(`SELECT count(*) FROM ${name} WHERE day = '${'1'.repeat(60)}x'`), '')
  }
})

test('expressions of SQL: stopped when their caller stops them, and nobody waits for them', async () => {
  const { StopQueryExecutionCommand } = await import('@aws-sdk/client-athena')
  await a.put('lines/a.txt', `${LONG}\n${SHORT}\n`)
  const place = "STORED AS TEXTFILE LOCATION 's3://data/lines/'"
  const serde = (name: string, property: string, pattern: string) =>
    `ROW FORMAT SERDE '${name}' WITH SERDEPROPERTIES ('${property}' = '${pattern}') ${place}`
  const regex = serde('org.apache.hadoop.hive.serde2.RegexSerDe', 'input.regex', '((a|a)*)b')
  const grok = serde('com.amazonaws.glue.serde.GrokSerDe', 'input.format', '(?<x>(a+)+)$')
  await a.succeed(`CREATE EXTERNAL TABLE by_regex (x string) ${regex}`)
  await a.succeed(`CREATE EXTERNAL TABLE by_grok (x string) ${grok}`)
  const slow = [
    `SELECT regexp_like(rpad('a', 60, 'a') || s, '^(a|a)*(?=b)\\1$') FROM t`,
    'SELECT count(x) FROM by_regex',
    'SELECT count(x) FROM by_grok',
    `SELECT count(*) FROM t WHERE rpad(s, 100000, 'a') LIKE '${'%a_'.repeat(2000)}b' ESCAPE '#'`,
  ]
  for (const sql of slow) {
    const id = await a.start(sql)
    assert.deepEqual((await a.rows('SELECT 1')).at(-1), ['1'])
    await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
    assert.match((await a.ended(id)).Status!.State!, /CANCELLED|SUCCEEDED|FAILED/)
  }
})
