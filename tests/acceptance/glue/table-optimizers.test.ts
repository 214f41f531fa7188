/** Optimizers of Iceberg tables: https://docs.aws.amazon.com/glue/latest/dg/table-optimizers.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchGetTableOptimizerCommand,
  CreateTableOptimizerCommand,
  DeleteTableOptimizerCommand,
  GetTableCommand,
  GetTableOptimizerCommand,
  GlueClient,
  ListTableOptimizerRunsCommand,
  type TableOptimizerConfiguration,
  type TableOptimizerType,
  UpdateTableCommand,
  UpdateTableOptimizerCommand,
} from '@aws-sdk/client-glue'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { systemClock } from '../../../src/core/clock.ts'
import type { Clock } from '../../../src/core/ports.ts'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { allow, policyCaller } from '../athena/policy-callers.ts'

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

let a: AthenaLake
before(async () => {
  a = await athenaLake({ clock })
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

const roleArn = 'arn:aws:iam::000000000000:role/optimizer'
const named = (TableName: string, Type: TableOptimizerType) => ({
  CatalogId: '000000000000',
  DatabaseName: 'db',
  TableName,
  Type,
})
const create = (table: string, type: TableOptimizerType, more: Partial<TableOptimizerConfiguration> = {}) =>
  a.glue.send(
    new CreateTableOptimizerCommand({
      ...named(table, type),
      TableOptimizerConfiguration: { roleArn, enabled: true, ...more },
    }),
  )
const compaction = (strategy?: 'binpack' | 'sort' | 'z-order', minInputFiles = 2) => ({
  compactionConfiguration: { icebergConfiguration: { strategy, minInputFiles } },
})
const runs = async (table: string, type: TableOptimizerType) =>
  (await a.glue.send(new ListTableOptimizerRunsCommand(named(table, type)))).TableOptimizerRuns!

function pass(hours: number): void {
  passedMs += hours * HOUR_MS
  // Signatures carry the time.
  for (const client of [a.athena, a.s3, a.glue]) client.config.systemClockOffset = passedMs
}

/** Wakes who watches tables until a table has had so many runs, and these are over. */
async function ran(table: string, type: TableOptimizerType, count = 1) {
  for (;;) {
    for (const wake of [...sleepers]) wake()
    const found = await runs(table, type)
    if (found.length >= count && found.every((run) => run.eventType === 'completed' || run.eventType === 'failed'))
      return found
    await sleep(20)
  }
}

