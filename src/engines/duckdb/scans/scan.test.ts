import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { FileFormat } from '../../../core/queries/relation.ts'
import { array, BIGINT, DATE, INTEGER, TIMESTAMP_TZ, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, JSON_LINES, LAZY, OPEN_CSV, openShelf, PARQUET, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('no files read as no rows of the right types', async () => {
  const relation = relationOf(PARQUET, dataColumns(['a', BIGINT], ['b', array(VARCHAR)]), [])
  assert.deepEqual(await shelf.read(relation), [])
  assert.deepEqual(await shelf.read(relation, []), [])
})

test('partition values and hidden columns follow the file of the row', async () => {
  const one = await shelf.copy('one.parquet', 'SELECT 1 AS id', ['2024-01-01', 'a'])
  const two = await shelf.copy('two.parquet', 'SELECT unnest([2, 3]) AS id', ['2024-01-02', null])
  const relation = relationOf(
    PARQUET,
    [
      ...dataColumns(['id', INTEGER]),
      { kind: 'partition', name: 'dt', type: DATE, index: 0 },
      { kind: 'partition', name: 'k', type: VARCHAR, index: 1 },
      { kind: 'hidden', name: '$path', type: VARCHAR },
      { kind: 'hidden', name: '$file_modified_time', type: TIMESTAMP_TZ },
      { kind: 'hidden', name: '$partition', type: VARCHAR },
    ],
    [one, two],
  )
  // Without an ORDER BY the files come in any order.
  const rows = await shelf.read(relation, [0, 1, 2, 3, 4, 5])
  assert.deepEqual(rows.toSorted(), [
    [1, '2024-01-01', 'a', 's3://lake/table/one.parquet', '2024-05-06 07:08:09.123+00', 'p0=2024-01-01/p1=a'],
    [2, '2024-01-02', null, 's3://lake/table/two.parquet', '2024-05-06 07:08:09.123+00', 'p0=2024-01-02/p1=null'],
    [3, '2024-01-02', null, 's3://lake/table/two.parquet', '2024-05-06 07:08:09.123+00', 'p0=2024-01-02/p1=null'],
  ])
  assert.deepEqual((await shelf.read(relation, [2])).toSorted(), [[null], [null], ['a']])
})

test('a partition value that is not of its type names itself', async () => {
  const file = await shelf.copy('x', 'SELECT 1 AS id', ['abc'])
  const relation = relationOf(PARQUET, [{ kind: 'partition', name: 'y', type: INTEGER, index: 0 }], [file])
  await assert.rejects(
    shelf.read(relation),
    /!HIVE_INVALID_PARTITION_VALUE!Invalid partition value 'abc' for integer partition key: y/,
  )
})

test('text: gzip and zstd by the ending of the name, together with plain files', async () => {
  const files = [
    shelf.file('a.csv.gz', gzipSync('a,1\n'), ['p']),
    shelf.file('b.csv', 'b,2\n', ['q']),
    shelf.file('c.csv.zst', zstdCompressSync('c,3\n'), ['r']),
    shelf.file('d.csv.gz', Buffer.concat([gzipSync('d,4\n'), gzipSync('e,5\n')]), ['s']),
  ]
  const columns = [
    ...dataColumns(['s', VARCHAR], ['i', INTEGER]),
    { kind: 'partition', name: 'k', type: VARCHAR, index: 0 } as const,
  ]
  const rows = await shelf.read(relationOf(LAZY, columns, files))
  assert.deepEqual(rows.toSorted(), [
    ['a', 1, 'p'],
    ['b', 2, 'q'],
    ['c', 3, 'r'],
    ['d', 4, 's'],
    ['e', 5, 's'],
  ])
  const relation = relationOf(LAZY, columns, [shelf.file('x.lzo', 'BZh')])
  await assert.rejects(shelf.read(relation), { code: 'NOT_SUPPORTED' })
})

test('files without rows, and rows wider than the table', async () => {
  const formats: FileFormat[] = [
    LAZY,
    OPEN_CSV,
    JSON_LINES,
    { kind: 'regex', pattern: '(.*)', ignoreCase: false },
    { kind: 'cloudtrail' },
  ]
  for (const format of formats) {
    const files = [shelf.file('empty', ''), shelf.file('empty.gz', gzipSync(''))]
    assert.deepEqual(
      await shelf.read(relationOf(format, dataColumns(['a', VARCHAR], ['b', BIGINT]), files)),
      [],
      format.kind,
    )
  }
  for (const format of [LAZY, OPEN_CSV]) {
    const relation = relationOf(format, dataColumns(['a', VARCHAR]), [shelf.file('t', 'x,1,2\ny\n')])
    assert.deepEqual(await shelf.read(relation), [['x'], ['y']])
  }
})
