import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { bucketedType } from '../../../core/queries/bucketing.ts'
import type { Sink } from '../../../core/queries/engine-plan.ts'
import { type BucketedValue, bucketHash, bucketOf } from '../../../formats/hive/buckets.ts'
import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  map,
  REAL,
  row,
  TIMESTAMP,
  type Type,
  VARCHAR,
  varchar,
} from '../../../sql/types.ts'
import { openShelf, type Shelf } from '../scans/scan.fixture.ts'
import { writeFiles } from './files.ts'
import { writeResultCsv } from './result-csv.ts'

let shelf: Shelf
let count = 0
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

type Files = Sink & { readonly kind: 'files' }
function filesSink(changes: Partial<Files>): Files {
  const directory = join(shelf.directory, `out-${++count}`)
  return {
    kind: 'files',
    directory,
    format: 'PARQUET',
    compression: 'SNAPPY',
    partitionBy: [],
    maxPartitions: 100,
    ...changes,
  }
}

function input(query: string, ...columns: readonly (readonly [string, Type])[]) {
  const output = columns.map(([name, type], id) => ({ name, column: { id, type } }))
  const { connection, directory: temporaryDirectory } = shelf
  const { signal } = new AbortController()
  const define = async () => {}
  return { connection, query, output, temporaryDirectory, define, signal, stop: () => connection.interrupt() }
}

const readBack = async (path: string) =>
  (
    await shelf.connection.runAndReadAll(`SELECT * FROM read_parquet('${path}', hive_partitioning = false)`)
  ).getRowsJson()

test('parquet: one file, its columns under their names', async () => {
  const sink = filesSink({ compression: 'ZSTD', compressionLevel: 5 })
  const { rows, files } = await writeFiles(
    sink,
    input(`SELECT i AS o0, 'n' || i AS o1 FROM range(3) t(i)`, ['id', BIGINT], ['order', VARCHAR]),
  )
  assert.equal(rows, 3)
  assert.equal(files.length, 1)
  assert.deepEqual({ rows: files[0]!.rows, partition: files[0]!.partition }, { rows: 3, partition: [] })
  assert.equal(files[0]!.sizeBytes, readFileSync(files[0]!.path).length)
  const result = await shelf.connection.runAndReadAll(`SELECT "order", id FROM read_parquet('${files[0]!.path}')`)
  assert.deepEqual(result.getRowsJson(), [
    ['n0', '0'],
    ['n1', '1'],
    ['n2', '2'],
  ])
})

test('parquet: no rows, no files', async () => {
  const sink = filesSink({})
  assert.deepEqual(await writeFiles(sink, input('SELECT 1 AS o0 WHERE false', ['a', INTEGER])), {
    rows: 0,
    files: [],
    values: [],
  })
  assert.deepEqual(readdirSync(sink.directory), [])
})

test('partitions: values as Hive spells them, NULL as null, the columns not in the files', async () => {
  const query = `SELECT i::INTEGER AS o0, CASE WHEN i % 3 = 0 THEN NULL ELSE DATE '2024-01-01' + (i % 3)::INTEGER END AS o1, 'ä b/c' AS o2 FROM range(9) t(i)`
  for (const format of ['PARQUET', 'JSON', 'TEXTFILE'] as const) {
    const sink = filesSink({ format, compression: format === 'PARQUET' ? 'GZIP' : 'NONE', partitionBy: ['d', 'k'] })
    const { rows, files } = await writeFiles(sink, input(query, ['a', INTEGER], ['d', DATE], ['k', VARCHAR]))
    assert.equal(rows, 9)
    const found = files.map((file) => [...file.partition, file.rows]).toSorted()
    assert.deepEqual(
      found,
      [
        [null, 'ä b/c', 3],
        ['2024-01-02', 'ä b/c', 3],
        ['2024-01-03', 'ä b/c', 3],
      ].toSorted(),
    )
    if (format === 'PARQUET') assert.deepEqual((await readBack(files[0]!.path))[0]!.length, 1)
  }
})

test('too many partitions fail with Trino’s text and leave nothing', async () => {
  const sink = filesSink({ partitionBy: ['p'], maxPartitions: 100 })
  const work = writeFiles(sink, input('SELECT 1 AS o0, i AS o1 FROM range(101) t(i)', ['a', INTEGER], ['p', BIGINT]))
  await assert.rejects(work, {
    code: 'HIVE_TOO_MANY_OPEN_PARTITIONS',
    message: 'Exceeded limit of 100 open writers for partitions/buckets',
  })
  assert.deepEqual(readdirSync(sink.directory), [])
})

test('text: control characters between fields and inside them, NULL as \\N', async () => {
  const pair = row([
    { name: 'x', type: INTEGER },
    { name: 'y', type: VARCHAR },
  ])
  const query = `SELECT 'a "b", c' AS o0, NULL AS o1, [1, NULL, 3] AS o2, MAP {'k': 1, 'l': NULL} AS o3, {'x': 1, 'y': NULL} AS o4, TIMESTAMP '2024-01-01 00:00:00' AS o5`
  const columns = [
    ['s', VARCHAR],
    ['n', INTEGER],
    ['a', array(INTEGER)],
    ['m', map(VARCHAR, INTEGER)],
    ['r', pair],
    ['t', TIMESTAMP],
  ] as const
  const { files } = await writeFiles(filesSink({ format: 'TEXTFILE', compression: 'GZIP' }), input(query, ...columns))
  assert.ok(files[0]!.path.endsWith('.gz'))
  const fields = ['a "b", c', '\\N', '1\x02\\N\x023', 'k\x031\x02l\x03\\N', '1\x02\\N', '2024-01-01 00:00:00.000']
  assert.equal(gunzipSync(readFileSync(files[0]!.path)).toString(), `${fields.join('\x01')}\n`)
})

