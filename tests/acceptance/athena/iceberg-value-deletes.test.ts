/** Rows that other engines have deleted by their values: https://iceberg.apache.org/spec/#equality-delete-files */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { currentSchema, tableMetadata } from '../../../src/formats/iceberg/metadata.ts'
import type { NestedField, StructType } from '../../../src/formats/iceberg/schema.ts'
import type { TableUpdate } from '../../../src/formats/iceberg/table-updates.ts'
import { addFile, deleteEqual } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const create = (name: string, columns: string) =>
  a.succeed(`CREATE TABLE ${name} (${columns}) LOCATION 's3://data/${name}' TBLPROPERTIES ('table_type' = 'ICEBERG')`)

async function fieldsOf(name: string): Promise<readonly NestedField[]> {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
  const { body } = await a.read(Table!.Parameters!.metadata_location!)
  return currentSchema(tableMetadata(JSON.parse(body.toString()))).fields
}

const newSchema = (...fields: readonly NestedField[]): readonly TableUpdate[] => [
  { action: 'add-schema', schema: { type: 'struct', 'schema-id': 0, fields } },
  { action: 'set-current-schema', 'schema-id': -1 },
]

test('by fields of structs, which may be called otherwise since', async () => {
  await create('inside', 'id bigint, s struct<x:int,y:string>')
  const [id, s] = (await fieldsOf('inside')) as [NestedField, NestedField]
  const type = s.type as StructType
  const [x, y] = type.fields as [NestedField, NestedField]
  await a.succeed(
    "INSERT INTO inside VALUES (1, ROW(1, 'a')), (2, ROW(2, 'b')), (3, ROW(2, 'c')), (4, ROW(NULL, 'b')), (5, NULL)",
  )
  const left = async () => (await a.rows('SELECT id FROM inside ORDER BY id')).join()
  await deleteEqual(a, 'inside', {
    rows: "SELECT {'x': 2::INT, 'y': 'b'} AS s UNION ALL SELECT {'x': NULL, 'y': 'b'}",
    fieldIds: `{s: {__duckdb_field_id: ${s.id}, x: ${x.id}, y: ${y.id}}}`,
    equalityIds: [x.id, y.id],
  })
  assert.equal(await left(), '1,3,5')
  assert.deepEqual(await a.rows('SELECT count(*), max(s.y) FROM inside'), [['3', 'c']])
  const renamed = { ...s, type: { ...type, fields: [{ ...x, name: 'Z', type: 'long' }, y] } }
  await deleteEqual(a, 'inside', {
    rows: "SELECT {'Z': 1::BIGINT, 'y': 'a'} AS s",
    fieldIds: `{s: {__duckdb_field_id: ${s.id}, Z: ${x.id}, y: ${y.id}}}`,
    equalityIds: [x.id, y.id],
    updates: newSchema(id, renamed),
  })
  assert.equal(await left(), '3,5')
  assert.deepEqual(await a.rows('SELECT s.z FROM inside WHERE s.z > 1'), [['2']])
})

test('by a column that older files lack, where its default stands for it', async () => {
  await create('defaulted', 'id bigint')
  await a.succeed('INSERT INTO defaulted VALUES 1, 2')
  const [id] = await fieldsOf('defaulted')
  await deleteEqual(a, 'defaulted', {
    rows: 'SELECT 7::INT AS c WHERE false',
    fieldIds: '{c: 2}',
    equalityIds: [2],
    // There are no defaults before.
    updates: [
      { action: 'upgrade-format-version', 'format-version': 3 },
      ...newSchema(id!, { id: 2, name: 'c', type: 'int', required: false, 'initial-default': 7 }),
    ],
  })
  await addFile(a, 'defaulted', {
    rows: 'SELECT * FROM (VALUES (3::BIGINT, 8), (4, 7), (5, NULL)) t (id, c)',
    fieldIds: '{id: 1, c: 2}',
  })
  assert.equal((await a.rows('SELECT id FROM defaulted ORDER BY c, id')).join(), '1,2,4,3,5')
  await deleteEqual(a, 'defaulted', { rows: 'SELECT 7::INT AS c', fieldIds: '{c: 2}', equalityIds: [2] })
  assert.deepEqual(await a.rows('SELECT id, c FROM defaulted ORDER BY id'), [
    ['3', '8'],
    ['5', null],
  ])
  assert.deepEqual(await a.rows('SELECT count(*) FROM defaulted'), [['2']])
})

test('by a column that is no more, and by one of a list', async () => {
  await create('dropped', 'id bigint, kind string, l array<int>')
  await a.succeed("INSERT INTO dropped VALUES (1, 'a', ARRAY[1]), (2, 'b', ARRAY[2]), (3, NULL, NULL)")
  const [, kind, l] = await fieldsOf('dropped')
  await deleteEqual(a, 'dropped', {
    rows: "SELECT 'b' AS kind UNION ALL SELECT NULL",
    fieldIds: `{kind: ${kind!.id}}`,
    equalityIds: [kind!.id],
  })
  await a.succeed('ALTER TABLE dropped DROP COLUMN kind')
  assert.deepEqual(await a.rows('SELECT id FROM dropped'), [['1']])
  const element = (l!.type as { 'element-id': number })['element-id']
  await deleteEqual(a, 'dropped', {
    rows: 'SELECT 1::INT AS element',
    fieldIds: `{element: ${element}}`,
    equalityIds: [element],
  })
  assert.match(
    await a.failure('SELECT id FROM dropped'),
    /^NOT_SUPPORTED: .*added-\d+.parquet of table db.dropped compares/,
  )
})
