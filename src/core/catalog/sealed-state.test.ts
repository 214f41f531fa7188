import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import { Fault } from '../faults.ts'
import { Keys } from '../keys/keys.ts'
import type { Clock, StateStore } from '../ports.ts'
import { KEY_BYTES, sealing } from '../secrets/sealing.ts'
import type { Catalog, Scope } from './catalog.ts'
import { CATALOG_ENCRYPTION, catalogEncryption, putEncryptionSettings } from './catalog-encryption.ts'
import { openCatalog } from './catalog-state.ts'
import { isSealed } from './sealed-state.ts'

const SCOPE: Scope = { account: '000000000000', region: 'us-east-1' }
const SPACES = [
  'databases',
  'tables',
  'table-versions',
  'partitions',
  'functions',
  'table-statistics',
  'partition-statistics',
]
const clock: Clock = { now: () => new Date(0), sleep: () => Promise.resolve() }
let state: StateStore
let keys: Keys
let catalog: Catalog
let key: string

beforeEach(async () => {
  state = openMemoryState()
  keys = new Keys(state, clock, sealing(new Uint8Array(KEY_BYTES)))
  catalog = openCatalog(state, clock, catalogEncryption(keys))
  const made = { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', description: '', tags: {} } as const
  key = (await keys.create(SCOPE, made)).id
})

const encrypt = (mode: string) =>
  state.transaction((tx) =>
    putEncryptionSettings(tx, SCOPE, { EncryptionAtRest: { CatalogEncryptionMode: mode, SseAwsKmsKeyId: key } }),
  )
const setEnabled = (enabled: boolean) => keys.update(SCOPE, key, (found) => ({ ...found, enabled }))

/** Everything that is kept of the catalog, as it is kept. */
const kept = () =>
  SPACES.flatMap((kind) => state.list(`catalog/${kind}/${SCOPE.account}/${SCOPE.region}`, { limit: 100 }))

const SECRET = 'of Mrs Robinson'
const statistics = [{ ColumnName: 'c', ColumnType: 'int', StatisticsData: { Type: SECRET, LongMaximum: 2n ** 60n } }]
const descriptor = {
  Name: 't',
  Description: SECRET,
  StorageDescriptor: { Columns: [{ Name: 'c', Type: 'int', Comment: SECRET }], Location: `s3://${SECRET}/` },
  PartitionKeys: [{ Name: 'p', Type: 'int' }],
}

async function createAll(): Promise<void> {
  await catalog.databases.create(SCOPE, { Name: 'db', Description: SECRET })
  await catalog.tables.create(SCOPE, 'db', descriptor, 'me', {
    partitions: [{ Values: ['1'], Parameters: { a: SECRET } }],
  })
  await catalog.tables.update(SCOPE, 'db', descriptor, { keepVersion: true })
  await catalog.partitions.create(SCOPE, 'db', 't', [{ Values: ['2'], Parameters: { a: SECRET } }])
  await catalog.statistics.put(SCOPE, 'db', 't', undefined, statistics)
  await catalog.statistics.put(SCOPE, 'db', 't', ['1'], statistics)
  await catalog.functions.create(SCOPE, 'db', { FunctionName: 'f', ClassName: SECRET })
}

const readAll = () => ({
  databases: catalog.databases.list(SCOPE, { limit: 10 }),
  tables: catalog.tables.list(SCOPE, 'db', { limit: 10 }),
  versions: catalog.tables.versions(SCOPE, 'db', 't', { limit: 10 }),
  partitions: catalog.partitions.list(SCOPE, 'db', 't', { limit: 10 }),
  kept: catalog.partitions.list(SCOPE, 'db', 't', { keep: () => true, limit: 10 }),
  statistics: catalog.statistics.get(SCOPE, 'db', 't', undefined, ['c']),
  partitionStatistics: catalog.statistics.get(SCOPE, 'db', 't', ['1'], ['c']),
  functions: catalog.functions.list(SCOPE, undefined, { limit: 10 }),
})

const unusable = (error: unknown) => error instanceof Fault && error.noun === CATALOG_ENCRYPTION

const textOf = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one))

test('what is kept tells nothing, and what is read is what an open catalog tells', async () => {
  await createAll()
  const open = readAll()
  assert.ok(textOf(kept()).includes(SECRET))
  await catalog.databases.delete(SCOPE, 'db')

  await encrypt('SSE-KMS')
  await createAll()
  const documents = kept()
  assert.equal(documents.length, 8)
  assert.ok(documents.every(({ doc }) => isSealed(doc)))
  assert.ok(!textOf(documents).includes(SECRET))
  assert.deepEqual(readAll(), open)
})

test('settings change what is written, not what is there', async () => {
  await createAll()
  await encrypt('SSE-KMS')
  assert.ok(kept().every(({ doc }) => !isSealed(doc)))
  await catalog.partitions.create(SCOPE, 'db', 't', [{ Values: ['3'] }])
  await encrypt('DISABLED')
  await catalog.partitions.create(SCOPE, 'db', 't', [{ Values: ['4'] }])
  assert.equal(kept().filter(({ doc }) => isSealed(doc)).length, 1)
  const { partitions } = catalog.partitions.list(SCOPE, 'db', 't', { limit: 10 })
  assert.deepEqual(
    partitions.map((one) => one.descriptor.Values),
    [['1'], ['2'], ['3'], ['4']],
  )
})

test('without the key nothing is read or written, what is there can be deleted, and the key brings it back', async () => {
  await encrypt('SSE-KMS')
  await createAll()
  await setEnabled(false)
  assert.throws(() => catalog.databases.get(SCOPE, 'db'), unusable)
  assert.throws(() => catalog.tables.get(SCOPE, 'db', 't'), unusable)
  assert.throws(() => catalog.partitions.list(SCOPE, 'db', 't', { limit: 10 }), unusable)
  assert.throws(() => catalog.functions.get(SCOPE, 'db', 'f'), unusable)
  await assert.rejects(catalog.databases.create(SCOPE, { Name: 'other' }), unusable)
  await assert.rejects(catalog.tables.create(SCOPE, 'db', { ...descriptor, Name: 'u' }, 'me'), unusable)
  await setEnabled(true)
  assert.equal(catalog.tables.get(SCOPE, 'db', 't').descriptor.Description, SECRET)

  await setEnabled(false)
  await catalog.functions.delete(SCOPE, 'db', 'f')
  await catalog.tables.delete(SCOPE, 'db', 't')
  await catalog.databases.delete(SCOPE, 'db')
  assert.deepEqual(kept(), [])
})

test('a document of one catalog does not open as that of another', async () => {
  const encryption = catalogEncryption(keys)
  await encrypt('SSE-KMS')
  const sealed = encryption.sealer(state, SCOPE)!({ a: 1 })
  assert.deepEqual(encryption.opener(SCOPE)(sealed), { a: 1 })
  const below = { ...SCOPE, account: `${SCOPE.account}:sales` }
  assert.throws(() => encryption.opener(below)(sealed), unusable)
})
