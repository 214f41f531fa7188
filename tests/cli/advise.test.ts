import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  BatchCreatePartitionCommand,
  GetColumnStatisticsTaskRunsCommand,
  GetTablesCommand,
  StartColumnStatisticsTaskRunCommand,
} from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { run } from './process.ts'

let lake: AthenaLake
let environment: Record<string, string>
/** What a query of one column of `wide` scans. */
let namedBytes: number

const ORDERS = `SELECT n AS id, n * 7919 % 1000 AS customer, concat('note ', CAST(n * 7 AS varchar)) AS note,
  concat('day ', CAST(n % 5 AS varchar)) AS day
  FROM (SELECT a * 1000 + b AS n FROM UNNEST(sequence(0, 149)) AS t (a) CROSS JOIN UNNEST(sequence(0, 999)) AS u (b)) AS x`
const DAILY = "SELECT sum(customer) FROM orders WHERE day = 'day 3'"
const SUM = '74925000'

before(async () => {
  lake = await athenaLake()
  environment = { LENTIC_ENDPOINT: lake.lake.endpoint }
  await lake.succeed(`CREATE TABLE orders WITH (format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE',
    external_location = 's3://data/orders/') AS ${ORDERS}`)
  for (let i = 0; i < 3; i++) await lake.succeed(DAILY)
  await lake.succeed(`CREATE TABLE clicks WITH (format = 'PARQUET', partitioned_by = ARRAY['day'],
    external_location = 's3://data/clicks/') AS SELECT id, note, day FROM orders WHERE id < 1000`)
  await lake.succeed('SELECT * FROM clicks')
  await lake.succeed(`CREATE TABLE wide WITH (format = 'PARQUET', external_location = 's3://data/wide/') AS
    SELECT id, customer, note FROM orders WHERE id < 40000`)
  await lake.succeed('SELECT * FROM wide')
  const { Statistics } = await lake.succeed('SELECT max(id) FROM wide')
  namedBytes = Statistics!.DataScannedInBytes!
  await lake.glue.send(
    new BatchCreatePartitionCommand({
      DatabaseName: 'db',
      TableName: 'clicks',
      PartitionInputList: [{ Values: ['gone'] }],
    }),
  )
})
after(() => lake.close())

interface Found {
  readonly rule: string
  readonly table: string
  readonly text: string
  readonly statement?: string
  readonly saving?: { readonly runs: number; readonly bytesBefore: number; readonly bytesAfter: number }
}

const advised = async (...args: string[]): Promise<Found[]> => {
  const answer = await run(['advise', 'db', '--format', 'json', ...args], environment)
  assert.equal(answer.code, 0, answer.err)
  return (JSON.parse(answer.out) as { findings: Found[] }).findings
}

