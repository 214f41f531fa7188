/** VACUUM of Iceberg tables: https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { systemClock } from '../../../src/core/clock.ts'
import { putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

const HOUR_MS = 60 * 60 * 1000
let passedMs = 0
const clock = { ...systemClock, now: () => new Date(Date.now() + passedMs) }

let a: AthenaLake
before(async () => {
  a = await athenaLake({ clock })
})
after(() => a.close())

function pass(hours: number): void {
  passedMs += hours * HOUR_MS
  // Signatures carry the time.
  for (const client of [a.athena, a.s3, a.glue]) client.config.systemClockOffset = passedMs
}

/** (id): five inserts, an hour between them, of ten rows each. */
async function create(name: string, properties = ''): Promise<void> {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint) LOCATION 's3://data/${name}/' TBLPROPERTIES ('table_type' = 'ICEBERG'${properties})`,
  )
  for (let i = 0; i < 5; i++) {
    await a.succeed(`INSERT INTO ${name} SELECT x FROM UNNEST(sequence(${i * 10}, ${i * 10 + 9})) u (x)`)
    pass(1)
  }
}
const totals = async (from: string) => (await a.rows(`SELECT count(*), sum(id) FROM ${from}`))[0]
const snapshots = async (name: string) =>
  (await a.rows(`SELECT snapshot_id FROM "${name}$snapshots" ORDER BY committed_at`)).map(([id]) => id)
async function keys(name: string, folder = ''): Promise<string[]> {
  const { Contents = [] } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: `${name}/${folder}` }))
  return Contents.map(({ Key }) => Key!)
}
const tableOf = async (name: string) =>
  (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))).Table!

/** Every file that the table's metadata leads to, told by its own tables. */
async function named(name: string): Promise<string[]> {
  const listed = await a.rows(
    `SELECT manifest_list FROM "${name}$snapshots" UNION SELECT path FROM "${name}$manifests"
     UNION SELECT file_path FROM "${name}$files" UNION SELECT file FROM "${name}$metadata_log_entries"`,
  )
  return listed.map(([uri]) => uri!.replace('s3://data/', ''))
}

test('snapshots past their age go, and the files that only they led to', async () => {
  await create('aged', `, 'vacuum_max_snapshot_age_seconds' = '${2.5 * 3600}'`)
  await a.succeed('DELETE FROM aged WHERE id < 10')
  await a.succeed('DELETE FROM aged WHERE id BETWEEN 10 AND 14')
  const before = await snapshots('aged')
  const { QueryExecutionId } = await a.succeed('VACUUM aged')
  assert.equal((await a.ended(QueryExecutionId!)).SubstatementType, 'VACUUM_TABLE')
  // Of 5, 4, 3, 2 and 1 hours ago, and two of now.
  assert.deepEqual(await snapshots('aged'), before.slice(3))
  assert.deepEqual(await totals('aged'), ['35', String(1225 - 45 - (10 + 11 + 12 + 13 + 14))])
  assert.deepEqual(await totals(`aged FOR VERSION AS OF ${before[3]}`), ['40', '780'])
  assert.match(
    await a.failure(`SELECT * FROM aged FOR VERSION AS OF ${before[0]}`),
    /Iceberg snapshot ID does not exists/,
  )
  // The file of the first rows is still there for the snapshots before it was removed.
  assert.equal((await keys('aged', 'data/')).length, 6)
  pass(3)
  await a.succeed('VACUUM aged')
  assert.deepEqual(await snapshots('aged'), before.slice(-1))
  assert.equal((await keys('aged', 'data/')).length, 5)
  assert.deepEqual((await keys('aged')).toSorted(), (await named('aged')).toSorted())
  assert.deepEqual(await totals('aged'), ['35', String(1225 - 45 - (10 + 11 + 12 + 13 + 14))])
})

test('as many snapshots stay as are to be kept, whatever their age', async () => {
  await create('kept', `, 'vacuum_max_snapshot_age_seconds' = '1', 'vacuum_min_snapshots_to_keep' = '3'`)
  const before = await snapshots('kept')
  await a.succeed('VACUUM kept')
  assert.deepEqual(await snapshots('kept'), before.slice(2))
})

test('no more metadata files than are to be kept', async () => {
  await create('logged', `, 'vacuum_max_metadata_files_to_keep' = '2'`)
  const isMetadata = (key: string) => key.endsWith('.metadata.json')
  assert.equal((await keys('logged', 'metadata/')).filter(isMetadata).length, 6)
  await a.succeed('VACUUM logged')
  assert.equal((await keys('logged', 'metadata/')).filter(isMetadata).length, 3)
  assert.deepEqual(await totals('logged'), ['50', '1225'])
  assert.deepEqual((await keys('logged')).toSorted(), (await named('logged')).toSorted())
})

test('files that nothing names go once they are old', async () => {
  await create('littered')
  await a.put('littered/data/lost.parquet', 'x')
  await a.put('littered/metadata/lost.avro', 'x')
  await a.put('littered/metadata/version-hint.text', '1')
  await a.put('littered/elsewhere/notes.txt', 'x')
  await a.succeed('VACUUM littered')
  assert.ok((await keys('littered')).includes('littered/data/lost.parquet'))
  pass(6 * 24)
  await a.put('littered/data/new.parquet', 'x')
  await a.succeed('VACUUM littered')
  assert.deepEqual(
    (await keys('littered')).toSorted(),
    [
      ...(await named('littered')),
      'littered/data/new.parquet',
      'littered/elsewhere/notes.txt',
      'littered/metadata/version-hint.text',
    ].toSorted(),
  )
  assert.deepEqual(await totals('littered'), ['50', '1225'])
})

test('what a tag or a branch names stays', async () => {
  await create('tagged', `, 'vacuum_max_snapshot_age_seconds' = '1'`)
  const [first, second] = await snapshots('tagged')
  await refer('tagged', {
    first: { 'snapshot-id': Number(first), type: 'tag' },
    gone: { 'snapshot-id': Number(second), type: 'tag', 'max-ref-age-ms': HOUR_MS },
  })
  await a.succeed('DELETE FROM tagged')
  await a.succeed('VACUUM tagged')
  assert.deepEqual(await a.rows('SELECT name FROM "tagged$refs" ORDER BY name'), [['first'], ['main']])
  assert.equal((await snapshots('tagged')).length, 2)
  assert.deepEqual(await totals("tagged FOR VERSION AS OF 'first'"), ['10', '45'])
})

/** As another engine makes tags. */
async function refer(name: string, refs: Readonly<Record<string, object>>): Promise<void> {
  const table = await tableOf(name)
  const location = table.Parameters!.metadata_location!
  const metadata = JSON.parse((await a.read(location)).body.toString())
  const changed = { ...metadata, refs: { ...metadata.refs, ...refs } }
  await a.put(`${name}/metadata/00009-tagged.metadata.json`, JSON.stringify(changed))
  const Parameters = { ...table.Parameters, metadata_location: `s3://data/${name}/metadata/00009-tagged.metadata.json` }
  const TableInput = { Name: name, TableType: table.TableType, StorageDescriptor: table.StorageDescriptor, Parameters }
  await a.glue.send(new UpdateTableCommand({ DatabaseName: 'db', TableInput }))
}

