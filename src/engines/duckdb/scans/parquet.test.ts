import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BIGINT, DATE, DOUBLE, INTEGER, row, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, openShelf, PARQUET, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('parquet: columns by name in any case and order, missing ones NULL, types widened', async () => {
  const one = await shelf.copy('one', `SELECT 1 AS id, 'x' AS "Name", {'a': 1, 'b': 'q'} AS s`)
  const two = await shelf.copy('two', `SELECT {'B': 'r', 'c': 2.5::DOUBLE} AS s, 7::BIGINT AS "ID"`)
  const struct = row([
    { name: 'a', type: INTEGER },
    { name: 'b', type: VARCHAR },
    { name: 'c', type: DOUBLE },
  ])
  const relation = relationOf(PARQUET, dataColumns(['id', BIGINT], ['name', VARCHAR], ['s', struct], ['none', DATE]), [
    one,
    two,
  ])
  assert.deepEqual(await shelf.read(relation), [
    ['1', 'x', { a: 1, b: 'q', c: null }, null],
    ['7', null, { a: null, b: 'r', c: 2.5 }, null],
  ])
  assert.equal((await shelf.read(relation, [])).length, 2)
})

test('parquet: a char has its length, whatever its writer kept of it', async () => {
  const file = await shelf.copy('c.parquet', "SELECT unnest(['Books', 'Books     ', 'Electronics!', NULL]) AS kind")
  const columns = dataColumns(['kind', { kind: 'char', length: 10 }])
  assert.deepEqual(await shelf.read(relationOf(PARQUET, columns, [file])), [
    ['Books     '],
    ['Books     '],
    ['Electronic'],
    [null],
  ])
})

test('parquet: text that its writer left unmarked is text', async () => {
  const file = await shelf.copy('raw', `SELECT encode('é') AS t, 1 AS n`)
  assert.deepEqual(await shelf.read(relationOf(PARQUET, dataColumns(['t', VARCHAR], ['n', INTEGER]), [file])), [
    ['é', 1],
  ])
})
