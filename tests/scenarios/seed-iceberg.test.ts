/**
 * The Iceberg statements of the article that this lake is built from, word for word and one after the other, with the table read
 * as it is and as it was before and after each. The clock stands where the story does.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { systemClock } from '../../src/core/clock.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'

let passedMs = 0
const clock = { ...systemClock, now: () => new Date(Date.now() + passedMs) }

let a: AthenaLake
before(async () => {
  a = await athenaLake({ clock })
  await a.s3.send(new CreateBucketCommand({ Bucket: 'my-datalake' }))
})
after(() => a.close())

function turnTo(day: string): void {
  passedMs = Date.parse(`${day}T12:00:00Z`) - Date.now()
  // Signatures carry the time.
  for (const client of [a.athena, a.s3, a.glue]) client.config.systemClockOffset = passedMs
}

const CREATE = `-- Create an Iceberg table
CREATE TABLE orders (
    order_id    BIGINT,
    customer_id BIGINT,
    amount      DECIMAL(10, 2),
    status      STRING,
    created_at  TIMESTAMP
)
LOCATION 's3://my-datalake/orders/'
TBLPROPERTIES (
    'table_type' = 'ICEBERG',
    'format'     = 'parquet',
    'write_compression' = 'snappy'
);`

const INSERT = `-- Standard INSERT
INSERT INTO orders VALUES (1001, 42, 99.99, 'pending', CURRENT_TIMESTAMP);`

const MERGE = `-- ACID MERGE (upsert pattern: update existing, insert new)
MERGE INTO orders t
USING orders_updates u ON t.order_id = u.order_id
WHEN MATCHED THEN
    UPDATE SET status = u.status, amount = u.amount
WHEN NOT MATCHED THEN
    INSERT (order_id, customer_id, amount, status, created_at)
    VALUES (u.order_id, u.customer_id, u.amount, u.status, u.created_at);`

const DELETE = `-- Row-level DELETE (impossible with Hive tables)
DELETE FROM orders WHERE status = 'cancelled' AND created_at < TIMESTAMP '2023-01-01 00:00:00';`

const TIME_TRAVEL = `-- Time travel: query as of a past snapshot
SELECT * FROM orders
FOR TIMESTAMP AS OF TIMESTAMP '2024-01-15 00:00:00';`

const ADD_COLUMN = `-- Schema evolution: add a column without rewriting data
ALTER TABLE orders ADD COLUMNS (discount DECIMAL(5, 2));`

const OPTIMIZE = `-- Optimize: compact small files (run periodically)
OPTIMIZE orders REWRITE DATA USING BIN_PACK;`

const VACUUM = `-- Expire old snapshots to reclaim S3 storage
VACUUM orders;`

const ROWS = 'ORDER BY order_id'
const now = () => a.rows(`SELECT order_id, customer_id, amount, status FROM orders ${ROWS}`)
const at = (moment: string) =>
  a.rows(
    `SELECT order_id, customer_id, amount, status FROM orders FOR TIMESTAMP AS OF TIMESTAMP '${moment} UTC' ${ROWS}`,
  )
const newest = async () => (await a.rows('SELECT max_by(snapshot_id, committed_at) FROM "orders$snapshots"'))[0]![0]!
const dataFiles = async () => {
  const { Contents = [] } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'my-datalake', Prefix: 'orders/data/' }))
  return Contents.length
}

const inserted = [['1001', '42', '99.99', 'pending']]
const merged = [
  ['1001', '42', '120.00', 'shipped'],
  ['1002', '7', '10.50', 'cancelled'],
  ['1003', '8', '20.00', 'cancelled'],
]
const kept = [merged[0], merged[2]]

test("an Iceberg table's life, and what it was at each point of it", async () => {
  turnTo('2022-05-01')
  await a.succeed(CREATE)
  assert.deepEqual(await now(), [])

  turnTo('2022-06-01')
  await a.succeed(INSERT)
  assert.deepEqual(await now(), inserted)
  assert.deepEqual(await a.rows("SELECT date_format(created_at, '%Y-%m-%d') FROM orders"), [['2022-06-01']])
  assert.match(
    await a.failure("SELECT * FROM orders FOR TIMESTAMP AS OF TIMESTAMP '2022-05-15 00:00:00 UTC'"),
    /No version history table db.orders at or before 2022-05-15T00:00:00Z/,
  )

  await a.succeed(`CREATE TABLE orders_updates WITH (format = 'PARQUET') AS SELECT * FROM (VALUES
    (CAST(1001 AS bigint), CAST(42 AS bigint), CAST(120 AS decimal(10,2)), 'shipped', TIMESTAMP '2023-02-01 00:00:00'),
    (1002, 7, CAST(10.50 AS decimal(10,2)), 'cancelled', TIMESTAMP '2022-12-31 23:59:59'),
    (1003, 8, CAST(20 AS decimal(10,2)), 'cancelled', TIMESTAMP '2023-01-01 00:00:00')
  ) AS u (order_id, customer_id, amount, status, created_at)`)
  turnTo('2023-03-01')
  await a.succeed(MERGE)
  assert.deepEqual(await now(), merged)
  assert.deepEqual(await at('2023-02-28 00:00:00'), inserted)

  turnTo('2024-01-10')
  await a.succeed(DELETE)
  assert.deepEqual(await now(), kept)
  assert.deepEqual(await at('2024-01-09 00:00:00'), merged)
  assert.deepEqual(await at('2022-07-01 00:00:00'), inserted)

  turnTo('2024-02-01')
  await a.succeed('DELETE FROM orders WHERE order_id = 1003')
  assert.deepEqual(await now(), [merged[0]])
  assert.deepEqual((await a.rows(TIME_TRAVEL)).map((row) => row.slice(0, 4)).toSorted(), kept)

  const beforeAlter = await newest()
  await a.succeed(ADD_COLUMN)
  assert.deepEqual(await a.rows('SELECT order_id, discount FROM orders'), [['1001', null]])
  // What was is shown with the columns that were.
  assert.equal((await a.rows(TIME_TRAVEL))[0]!.length, 5)
  await a.succeed(
    "INSERT INTO orders VALUES (1004, 9, DECIMAL '5.00', 'pending', TIMESTAMP '2024-02-01 00:00:00', 0.10)",
  )
  assert.deepEqual(await a.rows('SELECT order_id, discount FROM orders ORDER BY 1'), [
    ['1001', null],
    ['1004', '0.10'],
  ])
  assert.equal((await newest()) === beforeAlter, false)

  for (let i = 5; i < 9; i++) await a.succeed(`INSERT INTO orders (order_id, amount) VALUES (100${i}, ${i})`)
  const before = await a.rows('SELECT * FROM orders ORDER BY order_id')
  const beforeOptimize = await newest()
  turnTo('2024-02-02')
  await a.succeed(OPTIMIZE)
  assert.notEqual(await newest(), beforeOptimize)
  assert.deepEqual(await a.rows('SELECT content, count(*) FROM "orders$files" GROUP BY 1'), [['0', '1']])
  assert.deepEqual(await a.rows('SELECT * FROM orders ORDER BY order_id'), before)
  assert.deepEqual(await a.rows(`SELECT * FROM orders FOR VERSION AS OF ${beforeOptimize} ORDER BY order_id`), before)
  assert.deepEqual((await a.rows(TIME_TRAVEL)).map((row) => row.slice(0, 4)).toSorted(), kept)

  // Five days are kept: of what was before the last of them, only how it stood then.
  turnTo('2024-02-06')
  await a.succeed(VACUUM)
  assert.deepEqual(await a.rows(`SELECT * FROM orders FOR VERSION AS OF ${beforeOptimize} ORDER BY order_id`), before)
  turnTo('2024-03-01')
  await a.succeed(VACUUM)
  assert.deepEqual(await a.rows('SELECT count(*) FROM "orders$snapshots"'), [['1']])
  assert.equal(await dataFiles(), 1)
  assert.deepEqual(await a.rows('SELECT * FROM orders ORDER BY order_id'), before)
  assert.match(await a.failure(TIME_TRAVEL), /No version history table db.orders at or before 2024-01-15T00:00:00Z/)
  assert.deepEqual(a.lake.log, [])
})
