/** OPTIMIZE of Iceberg tables: https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { type ManifestEntry, readManifest } from '../../../src/formats/iceberg/manifest.ts'
import { readManifestList } from '../../../src/formats/iceberg/manifest-list.ts'
import { currentSnapshot, tableMetadata } from '../../../src/formats/iceberg/metadata.ts'
import type { RandomAccess } from '../../../src/formats/random-access.ts'
import { deleteByValues, expectedRows, putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const PROPERTIES = "'table_type' = 'ICEBERG'"
const OPTIMIZE = 'REWRITE DATA USING BIN_PACK'

/** (id, name, part): `files` files, each with `rows` rows in each of `parts` partitions. */
async function create(name: string, files: number, rows: number, parts = 1, properties = ''): Promise<void> {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint, name string, part int) ${parts > 1 ? 'PARTITIONED BY (part)' : ''}
     LOCATION 's3://data/${name}/' TBLPROPERTIES (${PROPERTIES}${properties})`,
  )
  for (let i = 0; i < files; i++)
    await a.succeed(
      `INSERT INTO ${name} SELECT x, 'n' || cast(x AS varchar), cast(x % ${parts} AS integer)
         FROM UNNEST(sequence(${i * rows * parts}, ${(i + 1) * rows * parts - 1})) u (x)`,
    )
}
const totals = async (from: string) => (await a.rows(`SELECT count(*), sum(id) FROM ${from}`))[0]
const files = (name: string) =>
  a.rows(`SELECT content, count(*), sum(record_count) FROM "${name}$files" GROUP BY 1 ORDER BY 1`)
const operations = async (name: string) =>
  (await a.rows(`SELECT operation FROM "${name}$snapshots" ORDER BY committed_at`)).map(([operation]) => operation)

test('small files become one, and older snapshots stay what they were', async () => {
  await create('small', 5, 10)
  const [[before] = []] = await a.rows('SELECT max_by(snapshot_id, committed_at) FROM "small$snapshots"')
  const { Statistics } = await a.succeed(`OPTIMIZE small ${OPTIMIZE}`)
  assert.ok(Statistics!.DataScannedInBytes! > 0)
  assert.deepEqual(await files('small'), [['0', '1', '50']])
  assert.deepEqual(await totals('small'), ['50', '1225'])
  assert.deepEqual(await operations('small'), [...Array(5).fill('append'), 'replace'])
  assert.deepEqual(await totals(`small FOR VERSION AS OF ${before}`), ['50', '1225'])
  assert.deepEqual(
    await a.rows(
      `SELECT summary['added-data-files'], summary['deleted-data-files'], summary['total-data-files'], summary['total-records']
         FROM "small$snapshots" WHERE operation = 'replace'`,
    ),
    [['1', '5', '1', '50']],
  )
  // Nothing is left to do.
  await a.succeed(`OPTIMIZE small ${OPTIMIZE}`)
  assert.equal((await operations('small')).length, 6)
})

test('fewer files than the threshold are left to become more', async () => {
  await create('few', 4, 10)
  await a.succeed(`OPTIMIZE few ${OPTIMIZE}`)
  assert.deepEqual(await files('few'), [['0', '4', '40']])
  await a.succeed("ALTER TABLE few SET TBLPROPERTIES ('optimize_rewrite_data_file_threshold' = '4')")
  await a.succeed(`OPTIMIZE few ${OPTIMIZE}`)
  assert.deepEqual(await files('few'), [['0', '1', '40']])
})

test('deleted rows are left out, and the files that named them go', async () => {
  await create('deleted', 1, 30)
  await a.succeed('DELETE FROM deleted WHERE id < 5')
  await a.succeed(`OPTIMIZE deleted ${OPTIMIZE}`)
  assert.deepEqual(await files('deleted'), [
    ['0', '1', '30'],
    ['1', '1', '5'],
  ])
  await a.succeed("UPDATE deleted SET name = 'new' WHERE id = 29")
  await a.succeed(`OPTIMIZE deleted ${OPTIMIZE}`)
  assert.deepEqual(await files('deleted'), [['0', '1', '25']])
  assert.deepEqual(await totals('deleted'), ['25', String(435 - 10)])
  assert.deepEqual(await a.rows("SELECT id FROM deleted WHERE name = 'new'"), [['29']])
  assert.deepEqual(
    await a.rows(
      `SELECT summary['removed-delete-files'], summary['total-position-deletes'], summary['total-delete-files']
         FROM "deleted$snapshots" WHERE operation = 'replace'`,
    ),
    [['2', '0', '0']],
  )
})

// https://iceberg.apache.org/spec/#sequence-numbers: deletes by values that are younger than the rows must still apply to them.
test('rows stay as old as the snapshot that they were read of', async () => {
  await create('aged', 5, 2)
  await a.succeed(`OPTIMIZE aged ${OPTIMIZE}`)
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'aged' }))
  const metadata = tableMetadata(JSON.parse((await a.read(Table!.Parameters!.metadata_location!)).body.toString()))
  const { 'manifest-list': list, 'sequence-number': sequenceNumber } = currentSnapshot(metadata)!
  assert.equal(sequenceNumber, 6)
  const manifests = [...readManifestList(await bytesAt(list!))]
  const entries: ManifestEntry[] = []
  for (const one of manifests)
    for await (const some of readManifest(await bytesAt(one.path), one, { fields: [] })) entries.push(...some)
  const live = entries.filter(({ status }) => status !== 'deleted')
  assert.deepEqual(
    live.map((one) => [one.status, one.sequenceNumber, one.fileSequenceNumber, one.file.recordCount]),
    [['added', 5, 6, 10]],
  )
  assert.equal(manifests.find(({ addedFiles }) => addedFiles === 1)!.minSequenceNumber, 5)
})

async function bytesAt(uri: string): Promise<RandomAccess> {
  const { body } = await a.read(uri)
  return { sizeBytes: body.length, read: (at, length) => body.subarray(at, at + length) }
}

test('a condition chooses partitions, and may be about nothing else', async () => {
  await create('parts', 5, 4, 3)
  await a.succeed(`OPTIMIZE parts ${OPTIMIZE} WHERE part = 1`)
  assert.deepEqual(await a.rows('SELECT partition.part, file_count, record_count FROM "parts$partitions" ORDER BY 1'), [
    ['0', '5', '20'],
    ['1', '1', '20'],
    ['2', '5', '20'],
  ])
  for (const where of ["name = 'n1'", 'part = 1 AND id > 3', 'part IN (SELECT 1)', 'id = part'])
    assert.match(
      await a.failure(`OPTIMIZE parts ${OPTIMIZE} WHERE ${where}`),
      /^NOT_SUPPORTED: .*Unexpected FilterNode found in plan/,
    )
  await a.succeed(`OPTIMIZE parts ${OPTIMIZE} WHERE 1 = 1`)
  assert.deepEqual(await files('parts'), [['0', '3', '60']])
  assert.deepEqual(await totals('parts'), ['60', '1770'])
  assert.deepEqual(await a.rows('SELECT count(*), sum(id) FROM parts WHERE part = 2'), [['20', String(610)]])
})

test('a large file becomes several of the size that is wanted', async () => {
  const target = 100_000
  await a.succeed(
    `CREATE TABLE large WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/large/') AS
     SELECT y * 10000 + x AS id, cast(random() AS varchar) AS name
       FROM UNNEST(sequence(0, 9999)) u (x) CROSS JOIN UNNEST(sequence(0, 39)) v (y)`,
  )
  const sizes = () => a.rows('SELECT file_size_in_bytes FROM "large$files"')
  const [[whole] = []] = await sizes()
  assert.ok(Number(whole) > 2 * target)
  await a.succeed(`ALTER TABLE large SET TBLPROPERTIES ('write_target_data_file_size_bytes' = '${target}')`)
  await a.succeed(`OPTIMIZE large ${OPTIMIZE}`)
  assert.ok((await sizes()).length > 1)
  assert.deepEqual(await totals('large'), ['400000', '79999800000'])
})

test('rows that are deleted by their values', async () => {
  await create('valued', 5, 2)
  await deleteByValues(a, 'valued', "(3::BIGINT, 'n3'), (4, 'other')")
  await a.succeed("INSERT INTO valued VALUES (3, 'n3', 7)")
  await a.succeed(`OPTIMIZE valued ${OPTIMIZE}`)
  assert.deepEqual(await files('valued'), [['0', '1', '10']])
  assert.deepEqual(await a.rows('SELECT part FROM valued WHERE id = 3'), [['7']])
  assert.deepEqual(await totals('valued'), ['10', '45'])
})

test('a table of every type, whose columns and partitions have changed, by another engine', async () => {
  await putIceberg(a, 'events')
  const before = await a.rows('SELECT * FROM events ORDER BY id')
  assert.equal(before.length, expectedRows('events').length)
  await a.succeed("ALTER TABLE events SET TBLPROPERTIES ('optimize_rewrite_data_file_threshold' = '1')")
  await a.succeed(`OPTIMIZE events ${OPTIMIZE}`)
  assert.deepEqual(await a.rows('SELECT * FROM events ORDER BY id'), before)
  assert.equal((await operations('events')).at(-1), 'replace')
  assert.equal(
    (await a.rows('SELECT DISTINCT partition_spec_id FROM "events$manifests" WHERE added_data_files_count > 0')).length,
    1,
  )
})

test('what is refused', async () => {
  await a.put('plain/x.csv', '1\n')
  await a.succeed("CREATE EXTERNAL TABLE plain (a int) LOCATION 's3://data/plain/'")
  assert.match(await a.failure(`OPTIMIZE plain ${OPTIMIZE}`), /^NOT_SUPPORTED: /)
  assert.match(await a.failure(`OPTIMIZE nothing ${OPTIMIZE}`), /^TABLE_NOT_FOUND: /)
  assert.match(await a.failure('VACUUM plain'), /^NOT_SUPPORTED: /)
  assert.deepEqual(a.lake.log, [])
})