async function table(name: string, files: number, properties = ''): Promise<void> {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint, x int, y int) LOCATION 's3://data/${name}/' TBLPROPERTIES ('table_type' = 'ICEBERG'${properties})`,
  )
  for (let i = 0; i < files; i++)
    await a.succeed(
      `INSERT INTO ${name} SELECT v + ${i * 100}, (v * 37 + ${i}) % 100, (v * 53 + ${i * 7}) % 100 FROM UNNEST(sequence(1, 100)) u (v)`,
    )
}
const dataFiles = async (name: string) =>
  (await a.rows(`SELECT count(*) FROM "${name}$files" WHERE content = 0`))[0]![0]
const objects = async (prefix: string) =>
  (await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))).Contents?.length ?? 0

test('a run acts as the optimizer’s role', async () => {
  const iam = new IAMClient(a.lake.client)
  const Version = '2012-10-17'
  const trust = { Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version, Statement: trust })
  await iam.send(new CreateRoleCommand({ RoleName: 'optimizer', AssumeRolePolicyDocument }))
  const may = (Action: string[], Resource = '*') =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: 'optimizer',
        PolicyName: 'files',
        PolicyDocument: JSON.stringify({ Version, Statement: { Effect: 'Allow', Action, Resource } }),
      }),
    )
  await may(['glue:*'])
  const bob = await policyCaller(a.lake, 'bob')
  await bob.may(allow('*'))
  await a.succeed("CREATE TABLE acted (id bigint) LOCATION 's3://data/acted/' TBLPROPERTIES ('table_type'='iceberg')")
  for (const id of [1, 2]) await a.succeed(`INSERT INTO acted VALUES (${id})`)
  const glue = new GlueClient(bob.client)
  const TableOptimizerConfiguration = { roleArn, enabled: true, ...compaction() }
  await glue.send(new CreateTableOptimizerCommand({ ...named('acted', 'compaction'), TableOptimizerConfiguration }))
  const [refused] = await ran('acted', 'compaction')
  assert.equal(refused?.eventType, 'failed')
  assert.match(refused!.error!, /Permission denied on S3 path: s3:\/\/data\/acted\//)
  await may(['glue:*', 's3:*'])
  for (let count = 2; (await ran('acted', 'compaction', count))[0]?.eventType !== 'completed'; count++);
  assert.equal(await dataFiles('acted'), '1')
  bob.close()
  for (const client of [iam, glue]) client.destroy()
})

test('what is configured is told, changed and deleted', async () => {
  await table('configured', 0)
  await create('configured', 'compaction', { enabled: false })
  await assert.rejects(create('configured', 'compaction'), { name: 'AlreadyExistsException' })
  const get = new GetTableOptimizerCommand(named('configured', 'compaction'))
  assert.deepEqual((await a.glue.send(get)).TableOptimizer, {
    type: 'compaction',
    configuration: { roleArn, enabled: false },
    configurationSource: 'table',
  })
  const changed = { roleArn, enabled: false, ...compaction('sort', 7) }
  await a.glue.send(
    new UpdateTableOptimizerCommand({ ...named('configured', 'compaction'), TableOptimizerConfiguration: changed }),
  )
  const entry = (type: TableOptimizerType, tableName = 'configured') => ({
    catalogId: '000000000000',
    databaseName: 'db',
    tableName,
    type,
  })
  const Entries = [entry('compaction'), entry('retention'), entry('retention', 'nothing')]
  const { TableOptimizers, Failures } = await a.glue.send(new BatchGetTableOptimizerCommand({ Entries }))
  assert.deepEqual(TableOptimizers![0]!.tableOptimizer!.configuration, changed)
  assert.deepEqual(
    Failures!.map(({ error, tableName }) => [tableName, error!.ErrorCode]),
    [
      ['configured', 'EntityNotFoundException'],
      ['nothing', 'EntityNotFoundException'],
    ],
  )
  await a.glue.send(new DeleteTableOptimizerCommand(named('configured', 'compaction')))
  await assert.rejects(a.glue.send(get), { name: 'EntityNotFoundException' })
})

test('what can not be configured', async () => {
  await a.put('plain/x.csv', '1\n')
  await a.succeed("CREATE EXTERNAL TABLE plain (a int) LOCATION 's3://data/plain/'")
  await assert.rejects(create('plain', 'compaction'), { name: 'ValidationException' })
  await assert.rejects(create('nothing', 'compaction'), { name: 'EntityNotFoundException' })
  await table('refused', 0)
  await assert.rejects(create('refused', 'retention', compaction()), { name: 'ValidationException' })
  const icebergConfiguration = { runRateInHours: 1 }
  await assert.rejects(create('refused', 'retention', { retentionConfiguration: { icebergConfiguration } }), {
    name: 'ValidationException',
  })
})

test('a table is compacted after commits, as soon as there are files enough', async () => {
  await table('growing', 1)
  await create('growing', 'compaction', compaction())
  await a.succeed('INSERT INTO growing VALUES (1000, 0, 0)')
  const [run] = await ran('growing', 'compaction')
  assert.deepEqual([run!.error, run!.eventType, run!.compactionStrategy], [undefined, 'completed', 'binpack'])
  const { NumberOfFilesCompacted, NumberOfBytesCompacted, NumberOfDpus, DpuHours } =
    run!.compactionMetrics!.IcebergMetrics!
  assert.deepEqual([NumberOfFilesCompacted, NumberOfDpus], [2, 1])
  assert.ok(NumberOfBytesCompacted! > 0 && DpuHours! >= 0)
  assert.equal(await dataFiles('growing'), '1')
  assert.deepEqual(await a.rows('SELECT count(*), sum(id) FROM growing'), [['101', '6050']])
  // Nothing is to be done until the next commits.
  for (const wake of [...sleepers]) wake()
  await a.succeed('DELETE FROM growing WHERE id = 1000')
  const again = await ran('growing', 'compaction', 2)
  assert.equal(again[0]!.compactionMetrics!.IcebergMetrics!.NumberOfFilesCompacted, 1)
  assert.deepEqual(await a.rows('SELECT content, record_count FROM "growing$files"'), [['0', '100']])
})

/** As Spark's `WRITE ORDERED BY` does; Athena has no words for it. */
async function sortBy(name: string, columns: readonly number[]): Promise<void> {
  const found = (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))).Table!
  const metadata = JSON.parse((await a.read(found.Parameters!.metadata_location!)).body.toString())
  const fields = columns.map((id) => ({
    transform: 'identity',
    'source-id': id,
    direction: 'asc',
    'null-order': 'nulls-first',
  }))
  const orders = [...metadata['sort-orders'], { 'order-id': 1, fields }]
  await a.put(
    `${name}/metadata/00090-ordered.metadata.json`,
    JSON.stringify({ ...metadata, 'sort-orders': orders, 'default-sort-order-id': 1 }),
  )
  const Parameters = {
    ...found.Parameters,
    metadata_location: `s3://data/${name}/metadata/00090-ordered.metadata.json`,
  }
  const TableInput = { Name: name, TableType: found.TableType, StorageDescriptor: found.StorageDescriptor, Parameters }
  await a.glue.send(new UpdateTableCommand({ DatabaseName: 'db', TableInput }))
}

test('rows are sorted by the order of the table', async () => {
  await table('sorted', 3)
  await sortBy('sorted', [2, 1])
  await create('sorted', 'compaction', compaction('sort'))
  const [run] = await ran('sorted', 'compaction')
  assert.deepEqual([run!.error, run!.compactionStrategy], [undefined, 'sort'])
  const places = await a.rows('SELECT x, id, "$pos" FROM sorted ORDER BY "$pos"')
  const inOrder = places.toSorted(([x, i], [y, j]) => Number(x) - Number(y) || Number(i) - Number(j))
  assert.equal(places.length, 300)
  assert.deepEqual(places, inOrder)
})

