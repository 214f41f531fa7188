import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DataFile, Relation, RelationColumn } from '../../../core/queries/relation.ts'
import { array, BIGINT, DATE, INTEGER, row, TIMESTAMP, type Type, VARBINARY, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, openShelf, relationOf, type Shelf } from '../scans/scan.fixture.ts'
import { scanText } from '../scans/scan.ts'
import { heldExactly } from './parquet-columns.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const table = (files: readonly DataFile[], ...columns: readonly (readonly [string, Type])[]) =>
  relationOf({ kind: 'parquet' }, dataColumns(...columns), files)
const all = (relation: Relation) => relation.columns.map((_, index) => index)
const exact = (relation: Relation) => heldExactly(shelf.connection, relation, all(relation))

async function rows(relation: Relation): Promise<readonly (readonly unknown[])[]> {
  assert.equal(await exact(relation), true)
  return (await shelf.connection.runAndReadAll(scanText(relation, all(relation), { exact: true }))).getRowsJson()
}

test('columns in any case, place and company, read by their names', async () => {
  const one = await shelf.copy('one', `SELECT 1 AS "Id", 'x' AS name, DATE '2024-01-02' AS other, [1, 2] AS list`)
  const two = await shelf.copy('two', `SELECT [3] AS list, 'no date' AS other, 'y' AS "NAME", 2 AS id, 5 AS more`)
  const columns = [
    ['id', INTEGER],
    ['name', VARCHAR],
    ['list', array(INTEGER)],
  ] as const
  const expected = [
    [1, 'x', [1, 2]],
    [2, 'y', [3]],
  ]
  assert.deepEqual((await rows(table([one, two], ...columns))).toSorted(), expected)
  assert.deepEqual((await rows(table([two, one], ...columns))).toSorted(), expected)
})

test('text that its writer left unmarked is text, and bytes are not', async () => {
  const file = await shelf.copy('raw', `SELECT encode('é') AS t`)
  assert.deepEqual(await rows(table([file], ['t', VARCHAR])), [['é']])
  assert.equal(await exact(table([file], ['t', VARBINARY])), false)
})

test('what is missing, of another type or inside another column is not there exactly, in one file or in all', async () => {
  const fine = await shelf.copy('fine', 'SELECT 1 AS id')
  const inside = await shelf.copy('inside', "SELECT {'id': 1} AS s")
  const wide = await shelf.copy('wide', 'SELECT 1::BIGINT AS id')
  for (const other of [inside, wide])
    for (const files of [[other], [fine, other], [other, fine]])
      assert.equal(await exact(table(files, ['id', INTEGER])), false)
  assert.equal(await exact(table([fine], ['id', INTEGER], ['none', DATE])), false)
  // Once known, too.
  assert.equal(await exact(table([fine], ['none', DATE])), false)
  assert.equal(await exact(table([wide], ['id', BIGINT])), true)
  assert.equal(await exact(table([inside], ['s', row([{ name: 'id', type: BIGINT }])])), false)
  const zoned = await shelf.copy('zoned', "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00' AS t")
  assert.equal(await exact(table([zoned], ['t', TIMESTAMP])), false)
})

test("the engine's own columns are not the table's, nor the other way round", async () => {
  const plain = await shelf.copy('plain', 'SELECT 1 AS id')
  for (const name of ['file_index', 'filename', 'file_row_number', 'rowid'])
    assert.equal(await exact(table([plain], [name, BIGINT])), false, name)
  const hiding = await shelf.copy('hiding', 'SELECT 1 AS id, 7::UBIGINT AS "File_Index"')
  assert.equal(await exact(table([hiding], ['id', INTEGER])), false)
})

test('partition values follow the file of the row', async () => {
  const one = await shelf.copy('one', 'SELECT 1 AS id, 0 AS more', ['a'])
  const two = await shelf.copy('two', 'SELECT 2 AS id', [null])
  const partition: RelationColumn = { kind: 'partition', name: 'p', type: VARCHAR, index: 0 }
  const relation = relationOf({ kind: 'parquet' }, [...dataColumns(['id', INTEGER]), partition], [one, two])
  assert.deepEqual((await rows(relation)).toSorted(), [
    [1, 'a'],
    [2, null],
  ])
})

test('many files are not looked at', async () => {
  const file = await shelf.copy('one', 'SELECT 1 AS id')
  assert.equal(await exact(table(Array(33).fill(file), ['id', INTEGER])), false)
})
