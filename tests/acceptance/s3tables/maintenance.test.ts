/** docs: AmazonS3 userguide, s3-tables-maintenance, s3-table-buckets-maintenance and s3-tables-considerations. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableCommand,
  GetTableMaintenanceJobStatusCommand,
  PutTableBucketMaintenanceConfigurationCommand,
  PutTableMaintenanceConfigurationCommand,
  S3TablesClient,
} from '@aws-sdk/client-s3tables'
import { systemClock } from '../../../src/core/clock.ts'
import type { Clock } from '../../../src/core/ports.ts'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'

const HOUR_MS = 60 * 60 * 1000
let passedMs = 0
const sleepers = new Set<() => void>()
/** Who looks at tables sleeps for a minute, and is woken here. */
const clock: Clock = {
  now: () => new Date(Date.now() + passedMs),
  sleep: (ms, signal) => {
    if (ms !== 60_000) return systemClock.sleep(ms, signal)
    return new Promise((resolve, reject) => {
      sleepers.add(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  },
}

describe('maintenance of table buckets', () => {
  let on: AthenaLake
  let tables: S3TablesClient
  let tableBucketARN: string
  before(async () => {
    on = await athenaLake({ clock })
    tables = new S3TablesClient(on.lake.client)
    const { arn } = await tables.send(new CreateTableBucketCommand({ name: 'kept' }))
    tableBucketARN = arn!
    await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
  })
  after(async () => {
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  const named = (name: string) => ({ tableBucketARN, namespace: 'ns', name })
  const create = (name: string) =>
    tables.send(
      new CreateTableCommand({
        ...named(name),
        format: 'ICEBERG',
        metadata: { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } },
      }),
    )
  const inBucket = { QueryExecutionContext: { Catalog: 's3tablescatalog/kept', Database: 'ns' } }
  const set = (name: string, type: 'icebergCompaction' | 'icebergSnapshotManagement', value: object) =>
    tables.send(new PutTableMaintenanceConfigurationCommand({ ...named(name), type, value }))
  const status = async (name: string) =>
    (await tables.send(new GetTableMaintenanceJobStatusCommand(named(name)))).status as Record<
      string,
      { status: string; lastRunTimestamp?: Date; failureMessage?: string }
    >
  const count = async (what: string, name: string) =>
    Number((await on.rows(`SELECT count(*) FROM "${name}$${what}"`, inBucket))[0]![0])
  /** The place of a table, and the keys in it that one of its metadata tables names. */
  const keysIn = async (column: string, what: string, name: string) => {
    const { warehouseLocation } = await tables.send(new GetTableCommand(named(name)))
    const rows = await on.rows(`SELECT ${column} FROM "${name}$${what}"`, inBucket)
    return {
      Bucket: warehouseLocation!.slice('s3://'.length),
      keys: rows.map(([uri]) => uri!.split('--table-s3/')[1]!),
    }
  }
  const isThere = (Bucket: string, Key: string): Promise<boolean> =>
    on.s3.send(new HeadObjectCommand({ Bucket, Key })).then(
      () => true,
      () => false,
    )
  const listed = async (Bucket: string) => {
    const { Contents = [] } = await on.s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key }) => Key!)
  }

  function pass(hours: number): void {
    passedMs += hours * HOUR_MS
    // Signatures carry the time.
    for (const client of [on.athena, on.s3, on.glue, tables]) client.config.systemClockOffset = passedMs
  }

  /** Wakes those who look at tables, until it is so. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 400; turn++) {
      if (await isSo()) return
      for (const wake of sleepers) wake()
      sleepers.clear()
      await sleep(25)
    }
    assert.fail('it has not come about')
  }

  test('small files become few, and rows that are deleted leave their files', async () => {
    await create('small')
    assert.equal((await status('small')).icebergCompaction?.status, 'Not_Yet_Run')
    for (let i = 0; i < 5; i++) await on.succeed(`INSERT INTO small VALUES (${i})`, inBucket)
    assert.equal(await count('files', 'small'), 5)
    await until(async () => (await status('small')).icebergCompaction?.status === 'Successful')
    assert.equal(await count('files', 'small'), 1)
    await on.succeed('DELETE FROM small WHERE id = 2', inBucket)
    await until(async () => (await count('files', 'small')) === 1)
    assert.deepEqual(await on.rows('SELECT count(*), sum(id) FROM small', inBucket), [['4', '8']])
    assert.ok((await status('small')).icebergCompaction?.lastRunTimestamp)
  })

  test('what is disabled is not run', async () => {
    await create('idle')
    await set('idle', 'icebergCompaction', { status: 'disabled' })
    await set('idle', 'icebergSnapshotManagement', { status: 'disabled' })
    for (let i = 0; i < 6; i++) await on.succeed(`INSERT INTO idle VALUES (${i})`, inBucket)
    await until(async () => (await status('idle')).icebergUnreferencedFileRemoval?.status === 'Successful')
    const { icebergCompaction, icebergSnapshotManagement } = await status('idle')
    assert.deepEqual([icebergCompaction, icebergSnapshotManagement], [{ status: 'Disabled' }, { status: 'Disabled' }])
    assert.equal(await count('files', 'idle'), 6)
  })

  test('a table with rules of its own keeps its snapshots', async () => {
    await create('own')
    await on.succeed('INSERT INTO own VALUES (1)', inBucket)
    assert.equal((await status('own')).icebergSnapshotManagement?.status === 'Disabled', false)
    await on.succeed("ALTER TABLE own SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep'='7')", inBucket)
    assert.deepEqual((await status('own')).icebergSnapshotManagement, { status: 'Disabled' })
  })

  test('what a manifest names elsewhere is neither read nor taken away', async () => {
    const elsewhere =
      "CREATE TABLE elsewhere WITH (table_type = 'ICEBERG', location = 's3://data/elsewhere/', is_external = false)"
    await on.succeed(`${elsewhere} AS SELECT 1 AS id`)
    const foreign = await listed('data')
    await create('bent')
    for (let i = 0; i < 4; i++) await on.succeed(`INSERT INTO bent VALUES (${i})`, inBucket)
    const { Bucket, keys } = await keysIn('path', 'manifests', 'bent')
    assert.ok(keys.length > 0)
    const bytes = await on.read(`s3://data/${foreign.find((key) => /-m0\.avro$/.test(key))}`)
    for (const Key of keys) await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes.body }))
    await until(async () => (await status('bent')).icebergCompaction?.status === 'Failed')
    assert.match(
      (await status('bent')).icebergCompaction!.failureMessage!,
      /^ICEBERG_INVALID_METADATA: s3:\/\/data\/elsewhere\/data\/.+ is not in the place of table ns\.bent/,
    )
    assert.deepEqual(await listed('data'), foreign)
    assert.deepEqual(await on.rows('SELECT id FROM elsewhere'), [['1']])
  })

  test('old snapshots expire, and their files are noncurrent for days before they go', async () => {
    await create('old')
    await set('old', 'icebergCompaction', { status: 'disabled' })
    await set('old', 'icebergSnapshotManagement', {
      status: 'enabled',
      settings: { icebergSnapshotManagement: { minSnapshotsToKeep: 1, maxSnapshotAgeHours: 48 } },
    })
    const type = 'icebergUnreferencedFileRemoval' as const
    const settings = { [type]: { unreferencedDays: 1, nonCurrentDays: 2 } }
    const value = { status: 'enabled' as const, settings }
    await tables.send(new PutTableBucketMaintenanceConfigurationCommand({ tableBucketARN, type, value }))
    await on.succeed('INSERT INTO old VALUES (1)', inBucket)
    const { Bucket, keys: data } = await keysIn('file_path', 'files', 'old')
    assert.ok(data.length > 0)
    await on.succeed('DELETE FROM old WHERE id = 1', inBucket)
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'data/lost.parquet', Body: 'x' }))
    pass(60)
    await until(async () => (await count('snapshots', 'old')) === 1)
    // Once more on the next day, when what only the expired one led to is found.
    pass(25)
    await until(async () => {
      const { icebergUnreferencedFileRemoval: last } = await status('old')
      return (last?.lastRunTimestamp?.getTime() ?? 0) > Date.now() + passedMs - HOUR_MS
    })
    for (const key of data) assert.ok(await isThere(Bucket, key), key)
    pass(49)
    await until(async () => {
      const left = await Promise.all([...data, 'data/lost.parquet'].map((key) => isThere(Bucket, key)))
      return !left.includes(true)
    })
    assert.deepEqual(await on.rows('SELECT count(*) FROM old', inBucket), [['0']])
  })
})
