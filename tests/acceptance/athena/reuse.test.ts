/** Reusing the result of an earlier query, as the guide describes it; the clock is turned, not waited for. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { systemClock } from '../../../src/core/clock.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
let aheadMs = 0
before(async () => {
  a = await athenaLake({ clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) } })
  await a.put('numbers/a.csv', '1\n2\n')
  await a.succeed(`CREATE EXTERNAL TABLE numbers (n int) LOCATION 's3://data/numbers/'`)
})
after(() => a.close())

const reusing = (MaxAgeInMinutes?: number) => ({
  ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes } },
})
const ran = async (sql: string, more: object = reusing()) => {
  const { QueryExecutionId, Statistics, ResultConfiguration } = await a.succeed(sql, more)
  const { ResultSet } = await a.results(QueryExecutionId!)
  return {
    reused: Statistics!.ResultReuseInformation!.ReusedPreviousResult,
    bytes: Statistics!.DataScannedInBytes,
    values: ResultSet!.Rows!.slice(1).map((row) => row.Data![0]!.VarCharValue),
    location: ResultConfiguration!.OutputLocation!,
  }
}

test('the last result is taken, though the data have changed, until it is too old', async () => {
  const sql = 'SELECT sum(n) FROM numbers'
  const first = await ran(sql)
  assert.deepEqual([first.reused, first.bytes, first.values], [false, 4, ['3']])
  await a.put('numbers/b.csv', '10\n')
  assert.deepEqual(await ran(sql), { ...first, reused: true, bytes: 0 })
  assert.deepEqual((await ran(sql, {})).values, ['13'])
  assert.deepEqual((await ran(sql)).values, ['13'])
  // Not further: signatures older than a quarter of an hour are refused.
  aheadMs = 14 * 60_000
  assert.equal((await ran(sql, reusing(60))).reused, true)
  assert.equal((await ran(sql, reusing(10))).reused, false)
  aheadMs = 0
})

test('another text, place or database is another query', async () => {
  const sql = 'SELECT max(n) FROM numbers'
  assert.equal((await ran(sql)).reused, false)
  assert.equal((await ran(`${sql} -- again`)).reused, false)
  assert.equal(
    (await ran(sql, { ...reusing(), ResultConfiguration: { OutputLocation: 's3://results/else/' } })).reused,
    false,
  )
  assert.equal((await ran(sql)).reused, true)
})

test('the catalog by default is the same, named or not', async () => {
  const sql = 'SELECT n + 1 FROM numbers ORDER BY n'
  const [Catalog, Database] = ['AwsDataCatalog', 'db']
  const named = { ...reusing(), QueryExecutionContext: { Catalog, Database } }
  assert.equal((await ran(sql, named)).reused, false)
  assert.equal((await ran(sql)).reused, true)
  const other = 'SELECT n + 2 FROM db.numbers ORDER BY n'
  assert.equal((await ran(other, { ...reusing(), QueryExecutionContext: undefined })).reused, false)
  assert.equal((await ran(other, named)).reused, false)
  const byDefault = { ...named, QueryExecutionContext: { Catalog, Database: 'default' } }
  assert.equal((await ran(other, byDefault)).reused, true)
})

test('what is not certain is not reused', async () => {
  await a.succeed('CREATE VIEW numbers_today AS SELECT n, current_date AS today FROM numbers')
  for (const sql of [
    'SELECT random() FROM numbers',
    'SELECT n FROM numbers LIMIT 1',
    'SELECT now() FROM numbers',
    "SELECT count(*) FROM numbers WHERE current_timestamp > TIMESTAMP '2020-01-01 00:00:00'",
    "SELECT count(*) FROM numbers_today WHERE today > DATE '2020-01-01'",
    'SELECT current_user FROM numbers',
  ]) {
    await ran(sql)
    assert.equal((await ran(sql)).reused, false, sql)
  }
  await ran('SELECT current_schema, n FROM numbers ORDER BY n')
  assert.equal((await ran('SELECT current_schema, n FROM numbers ORDER BY n')).reused, true)
  const ordered = 'SELECT n FROM numbers ORDER BY n LIMIT 1'
  await ran(ordered)
  assert.equal((await ran(ordered)).reused, true)
})

test('a table that is gone is missed, though the result is there', async () => {
  await a.put('passing/a.csv', '7\n')
  const create = `CREATE EXTERNAL TABLE passing (n int) LOCATION 's3://data/passing/'`
  await a.succeed(create)
  await a.succeed('CREATE VIEW over_passing AS SELECT n FROM passing')
  for (const sql of ['SELECT n FROM passing', 'SELECT n FROM over_passing']) await ran(sql)
  assert.equal((await ran('SELECT n FROM over_passing')).reused, true)
  await a.succeed('DROP TABLE passing')
  assert.match(await a.failure('SELECT n FROM passing', reusing()), /^TABLE_NOT_FOUND/)
  await a.run('SELECT n FROM over_passing', reusing()).then(({ Status }) => assert.equal(Status!.State, 'FAILED'))
  await a.succeed(create)
  await a.succeed('DROP VIEW over_passing')
  assert.equal((await ran('SELECT n FROM passing')).reused, true)
  assert.match(await a.failure('SELECT n FROM over_passing', reusing()), /^TABLE_NOT_FOUND/)
})

test('a prepared statement that says something else is another query', async () => {
  await a.succeed('PREPARE least FROM SELECT min(n) FROM numbers WHERE n > ?')
  assert.deepEqual((await ran('EXECUTE least USING 0')).values, ['1'])
  assert.equal((await ran('EXECUTE least USING 0')).reused, true)
  assert.equal((await ran('EXECUTE least USING 1')).reused, false)
  await a.succeed('PREPARE least FROM SELECT max(n) FROM numbers WHERE n > ?')
  const { reused, values } = await ran('EXECUTE least USING 0')
  assert.deepEqual([reused, values], [false, ['10']])
})

test('other parameters are another query', async () => {
  const run = (parameter: string) =>
    ran('SELECT count(*) FROM numbers WHERE n >= ?', { ...reusing(), ExecutionParameters: [parameter] })
  assert.deepEqual([(await run('1')).values, (await run('2')).values], [['3'], ['2']])
  assert.deepEqual([(await run('1')).reused, (await run('2')).reused], [true, true])
})

test('more than twenty tables are too many', async () => {
  const many = (count: number) =>
    `SELECT ${Array.from({ length: count }, (_, i) => `(SELECT max(n) FROM numbers AS t${i})`).join(' + ')} AS s`
  await ran(many(21))
  assert.equal((await ran(many(21))).reused, true, 'the same table')
  for (let i = 0; i < 21; i++) await a.succeed(`CREATE EXTERNAL TABLE few${i} (n int) LOCATION 's3://data/numbers/'`)
  const tables = (count: number) =>
    `SELECT ${Array.from({ length: count }, (_, i) => `(SELECT max(n) FROM few${i})`).join(' + ')} AS s`
  for (const count of [20, 21]) await ran(tables(count))
  assert.deepEqual([(await ran(tables(20))).reused, (await ran(tables(21))).reused], [true, false])
})

test('a result that was deleted is made anew', async () => {
  const sql = 'SELECT min(n) FROM numbers'
  const { location } = await ran(sql)
  await a.s3.send(new DeleteObjectCommand({ Bucket: 'results', Key: location.slice('s3://results/'.length) }))
  const { reused, values } = await ran(sql)
  assert.deepEqual([reused, values], [false, ['1']])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