test('json: an object per line, moments as Hive’s text', async () => {
  const query = `SELECT 1 AS o0, [TIMESTAMP '2024-01-01 10:00:00'] AS o1, NULL AS o2, MAP {1: 'x'} AS o3`
  const columns = [
    ['a', INTEGER],
    ['t', array(TIMESTAMP)],
    ['n', VARCHAR],
    ['m', map(INTEGER, VARCHAR)],
  ] as const
  const { files } = await writeFiles(filesSink({ format: 'JSON', compression: 'NONE' }), input(query, ...columns))
  assert.deepEqual(JSON.parse(readFileSync(files[0]!.path, 'utf8')), {
    a: 1,
    t: ['2024-01-01 10:00:00.000'],
    n: null,
    m: { 1: 'x' },
  })
})

test('buckets: every row lies in the file of its own, whatever the type', async () => {
  const types = [BOOLEAN, INTEGER, BIGINT, REAL, DOUBLE, VARCHAR, varchar(40), DATE]
  const query = `SELECT i % 3 = 0 AS o0, i * -7919 AS o1, i * -7919000000007 AS o2, (i * -0.37)::FLOAT AS o3, i * -0.37 AS o4,
    CASE WHEN i % 5 > 0 THEN 'é' || i END AS o5, 'n' || i AS o6, DATE '1969-12-01' + i::INTEGER AS o7 FROM range(60) t(i)`
  for (const [place, type] of types.entries()) {
    const sink = filesSink({ bucketing: { columns: [place], count: 7 } })
    const columns = types.map((one, i) => [`c${i}`, one] as const)
    const { rows, files } = await writeFiles(sink, input(query, ...columns))
    assert.equal(rows, 60)
    assert.equal(new Set(files.map(({ bucket }) => bucket)).size, place === 0 ? 2 : 7)
    for (const { path, bucket, partition } of files) {
      assert.deepEqual(partition, [])
      for (const row of await readBack(path)) {
        const value = row[place]
        const days = BigInt(Math.round(Date.parse(String(value)) / 86_400_000) || 0)
        const hashed = type.kind === 'date' ? days : type.kind === 'bigint' ? BigInt(String(value)) : value
        assert.equal(bucketOf([bucketHash(bucketedType(type)!, hashed as BucketedValue)], 7), bucket)
      }
    }
  }
})

test('buckets lie within partitions, and several columns make one', async () => {
  const sink = filesSink({
    partitionBy: ['p'],
    bucketing: { columns: [1, 0], count: 4 },
    format: 'TEXTFILE',
    compression: 'NONE',
  })
  const query = `SELECT i AS o0, 'k' || i AS o1, i % 2 AS o2 FROM range(40) t(i)`
  const { rows, files } = await writeFiles(sink, input(query, ['a', INTEGER], ['b', VARCHAR], ['p', INTEGER]))
  assert.equal(rows, 40)
  const found = files.flatMap(({ path, bucket, partition }) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [a, b] = line.split('\u0001')
        assert.equal(bucketOf([bucketHash('string', b!), bucketHash('integer', BigInt(a!))], 4), bucket)
        assert.equal(String(Number(a) % 2), partition[0])
        return Number(a)
      }),
  )
  assert.deepEqual(
    found.toSorted((a, b) => a - b),
    Array.from({ length: 40 }, (_, i) => i),
  )
})

test('what can not be written says so', async () => {
  const one = input('SELECT 1 AS o0', ['a', INTEGER])
  for (const format of ['JSON', 'ION'] as const)
    await assert.rejects(writeFiles(filesSink({ format, compression: 'LZO' }), one), { code: 'NOT_SUPPORTED' })
})

test('a failure leaves no files', async () => {
  const sink = filesSink({})
  await assert.rejects(
    writeFiles(sink, input(`SELECT CAST('x' || i AS INTEGER) AS o0 FROM range(9) t(i)`, ['a', INTEGER])),
  )
  assert.deepEqual(readdirSync(sink.directory), [])
})

test('result file: quotes, NULL as nothing, a header even without rows or with one name twice', async () => {
  const csv = async (query: string, ...columns: readonly (readonly [string, Type])[]) => {
    const localPath = join(shelf.directory, `result-${++count}`)
    const { rows } = await writeResultCsv({ kind: 'result-csv', localPath }, input(query, ...columns))
    return [rows, readFileSync(localPath, 'utf8')]
  }
  // https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html and observed files.
  assert.deepEqual(
    await csv(
      `SELECT '1' AS o0, NULL AS o1, '' AS o2, 'a "q", b' AS o3`,
      ['i', VARCHAR],
      ['n', VARCHAR],
      ['e', VARCHAR],
      ['q"', VARCHAR],
    ),
    [1, '"i","n","e","q"""\n"1",,"","a ""q"", b"\n'],
  )
  assert.deepEqual(await csv(`SELECT 'x' AS o0 WHERE false`, ['i', VARCHAR]), [0, '"i"\n'])
  const twice = await csv(
    `SELECT 'x' || i AS o0, 'y' AS o1 FROM range(3) t(i) ORDER BY i DESC`,
    ['a', VARCHAR],
    ['A', VARCHAR],
  )
  assert.deepEqual(twice, [3, '"a","A"\n"x2","y"\n"x1","y"\n"x0","y"\n'])
})
