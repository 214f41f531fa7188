/** Files that describe a table and lie: small ones that hold more than any server could, and ones that are far too large. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { CreateTableCommand, GetTableCommand, type Table } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { avroFile, long, text } from './avro-file.ts'
import { bounded } from './bounded.ts'

const MEBIBYTE = 1 << 20

let a: AthenaLake
let sound: Table
let metadata: { 'current-snapshot-id': number; snapshots: Record<string, unknown>[] }

before(async () => {
  a = await athenaLake()
  await a.succeed("CREATE TABLE ice (id int) LOCATION 's3://data/ice/' TBLPROPERTIES ('table_type'='ICEBERG')")
  await a.succeed('INSERT INTO ice VALUES (1)')
  sound = (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'ice' }))).Table!
  metadata = JSON.parse((await a.read(sound.Parameters!.metadata_location!)).body.toString())
})
after(async () => {
  const { log } = a.lake
  await a.close()
  assert.deepEqual(log, [])
})

const again = (times: number, bytes: Buffer) => Buffer.alloc(times * bytes.length, bytes)

/** A container file of one block. */
const avro = (schema: object, records: number, content: Buffer): Buffer =>
  avroFile(schema, 'deflate', [{ records, bytes: deflateRawSync(content) }])
const record = (name: string, fields: Readonly<Record<string, unknown>>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})
/** Of two records of two records of two records, and so on: at the ends of them is nothing. */
function doubled(levels: number): object {
  let type: object = record('r0', { a: 'null' })
  for (let i = 1; i <= levels; i++) type = record(`r${i}`, { a: type, b: `r${i - 1}` })
  return type
}

let tables = 0
/** A table whose metadata leads to that list of manifests, or is those bytes. */
async function tableOf(described: { readonly list?: Buffer; readonly bytes?: Buffer }): Promise<string> {
  const name = `bomb_${tables++}`
  const folder = `ice/metadata/${name}`
  if (described.list) await a.put(`${folder}.avro`, described.list)
  const snapshots = metadata.snapshots.map((one) => ({ ...one, 'manifest-list': `s3://data/${folder}.avro` }))
  await a.put(`${folder}.metadata.json`, described.bytes ?? JSON.stringify({ ...metadata, snapshots }))
  const { StorageDescriptor, TableType, Parameters } = sound
  await a.glue.send(
    new CreateTableCommand({
      DatabaseName: 'db',
      TableInput: {
        ...{ Name: name, StorageDescriptor, TableType },
        Parameters: { ...Parameters, metadata_location: `s3://data/${folder}.metadata.json` },
      },
    }),
  )
  return name
}

/** It fails with a reason that names the file, others are answered meanwhile, and memory stays within bounds. */
async function refused(table: string, reason: RegExp): Promise<void> {
  const { state, said } = await bounded(a, `SELECT count(*) FROM ${table}`, 'SELECT count(*) FROM ice')
  assert.equal(state, 'FAILED')
  assert.match(said, /^ICEBERG_BAD_DATA: .*s3:\/\/data\/ice\/metadata\//)
  assert.match(said, reason)
}

test('lists of billions of nothings, and of millions of something', async () => {
  const list = (items: unknown) => record('manifest_file', { partitions: items, manifest_path: 'string' })
  const path = text('s3://data/x')
  const array = (items: unknown) => ({ type: 'array', items })
  const nothings = Buffer.concat([long(50_000), long(0)])
  const lists = Buffer.concat([long(20_000), again(20_000, nothings), long(0), path])
  await refused(await tableOf({ list: avro(list(array(array('null'))), 1, lists) }), /longer than its block/)
  const summaries = Buffer.concat([long(30_000_000), again(30_000_000, Buffer.from([0])), long(0), path])
  await refused(await tableOf({ list: avro(list(array('boolean')), 1, summaries) }), /longer than any of its kind/)
})

test('a schema whose one value has more parts than can be counted', async () => {
  const schema = record('manifest_file', { x: doubled(60), manifest_path: 'string' })
  await refused(await tableOf({ list: avro(schema, 1, text('s3://data/x')) }), /nearly nothing but nulls/)
})

test('more manifests than any table has', async () => {
  const one = Buffer.concat([text('s3://data/x'), long(1)])
  const schema = record('manifest_file', { manifest_path: 'string', manifest_length: 'long' })
  await refused(await tableOf({ list: avro(schema, 400_000, again(400_000, one)) }), /lists more than 200000/)
})

test('metadata that swells, and files that nobody reads whole', async () => {
  await refused(await tableOf({ bytes: gzipSync(Buffer.alloc(80 * MEBIBYTE, ' ')) }), /larger than/)
  await refused(await tableOf({ bytes: Buffer.alloc(65 * MEBIBYTE, ' ') }), /no more than 67108864 are read/)
  await refused(await tableOf({ list: Buffer.alloc(65 * MEBIBYTE) }), /no more than 67108864 are read/)
})

test('a checkpoint of Delta that tells more files than anybody could hold', async () => {
  await a.succeed(`CREATE TABLE told WITH (format = 'PARQUET', external_location = 's3://data/told/') AS
    SELECT CAST(ROW('p' || CAST(i AS varchar), MAP(), 1, rpad('{}', 30000, ' ')) AS
      ROW(path varchar, partitionvalues map(varchar, varchar), size bigint, stats varchar)) AS "add"
    FROM UNNEST(sequence(1, 10000)) AS t (i)`)
  const { Contents = [] } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'told/' }))
  const { body } = await a.read(`s3://data/${Contents[0]!.Key}`)
  assert.ok(body.length < 4 * MEBIBYTE, `${body.length}`)
  const log = 'delta/_delta_log'
  await a.put(`${log}/00000000000000000001.checkpoint.parquet`, body)
  await a.put(`${log}/_last_checkpoint`, '{"version":1,"size":1}')
  const id = await a.start("CREATE EXTERNAL TABLE d LOCATION 's3://data/delta/' TBLPROPERTIES ('table_type' = 'DELTA')")
  assert.deepEqual(await a.rows('SELECT count(*) FROM ice'), [['1']])
  const { State, StateChangeReason = '' } = (await a.ended(id)).Status!
  assert.equal(State, 'FAILED')
  assert.match(
    StateChangeReason,
    /s3:\/\/data\/delta\/_delta_log\/\S+checkpoint.parquet tells more files than can be read/,
  )
})
