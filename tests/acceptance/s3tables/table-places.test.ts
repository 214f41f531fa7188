/** A table of a table bucket leads to nothing outside its place, whoever writes what into it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  DeleteTableCommand,
  GetTableCommand,
  S3TablesClient,
  UpdateTableMetadataLocationCommand,
} from '@aws-sdk/client-s3tables'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { recordsOf, relocatedAvro } from '../athena/relocated-tables.ts'
import { type Json, type RestClient, restClient, SCHEMA } from '../iceberg/rest-client.ts'

const SECRET = 424242

describe('places of tables', () => {
  let on: AthenaLake
  let tables: S3TablesClient
  let tableBucketARN: string
  let rest: RestClient
  /** Of the table home, and of the table theirs of another table bucket. */
  let place: string
  let theirs: string
  /** A list of manifests, a manifest and a data file of theirs. */
  let foreign: { readonly list: string; readonly manifest: string; readonly data: string }

  const inBucket = (bucket: string) => ({
    QueryExecutionContext: { Catalog: `s3tablescatalog/${bucket}`, Database: 'ns' },
  })
  const home = () => ({ tableBucketARN, namespace: 'ns', name: 'home' })
  const rows = () => on.rows('SELECT id FROM home ORDER BY id', inBucket('sales'))
  const loaded = (): Promise<Json> => rest.want('GET', 'namespaces/ns/tables/home')
  /** Of the newest snapshot. */
  const listOf = (metadata: Json): string => metadata.snapshots.at(-1)['manifest-list']
  const pathsIn = async (uri: string, member: string): Promise<string[]> =>
    recordsOf((await on.read(uri)).body).records.map((record: Json) => (record.data_file ?? record)[member])

  async function put(uri: string, Body: string | Uint8Array): Promise<string> {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!
    await on.s3.send(new PutObjectCommand({ Bucket, Key, Body }))
    return uri
  }

  /** A file of the table home's place, with another's bytes in which some addresses are others. */
  const forged = async (name: string, from: string, address: string, by: string): Promise<string> =>
    put(`${place}/metadata/${name}`, relocatedAvro((await on.read(from)).body, [address], by))

  before(async () => {
    on = await athenaLake()
    tables = new S3TablesClient(on.lake.client)
    const places: string[] = []
    for (const [bucket, name, id] of [
      ['sales', 'home', 1],
      ['others', 'theirs', SECRET],
    ] as const) {
      const { arn } = await tables.send(new CreateTableBucketCommand({ name: bucket }))
      await tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['ns'] }))
      const metadata = { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } }
      const table = { tableBucketARN: arn!, namespace: 'ns', name }
      await tables.send(new CreateTableCommand({ ...table, format: 'ICEBERG', metadata }))
      await on.succeed(`INSERT INTO ${name} VALUES (${id})`, inBucket(bucket))
      const { warehouseLocation } = await tables.send(new GetTableCommand(table))
      places.push(warehouseLocation!)
      if (bucket === 'sales') tableBucketARN = arn!
    }
    ;[place, theirs] = places as [string, string]
    rest = restClient(on.lake, encodeURIComponent(tableBucketARN), 's3tables')
    const others = restClient(on.lake, 'catalogs/000000000000:s3tablescatalog:others')
    const list = listOf((await others.want('GET', 'namespaces/ns/tables/theirs')).metadata)
    const [manifest] = await pathsIn(list, 'manifest_path')
    const [data] = await pathsIn(manifest!, 'file_path')
    foreign = { list, manifest: manifest!, data: data! }
  })
  after(async () => {
    tables.destroy()
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  /** The updates of an append, whose snapshot has this list of manifests. */
  async function appending(list: object): Promise<object[]> {
    const { metadata } = await loaded()
    const snapshot = {
      'snapshot-id': 77,
      'parent-snapshot-id': metadata['current-snapshot-id'],
      'sequence-number': metadata['last-sequence-number'] + 1,
      'timestamp-ms': Date.now(),
      'schema-id': metadata['current-schema-id'],
      summary: { operation: 'append' },
      ...list,
    }
    return [
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 77 },
    ]
  }

  /** By each way of committing; the file and the table are named, and the table is as it was. */
  async function refused(updates: readonly object[], named: string): Promise<void> {
    const before = await loaded()
    const change = { requirements: [], updates, identifier: { namespace: ['ns'], name: 'home' } }
    for (const answer of [
      await rest.ask('POST', 'namespaces/ns/tables/home', change),
      await rest.ask('POST', 'transactions/commit', { 'table-changes': [change] }),
    ]) {
      const { type, message } = answer.body?.error ?? {}
      assert.deepEqual([answer.status, type], [400, 'ValidationException'], JSON.stringify(updates))
      assert.ok(message.includes(`${named} is not in the place of table ns.home, which is ${place}`), message)
    }
    assert.equal((await loaded())['metadata-location'], before['metadata-location'])
    assert.deepEqual(await rows(), [['1']])
  }

  test('no commit names a file or a folder elsewhere', async () => {
    await refused(await appending({ 'manifest-list': foreign.list }), foreign.list)
    await refused(await appending({ manifests: [foreign.manifest] }), foreign.manifest)
    await refused([{ action: 'set-location', location: theirs }], theirs)
    // A place is a whole bucket, not whatever its name begins.
    await refused([{ action: 'set-location', location: 's3://data/here' }], 's3://data/here')
    for (const name of ['write.data.path', 'write.metadata.path', 'write.object-storage.path'])
      await refused([{ action: 'set-properties', updates: { [name]: 's3://data/here' } }], 's3://data/here')
    const { metadata } = await loaded()
    const statistics = {
      'snapshot-id': metadata['current-snapshot-id'],
      'statistics-path': foreign.list,
      'file-size-in-bytes': 1,
      'file-footer-size-in-bytes': 1,
      'blob-metadata': [],
    }
    await refused([{ action: 'set-statistics', 'snapshot-id': statistics['snapshot-id'], statistics }], foreign.list)
  })

  test('nor does one by a list or a manifest in the place', async () => {
    const copied = await put(`${place}/metadata/copied-list.avro`, (await on.read(foreign.list)).body)
    await refused(await appending({ 'manifest-list': copied }), foreign.manifest)
    const manifest = await put(`${place}/metadata/copied-m0.avro`, (await on.read(foreign.manifest)).body)
    const list = await forged('list-of-copied.avro', foreign.list, foreign.manifest, manifest)
    await refused(await appending({ 'manifest-list': list }), foreign.data)
    await refused(await appending({ manifests: [manifest] }), foreign.data)
  })

  test('nor by a file of deletes', async () => {
    const { metadata } = await loaded()
    const { records, schema, metadata: texts, sync } = recordsOf((await on.read(foreign.manifest)).body)
    const { avroFile } = await import('../../../src/formats/avro/value-file.ts')
    const deleting = records.map((record: Json) => ({ ...record, data_file: { ...record.data_file, content: 1 } }))
    const body = avroFile(schema, { ...texts, content: 'deletes' }, deleting, { codec: 'null', sync })
    const manifest = await put(`${place}/metadata/deletes-m0.avro`, body)
    const of = recordsOf((await on.read(listOf(metadata))).body)
    const [own] = of.records as Json[]
    const deletes = { ...own, manifest_path: manifest, manifest_length: BigInt(body.length), content: 1 }
    const list = avroFile(of.schema, of.metadata, [own, deletes], { codec: 'null', sync: of.sync })
    await put(`${place}/metadata/list-of-deletes.avro`, list)
    await refused(await appending({ 'manifest-list': `${place}/metadata/list-of-deletes.avro` }), foreign.data)
  })

  test('an append to its own place is taken', async () => {
    const { metadata } = await loaded()
    const list = await put(`${place}/metadata/again.avro`, (await on.read(listOf(metadata))).body)
    const [added] = await appending({ 'manifest-list': list })
    await rest.want('POST', 'namespaces/ns/tables/home', { requirements: [], updates: [added] })
    assert.deepEqual(await rows(), [['1']])
  })

  test('no metadata that a table is given leads elsewhere, and none takes another’s place away', async () => {
    const { metadata } = await loaded()
    const manifest = await put(`${place}/metadata/given-m0.avro`, (await on.read(foreign.manifest)).body)
    const list = await forged('given-list.avro', foreign.list, foreign.manifest, manifest)
    const withList = (path: string) => ({
      snapshots: metadata.snapshots.map((one: Json) => ({ ...one, 'manifest-list': path })),
    })
    for (const [named, change] of [
      [theirs, { location: theirs }],
      [`${place}-else`, { location: `${place}-else` }],
      ['s3://data/x', { properties: { 'write.data.path': 's3://data/x' } }],
      [foreign.list, withList(foreign.list)],
      [foreign.data, withList(list)],
      ['s3://data/old.json', { 'metadata-log': [{ 'timestamp-ms': 1, 'metadata-file': 's3://data/old.json' }] }],
    ] as const) {
      const metadataLocation = `${place}/metadata/00009-given.metadata.json`
      await put(metadataLocation, JSON.stringify({ ...metadata, ...change }))
      const { versionToken } = await tables.send(new GetTableCommand(home()))
      await assert.rejects(
        tables.send(new UpdateTableMetadataLocationCommand({ ...home(), versionToken, metadataLocation })),
        (error: Error) =>
          error.name === 'BadRequestException' && error.message.includes(`${named} is not in the place`),
      )
    }
    assert.deepEqual(await rows(), [['1']])
    await on.read(foreign.data)
  })

  test('statements lay nothing elsewhere', async () => {
    const told = await on.failure(
      "ALTER TABLE home SET TBLPROPERTIES ('write_data_path_enabled'='true', 'write.data.path'='s3://data/x')",
      inBucket('sales'),
    )
    assert.match(told, /s3:\/\/data\/x|write/)
    assert.deepEqual(await rows(), [['1']])
  })

  test('what somebody puts in the place of a manifest is not followed by anyone', async () => {
    const { metadata } = await loaded()
    const main = metadata.snapshots.find((one: Json) => one['snapshot-id'] === metadata['current-snapshot-id'])
    const [manifest] = await pathsIn(main['manifest-list'], 'manifest_path')
    const own = (await on.read(manifest!)).body
    await put(manifest!, (await on.read(foreign.manifest)).body)
    const named = `${foreign.data} is not in the place of table`
    for (const sql of ['SELECT * FROM home', 'SELECT * FROM "home$files"', 'DELETE FROM home WHERE id > 0'])
      assert.ok((await on.failure(sql, inBucket('sales'))).includes(named), sql)
    const { status, body } = await rest.ask('POST', 'namespaces/ns/tables/home/plan', {})
    assert.equal(status, 400)
    assert.ok(body.error.message.includes(named))
    await put(manifest!, own)
    assert.deepEqual(await rows(), [['1']])
    await put(main['manifest-list'], (await on.read(foreign.list)).body)
    assert.ok((await on.failure('SELECT * FROM home', inBucket('sales'))).includes(`${foreign.manifest} is not in`))
  })

  test('what is dropped takes its own place with it, and theirs stays', async () => {
    await tables.send(new DeleteTableCommand(home()))
    await on.read(foreign.data)
    assert.deepEqual(await on.rows('SELECT * FROM theirs', inBucket('others')), [[String(SECRET)]])
  })

  test('a new table takes no place but its own', async () => {
    const made = { name: 'made', schema: SCHEMA, properties: { 'write.data.path': 's3://data/x' } }
    const { status, body } = await rest.ask('POST', 'namespaces/ns/tables', made)
    assert.equal(status, 400)
    assert.match(body.error.message, /s3:\/\/data\/x is not in the place of table ns\.made/)
    const updates = [
      { action: 'add-schema', schema: SCHEMA },
      { action: 'set-current-schema', 'schema-id': -1 },
      { action: 'add-spec', spec: { 'spec-id': 0, fields: [] } },
      { action: 'add-sort-order', 'sort-order': { 'order-id': 0, fields: [] } },
      { action: 'set-location', location: theirs },
    ]
    for (const some of [updates, updates.slice(-1)]) {
      const commit = { requirements: [{ type: 'assert-create' }], updates: some }
      assert.equal((await rest.ask('POST', 'namespaces/ns/tables/made', commit)).status, 400)
    }
    assert.equal((await rest.ask('HEAD', 'namespaces/ns/tables/made')).status, 404)
  })
})