test('rows that are near in several columns come near each other', async () => {
  await table('woven', 3)
  await sortBy('woven', [2, 3])
  await create('woven', 'compaction', compaction('z-order'))
  const [run] = await ran('woven', 'compaction')
  assert.deepEqual([run!.error, run!.compactionStrategy], [undefined, 'z-order'])
  // A quarter of the rows is a quarter of the plane: less than half of each column's values, where sorting by one has all of the other's.
  const quarters = await a.rows(
    `SELECT q, max(x) - min(x), max(y) - min(y) FROM (SELECT x, y, "$pos" / 75 AS q FROM woven) GROUP BY q ORDER BY q`,
  )
  assert.equal(quarters.length, 4)
  for (const [, x, y] of quarters) assert.ok(Number(x) <= 75 && Number(y) <= 75, JSON.stringify(quarters))
  assert.deepEqual(await a.rows('SELECT count(*), count(DISTINCT id) FROM woven'), [['300', '300']])
})

test('a table without an order can not be sorted, and is left alone after four tries', async () => {
  await table('unordered', 2)
  await create('unordered', 'compaction', compaction('sort'))
  const [first] = await ran('unordered', 'compaction', 4)
  assert.equal(first!.eventType, 'failed')
  assert.match(first!.error!, /needs a table that has a sort order/)
  for (let i = 0; i < 3; i++) {
    for (const wake of [...sleepers]) wake()
    await a.rows('SELECT 1')
  }
  assert.equal((await runs('unordered', 'compaction')).length, 4)
  await a.glue.send(
    new UpdateTableOptimizerCommand({
      ...named('unordered', 'compaction'),
      TableOptimizerConfiguration: { roleArn, ...compaction('binpack') },
    }),
  )
  assert.equal((await ran('unordered', 'compaction', 5))[0]!.eventType, 'completed')
})

test('snapshots are kept for as long as is said, once a day', async () => {
  await table('retained', 3)
  await create('retained', 'retention', {
    retentionConfiguration: {
      icebergConfiguration: { snapshotRetentionPeriodInDays: 1, numberOfSnapshotsToRetain: 1 },
    },
  })
  const [young] = await ran('retained', 'retention')
  assert.equal(young!.retentionMetrics!.IcebergMetrics!.NumberOfManifestListsDeleted, 0)
  await a.succeed('DELETE FROM retained WHERE id <= 100')
  pass(25)
  const [run] = await ran('retained', 'retention', 2)
  const { NumberOfDataFilesDeleted, NumberOfManifestListsDeleted } = run!.retentionMetrics!.IcebergMetrics!
  assert.deepEqual([NumberOfDataFilesDeleted, NumberOfManifestListsDeleted], [1, 3])
  assert.deepEqual(await a.rows('SELECT count(*) FROM "retained$snapshots"'), [['1']])
  assert.deepEqual(await a.rows('SELECT count(*) FROM retained'), [['200']])
  assert.equal((await runs('retained', 'retention')).length, 2)
})

test('files that nothing names go, wherever below the table they are', async () => {
  await table('littered', 1)
  const before = await objects('littered/')
  for (const key of ['data/lost.parquet', 'elsewhere/lost.parquet']) await a.put(`littered/${key}`, 'x')
  await create('littered', 'orphan_file_deletion', {
    orphanFileDeletionConfiguration: { icebergConfiguration: { orphanFileRetentionPeriodInDays: 2 } },
  })
  const [none] = await ran('littered', 'orphan_file_deletion')
  assert.equal(none!.orphanFileDeletionMetrics!.IcebergMetrics!.NumberOfOrphanFilesDeleted, 0)
  pass(49)
  const [run] = await ran('littered', 'orphan_file_deletion', 2)
  assert.equal(run!.orphanFileDeletionMetrics!.IcebergMetrics!.NumberOfOrphanFilesDeleted, 2)
  assert.equal(await objects('littered/'), before)
})

test('files elsewhere are not taken for those of the table', async () => {
  await table('bounded', 0)
  const icebergConfiguration = { location: 's3://data/', orphanFileRetentionPeriodInDays: 1 }
  await create('bounded', 'orphan_file_deletion', { orphanFileDeletionConfiguration: { icebergConfiguration } })
  const [run] = await ran('bounded', 'orphan_file_deletion')
  assert.match(run!.error!, /is not below the table's location/)
})

test('optimizers go with their table', async () => {
  await table('passing', 0)
  await create('passing', 'compaction')
  await a.succeed('DROP TABLE passing')
  await table('passing', 0)
  await assert.rejects(a.glue.send(new GetTableOptimizerCommand(named('passing', 'compaction'))), {
    name: 'EntityNotFoundException',
  })
  await create('passing', 'compaction')
})
