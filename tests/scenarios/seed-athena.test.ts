/** The Athena statements of the article that this lake is built from, word for word, over data made for them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { GetPartitionsCommand } from '@aws-sdk/client-glue'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { CLOUDTRAIL_QUERY, CLOUDTRAIL_TABLE } from './seed-statements.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  for (const Bucket of ['my-datalake', 'my-cloudtrail-bucket']) await a.s3.send(new CreateBucketCommand({ Bucket }))
})
after(() => a.close())

const put = (Bucket: string, Key: string, Body: string | Uint8Array) =>
  a.s3.send(new PutObjectCommand({ Bucket, Key, Body }))

const ORDERS_TO_PARQUET = `-- Convert raw CSV table to partitioned Parquet in one query
CREATE TABLE orders_parquet
WITH (
    format = 'PARQUET',
    parquet_compression = 'SNAPPY',
    partitioned_by = ARRAY['year', 'month'],
    external_location = 's3://my-datalake/clean/orders_parquet/'
)
AS SELECT
    order_id,
    customer_id,
    amount,
    status,
    created_at,
    CAST(year(created_at) AS VARCHAR) AS year,
    LPAD(CAST(month(created_at) AS VARCHAR), 2, '0') AS month
FROM orders_csv
WHERE created_at IS NOT NULL;`

test('orders in CSV become partitioned Parquet with one query', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => {
    const at = new Date(Date.UTC(2023, 10, 1 + (i % 120), i % 24))
    const text = i % 50 === 7 ? '' : at.toISOString().slice(0, 19).replace('T', ' ')
    return { id: i, customer: i % 17, cents: 100 + i * 3, status: i % 3 ? 'paid' : 'open', at: text }
  })
  await put(
    'my-datalake',
    'raw/orders/o.csv',
    rows.map((r) => [r.id, r.customer, (r.cents / 100).toFixed(2), r.status, r.at].join(',')).join('\n'),
  )
  await a.succeed(`CREATE EXTERNAL TABLE orders_csv (order_id bigint, customer_id bigint, amount decimal(10,2), status string, created_at timestamp)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://my-datalake/raw/orders/'`)
  await a.succeed(ORDERS_TO_PARQUET)
  const dated = rows.filter((r) => r.at !== '')
  const months = [...Map.groupBy(dated, (r) => r.at.slice(0, 7))].sort(([x], [y]) => (x < y ? -1 : 1))
  const { Partitions } = await a.glue.send(
    new GetPartitionsCommand({ DatabaseName: 'db', TableName: 'orders_parquet' }),
  )
  assert.deepEqual(
    Partitions!.map((p) => p.Values!.join('-')),
    months.map(([month]) => month),
  )
  const { Contents } = await a.s3.send(
    new ListObjectsV2Command({ Bucket: 'my-datalake', Prefix: 'clean/orders_parquet/year=2023/month=11/' }),
  )
  assert.ok(Contents!.length >= 1)
  assert.deepEqual(
    await a.rows(
      'SELECT year, month, count(*), sum(amount) FROM orders_parquet GROUP BY year, month ORDER BY year, month',
    ),
    months.map(([month, those]) => [
      ...month.split('-'),
      String(those.length),
      (those.reduce((sum, r) => sum + r.cents, 0) / 100).toFixed(2),
    ]),
  )
  const scanned = async (where: string) =>
    (await a.succeed(`SELECT sum(amount) FROM orders_parquet ${where}`)).Statistics!.DataScannedInBytes!
  assert.ok((await scanned("WHERE year = '2024' AND month = '01'")) < (await scanned('')))
})

test('CloudTrail by projection: only the folders of a month in a region are read', async () => {
  await a.succeed(CLOUDTRAIL_TABLE)
  const sizes = new Map<string, number>()
  const log = async (folder: string, names: readonly string[]) => {
    const Records = names.map((eventName, i) => ({
      eventVersion: '1.08',
      userIdentity: { type: 'AssumedRole', principalId: `AID${i}`, arn: 'arn:aws:iam::123456789012:role/r' },
      eventTime: '2024-01-15T10:00:00Z',
      eventSource: 's3.amazonaws.com',
      eventName,
      awsRegion: folder.split('/')[0],
      sourceIPAddress: '198.51.100.7',
      requestParameters: { bucketName: 'b', key: `k${i}` },
      responseElements: null,
    }))
    const body = gzipSync(JSON.stringify({ Records }))
    sizes.set(folder, body.length)
    await put('my-cloudtrail-bucket', `AWSLogs/123456789012/CloudTrail/${folder}/log.json.gz`, body)
  }
  await log('us-east-1/2024/01/15', ['GetObject', 'GetObject', 'PutObject'])
  await log('us-east-1/2024/01/31', ['GetObject', 'PutObject', 'DeleteObject', 'GetObject'])
  await log('us-east-1/2024/02/01', ['ListBuckets'])
  await log('us-west-2/2024/01/15', ['ListBuckets'])
  await log('us-east-1/2021/01/15', ['OutOfRange'])
  const { QueryExecutionId, Statistics } = await a.succeed(CLOUDTRAIL_QUERY)
  const { ResultSet } = await a.results(QueryExecutionId!)
  assert.deepEqual(
    ResultSet!.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue)),
    [
      ['eventName', 'event_count'],
      ['GetObject', '4'],
      ['PutObject', '2'],
      ['DeleteObject', '1'],
    ],
  )
  assert.equal(Statistics!.DataScannedInBytes, sizes.get('us-east-1/2024/01/15')! + sizes.get('us-east-1/2024/01/31')!)
  assert.deepEqual(await a.rows("SELECT count(*) FROM cloudtrail_logs WHERE eventName = 'OutOfRange'"), [['0']])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
