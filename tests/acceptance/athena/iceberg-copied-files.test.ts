/** OPTIMIZE of files whose row groups are as they would be written: they lie in the new file as the bytes that they were. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { QueryExecution } from '@aws-sdk/client-athena'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { type ContentFile, readManifest } from '../../../src/formats/iceberg/manifest.ts'
import { readManifestList } from '../../../src/formats/iceberg/manifest-list.ts'
import { currentSnapshot, tableMetadata } from '../../../src/formats/iceberg/metadata.ts'
import { decodeValue } from '../../../src/formats/iceberg/values.ts'
import type { RandomAccess } from '../../../src/formats/random-access.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** What the engine puts into a row group; a file that is to be small has one. */
const ROWS = 122_880
const SMALL = "'write_target_data_file_size_bytes' = '1000'"
const LARGE = "'write_target_data_file_size_bytes' = '500000000'"

/** (id, name, part) in files of one row group: ids follow each other, NULL instead of each hundredth. */
async function create(name: string, rows = 5 * ROWS): Promise<void> {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint, name string, part int) LOCATION 's3://data/${name}/'
     TBLPROPERTIES ('table_type' = 'ICEBERG', ${SMALL}, 'optimize_rewrite_data_file_threshold' = '2')`,
  )
  await insert(name, 0, rows)
}

const insert = async (name: string, first: number, rows: number) =>
  a.succeed(
    `INSERT INTO ${name} SELECT if(x % 100 = 0, NULL, x), 'name ' || cast(x AS varchar), 0
       FROM (SELECT ${first} + y * 4096 + z AS x FROM UNNEST(sequence(0, ${Math.ceil(rows / 4096) - 1})) u (y) CROSS JOIN UNNEST(sequence(0, 4095)) v (z))`,
  )

const digest = (name: string) =>
  a.rows(
    `SELECT count(*), count(id), sum(id), min(name), max(name), sum(length(name)), count(DISTINCT id) FROM ${name}`,
  )
const counts = (name: string) =>
  a.rows(`SELECT content, count(*), sum(record_count) FROM "${name}$files" GROUP BY 1 ORDER BY 1`)
async function optimize(name: string, where = ''): Promise<QueryExecution> {
  await a.succeed(`ALTER TABLE ${name} SET TBLPROPERTIES (${LARGE})`)
  return a.succeed(`OPTIMIZE ${name} REWRITE DATA USING BIN_PACK ${where}`)
}

async function bytesAt(uri: string): Promise<RandomAccess> {
  const { body } = await a.read(uri)
  return { sizeBytes: body.length, read: (at, length) => body.subarray(at, at + length) }
}

async function liveFiles(name: string): Promise<ContentFile[]> {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
  const metadata = tableMetadata(JSON.parse((await a.read(Table!.Parameters!.metadata_location!)).body.toString()))
  const found: ContentFile[] = []
  for (const one of readManifestList(await bytesAt(currentSnapshot(metadata)!['manifest-list']!)))
    for await (const entries of readManifest(await bytesAt(one.path), one, { fields: [] }))
      for (const { status, file } of entries) if (status !== 'deleted' && file.content === 'data') found.push(file)
  return found
}

/** A file that was copied says where its row groups begin. */
const groupsOf = (files: readonly ContentFile[]) =>
  files.map(({ splitOffsets }) => splitOffsets?.length ?? 0).toSorted()

test('row groups of many files become those of one, and what is known of columns is known of it', async () => {
  await create('whole')
  const [before, known] = [await digest('whole'), await liveFiles('whole')]
  assert.ok(known.length >= 5)
  const { Statistics } = await optimize('whole')
  assert.deepEqual(await counts('whole'), [['0', '1', String(5 * ROWS)]])
  assert.deepEqual(await digest('whole'), before)
  const [file] = await liveFiles('whole')
  assert.deepEqual(groupsOf([file!]), [known.length])
  // A file begins with four bytes that say what it is.
  assert.equal(file!.splitOffsets![0], 4)
  assert.equal(file!.valueCounts!.get(1), 5 * ROWS)
  assert.equal(file!.nullValueCounts!.get(1), (5 * ROWS) / 100)
  assert.equal(file!.nullValueCounts!.get(2), 0)
  assert.equal(decodeValue('long', file!.lowerBounds!.get(1)!), 1n)
  assert.equal(decodeValue('long', file!.upperBounds!.get(1)!), BigInt(5 * ROWS - 1))
  assert.equal(decodeValue('string', file!.lowerBounds!.get(2)!), 'name 0')
  assert.equal(decodeValue('string', file!.upperBounds!.get(2)!), 'name 99999')
  const sum = (of: (file: ContentFile) => number) => known.reduce((total, one) => total + of(one), 0)
  assert.equal(
    file!.columnSizes!.get(2),
    sum((one) => one.columnSizes!.get(2)!),
  )
  // What is paid for are the bytes of all files.
  assert.ok(Statistics!.DataScannedInBytes! >= sum((one) => one.columnSizes!.get(1)! + one.columnSizes!.get(2)!))
  assert.deepEqual(await a.rows(`SELECT name FROM whole WHERE id = ${3 * ROWS + 1}`), [[`name ${3 * ROWS + 1}`]])
  await optimize('whole')
  assert.equal((await liveFiles('whole'))[0]!.path, file!.path)
})

test('files that have lost rows are read, the others copied', async () => {
  await create('mixed')
  await a.succeed("UPDATE mixed SET name = 'changed' WHERE id = 20")
  const before = await digest('mixed')
  const large = (await liveFiles('mixed'))
    .filter(({ sizeBytes }) => sizeBytes > 100_000)
    .map(({ sizeBytes }) => sizeBytes)
  // Together the others are more than a quarter of what a file should have.
  const target = Math.max(...large) * 4
  await a.succeed(`ALTER TABLE mixed SET TBLPROPERTIES ('write_target_data_file_size_bytes' = '${target}')`)
  await a.succeed('OPTIMIZE mixed REWRITE DATA USING BIN_PACK')
  assert.deepEqual(await digest('mixed'), before)
  assert.deepEqual(await a.rows("SELECT id FROM mixed WHERE name = 'changed'"), [['20']])
  assert.deepEqual(await counts('mixed'), [['0', '2', String(5 * ROWS)]])
  assert.deepEqual(groupsOf(await liveFiles('mixed')), [0, large.length - 1])
})

test('partitions stay apart, and a condition chooses among them', async () => {
  await a.succeed(
    `CREATE TABLE parted (id bigint, part int) PARTITIONED BY (part) LOCATION 's3://data/parted/'
     TBLPROPERTIES ('table_type' = 'ICEBERG', 'optimize_rewrite_data_file_threshold' = '2')`,
  )
  for (let i = 0; i < 2; i++)
    await a.succeed(
      `INSERT INTO parted SELECT ${i} * 80000 + y * 4000 + z, cast(y % 2 AS integer)
         FROM UNNEST(sequence(0, 19)) u (y) CROSS JOIN UNNEST(sequence(0, 3999)) v (z)`,
    )
  const before = await a.rows('SELECT part, count(*), sum(id) FROM parted GROUP BY 1 ORDER BY 1')
  await optimize('parted', 'WHERE part = 1')
  assert.deepEqual(groupsOf(await liveFiles('parted')), [0, 0, 2])
  await optimize('parted')
  assert.deepEqual(groupsOf(await liveFiles('parted')), [2, 2])
  assert.deepEqual(await a.rows('SELECT part, count(*), sum(id) FROM parted GROUP BY 1 ORDER BY 1'), before)
  assert.deepEqual(
    await a.rows('SELECT partition.part, file_count, record_count FROM "parted$partitions" ORDER BY 1'),
    [
      ['0', '1', '80000'],
      ['1', '1', '80000'],
    ],
  )
})

test('a file whose footer is damaged is named, and the table stays what it was', async () => {
  await create('damaged', 2 * ROWS)
  const files = await liveFiles('damaged')
  const path = files[1]!.path
  const { body } = await a.read(path)
  const length = body.readUInt32LE(body.length - 8)
  body.fill(0xff, body.length - 8 - length, body.length - 8)
  await a.put(path.slice('s3://data/'.length), body)
  await a.succeed(`ALTER TABLE damaged SET TBLPROPERTIES (${LARGE})`)
  assert.ok((await a.failure('OPTIMIZE damaged REWRITE DATA USING BIN_PACK')).includes(path))
  assert.deepEqual(
    (await liveFiles('damaged')).map((file) => file.path),
    files.map((file) => file.path),
  )
})

test('what is not as it would be written is written again', async () => {
  await create('wider')
  const before = await digest('wider')
  await a.succeed('ALTER TABLE wider ADD COLUMNS (extra int)')
  await optimize('wider')
  assert.deepEqual(groupsOf(await liveFiles('wider')), [0])
  assert.deepEqual(await digest('wider'), before)
  await create('packed')
  await a.succeed("ALTER TABLE packed SET TBLPROPERTIES ('write_compression' = 'snappy')")
  await optimize('packed')
  assert.deepEqual(groupsOf(await liveFiles('packed')), [0])
  await create('tiny', 4096)
  await insert('tiny', 4096, 4096)
  await optimize('tiny')
  assert.deepEqual(groupsOf(await liveFiles('tiny')), [0])
  assert.deepEqual(await counts('tiny'), [['0', '1', '8192']])
  assert.deepEqual(a.lake.log, [])
})
