/**
 * `--what-if` against the change itself: the estimate, then the statement that it names, then the same query on what came
 * of it. Of tables with more rows than three row groups hold, so many are weighed.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { ChangedTables, CSV, type EstimatedChange, numbers } from './changed-tables.ts'

let lake: AthenaLake
let tables: ChangedTables

/** Neighbours differ, `shop` is skewed, `at` grows with the rows as arrival times do. */
const NARROW = `n AS id, n * 7919 % 100003 AS customer, n * 104729 % 500 AS product,
  concat('order ', CAST(n AS varchar), ' at door ', CAST(n * 271 % 9001 AS varchar)) AS note,
  CASE WHEN n % 20 < 15 THEN 'main' WHEN n % 20 < 19 THEN 'side' ELSE 'tiny' END AS shop,
  CAST(date_add('second', n, TIMESTAMP '2024-01-01 00:00:00') AS timestamp(3)) AS at,
  CAST(n * 31 % 997 AS double) / 7 AS amount`
const WIDE = `n AS id, ${Array.from({ length: 30 }, (_, i) => `n * ${i + 1} % ${7 + i * 31} AS c${i}`).join(', ')}`

before(async () => {
  lake = await athenaLake()
  tables = new ChangedTables(lake)
  const create = tables.create.bind(tables)
  await create('narrow_csv', CSV, `SELECT ${NARROW} FROM ${numbers(500)}`)
  await create('narrow_json', "format = 'JSON', write_compression = 'NONE'", `SELECT ${NARROW} FROM ${numbers(200)}`)
  await create('narrow_gzip', "format = 'JSON', write_compression = 'GZIP'", 'SELECT * FROM narrow_json')
  await create('wide_csv', CSV, `SELECT ${WIDE} FROM ${numbers(130)}`)
  await create('parquet', "format = 'PARQUET', write_compression = 'SNAPPY'", 'SELECT * FROM narrow_csv')
  const some = (i: number) => `SELECT * FROM parquet WHERE id >= ${i * 4000} AND id < ${(i + 1) * 4000}`
  await create('many_files', "format = 'PARQUET', write_compression = 'SNAPPY'", some(0))
  for (let i = 1; i < 25; i++) await lake.succeed(`INSERT INTO many_files ${some(i)}`)
})
after(() => lake.close())

/** Answers what was estimated, once what was then scanned is as that. */
async function compare(table: string, query: string, change: string): Promise<EstimatedChange> {
  const estimated = await tables.estimate(table, query, change)
  await tables.compare(`${table}, were it ${change}`, query, estimated, await tables.make(estimated))
  return estimated
}

const CASES: readonly (readonly [table: string, query: string, change: string])[] = [
  ['narrow_csv', 'SELECT sum(customer) FROM TABLE', 'parquet'],
  ['narrow_csv', 'SELECT max(note), sum(amount) FROM TABLE', 'parquet,zstd'],
  ['narrow_csv', "SELECT max(note) FROM TABLE WHERE shop = 'main'", 'partition:shop'],
  ['narrow_csv', "SELECT max(note) FROM TABLE WHERE shop = 'tiny'", 'parquet,partition:shop'],
  ['narrow_csv', 'SELECT max(note) FROM TABLE WHERE customer BETWEEN 10 AND 20', 'parquet,sort:customer'],
  ['narrow_csv', "SELECT max(note) FROM TABLE WHERE at < TIMESTAMP '2024-01-01 10:00:00'", 'parquet'],
  ['narrow_csv', 'SELECT sum(product), max(note) FROM TABLE', 'orc'],
  ['narrow_json', 'SELECT sum(customer), max(note) FROM TABLE WHERE product < 10', 'parquet,gzip'],
  ['narrow_json', 'SELECT sum(customer) FROM TABLE', 'gzip'],
  ['narrow_gzip', 'SELECT sum(customer), max(at) FROM TABLE', 'parquet,snappy'],
  ['wide_csv', 'SELECT sum(c3) FROM TABLE', 'parquet'],
  ['wide_csv', 'SELECT sum(c3) FROM TABLE', 'orc,zstd'],
  ['wide_csv', 'SELECT sum(c25) FROM TABLE WHERE c1 = 6', 'parquet,partition:c1'],
  ['parquet', 'SELECT sum(customer), max(note) FROM TABLE', 'zstd'],
  ['parquet', 'SELECT * FROM TABLE WHERE amount < 2', 'sort:amount'],
  ['many_files', 'SELECT sum(customer) FROM TABLE', 'compact'],
  ['many_files', 'SELECT sum(customer) FROM TABLE', 'zstd,partition:shop'],
]

for (const [table, query, change] of CASES)
  test(`${table}, were it ${change}: ${query}`, () => compare(table, query, change).then(() => undefined))

test('a table of more than three row groups is weighed by some of its rows', async () => {
  const { sampledRows, rows } = await compare('narrow_csv', 'SELECT count(id) FROM TABLE', 'parquet,snappy')
  assert.equal(rows, 500_000)
  assert.ok(sampledRows < 0.8 * rows, String(sampledRows))
})
