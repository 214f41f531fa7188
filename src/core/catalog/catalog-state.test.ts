import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { Catalog, Scope } from './catalog.ts'
import { openCatalog } from './catalog-state.ts'

const SCOPE: Scope = { account: '000000000000', region: 'us-east-1' }
const clock: Clock = { now: () => new Date(0), sleep: () => Promise.resolve() }
let state: StateStore
let catalog: Catalog

beforeEach(async () => {
  state = openMemoryState()
  catalog = openCatalog(state, clock)
  await catalog.databases.create(SCOPE, { Name: 'db' })
})

const fault = (kind: string, noun: string) => (error: unknown) =>
  error instanceof Fault && error.kind === kind && error.noun === noun

const spacesInUse = () =>
  [
    'tables',
    'table-versions',
    'partitions',
    'functions',
    'table-statistics',
    'partition-statistics',
    'condemned',
  ].filter((kind) => state.count(`catalog/${kind}/${SCOPE.account}/${SCOPE.region}`) > 0)

async function createAll(partitions: number): Promise<void> {
  const PartitionKeys = [{ Name: 'p', Type: 'int' }]
  const descriptor = { Name: 't', StorageDescriptor: { Columns: [{ Name: 'c', Type: 'int' }] }, PartitionKeys }
  await catalog.tables.create(SCOPE, 'db', descriptor, 'me')
  await catalog.tables.update(SCOPE, 'db', descriptor, { keepVersion: true })
  const created = Array.from({ length: partitions }, (_, i) => ({ Values: [String(i)] }))
  await catalog.partitions.create(SCOPE, 'db', 't', created, true)
  const statistics = [{ ColumnName: 'C', ColumnType: 'int' }]
  await catalog.statistics.put(SCOPE, 'db', 't', undefined, statistics)
  await catalog.statistics.put(SCOPE, 'db', 't', ['1'], statistics)
  await catalog.functions.create(SCOPE, 'db', { FunctionName: 'f' })
}

for (const partitions of [10, 5000]) {
  test(`nothing stays of a table with ${partitions} partitions`, async () => {
    await createAll(partitions)
    await catalog.tables.delete(SCOPE, 'DB', 'T')
    assert.deepEqual(spacesInUse(), ['functions'])
  })

  test(`nothing stays of a database with ${partitions} partitions`, async () => {
    await createAll(partitions)
    await catalog.databases.delete(SCOPE, 'db')
    assert.deepEqual(spacesInUse(), [])
  })
}

test('what a crash kept from being erased goes with the next table', async () => {
  await createAll(5000)
  // As far as the first transaction of a deletion goes.
  const broken = { ...openCatalog({ ...proxied(state), transaction: once(state) }, clock) }
  await assert.rejects(broken.tables.delete(SCOPE, 'db', 't'), /killed/)
  assert.ok(spacesInUse().includes('partitions'))
  assert.equal(catalog.tables.find(SCOPE, 'db', 't'), undefined)
  await catalog.tables.create(SCOPE, 'db', { Name: 'other' }, 'me')
  await catalog.tables.delete(SCOPE, 'db', 'other')
  assert.deepEqual(spacesInUse(), ['functions'])
})

function proxied(store: StateStore): StateStore {
  return {
    get: (space, key) => store.get(space, key),
    list: (space, range) => store.list(space, range),
    keys: (space, range) => store.keys(space, range),
    count: (space, prefix) => store.count(space, prefix),
    bytes: (key) => store.bytes(key),
    transaction: (work) => store.transaction(work),
    close: () => store.close(),
  }
}

function once(store: StateStore): StateStore['transaction'] {
  let left = 1
  return (work) => (left-- > 0 ? store.transaction(work) : Promise.reject(new Error('killed')))
}

