/** Many writers of one Iceberg table, here and beside this server: https://iceberg.apache.org/docs/latest/reliability/ */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const PROPERTIES = "TBLPROPERTIES ('table_type' = 'ICEBERG')"
const table = async (name: string) =>
  (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))).Table!
const metadataOf = async (name: string) =>
  JSON.parse((await a.read((await table(name)).Parameters!.metadata_location!)).body.toString())
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

interface Snapshot {
  readonly 'snapshot-id': number
  readonly 'parent-snapshot-id'?: number
  readonly 'sequence-number': number
}

/** Each snapshot is made of the one before it. */
function assertOneHistory(snapshots: readonly Snapshot[]): void {
  assert.deepEqual(
    snapshots.map((one) => one['sequence-number']),
    range(snapshots.length).map((i) => i + 1),
  )
  assert.deepEqual(
    snapshots.map((one) => one['parent-snapshot-id']),
    [undefined, ...snapshots.slice(0, -1).map((one) => one['snapshot-id'])],
  )
}

/**
 * As catalogs of other engines do it: the pointer moves only where the table is still at the version that was read. How
 * often it was not.
 */
async function setProperty(name: string, property: string, value: string): Promise<number> {
  for (let refused = 0; ; refused++) {
    const { Parameters, StorageDescriptor, TableType, VersionId } = await table(name)
    const from = Parameters!.metadata_location!
    const metadata = JSON.parse((await a.read(from)).body.toString())
    const key = `${name}/metadata/${randomUUID()}.metadata.json`
    await a.put(key, JSON.stringify({ ...metadata, properties: { ...metadata.properties, [property]: value } }))
    const moved = { metadata_location: `s3://data/${key}`, previous_metadata_location: from }
    const TableInput = { Name: name, TableType, StorageDescriptor, Parameters: { ...Parameters, ...moved } }
    try {
      await a.glue.send(new UpdateTableCommand({ DatabaseName: 'db', TableInput, VersionId, SkipArchive: true }))
      return refused
    } catch (error) {
      assert.equal((error as Error).name, 'ConcurrentModificationException')
    }
  }
}

test('sixteen writers at once make one history, and snapshots of it can be read', async () => {
  await a.succeed(`CREATE TABLE crowd (writer int, n int) LOCATION 's3://data/crowd/' ${PROPERTIES}`)
  await Promise.all(
    range(16).map(async (writer) => {
      for (const n of range(2)) await a.succeed(`INSERT INTO crowd VALUES (${writer}, ${n})`)
    }),
  )
  assert.deepEqual(
    await a.rows("SELECT writer, array_join(array_agg(n ORDER BY n), ',') FROM crowd GROUP BY 1 ORDER BY 1"),
    range(16).map((writer) => [String(writer), '0,1']),
  )
  const { snapshots } = await metadataOf('crowd')
  assert.equal(snapshots.length, 32)
  assertOneHistory(snapshots)
  const some = (snapshots as Snapshot[]).filter((_, i) => i % 4 === 0)
  const counts = some.map((one) => `SELECT count(*) AS n FROM crowd FOR VERSION AS OF ${one['snapshot-id']}`)
  assert.deepEqual(
    await a.rows(`SELECT n FROM (${counts.join(' UNION ALL ')}) ORDER BY n`),
    range(8).map((i) => [String(4 * i + 1)]),
  )
})

test('of commits that are written together one that can not be leaves the others alone', async () => {
  await a.succeed(`CREATE TABLE mixed (n int) LOCATION 's3://data/mixed/' ${PROPERTIES}`)
  await a.succeed('INSERT INTO mixed VALUES (0)')
  // Those that come after the new column do not fit.
  const inserts = range(8).map((n) => a.run(`INSERT INTO mixed VALUES (${n + 1})`))
  const columns = range(8).map(() => a.run('ALTER TABLE mixed ADD COLUMNS (extra int)'))
  const properties = range(8).map((n) =>
    a.succeed(`ALTER TABLE mixed SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold' = '${n + 2}')`),
  )
  const states = (await Promise.all(columns)).map(({ Status }) => Status!.State)
  assert.deepEqual(states.toSorted(), [...Array(7).fill('FAILED'), 'SUCCEEDED'])
  await Promise.all(inserts)
  await Promise.all(properties)
  const kept = await a.rows('SELECT count(*), count(DISTINCT n) FROM mixed')
  const { snapshots, schemas } = await metadataOf('mixed')
  assert.equal(schemas.length, 2)
  assertOneHistory(snapshots)
  assert.deepEqual(kept, [[String(snapshots.length), String(snapshots.length)]])
})

test('a writer beside the server moves the pointer by its version, and neither loses what it wrote', async () => {
  await a.succeed(`CREATE TABLE shared (n int) LOCATION 's3://data/shared/' ${PROPERTIES}`)
  let refused = 0
  await Promise.all([
    ...range(12).map((n) => a.succeed(`INSERT INTO shared VALUES (${n})`)),
    (async () => {
      for (const n of range(6)) refused += await setProperty('shared', `other.${n}`, 'set')
    })(),
  ])
  const { properties, snapshots } = await metadataOf('shared')
  assert.deepEqual(Object.keys(properties).filter((name) => name.startsWith('other.')).length, 6)
  assert.equal(snapshots.length, 12)
  assertOneHistory(snapshots)
  assert.deepEqual(await a.rows('SELECT count(*), sum(n) FROM shared'), [['12', '66']])
  const { VersionId } = await table('shared')
  assert.ok(Number(VersionId) >= 7, `${VersionId}, and ${refused} were refused`)
})

test('manifests of small commits become one, and every snapshot still has its own rows', async () => {
  await a.succeed(
    `CREATE TABLE merged (n int, note string) PARTITIONED BY (n) LOCATION 's3://data/merged/' ${PROPERTIES}`,
  )
  await setProperty('merged', 'commit.manifest.min-count-to-merge', '4')
  for (const n of range(6)) await a.succeed(`INSERT INTO merged VALUES (${n}, 'old')`)
  assert.deepEqual(await a.rows('SELECT added_data_files_count, existing_data_files_count FROM "merged$manifests"'), [
    ['1', '0'],
    ['1', '0'],
    ['1', '3'],
  ])
  assert.deepEqual(
    await a.rows('SELECT n, note FROM merged ORDER BY n'),
    range(6).map((n) => [String(n), 'old']),
  )
  await a.succeed("UPDATE merged SET note = 'new' WHERE n = 1")
  await a.succeed('DELETE FROM merged WHERE n = 5')
  for (const n of range(4)) await a.succeed(`INSERT INTO merged VALUES (${n + 10}, 'late')`)
  assert.deepEqual(
    await a.rows('SELECT n, note FROM merged ORDER BY n'),
    [0, 1, 2, 3, 4, 10, 11, 12, 13].map((n) => [String(n), n === 1 ? 'new' : n < 10 ? 'old' : 'late']),
  )
  const { snapshots } = await metadataOf('merged')
  assertOneHistory(snapshots)
  const counts = []
  for (const one of snapshots as Snapshot[])
    counts.push((await a.rows(`SELECT count(*) FROM merged FOR VERSION AS OF ${one['snapshot-id']}`))[0]![0])
  assert.deepEqual(counts.map(Number), [1, 2, 3, 4, 5, 6, 6, 5, 6, 7, 8, 9])
})
