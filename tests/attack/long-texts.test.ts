/** Texts of one sign a hundred thousand times, where the server itself reads what callers write: each is answered, and soon. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { S3 } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { RawConnection, send, signed } from '../acceptance/wire/signed-request.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(`CREATE EXTERNAL TABLE p (n int) PARTITIONED BY (k string) LOCATION 's3://data/p/'
    TBLPROPERTIES ('projection.enabled' = 'true', 'projection.k.type' = 'integer', 'projection.k.range' = '1,1500')`)
})
after(async () => {
  const { log } = a.lake
  await a.close()
  assert.deepEqual(log, [])
})

const MANY = 100_000
const again = (sign: string, times = MANY) => sign.repeat(times)

test('the name of a host, before anybody has said who they are', async () => {
  for (const host of [`s3${again('-a', 100)}.!.!`, `s3${again('-a', 10_000)}.!`, again('s3.', 10_000)]) {
    const connection = new RawConnection(a.lake)
    connection.head('GET', '/', { host, connection: 'close' })
    assert.match(await connection.untilClosed(), /^HTTP\/1\.1 \d/)
  }
})

test('literals, names of places and of types in SQL', async () => {
  for (const sql of [
    `SELECT TIMESTAMP '2020-01-01 00:00 a${again(' ')}b\n!'`,
    `SELECT TIME '01:02${again(' ')}x'`,
    `SELECT INTERVAL '${again(' ')}x' DAY TO SECOND`,
    `SELECT DOUBLE '${again('1')}x'`,
    `SELECT CHAR '${again(' ')}x' = CHAR '${again(' ')}y' FROM p WHERE CHAR '${again(' ', 60_000)}x' = CHAR 'y'`,
    `CREATE EXTERNAL TABLE far (n int) LOCATION 's3://data/${again('/')}x'`,
    `CREATE TABLE cut (n int) LOCATION 's3://data/cut/' TBLPROPERTIES ('table_type' = 'ICEBERG',
      'partitioning' = 'bucket(${again(' ')}x')`,
    `SELECT regexp_extract_all('a', '[${again('\\', 2_000)}', 1)`,
  ])
    assert.match((await a.run(sql)).Status!.State!, /^(?:FAILED|SUCCEEDED)$/, sql.slice(0, 60))
})

test('conditions that are reckoned while partitions are chosen', async () => {
  const tenfold = (levels: number) =>
    `${again('replace(', levels)}'${again('a', 10)}'${again(", 'a', 'aaaaaaaaaa')", levels)}`
  for (const [condition, count] of [
    [`k = lpad('a', 1000, '${again('x')}')`, '0'],
    [`k = lpad('a', 1000, '${again('x', 4000)}')`, '0'],
    [`k > '' AND '${again('a')}' LIKE '%${again('a', MANY / 2)}b'`, '0'],
    [`k = ${tenfold(5)}`, '0'],
    [`length('${again('x')}') = ${MANY} AND k = '7'`, '0'],
    [`k = lpad('7', 1, 'xyz')`, '0'],
  ] as const)
    assert.deepEqual(await a.rows(`SELECT count(*) FROM p WHERE ${condition}`), [[count]], condition.slice(0, 60))
})

test('queries of logs, policies, ranges', async () => {
  const logs = new CloudWatchLogs(a.lake.client)
  await logs.createLogGroup({ logGroupName: 'g' })
  const asked = { logGroupName: 'g', startTime: 0, endTime: 1 }
  const { queryId } = await logs.startQuery({ ...asked, queryString: `fields @message ${again('#', 5000)}` })
  assert.ok(queryId)
  await assert.rejects(logs.startQuery({ ...asked, queryString: `${again('#', 5000)}\n~` }))
  await assert.rejects(logs.startQuery({ ...asked, queryString: `fields @message ${again(' #\n', 3000)}~` }))
  const s3 = new S3(a.lake.client)
  const variable = `\${${again('\t', 4000)}'${again('\t', 4000)},'}`
  const Statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::data/${variable}`,
  }
  await s3.putBucketPolicy({ Bucket: 'data', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) })
  await a.put('object', 'text')
  const blank = again(' ', 15_000)
  const Range = `bytes=${blank}-${blank}-`
  const headers = await signed(a.lake, {
    method: 'GET',
    path: '/data/object',
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  })
  const connection = new RawConnection(a.lake)
  connection.head('GET', '/data/object', { ...headers, range: Range, connection: 'close' })
  assert.match(await connection.untilClosed(), /^HTTP\/1\.1 200 .*text$/s)
})

test('places of tables of the REST catalog', async () => {
  const body = JSON.stringify({
    name: 'far',
    location: `s3://data/${again('/', 10 * MANY)}x`,
    schema: { type: 'struct', fields: [{ id: 1, name: 'n', type: 'int', required: false }] },
  })
  const answer = await send(a.lake, {
    service: 'glue',
    path: '/iceberg/v1/namespaces/db/tables',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await answer.arrayBuffer()
  assert.ok(answer.status < 500, `${answer.status}`)
})
