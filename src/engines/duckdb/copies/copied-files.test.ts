/** Files of many kinds, joined as their bytes, hold the rows that they held: what DuckDB reads of the new one is asked. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Schema } from '../../../formats/iceberg/schema.ts'
import type { PlanMessage } from '../messages.ts'
import { copyFiles } from './copied-files.ts'
import { CopyableFiles, storedAs } from './copyable-files.ts'

let connection: DuckDBConnection
let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lentic-copies-'))
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
after(() => rm(directory, { recursive: true, force: true }))

const field = (id: number, name: string, type: Schema['fields'][number]['type']) => ({
  id,
  name,
  type,
  required: false,
})
const SCHEMA: Schema = {
  type: 'struct',
  fields: [
    field(1, 'id', 'long'),
    field(2, 'name', 'string'),
    field(3, 'kind', 'string'),
    field(4, 'price', 'decimal(12, 2)'),
    field(5, 'moment', 'timestamp'),
    field(6, 'tags', { type: 'list', 'element-id': 7, element: 'string', 'element-required': false }),
    field(8, 'place', { type: 'struct', fields: [field(9, 'x', 'double'), field(10, 'day', 'date')] }),
    field(11, 'counts', {
      type: 'map',
      'key-id': 12,
      key: 'string',
      'value-id': 13,
      value: 'int',
      'value-required': false,
    }),
  ],
}
const IDS = `FIELD_IDS {id: 1, name: 2, kind: 3, price: 4, moment: 5, tags: {__duckdb_field_id: 6, element: 7},
  place: {__duckdb_field_id: 8, x: 9, day: 10}, counts: {__duckdb_field_id: 11, key: 12, value: 13}}`
const COLUMNS = `nullif(i, 7) AS id, md5(i::VARCHAR) AS name, 'kind ' || i % 9 AS kind, (i / 8)::DECIMAL(12, 2) AS price,
  TIMESTAMP '2024-01-01' + to_seconds(i) AS moment, range(i % 4).list_transform(lambda e: 't' || e) AS tags,
  CASE WHEN i % 5 > 0 THEN {x: i * 0.5::DOUBLE, day: DATE '2024-01-01' + (i % 300)::INT} END AS place,
  MAP {'k' || i % 3: (i % 1000)::INT} AS counts`
/** Few, and enough for a row group. */
const ROWS = 32_768

let made = 0
async function file(first: number, options: string, columns = COLUMNS, ids = IDS) {
  const localPath = join(directory, `${made++}.parquet`)
  const rows = `range(${first}, ${first + ROWS}) r (i)`
  await connection.run(`COPY (SELECT ${columns} FROM ${rows}) TO '${localPath}' (FORMAT parquet, ${ids}, ${options})`)
  return { localPath, uri: `s3:/${localPath}`, sizeBytes: (await stat(localPath)).size }
}
type LocalFile = Awaited<ReturnType<typeof file>>

/** Of a plan only what copying asks for. */
function planOf(files: readonly LocalFile[], compression: string, targetBytes = 1e9): PlanMessage {
  const copies = { relation: 'r', schema: SCHEMA, groups: [{ files: files.map(({ uri }) => uri), targetBytes }] }
  const sink = { kind: 'iceberg-files', directory: join(directory, `out${made++}`), compression, copies }
  return { relations: [{ id: 'r', files }], sink } as unknown as PlanMessage
}

const list = (files: readonly { readonly path?: string; readonly localPath?: string }[]) =>
  `read_parquet([${files.map((one) => `'${one.path ?? one.localPath}'`).join(', ')}])`
const asked = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()

async function assertSameRows(some: string, others: string): Promise<void> {
  const more = (a: string, b: string) => `SELECT count(*) FROM (FROM ${a} EXCEPT ALL FROM ${b})`
  assert.deepEqual(await asked(`${more(some, others)} UNION ALL ${more(others, some)}`), [['0'], ['0']])
}

const KINDS = [
  ['zstd', ''],
  ['zstd', ', PARQUET_VERSION v2'],
  ['snappy', ', DICTIONARY_SIZE_LIMIT 1'],
  ['gzip', ', ROW_GROUP_SIZE 18000'],
  ['uncompressed', ', PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 100000'],
  ['snappy', ', WRITE_BLOOM_FILTER false'],
] as const