test('after OPTIMIZE, the files that it replaced go', async () => {
  await create('small', `, 'vacuum_max_snapshot_age_seconds' = '1'`)
  await a.succeed('OPTIMIZE small REWRITE DATA USING BIN_PACK')
  pass(1)
  await a.succeed('VACUUM small')
  assert.equal((await keys('small', 'data/')).length, 1)
  assert.deepEqual(await totals('small'), ['50', '1225'])
})

test('inserts beside VACUUM lose nothing, even where nothing is kept longer than it must be', async () => {
  await create('busy', `, 'vacuum_max_snapshot_age_seconds' = '1'`)
  await Promise.all([
    ...Array.from({ length: 10 }, (_, i) => a.succeed(`INSERT INTO busy VALUES ${100 + i}`)),
    ...Array.from({ length: 5 }, () => a.succeed('VACUUM busy')),
  ])
  assert.deepEqual(await totals('busy'), ['60', String(1225 + 1045)])
})

test('tables of other engines, of every version: what counts of them stays', async () => {
  for (const name of ['events', 'mor', 'vectors', 'nested']) {
    await putIceberg(a, name)
    const before = await a.rows(`SELECT * FROM ${name} ORDER BY id`)
    await a.succeed(`VACUUM ${name}`)
    assert.deepEqual(await a.rows(`SELECT * FROM ${name} ORDER BY id`), before)
    const ids = await snapshots(name)
    const refs = await a.rows(`SELECT DISTINCT snapshot_id FROM "${name}$refs"`)
    assert.deepEqual(ids.toSorted(), refs.map(([id]) => id).toSorted(), name)
    for (const id of ids) await a.rows(`SELECT count(*) FROM ${name} FOR VERSION AS OF ${id}`)
  }
})

test('a table that has no folder of its own', async () => {
  await a.succeed("CREATE TABLE rootless (id bigint) LOCATION 's3://data/' TBLPROPERTIES ('table_type' = 'ICEBERG')")
  assert.equal(
    await a.failure('VACUUM rootless'),
    'GENERIC_INTERNAL_ERROR: Path missing in file system location: s3://data',
  )
  assert.deepEqual(a.lake.log, [])
})
