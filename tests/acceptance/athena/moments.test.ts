/** Timestamps of Hive tables have milliseconds, whatever their files have (docs: athena ug, data-types). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const MICROS = ['2024-01-01 10:00:00.123456', '2024-01-01 10:00:00.1235', '1969-12-31 23:59:59.9995']
/** Trino's readers round half up. */
const MILLIS = ['1970-01-01 00:00:00.000', '2024-01-01 10:00:00.123', '2024-01-01 10:00:00.124']

async function readsMillis(table: string): Promise<void> {
  assert.deepEqual(
    await a.rows(`SELECT at FROM ${table} ORDER BY at`),
    MILLIS.map((text) => [text]),
  )
  for (const text of MILLIS)
    assert.deepEqual(
      await a.rows(`SELECT cast(at AS timestamp(6)) FROM ${table} WHERE at = TIMESTAMP '${text}'`),
      [[`${text}000`]],
      text,
    )
  assert.deepEqual(await a.rows(`SELECT count(*) FROM ${table} WHERE at > TIMESTAMP '2024-01-01 10:00:00.123'`), [
    ['1'],
  ])
  assert.deepEqual(
    await a.rows(
      `SELECT count(*) FROM ${table} x JOIN (VALUES TIMESTAMP '2024-01-01 10:00:00.123') y (at) ON x.at = y.at`,
    ),
    [['1']],
  )
}

test('of Parquet that somebody wrote with microseconds', async () => {
  await a.succeed(
    `CREATE TABLE fine (at timestamp, inside array<struct<at: timestamp>>) LOCATION 's3://data/fine/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  const rows = MICROS.map((text) => `(TIMESTAMP '${text}', ARRAY[ROW(TIMESTAMP '${text}')])`)
  await a.succeed(`INSERT INTO fine VALUES ${rows.join(', ')}`)
  await a.succeed(
    `CREATE EXTERNAL TABLE coarse (at timestamp, inside array<struct<at: timestamp>>) STORED AS PARQUET LOCATION 's3://data/fine/data/'`,
  )
  await readsMillis('coarse')
  assert.deepEqual(await a.rows('SELECT count(*) FROM coarse WHERE inside[1].at = at'), [['3']])
})

test('of lines of text and of JSON', async () => {
  await a.put('lines/a.csv', `${MICROS.join('\n')}\n`)
  await a.succeed(`CREATE EXTERNAL TABLE lines (at timestamp) LOCATION 's3://data/lines/'`)
  await readsMillis('lines')
  await a.put('objects/a.json', MICROS.map((at) => `${JSON.stringify({ at })}\n`).join(''))
  await a.succeed(
    `CREATE EXTERNAL TABLE objects (at timestamp) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/objects/'`,
  )
  await readsMillis('objects')
})

test('what is asked of them leaves row groups out', async () => {
  await a.succeed(`CREATE TABLE days WITH (external_location = 's3://data/days/') AS
    SELECT TIMESTAMP '2024-01-01 00:00:00' + x * INTERVAL '1' SECOND AS at, x AS n
    FROM UNNEST(sequence(1, 400)) AS s (i) CROSS JOIN UNNEST(sequence(i * 1000 - 999, i * 1000)) AS t (x) ORDER BY 1`)
  const bytes = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!
  const all = await bytes('SELECT max(at), sum(n) FROM days')
  for (const condition of [
    "at BETWEEN TIMESTAMP '2024-01-01 00:00:01' AND TIMESTAMP '2024-01-01 00:00:09'",
    "at IN (TIMESTAMP '2024-01-01 00:00:01', TIMESTAMP '2024-01-01 00:00:09')",
    "at < TIMESTAMP '2024-01-01 00:00:10' AND n > 0",
  ]) {
    const some = await bytes(`SELECT max(at), sum(n) FROM days WHERE ${condition}`)
    assert.ok(some < all / 2, `${condition}: ${some} of ${all}`)
  }
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