test('flags, each with the saving measured on the queries of the history and the statement that fixes it', async () => {
  const findings = await advised('--large-megabytes', '1')
  const of = (table: string) => findings.filter((one) => one.table === table).map(({ rule }) => rule)
  assert.deepEqual(of('db.orders'), ['text-format', 'no-partitions', 'missing-statistics', 'uncompressed-text'])
  assert.deepEqual(of('db.clicks'), ['empty-partitions', 'select-star', 'missing-statistics'])
  const text = findings.find(({ rule }) => rule === 'text-format')!
  assert.equal(text.saving!.runs, 3)
  assert.ok(text.saving!.bytesAfter < text.saving!.bytesBefore / 4, JSON.stringify(text.saving))
  assert.match(text.statement!, /^CREATE TABLE "db"\."orders_parquet"\nWITH \(format = 'PARQUET'/)
  const partitions = findings.find(({ rule }) => rule === 'no-partitions')!
  assert.match(partitions.statement!, /partitioned_by = ARRAY\['day'\]/)
  assert.ok(partitions.saving!.bytesAfter < text.saving!.bytesAfter)
})

test('SELECT * is measured against the columns that the other queries name', async () => {
  const star = (await advised('--rule', 'select-star')).find(({ table }) => table === 'db.wide')
  assert.deepEqual([star!.saving!.runs, star!.saving!.bytesAfter], [1, namedBytes])
  assert.ok(star!.saving!.bytesAfter < star!.saving!.bytesBefore / 2, JSON.stringify(star!.saving))
  assert.match(star!.text, /with just id, which others name, they would read .* for \$0\.00005$/)
})

test('as text, and as SARIF', async () => {
  const text = await run(['advise', 'db.orders'], environment)
  assert.match(
    text.out,
    /^db\.orders\n {2}⚠ text-format: text of \S+ MB, read by 1 query in 3 runs\. 3 runs .* with parquet they would read .* for \$0\.00015\n {6}CREATE TABLE/,
  )
  assert.match(text.out, /\n3 findings in 1 table, by the queries since \d{4}-\d\d-\d\d\n$/)
  const answer = await run(['advise', 'db', '--format', 'sarif', '--rule', 'empty-partitions'], environment)
  const { version, runs } = JSON.parse(answer.out)
  assert.equal(version, '2.1.0')
  assert.equal(runs[0].tool.driver.name, 'lentic')
  const [result, ...others] = runs[0].results
  assert.deepEqual(others, [])
  assert.equal(runs[0].tool.driver.rules[result.ruleIndex].id, 'empty-partitions')
  assert.equal(result.level, 'note')
  assert.equal(result.locations[0].logicalLocations[0].fullyQualifiedName, 'db.clicks')
})

test('applied: the table is written anew and takes the name, the old one stays; queries read what was promised', async () => {
  const [promised] = (await advised('--large-megabytes', '1', '--rule', 'no-partitions')).map(({ saving }) => saving!)
  const refused = await run(['advise', 'db', '--apply'], environment)
  assert.equal(refused.code, 2)
  assert.match(refused.err, /with --yes it does not ask/)
  const applied = await run(
    ['advise', 'db', '--apply', '--yes', '--large-megabytes', '1', '--rule', 'no-partitions'],
    environment,
  )
  assert.equal(applied.code, 0, applied.err)
  assert.match(
    applied.out,
    /done: 150000 rows\. The old table is db\.orders_before_\d{14}, with its files\n {2}.* MB → .* {2}SELECT sum/,
  )
  const execution = await lake.succeed(DAILY)
  const scanned = execution.Statistics!.DataScannedInBytes!
  const estimate = promised!.bytesAfter / promised!.runs
  assert.ok(Math.abs(estimate / scanned - 1) < 0.15, `${estimate} ${scanned}`)
  const tables = await lake.glue.send(new GetTablesCommand({ DatabaseName: 'db', Expression: 'orders.*' }))
  const [now, old, ...others] = tables.TableList!
  assert.deepEqual(others, [])
  assert.deepEqual(
    now!.PartitionKeys!.map(({ Name }) => Name),
    ['day'],
  )
  assert.equal(old!.StorageDescriptor!.Location, 's3://data/orders/')
  for (const name of ['orders', old!.Name])
    assert.deepEqual(await lake.rows(`SELECT sum(customer) FROM ${name}`), [[SUM]])
  const again = await advised('--large-megabytes', '1')
  assert.ok(!again.some(({ rule, table }) => table === 'db.orders' && rule === 'no-partitions'))
})

test('no partitions are advised that would be too many and too small as soon as they are there', async () => {
  await lake.succeed(`CREATE TABLE people WITH (format = 'TEXTFILE', external_location = 's3://data/people/') AS
    SELECT id, note FROM orders WHERE id < 20000`)
  await lake.succeed('SELECT note FROM people WHERE id = 7')
  const [found] = (await advised('--large-megabytes', '0.1', '--rule', 'no-partitions')).filter(
    ({ table }) => table === 'db.people',
  )
  assert.match(found!.text, /its queries ask for id, which would make 20000 small partitions: partition by something/)
  assert.equal(found!.statement, undefined)
})

test('statistics are stale as soon as a file is newer, and fresh when they were reckoned again', async () => {
  const rules = async () => (await advised()).flatMap(({ rule, table }) => (table === 'db.wide' ? [rule] : []))
  await reckoned('wide')
  assert.deepEqual(await rules(), ['select-star'])
  await lake.succeed("INSERT INTO wide VALUES (1, 2, 'new')")
  assert.deepEqual(await rules(), ['select-star', 'stale-statistics'])
  const applied = await run(['advise', 'db.wide', '--apply', '--yes', '--rule', 'stale-statistics'], environment)
  assert.equal(applied.code, 0, applied.err)
  await ended('wide')
  assert.deepEqual(await rules(), ['select-star'])
})

test('what was applied is not advised again: savings are of the table as it lies, statistics of the new one', async () => {
  await lake.succeed(`CREATE TABLE notes WITH (format = 'TEXTFILE', write_compression = 'NONE',
    external_location = 's3://data/notes/') AS SELECT id, note FROM orders WHERE id < 40000`)
  await lake.succeed('SELECT max(id) FROM notes')
  const applied = await run(['advise', 'db.notes', '--apply', '--yes'], environment)
  assert.equal(applied.code, 0, applied.err)
  await ended('notes')
  const again = (await advised()).filter(({ table }) => table === 'db.notes')
  assert.deepEqual(again, [])
})

async function reckoned(table: string): Promise<void> {
  const Role = 'arn:aws:iam::000000000000:role/statistics'
  await lake.glue.send(new StartColumnStatisticsTaskRunCommand({ DatabaseName: 'db', TableName: table, Role }))
  await ended(table)
}

async function ended(TableName: string): Promise<void> {
  for (;;) {
    const asked = new GetColumnStatisticsTaskRunsCommand({ DatabaseName: 'db', TableName })
    const { ColumnStatisticsTaskRuns } = await lake.glue.send(asked)
    const states = ColumnStatisticsTaskRuns!.map(({ Status }) => Status)
    if (states.every((state) => state === 'SUCCEEDED')) return
    assert.ok(!states.some((state) => state === 'FAILED' || state === 'STOPPED'), states.join())
    await setTimeout(20)
  }
}

test('operations are applied as they stand', async () => {
  const applied = await run(['advise', 'db.clicks', '--apply', '--yes', '--rule', 'empty-partitions'], environment)
  assert.equal(applied.code, 0, applied.err)
  assert.deepEqual(
    await lake.lines('SHOW PARTITIONS clicks'),
    [0, 1, 2, 3, 4].map((n) => `day=day ${n}`),
  )
})

test('a table or database that is not there is said, not found to be without fault', async () => {
  for (const [scope, message] of [
    ['db.nope', /Table 'db\.nope' does not exist/],
    ['nope.orders', /Database nope not found/],
    ['nope', /Database nope not found/],
  ] as const) {
    const answer = await run(['advise', scope], environment)
    assert.equal(answer.code, 1, scope)
    assert.match(answer.err, message)
  }
})

test('what is wrong with a call is said', async () => {
  for (const [args, message] of [
    [['db.orders.id'], /usage: lentic advise/],
    [['--large-megabytes', 'many'], /a number of megabytes, 0 to 1000000000000: 'many' is none/],
  ] as const) {
    const answer = await run(['advise', ...args], environment)
    assert.equal(answer.code, 2)
    assert.match(answer.err, message)
  }
})
