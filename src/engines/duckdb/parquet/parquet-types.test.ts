import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BIGINT, DATE, DOUBLE, decimal, INTEGER, TIMESTAMP, type Type, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, openShelf, relationOf, type Shelf } from '../scans/scan.fixture.ts'
import { checkParquetTypes } from './parquet-types.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

async function check(query: string, ...columns: readonly (readonly [string, Type])[]): Promise<void> {
  const files = [await shelf.copy('fine.parquet', 'SELECT 1 AS other'), await shelf.copy('f.parquet', query)]
  const relation = relationOf({ kind: 'parquet' }, dataColumns(...columns), files)
  await checkParquetTypes(
    shelf.connection,
    relation,
    columns.map((_, i) => i),
  )
}

test('the same kind of thing reads, in any width', async () => {
  await check(
    `SELECT 1::INTEGER AS i, 2.5::FLOAT AS f, 'x' AS s, DATE '2024-01-01' AS d, now()::TIMESTAMP AS t, 1.5 AS n`,
    ['i', BIGINT],
    ['f', DOUBLE],
    ['s', VARCHAR],
    ['d', DATE],
    ['t', TIMESTAMP],
    ['n', decimal(10, 2)],
  )
})

test('another kind of thing is refused as Athena does', async () => {
  await assert.rejects(check('SELECT 1::BIGINT AS "Amount"', ['amount', DOUBLE]), {
    code: 'HIVE_BAD_DATA',
    message:
      "Field amount's type INT64 in parquet file s3://lake/table/f.parquet is incompatible with type double defined in table schema",
  })
  await assert.rejects(check(`SELECT '1' AS n`, ['n', INTEGER]), /type BINARY .* incompatible with type integer/)
  await assert.rejects(
    check('SELECT 1.5::DOUBLE AS n', ['n', VARCHAR]),
    /type DOUBLE .* incompatible with type varchar/,
  )
})

test('a field of that name inside another column does not matter', async () => {
  await check(`SELECT {'id': 1, 'deeper': {'x': 2}} AS s, 'y' AS z`, ['id', VARCHAR], ['x', VARCHAR], ['z', VARCHAR])
  await assert.rejects(check(`SELECT {'a': {'b': 1}} AS s, 1 AS z`, ['z', VARCHAR]), /Field z's type INT32/)
})

test('nor does it hide what the column of that name is', async () => {
  await assert.rejects(
    check(`SELECT true AS b, {'b': 'x'} AS s`, ['b', VARCHAR]),
    /Field b's type BOOLEAN .* incompatible with type varchar/,
  )
  await assert.rejects(check(`SELECT {'b': 1} AS s, true AS b`, ['b', INTEGER]), /Field b's type BOOLEAN/)
  await check(`SELECT 'x' AS b, {'b': true} AS s`, ['b', VARCHAR])
})

test('lists, maps and structs are no texts or numbers', async () => {
  const query = `SELECT [1] AS l, MAP {'k': 1} AS m, {'x': 1} AS s`
  await assert.rejects(check(query, ['l', VARCHAR]), /Field l's type LIST .* incompatible with type varchar/)
  await assert.rejects(check(query, ['m', VARCHAR]), /Field m's type MAP .* incompatible with type varchar/)
  await assert.rejects(check(query, ['s', BIGINT]), /Field s's type STRUCT .* incompatible with type bigint/)
})