test('a rename keeps partitions, versions and statistics, and leaves the old name free', async () => {
  await createAll(3)
  const { descriptor } = catalog.tables.get(SCOPE, 'db', 't')
  await catalog.tags.add(SCOPE, 'arn:aws:glue:us-east-1:000000000000:table/db/t', { a: 'b' })
  await catalog.tables.create(SCOPE, 'db', { Name: 'taken' }, 'me')
  await assert.rejects(
    catalog.tables.update(SCOPE, 'db', { ...descriptor, Name: 'taken' }, { name: 't', keepVersion: true }),
    fault('already-exists', 'table'),
  )
  await catalog.tables.update(SCOPE, 'db', { ...descriptor, Name: 'Renamed' }, { name: 't', keepVersion: true })
  assert.equal(catalog.tables.find(SCOPE, 'db', 't'), undefined)
  assert.equal(catalog.partitions.list(SCOPE, 'db', 'renamed', { limit: 10 }).partitions.length, 3)
  assert.equal(catalog.statistics.get(SCOPE, 'db', 'renamed', undefined, ['c']).length, 1)
  assert.deepEqual(
    catalog.tables.versions(SCOPE, 'db', 'renamed', { limit: 10 }).map((table) => table.version),
    [2, 1, 0],
  )
  assert.deepEqual(catalog.tags.get(SCOPE, 'arn:aws:glue:us-east-1:000000000000:table/db/renamed'), { a: 'b' })
})

test('catalogs of two accounts and of two regions do not meet', async () => {
  await createAll(2)
  for (const other of [
    { ...SCOPE, account: '111111111111' },
    { ...SCOPE, region: 'eu-west-1' },
  ]) {
    assert.equal(catalog.databases.find(other, 'db'), undefined)
    await catalog.databases.create(other, { Name: 'db' })
    assert.deepEqual(catalog.tables.list(other, 'db', { limit: 10 }), [])
  }
})

test('partitions: all or none, unless those that are there may be', async () => {
  await createAll(2)
  const wanted = ['1', '7', '8'].map((value) => ({ Values: [value] }))
  await assert.rejects(catalog.partitions.create(SCOPE, 'db', 't', wanted), fault('already-exists', 'partition'))
  assert.equal(catalog.partitions.find(SCOPE, 'db', 't', ['7']), undefined)
  const created = await catalog.partitions.create(SCOPE, 'db', 't', wanted, true)
  assert.deepEqual(created, wanted.slice(1))
  assert.deepEqual(await catalog.partitions.create(SCOPE, 'db', 't', []), [])
  assert.deepEqual(await catalog.partitions.delete(SCOPE, 'db', 't', [['7'], ['9']]), [['7']])
  const one = catalog.partitions.list(SCOPE, 'db', 't', {
    bounds: [{ low: 8n, high: 8n }],
    keep: ([p]) => p === '8',
    limit: 10,
  })
  assert.deepEqual(
    one.partitions.map(({ descriptor }) => descriptor.Values),
    [['8']],
  )
})

test('names that are none are refused', async () => {
  for (const Name of ['', ' ', 'a\0b', 'a\nb', 'x'.repeat(256), 'ä'.repeat(128), '\ud800'])
    await assert.rejects(catalog.databases.create(SCOPE, { Name }), fault('invalid', 'name'), JSON.stringify(Name))
  await catalog.databases.create(SCOPE, { Name: 'ÄB-c d/é.1' })
  assert.equal(catalog.databases.get(SCOPE, 'äb-C d/é.1').descriptor.Name, 'äb-c d/é.1')
})

test('tables whose names begin alike stay apart', async () => {
  await catalog.databases.create(SCOPE, { Name: 'db2' })
  for (const [database, name] of [
    ['db', 'b'],
    ['db', 'a'],
    ['db2', 'c'],
  ] as const)
    await catalog.tables.create(SCOPE, database, { Name: name }, 'me')
  const names = (after?: string) =>
    catalog.tables.list(SCOPE, 'db', { after, limit: 10 }).map((table) => table.descriptor.Name)
  assert.deepEqual(names(), ['a', 'b'])
  assert.deepEqual(names('a'), ['b'])
})
