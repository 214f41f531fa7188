/** What tables of version 3 may have that nothing here makes: it is read, or refused by name. https://iceberg.apache.org/spec/ */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TableUpdate } from '../../../src/formats/iceberg/table-updates.ts'
import { addFile, putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const create = async (name: string) => {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint, name string) LOCATION 's3://data/${name}' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  await a.succeed(`INSERT INTO ${name} VALUES (1, 'a')`)
}

const ROWS = { rows: "SELECT 2::BIGINT AS id, 'b' AS name", fieldIds: '{id: 1, name: 2}' }
const withColumn = (type: string): readonly TableUpdate[] => [
  { action: 'upgrade-format-version', 'format-version': 3 },
  {
    action: 'add-schema',
    schema: {
      type: 'struct',
      'schema-id': 0,
      fields: [
        { id: 1, name: 'id', required: false, type: 'long' },
        { id: 2, name: 'name', required: false, type: 'string' },
        { id: 3, name: 'more', required: false, type },
      ],
    },
  },
  { action: 'set-current-schema', 'schema-id': -1 },
]

test('a column of type unknown is NULL, and no file has it', async () => {
  await create('nothing')
  await addFile(a, 'nothing', { ...ROWS, updates: withColumn('unknown') })
  assert.deepEqual(await a.rows('SELECT * FROM nothing ORDER BY id'), [
    ['1', 'a', null],
    ['2', 'b', null],
  ])
  assert.deepEqual(await a.rows('SELECT count(*), count(more) FROM nothing WHERE more IS NULL'), [['2', '0']])
})

test('rows with a column of type fixed are read and deleted; none are written that others could not read', async () => {
  await create('sealed')
  const [, ...updates] = withColumn('fixed[4]')
  await addFile(a, 'sealed', { ...ROWS, updates })
  const refused = 'NOT_SUPPORTED: Writing a column of Iceberg type fixed[4] is not supported: more'
  for (const sql of ['INSERT INTO sealed (id) VALUES (3)', "UPDATE sealed SET name = 'c' WHERE id = 1"])
    assert.ok((await a.failure(sql)).startsWith(refused), sql)
  await a.succeed('DELETE FROM sealed WHERE id = 1')
  assert.deepEqual(await a.rows('SELECT id, name, more FROM sealed'), [['2', 'b', null]])
})

for (const type of ['variant', 'geometry', 'geography', 'timestamptz_ns'])
  test(`a column of type ${type} is refused by name, and the table is told of`, async () => {
    const name = `of_${type}`
    await create(name)
    await addFile(a, name, { ...ROWS, updates: withColumn(type) })
    assert.equal(
      await a.failure(`SELECT id FROM ${name}`),
      `NOT_SUPPORTED: Unsupported Iceberg type: ${type} of column more`,
    )
    assert.deepEqual(await a.rows(`SELECT count(*) FROM "${name}$snapshots"`), [['2']])
  })

test('a transform of several columns says nothing of rows, which are read', async () => {
  await create('several')
  const field = { 'source-id': 1, 'source-ids': [1, 2], 'field-id': 1000, name: 'both', transform: 'together[4]' }
  await addFile(a, 'several', {
    ...ROWS,
    updates: [
      { action: 'upgrade-format-version', 'format-version': 3 },
      { action: 'add-spec', spec: { 'spec-id': 0, fields: [field] } },
      { action: 'set-default-spec', 'spec-id': -1 },
    ],
  })
  assert.deepEqual(await a.rows("SELECT id FROM several WHERE id > 0 AND name < 'z' ORDER BY 1"), [['1'], ['2']])
  assert.match(await a.failure("INSERT INTO several VALUES (3, 'c')"), /^NOT_SUPPORTED: /)
  assert.deepEqual(await a.rows('SELECT count(*) FROM several'), [['2']])
})

test('a table of version 3 is read and kept in order, and nothing is written to it', async () => {
  await putIceberg(a, 'vectors')
  const rows = () => a.rows('SELECT * FROM vectors ORDER BY id')
  const before = await rows()
  for (const sql of [
    'INSERT INTO vectors SELECT * FROM vectors',
    'DELETE FROM vectors WHERE id = 2',
    'DELETE FROM vectors',
    'UPDATE vectors SET id = 3 WHERE id = 2',
    'MERGE INTO vectors t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE',
    'OPTIMIZE vectors REWRITE DATA USING BIN_PACK',
  ])
    assert.match(
      await a.failure(sql),
      /^NOT_SUPPORTED: Writing to Iceberg tables of format version 3 is not supported: db\.vectors/,
      sql,
    )
  await a.succeed('VACUUM vectors')
  assert.deepEqual(await rows(), before)
  await a.succeed('ALTER TABLE vectors ADD COLUMNS (extra int)')
  assert.deepEqual(
    await rows(),
    before.map((row) => [...row, null]),
  )
})
