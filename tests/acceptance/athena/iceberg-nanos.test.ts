/** Moments with nanoseconds, which tables of version 3 may have: https://iceberg.apache.org/spec/#primitive-types */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TableUpdate } from '../../../src/formats/iceberg/table-updates.ts'
import { addFile } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const NESTED = { type: 'list', 'element-id': 4, element: 'timestamp_ns', 'element-required': false } as const
const schema = (...added: readonly object[]): readonly TableUpdate[] => [
  { action: 'upgrade-format-version', 'format-version': 3 },
  {
    action: 'add-schema',
    schema: {
      type: 'struct',
      'schema-id': 0,
      fields: [
        { id: 1, name: 'id', required: false, type: 'long' },
        { id: 2, name: 'moment', required: false, type: 'timestamp_ns' },
        { id: 3, name: 'moments', required: false, type: NESTED },
        ...(added as []),
      ],
    },
  },
  { action: 'set-current-schema', 'schema-id': -1 },
]
const IDS = '{id: 1, moment: 2, moments: {__duckdb_field_id: 3, element: 4}}'

test('are timestamp(9): shown, compared, grouped, and deleted by value', async () => {
  await a.succeed(`CREATE TABLE fine (id bigint) LOCATION 's3://data/fine' TBLPROPERTIES ('table_type' = 'ICEBERG')`)
  await a.succeed('INSERT INTO fine VALUES 0')
  await addFile(a, 'fine', {
    rows: `SELECT * FROM (VALUES
      (1, '2024-01-15 10:00:00.123456789'::TIMESTAMP_NS, ['1969-12-31 23:59:59.999999999'::TIMESTAMP_NS, NULL]),
      (2, '2024-01-15 10:00:00.123456788'::TIMESTAMP_NS, NULL),
      (3, NULL, [])) t (id, moment, moments)`,
    fieldIds: IDS,
    updates: schema(),
  })
  assert.deepEqual(await a.rows('SELECT * FROM fine ORDER BY id'), [
    ['0', null, null],
    ['1', '2024-01-15 10:00:00.123456789', '[1969-12-31 23:59:59.999999999, null]'],
    ['2', '2024-01-15 10:00:00.123456788', null],
    ['3', null, '[]'],
  ])
  const ids = async (where: string) => (await a.rows(`SELECT id FROM fine WHERE ${where} ORDER BY id`)).join()
  assert.equal(await ids("moment = TIMESTAMP '2024-01-15 10:00:00.123456789'"), '1')
  assert.equal(await ids("moment < TIMESTAMP '2024-01-15 10:00:00.123456789'"), '2')
  assert.equal(await ids("moment > TIMESTAMP '2024-01-15 10:00:00.123456'"), '1,2')
  assert.deepEqual(await a.rows('SELECT typeof(moment), max(moment) FROM fine WHERE id = 1 GROUP BY 1'), [
    ['timestamp(9)', '2024-01-15 10:00:00.123456789'],
  ])
  await addFile(a, 'fine', {
    rows: "SELECT '2024-01-15 10:00:00.123456788'::TIMESTAMP_NS AS moment",
    fieldIds: '{moment: 2}',
    equalityIds: [2],
  })
  assert.equal(await ids('true'), '0,1,3')
})

test('a default of them stands for what files lack', async () => {
  await a.succeed(`CREATE TABLE later (id bigint) LOCATION 's3://data/later' TBLPROPERTIES ('table_type' = 'ICEBERG')`)
  await a.succeed('INSERT INTO later VALUES 7')
  const added = { id: 5, name: 'since', required: false, type: 'timestamp_ns' }
  await addFile(a, 'later', {
    rows: "SELECT 8::BIGINT AS id, '2024-01-15 10:00:00.000000001'::TIMESTAMP_NS AS since",
    fieldIds: '{id: 1, since: 5}',
    updates: schema({ ...added, 'initial-default': '1969-12-31T23:59:59.999999998' }),
  })
  assert.deepEqual(await a.rows('SELECT id, since FROM later ORDER BY id'), [
    ['7', '1969-12-31 23:59:59.999999998'],
    ['8', '2024-01-15 10:00:00.000000001'],
  ])
})
