/** UPDATE, DELETE and MERGE of Iceberg tables: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-updating-iceberg-table-data.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { deleteByValues, evolvePartitions, putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const PROPERTIES = "TBLPROPERTIES ('table_type' = 'ICEBERG')"

/** `rows` rows of (id, name, day), a third of them on each of the first three days of 2024. */
async function create(name: string, rows: number): Promise<void> {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint, name string, day date) PARTITIONED BY (day) LOCATION 's3://data/${name}/' ${PROPERTIES}`,
  )
  await a.succeed(
    `INSERT INTO ${name} SELECT x, 'n' || cast(x AS varchar), date_add('day', x % 3, DATE '2024-01-01') FROM UNNEST(sequence(1, ${rows})) u (x)`,
  )
}
const totals = async (from: string) => (await a.rows(`SELECT count(*), sum(id) FROM ${from}`))[0]
const newest = async (name: string) =>
  (
    await a.rows(
      `SELECT operation, ${['added-data-files', 'added-delete-files', 'deleted-data-files'].map((key) => `element_at(summary, '${key}')`).join(', ')}
         FROM "${name}$snapshots" ORDER BY committed_at DESC LIMIT 1`,
    )
  )[0]

test('rows that are deleted are told by files of positions, whole files are removed', async () => {
  await create('gone', 30)
  const deleted = await a.succeed('DELETE FROM gone WHERE id IN (2, 5, 9)')
  assert.equal((await a.results(deleted.QueryExecutionId!)).UpdateCount ?? 3, 3)
  assert.deepEqual(await totals('gone'), ['27', String(465 - 16)])
  assert.deepEqual(await newest('gone'), ['delete', null, '2', null])
  // A whole partition, of which no row was deleted before.
  await a.succeed("DELETE FROM gone WHERE day = DATE '2024-01-02'")
  assert.deepEqual(await newest('gone'), ['delete', null, null, '1'])
  assert.deepEqual(await totals('gone'), ['17', String(465 - 16 - (1 + 4 + 7 + 10 + 13 + 16 + 19 + 22 + 25 + 28))])
  await a.succeed('DELETE FROM gone WHERE id > 1000')
  assert.deepEqual(await a.rows('SELECT count(*) FROM "gone$snapshots"'), [['3']])
  const [[first]] = (await a.rows('SELECT snapshot_id FROM "gone$snapshots" ORDER BY committed_at LIMIT 1')) as [
    [string],
  ]
  assert.deepEqual(await totals(`gone FOR VERSION AS OF ${first}`), ['30', '465'])
  await a.succeed('DELETE FROM gone')
  assert.deepEqual(await totals('gone'), ['0', null])
  assert.equal((await a.succeed('SELECT * FROM gone')).Statistics!.DataScannedInBytes, 0)
})

test('rows that are updated get new values, and move to the partition of these', async () => {
  await create('new_values', 12)
  await a.succeed(
    "UPDATE new_values SET name = upper(name), day = DATE '2024-06-01' WHERE id BETWEEN 10 AND 11 OR name = 'n3'",
  )
  assert.deepEqual(await a.rows("SELECT * FROM new_values WHERE day > DATE '2024-05-01' ORDER BY id"), [
    ['3', 'N3', '2024-06-01'],
    ['10', 'N10', '2024-06-01'],
    ['11', 'N11', '2024-06-01'],
  ])
  assert.deepEqual(await totals('new_values'), ['12', '78'])
  assert.deepEqual(await newest('new_values'), ['overwrite', '1', '3', null])
  await a.succeed('UPDATE new_values SET id = id + 100, name = NULL')
  assert.deepEqual(await a.rows('SELECT count(*), sum(id), count(name) FROM new_values'), [['12', '1278', '0']])
  // Of what is in a query of another table.
  await a.succeed(
    'UPDATE new_values SET name = (SELECT max(name) FROM "new_values$refs") WHERE id IN (SELECT max(id) FROM new_values)',
  )
  assert.deepEqual(await a.rows('SELECT id, name FROM new_values WHERE name IS NOT NULL'), [['112', 'main']])
})

test('a merge does the first thing that holds', async () => {
  await create('merged', 6)
  await a.succeed(
    `MERGE INTO merged AS t USING (SELECT * FROM (VALUES (1, 'one'), (3, 'three'), (4, 'four'), (100, 'hundred'), (101, NULL)) v (id, name)) s
       ON t.id = s.id
     WHEN MATCHED AND s.id = 3 THEN DELETE
     WHEN MATCHED AND s.name LIKE 'f%' THEN UPDATE SET name = s.name || '!', day = t.day + INTERVAL '1' YEAR
     WHEN MATCHED THEN UPDATE SET name = s.name
     WHEN NOT MATCHED AND s.name IS NOT NULL THEN INSERT (id, name) VALUES (s.id, s.name)`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM merged ORDER BY id'), [
    ['1', 'one', '2024-01-02'],
    ['2', 'n2', '2024-01-03'],
    ['4', 'four!', '2025-01-02'],
    ['5', 'n5', '2024-01-03'],
    ['6', 'n6', '2024-01-01'],
    ['100', 'hundred', null],
  ])
  await a.succeed(
    'MERGE INTO merged USING merged s ON false WHEN NOT MATCHED THEN INSERT VALUES (s.id * 2, s.name, s.day)',
  )
  assert.deepEqual(await totals('merged'), ['12', String(118 * 3)])
  assert.match(
    await a.failure('MERGE INTO merged t USING (VALUES 1, 1) s (id) ON t.id = s.id WHEN MATCHED THEN DELETE'),
    /^MERGE_TARGET_ROW_MULTIPLE_MATCHES: One MERGE target table row matched more than one source row/,
  )
  assert.deepEqual(await totals('merged'), ['12', String(118 * 3)])
})

test('rows of files that Spark wrote change as those of our own', async () => {
  await putIceberg(a, 'mor')
  const before = await totals('mor')
  await a.succeed("UPDATE mor SET name = 'ours' WHERE id = 7")
  await a.succeed('DELETE FROM mor WHERE id IN (0, 22)')
  assert.deepEqual(await a.rows('SELECT id, name, part FROM mor WHERE id IN (0, 7, 22)'), [['7', 'ours', '1']])
  assert.deepEqual(await totals('mor'), [String(Number(before![0]) - 2), String(Number(before![1]) - 22)])
})

test('rows that others have deleted by their values, older ones only', async () => {
  await a.succeed(`CREATE TABLE streamed (id bigint, name string, n int) LOCATION 's3://data/streamed' ${PROPERTIES}`)
  await a.succeed("INSERT INTO streamed VALUES (1, 'a', 10), (2, 'b', 20), (2, 'c', 30), (3, NULL, 40), (4, 'd', 50)")
  await a.succeed('DELETE FROM streamed WHERE id = 4')
  await deleteByValues(a, 'streamed', "(2::BIGINT, 'b'), (3, NULL), (NULL, NULL)")
  assert.deepEqual(await a.rows('SELECT * FROM streamed ORDER BY n'), [
    ['1', 'a', '10'],
    ['2', 'c', '30'],
  ])
  assert.deepEqual(await a.rows('SELECT sum(n), count(*) FROM streamed'), [['40', '2']])
  assert.deepEqual(await a.rows('SELECT count(*) FROM streamed'), [['2']])
  await a.succeed("INSERT INTO streamed VALUES (2, 'b', 60)")
  assert.deepEqual(await a.rows('SELECT n FROM streamed WHERE id = 2 ORDER BY n'), [['30'], ['60']])
  assert.match(
    (await a.lines('EXPLAIN SELECT * FROM streamed')).join('\n'),
    /Deletes: 1 position delete files, 1 equality delete files, of 1 files/,
  )
  await a.succeed('UPDATE streamed SET n = n + 1')
  assert.deepEqual(await a.rows('SELECT n FROM streamed ORDER BY n'), [['11'], ['31'], ['61']])
})

test('two changes of the same rows at the same time: one happens, the other says so', async () => {
  await create('contested', 9)
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, (_, i) => a.run(`UPDATE contested SET name = 'by ${i}' WHERE id <= 9`)),
  )
  const done = outcomes.filter(({ Status }) => Status!.State === 'SUCCEEDED')
  assert.ok(done.length >= 1)
  for (const { Status } of outcomes)
    if (Status!.State !== 'SUCCEEDED')
      assert.match(Status!.StateChangeReason!, /^ICEBERG_COMMIT_ERROR: Failed to commit the transaction during write: /)
  assert.deepEqual(await a.rows('SELECT count(*), count(DISTINCT id), count(DISTINCT name) FROM contested'), [
    ['9', '9', '1'],
  ])
  assert.deepEqual(await a.rows('SELECT count(*) FROM "contested$snapshots"'), [[String(done.length + 1)]])
  // What was not committed is not left.
  const listed = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'contested/data/' }))
  assert.equal(listed.Contents!.length, 3 + 3 * done.length)
})

test('of a file of many rows each is left out that is deleted, wherever it is', async () => {
  await a.succeed(
    `CREATE TABLE long WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/long/') AS
     SELECT x * 1000 + y AS id FROM UNNEST(sequence(0, 299)) AS x (x) CROSS JOIN UNNEST(sequence(0, 999)) AS y (y)`,
  )
  await a.succeed('DELETE FROM long WHERE id % 1000 = 7 OR id IN (131071, 131072, 299999)')
  const left = Array.from({ length: 300_000 }, (_, id) => id).filter(
    (id) => id % 1000 !== 7 && ![131_071, 131_072, 299_999].includes(id),
  )
  const sum = left.reduce((total, id) => total + id, 0)
  assert.deepEqual(await a.rows('SELECT count(*), sum(id) FROM long'), [[String(left.length), String(sum)]])
  await a.succeed('DELETE FROM long WHERE id BETWEEN 131000 AND 262500')
  const fewer = left.filter((id) => id < 131_000 || id > 262_500)
  const rest = fewer.reduce((total, id) => total + id, 0)
  assert.deepEqual(await a.rows('SELECT count(*), sum(id) FROM long'), [[String(fewer.length), String(rest)]])
})

test('EXPLAIN of a change tells which files it looks at, and changes nothing', async () => {
  await create('explained', 12)
  await a.succeed("DELETE FROM explained WHERE id = 3 AND day = DATE '2024-01-01'")
  const told = async (sql: string) => (await a.lines(`EXPLAIN ${sql}`)).join('\n')
  assert.match(await told("DELETE FROM explained WHERE day = DATE '2024-01-02'"), /Files pruned: 2 of 3/)
  const changed = await told("UPDATE explained SET name = 'x' WHERE day = DATE '2024-01-01'")
  assert.match(changed, /Files pruned: 2 of 3/)
  assert.match(changed, /Deletes: 1 position delete files, of 1 files/)
  assert.match(
    await told('MERGE INTO explained t USING (VALUES 1) s (id) ON t.id = s.id WHEN MATCHED THEN DELETE'),
    /Join/,
  )
  assert.match(await a.failure('EXPLAIN DELETE FROM nothing'), /^TABLE_NOT_FOUND: /)
  assert.deepEqual(await totals('explained'), ['11', '75'])
})

test('what is refused', async () => {
  await create('safe', 3)
  const refused: readonly (readonly [string, RegExp])[] = [
    ['UPDATE safe SET nothing = 1', /^COLUMN_NOT_FOUND: .*The UPDATE SET target column nothing doesn't exist/],
    ['UPDATE safe SET id = 1, id = 2', /^SYNTAX_ERROR: .*Column id is assigned more than once/],
    [
      "UPDATE safe SET id = DATE '2024-01-01'",
      /^TYPE_MISMATCH: .*UPDATE table column types don't match SET expressions/,
    ],
    ['DELETE FROM safe WHERE nothing = 1', /^COLUMN_NOT_FOUND: /],
    ['DELETE FROM nothing', /^TABLE_NOT_FOUND: /],
  ]
  for (const [sql, reason] of refused) assert.match(await a.failure(sql), reason)
  assert.deepEqual(await totals('safe'), ['3', '6'])
  assert.deepEqual(a.lake.log, [])
})

test('rows that are deleted from files of an old partition spec and of a new one', async () => {
  await a.succeed(
    "CREATE TABLE specs (id int, name string) LOCATION 's3://data/specs/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
  )
  await a.succeed("INSERT INTO specs VALUES (1, 'a'), (2, 'a'), (3, 'a'), (4, 'a')")
  await evolvePartitions(a, 'specs', { column: 'name', transform: 'identity' })
  await a.succeed("INSERT INTO specs VALUES (5, 'a'), (6, 'a'), (7, 'a'), (8, 'a')")
  await a.succeed('DELETE FROM specs WHERE id IN (2, 3)')
  await a.succeed('DELETE FROM specs WHERE id IN (5, 8)')
  assert.deepEqual(await a.rows('SELECT id FROM specs ORDER BY id'), [['1'], ['4'], ['6'], ['7']])
})
