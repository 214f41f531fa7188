/** Iceberg tables whose rows are at the ends of what their types hold, and patterns over them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const ids = async (table: string, condition: string) =>
  (await a.rows(`SELECT id FROM ${table} WHERE ${condition} ORDER BY id`)).flat()

test('the smallest numbers are found in partitions of numbers cut down to a width', async () => {
  await a.succeed(
    `CREATE TABLE ends (id int, i int, l bigint) PARTITIONED BY (truncate(3, i), truncate(5, l)) LOCATION 's3://data/ends/'
     TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  await a.succeed(`INSERT INTO ends VALUES (1, -2147483648, -9223372036854775808), (2, 0, 0), (3, 2147483647, 9223372036854775807),
    (4, -7, -7), (5, NULL, NULL)`)
  // v - (((v % w) + w) % w) in the arithmetic of Java, which wraps.
  assert.deepEqual(await a.rows('SELECT "$partition" FROM ends WHERE id = 1'), [
    ['i_trunc=2147483647/l_trunc=9223372036854775806'],
  ])
  for (const column of ['i', 'l']) {
    assert.deepEqual(await ids('ends', `${column} < 0`), ['1', '4'])
    assert.deepEqual(await ids('ends', `${column} = 0`), ['2'])
    assert.deepEqual(await ids('ends', `${column} >= -7`), ['2', '3', '4'])
    assert.deepEqual(await ids('ends', `${column} IS NULL`), ['5'])
  }
  assert.deepEqual(await ids('ends', 'i = -2147483648'), ['1'])
  assert.deepEqual(await ids('ends', 'l BETWEEN -9223372036854775808 AND -8'), ['1'])
  await a.succeed('DELETE FROM ends WHERE l < 0')
  assert.deepEqual(await ids('ends', 'true'), ['2', '3', '5'])
})

test('a sign that escapes is not looked for in bounds', async () => {
  await a.succeed(
    `CREATE TABLE signs WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/signs/', partitioning = ARRAY['text'])
     AS SELECT * FROM (VALUES (1, '5%'), (2, '50'), (3, '!')) AS t (id, text)`,
  )
  assert.deepEqual(await ids('signs', "text LIKE '5!%' ESCAPE '!'"), ['1'])
  assert.deepEqual(await ids('signs', "text LIKE '!!' ESCAPE '!'"), ['3'])
})