for (const [codec, more] of KINDS)
  test(`files of ${codec}${more}`, async () => {
    const files = await Promise.all([0, 1, 2].map((i) => file(i * ROWS, `COMPRESSION ${codec}${more}`)))
    // Two to a row group or one: rather few rows, on the whole enough.
    if (more.includes('ROW_GROUP_SIZE')) {
      assert.equal(await copyFiles(planOf(files, codec), new AbortController().signal), undefined)
      return
    }
    const copied = await copyFiles(planOf(files, codec), new AbortController().signal)
    assert.equal(copied!.rest, undefined)
    const [written, ...others] = copied!.outcome.files
    assert.deepEqual(others, [])
    assert.equal(written!.rows, 3 * ROWS)
    assert.equal(written!.sizeBytes, (await stat(written!.path)).size)
    await assertSameRows(list([written!]), list(files))
    const groups = (from: string) =>
      asked(`SELECT row_group_num_rows, path_in_schema, num_values, stats_min_value, stats_max_value, stats_null_count,
        encodings, compression, total_compressed_size, bloom_filter_length FROM parquet_metadata([${from}]) ORDER BY ALL`)
    const paths = (some: readonly string[]) => some.map((path) => `'${path}'`).join(', ')
    assert.deepEqual(await groups(paths([written!.path])), await groups(paths(files.map(({ localPath }) => localPath))))
    assert.deepEqual(
      await asked(`SELECT DISTINCT least(data_page_offset, coalesce(dictionary_page_offset, data_page_offset)) FROM parquet_metadata('${written!.path}')
        WHERE column_id = 0 ORDER BY 1`),
      written!.copied!.splitOffsets.map((offset) => [String(offset)]),
    )
    // A Bloom filter that lies elsewhere would say that the value is nowhere.
    assert.deepEqual(
      await asked(`SELECT count(*) FROM ${list([written!])} WHERE kind = 'kind 4' AND id BETWEEN 36000 AND 36008`),
      [['1']],
    )
  })

test('files are as large as they should be, and those that are not alike are read', async () => {
  const files = await Promise.all(Array.from({ length: 9 }, (_, i) => file(i * ROWS, 'COMPRESSION zstd')))
  const odd = [
    await file(0, 'COMPRESSION snappy'),
    await file(0, 'COMPRESSION zstd', COLUMNS, IDS.replace('id: 1', 'id: 31')),
    await file(0, 'COMPRESSION zstd', COLUMNS.replace('AS price', '::DECIMAL(12, 3) AS price')),
    await file(0, 'COMPRESSION zstd', COLUMNS.replace('AS id', '::INT AS id')),
    await file(0, 'COMPRESSION zstd', COLUMNS.replace("TIMESTAMP '2024-01-01'", "TIMESTAMPTZ '2024-01-01'")),
  ]
  const target = files[0]!.sizeBytes * 4.5
  const copied = await copyFiles(planOf([...files, ...odd], 'zstd', target), new AbortController().signal)
  const { outcome, rest } = copied!
  assert.deepEqual(
    rest!.relations[0]!.files.map(({ uri }) => uri),
    odd.map(({ uri }) => uri),
  )
  assert.deepEqual(outcome.files.map(({ copied: one }) => one!.from.length).toSorted(), [4, 5])
  assert.deepEqual(
    outcome.files.flatMap(({ copied: one }) => one!.from).toSorted(),
    files.map(({ uri }) => uri).toSorted(),
  )
  await assertSameRows(list(outcome.files), list(files))
})

test('a few files are read with one that has lost rows', async () => {
  const files = await Promise.all([0, 1, 2].map((i) => file(i * ROWS, 'COMPRESSION zstd')))
  const [first, ...others] = files
  const lossy = { ...first!, deleted: { kind: 'positions', files: [], dataFile: first!.uri } }
  const plan = (targetBytes: number) => planOf([lossy, ...others], 'zstd', targetBytes)
  assert.equal(await copyFiles(plan(1e9), new AbortController().signal), undefined)
  const { sizeBytes } = first!
  // Two of the size that is a quarter of a file's are no file of their own.
  assert.equal(await copyFiles(plan(4 * sizeBytes + 4096), new AbortController().signal), undefined)
})

test('a file that is damaged is left to those who can say what is wrong', async () => {
  const [good, other] = [await file(0, 'COMPRESSION zstd'), await file(ROWS, 'COMPRESSION zstd')]
  const bytes = await readFile(other.localPath)
  const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  const copyable = new CopyableFiles({ schema: SCHEMA, compression: 'zstd' })
  const localPath = join(directory, 'damaged.parquet')
  let seed = 1
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  for (let i = 0; i < 200; i++) {
    const damaged = Buffer.from(bytes)
    damaged[footer + random(bytes.length - footer)]! ^= 1 << random(8)
    await writeFile(localPath, damaged)
    const found = await copyable.find({ localPath, uri: 's3://b/damaged', sizeBytes: damaged.length })
    for (const { chunks } of (found && storedAs(found))?.rowGroups ?? [])
      for (const { pages } of chunks)
        assert.ok(pages.start >= 4 && pages.end <= damaged.length && pages.start < pages.end)
  }
  await writeFile(localPath, bytes.subarray(0, footer))
  const cut = { localPath, uri: 's3://b/damaged', sizeBytes: footer }
  assert.equal(await copyFiles(planOf([good, cut], 'zstd'), new AbortController().signal), undefined)
})
