/** Databases, tables and views by the metastore, and the same by Glue, Athena and S3. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetDatabaseCommand,
  GetTableCommand,
  GlueClient,
} from '@aws-sdk/client-glue'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { startLake, type TestLake } from '../server.ts'
import { bool, i16, type Struct, struct, structs, ThriftClient, text, textMap, texts } from './client.ts'
import { columnsOf, locationOf, parametersOf, table } from './definitions.ts'

let lake: TestLake
let hive: ThriftClient
let glue: GlueClient
let s3: S3Client

before(async () => {
  lake = await startLake({ metastore: { port: 0, warehouse: 's3a://warehouse/' } })
  hive = await ThriftClient.connect(lake.metastore!)
  glue = new GlueClient(lake.client)
  s3 = new S3Client(lake.client)
  await s3.send(new CreateBucketCommand({ Bucket: 'warehouse' }))
  await hive.ask('create_database', { 1: struct({ 1: text('Shop'), 2: text('of things'), 4: textMap({ a: 'b' }) }) })
})
after(async () => {
  hive.close()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

const keys = async (prefix: string): Promise<string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'warehouse', Prefix: prefix }))
  return Contents.map(({ Key }) => Key!)
}
const put = (key: string, body: string) => s3.send(new PutObjectCommand({ Bucket: 'warehouse', Key: key, Body: body }))
const getTable = (name: string, database = 'shop') =>
  hive.ask<Struct>('get_table', { 1: text(database), 2: text(name) })
const create = (...args: Parameters<typeof table>) => hive.ask('create_table', { 1: struct(table(...args)) })
const drop = (name: string, deleteData = true) =>
  hive.ask('drop_table', { 1: text('shop'), 2: text(name), 3: bool(deleteData) })

test('a database without a place of its own gets one in the warehouse, and both doors say so', async () => {
  const shown = await hive.ask<Struct>('get_database', { 1: text('SHOP') })
  assert.deepEqual([shown[1], shown[2], shown[3]], ['shop', 'of things', 's3a://warehouse/shop.db'])
  assert.deepEqual(parametersOf(shown, 4), { a: 'b' })
  const { Database } = await glue.send(new GetDatabaseCommand({ Name: 'shop' }))
  assert.equal(Database?.LocationUri, 's3a://warehouse/shop.db')
  assert.deepEqual(await keys('shop.db'), ['shop.db/'])
  await assert.rejects(hive.ask('create_database', { 1: struct({ 1: text('shop') }) }), /^Error: 1: Database already/)
  await assert.rejects(hive.ask('get_database', { 1: text('none') }), /^Error: 1: Database none not found/)
})

test('patterns of names have stars and alternatives', async () => {
  await hive.ask('create_database', { 1: struct({ 1: text('sales') }) })
  await hive.ask('create_database', { 1: struct({ 1: text('stage') }) })
  assert.deepEqual(await hive.ask('get_all_databases'), ['sales', 'shop', 'stage'])
  assert.deepEqual(await hive.ask('get_databases', { 1: text('S*S|SH*') }), ['sales', 'shop'])
  await hive.ask('drop_database', { 1: text('stage'), 2: bool(true), 3: bool(false) })
  assert.deepEqual(await hive.ask('get_databases', { 1: text('*') }), ['sales', 'shop'])
  assert.deepEqual(await keys('stage.db'), [])
})

test('a database is changed, and is dropped with what is in it only by cascade', async () => {
  await hive.ask('create_database', { 1: struct({ 1: text('full') }) })
  await create('full', 'one')
  await put('full.db/one/data', '1')
  await put('full.db/of-somebody-else', '2')
  const change = { 1: text('full'), 3: text('s3a://warehouse/full.db'), 4: textMap({ k: 'v' }) }
  await hive.ask('alter_database', { 1: text('full'), 2: struct(change) })
  assert.deepEqual(parametersOf(await hive.ask('get_database', { 1: text('full') }), 4), { k: 'v' })
  const cascade = (all: boolean) => hive.ask('drop_database', { 1: text('full'), 2: bool(true), 3: bool(all) })
  await assert.rejects(cascade(false), /^Error: 2: Database full is not empty. One or more tables exist./)
  await cascade(true)
  await assert.rejects(hive.ask('get_database', { 1: text('full') }), /^Error: 1/)
  assert.deepEqual(await keys('full.db'), ['full.db/', 'full.db/of-somebody-else'])
})

test('a table made here is found by Glue, with folded names and a folder of its own', async () => {
  await create('shop', 'Orders', {
    columns: [
      ['ID', 'bigint', 'the key'],
      ['name', 'string'],
    ],
    keys: [['Day', 'string']],
    parameters: { comment: 'all of them', k: 'v' },
    serde: { 'field.delim': ',' },
  })
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'orders' }))
  assert.equal(Table?.TableType, 'MANAGED_TABLE')
  assert.equal(Table?.Description, 'all of them')
  assert.equal(Table?.Parameters?.k, 'v')
  assert.equal(Table?.StorageDescriptor?.Location, 's3a://warehouse/shop.db/orders')
  assert.deepEqual(Table?.StorageDescriptor?.Columns, [
    { Name: 'id', Type: 'bigint', Comment: 'the key' },
    { Name: 'name', Type: 'string' },
  ])
  assert.deepEqual(Table?.StorageDescriptor?.SerdeInfo?.Parameters, { 'field.delim': ',' })
  assert.deepEqual(await keys('shop.db/orders'), ['shop.db/orders/'])
  const schema = await hive.ask('get_schema', { 1: text('shop'), 2: text('orders') })
  assert.deepEqual(columnsOf(schema), [
    ['id', 'bigint'],
    ['name', 'string'],
    ['day', 'string'],
  ])
  assert.deepEqual(columnsOf(await hive.ask('get_fields', { 1: text('shop'), 2: text('orders') })).length, 2)
})

test('names are made of what Hive lets them be made of', async () => {
  for (const name of ['a/b', 'a-b', 'a b', 'ä', ''])
    await assert.rejects(
      hive.ask('create_database', { 1: struct({ 1: text(name) }) }),
      /^Error: [23]: .*(valid database name|no name)/,
    )
  await hive.ask('create_database', { 1: struct({ 1: text('names') }) })
  for (const name of ['a-b', 'a.b', 'ä', '../x'])
    await assert.rejects(
      hive.ask('create_table', { 1: struct(table('names', name)) }),
      new RegExp(`^Error: 2: ${name.replace(/[./]/g, String.raw`\$&`)} is not a valid object name`),
    )
  // The one special character that Hive supports in names of tables, unless it is told otherwise.
  await hive.ask('create_table', { 1: struct(table('names', 'year/month')) })
  await assert.rejects(
    hive.ask('alter_table', { 1: text('names'), 2: text('year/month'), 3: struct(table('names', 'year-month')) }),
    /^Error: 1: year-month is not a valid object name/,
  )
  await hive.ask('drop_table', { 1: text('names'), 2: text('year/month'), 3: bool(false) })
})

test('a table made by Glue is found here, complete as clients of Hive need it', async () => {
  const TableInput = {
    Name: 'logs',
    Description: 'of the shop',
    StorageDescriptor: { Columns: [{ Name: 'line', Type: 'string' }], Location: 's3://warehouse/logs/' },
  }
  await glue.send(new CreateTableCommand({ DatabaseName: 'shop', TableInput }))
  const shown = await getTable('LOGS')
  assert.deepEqual([shown[1], shown[2], shown[12]], ['logs', 'shop', 'EXTERNAL_TABLE'])
  assert.equal(locationOf(shown), 's3://warehouse/logs/')
  assert.deepEqual(parametersOf(shown), { comment: 'of the shop', EXTERNAL: 'TRUE' })
  assert.deepEqual(shown[8], [])
  await put('logs/a', 'x')
  await drop('logs')
  assert.deepEqual(await keys('logs'), ['logs/a'])
})

test('the type of a table and its parameter EXTERNAL agree', async () => {
  const made = async (name: string, type: string, parameters: Record<string, string>) => {
    await create('shop', name, { type, parameters, location: `s3a://warehouse/typed/${name}` })
    return (await getTable(name))[12]
  }
  assert.equal(await made('x1', 'MANAGED_TABLE', { EXTERNAL: 'TRUE' }), 'EXTERNAL_TABLE')
  assert.equal(await made('x2', 'EXTERNAL_TABLE', {}), 'MANAGED_TABLE')
  assert.equal(await made('x3', 'EXTERNAL_TABLE', { EXTERNAL: 'true' }), 'EXTERNAL_TABLE')
  await put('typed/x1/f', '1')
  await put('typed/x2/f', '1')
  await put('typed/x2/p=1/f', '1')
  await drop('x1')
  await drop('x2')
  assert.deepEqual(await keys('typed/x'), ['typed/x1/', 'typed/x1/f', 'typed/x3/'])
})

test('locations stay as they are written', async () => {
  for (const [i, location] of ['file:/tmp/t', 's3n://warehouse/n', 's3://other/x/', 'hdfs://h:1/y'].entries()) {
    await create('shop', `place${i}`, { location, type: 'EXTERNAL_TABLE', parameters: { EXTERNAL: 'TRUE' } })
    assert.equal(locationOf(await getTable(`place${i}`)), location)
    await drop(`place${i}`)
  }
})

test('lists of tables: by pattern, by type, by name, by filter', async () => {
  await hive.ask('create_database', { 1: struct({ 1: text('many') }) })
  for (const name of ['alpha', 'beta', 'gamma']) await create('many', name, { parameters: { comment: name } })
  const view = table('many', 'seen', { type: 'VIRTUAL_VIEW', parameters: { presto_view: 'true' } })
  await hive.ask('create_table', { 1: struct({ ...view, 10: text('original'), 11: text('expanded') }) })
  const ask = (method: string, ...args: string[]) =>
    hive.ask(method, Object.fromEntries(args.map((arg, i) => [i + 1, text(arg)])))
  assert.deepEqual(await ask('get_all_tables', 'many'), ['alpha', 'beta', 'gamma', 'seen'])
  assert.deepEqual(await ask('get_tables', 'many', '*A'), ['alpha', 'beta', 'gamma'])
  assert.deepEqual(await ask('get_tables', 'many', '.*'), ['alpha', 'beta', 'gamma', 'seen'])
  assert.deepEqual(await ask('get_tables', 'nothing', '*'), [])
  assert.deepEqual(await ask('get_tables_by_type', 'many', '*', 'VIRTUAL_VIEW'), ['seen'])
  const filter = 'hive_filter_field_params__presto_view = "true"'
  assert.deepEqual(await ask('get_table_names_by_filter', 'many', filter), ['seen'])
  const owned = 'hive_filter_field_owner__ like "own.*" and hive_filter_field_params__comment <> "beta"'
  assert.deepEqual(await ask('get_table_names_by_filter', 'many', owned), ['alpha', 'gamma'])
  const two = await hive.ask('get_table_names_by_filter', { 1: text('many'), 2: text(''), 3: i16(2) })
  assert.deepEqual(two, ['alpha', 'beta'])
  const metas = await hive.ask<Struct[]>('get_table_meta', {
    1: text('man*'),
    2: text('*'),
    3: texts(['MANAGED_TABLE']),
  })
  assert.deepEqual(
    metas.map((one) => [one[1], one[2], one[3], one[4]]),
    ['alpha', 'beta', 'gamma'].map((name) => ['many', name, 'MANAGED_TABLE', name]),
  )
  const request = { 1: struct({ 1: text('many'), 2: texts(['seen', 'none', 'alpha']) }) }
  const found = await hive.ask<Struct>('get_table_objects_by_name_req', request)
  assert.deepEqual(
    (found[1] as Struct[]).map((one) => [one[1], one[10]]),
    [
      ['seen', 'original'],
      ['alpha', undefined],
    ],
  )
  assert.equal(locationOf((found[1] as Struct[])[0]!), undefined)
})

test('what clients of Hive 3 put in front of a database is understood', async () => {
  const found = await hive.ask<Struct>('get_table_req', {
    1: struct({ 1: text('@hive#shop'), 2: text('orders'), 4: text('hive') }),
  })
  assert.equal((found[1] as Struct)[1], 'orders')
  assert.ok((await hive.ask<string[]>('get_databases', { 1: text('@hive#') })).includes('shop'))
  assert.deepEqual(await hive.ask('get_tables', { 1: text('@hive#shop'), 2: text('ord*') }), ['orders'])
  await assert.rejects(hive.ask('get_database', { 1: text('@spark#shop') }), /^Error: 1: No catalog spark/)
  assert.deepEqual(await hive.ask('get_catalogs'), { 1: ['hive'] })
})

test('a table is altered: what Glue alone knows of it stays, and its versions are kept', async () => {
  await create('shop', 'changing', { parameters: { a: '1' } })
  const changed = table('shop', 'changing', {
    columns: [
      ['id', 'bigint'],
      ['more', 'int'],
    ],
    parameters: { a: '2' },
  })
  await hive.ask('alter_table', { 1: text('shop'), 2: text('changing'), 3: struct(changed) })
  const shown = await getTable('changing')
  assert.deepEqual(columnsOf((shown[7] as Struct)[1]), [
    ['id', 'bigint'],
    ['more', 'int'],
  ])
  assert.equal(parametersOf(shown).a, '2')
  assert.match(parametersOf(shown).transient_lastDdlTime!, /^\d{10}$/)
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'changing' }))
  assert.equal(Table?.VersionId, '1')
  const alter = (fields: ReturnType<typeof table>) =>
    hive.ask('alter_table', { 1: text('shop'), 2: text('changing'), 3: struct(fields) })
  await assert.rejects(alter(table('shop', 'changing', { keys: [['p', 'int']] })), /^Error: 1: partition keys can not/)
  await assert.rejects(alter(table('shop', 'orders')), /^Error: 1: new table shop.orders already exists/)
  await assert.rejects(alter(table('sales', 'changing')), /^Error: 1: Moving a table to another database/)
})

test('a commit that expects what the table no longer says is refused in the words that Iceberg waits for', async () => {
  await create('shop', 'ice', { parameters: { metadata_location: 'v1' } })
  const other = await ThriftClient.connect(lake.metastore!)
  const commit = (client: ThriftClient, expected: string, next: string) =>
    client.ask('alter_table_with_environment_context', {
      1: text('shop'),
      2: text('ice'),
      3: struct(table('shop', 'ice', { parameters: { metadata_location: next } })),
      4: struct({
        1: textMap({ expected_parameter_key: 'metadata_location', expected_parameter_value: expected }),
      }),
    })
  const outcomes = await Promise.allSettled([commit(hive, 'v1', 'v2'), commit(other, 'v1', 'v2')])
  other.close()
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const refused = outcomes.find((one): one is PromiseRejectedResult => one.status === 'rejected')!
  assert.match(
    String(refused.reason),
    /2: The table has been modified. The parameter value for key 'metadata_location' is 'v2'. The expected was value was 'v1'/,
  )
})

test('a managed table takes its files along when it is renamed', async () => {
  await create('shop', 'before', { keys: [['p', 'int']] })
  await put('shop.db/before/p=1/data', 'seven')
  await hive.ask('append_partition', { 1: text('shop'), 2: text('before'), 3: texts(['1']) })
  const renamed = { ...(await fieldsOf('before')), 1: text('after') }
  await hive.ask('alter_table', { 1: text('shop'), 2: text('before'), 3: struct(renamed) })
  assert.equal(locationOf(await getTable('after')), 's3a://warehouse/shop.db/after')
  const moved = await hive.ask<Struct>('get_partition', { 1: text('shop'), 2: text('after'), 3: texts(['1']) })
  assert.equal(locationOf(moved, 6), 's3a://warehouse/shop.db/after/p=1')
  assert.deepEqual(await keys('shop.db/before'), [])
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'warehouse', Key: 'shop.db/after/p=1/data' }))
  assert.equal(await Body?.transformToString(), 'seven')
  await assert.rejects(getTable('before'), /^Error: 2: shop.before table not found/)
})

/** The table as it is, to be sent back. */
async function fieldsOf(name: string) {
  return table('shop', name, { keys: [['p', 'int']], location: String(locationOf(await getTable(name))) })
}

test('constraints are not kept: a table that has some is refused, and others have none', async () => {
  const create = (fields: object) => hive.ask('create_table_with_constraints', fields as never)
  await create({ 1: struct(table('shop', 'plain')), 2: structs([]), 5: structs([]) })
  const key = structs([{ 1: text('shop'), 2: text('keyed'), 3: text('id') }])
  await assert.rejects(create({ 1: struct(table('shop', 'keyed')), 2: key }), /^Error: 3: Constraints of tables/)
  assert.deepEqual(await hive.ask('get_primary_keys', { 1: struct({ 1: text('shop'), 2: text('plain') }) }), { 1: [] })
})

test('a truncated table is empty and there', async () => {
  await create('shop', 'emptied')
  await put('shop.db/emptied/data', '1')
  await hive.ask('truncate_table', { 1: text('shop'), 2: text('emptied') })
  assert.deepEqual(await keys('shop.db/emptied'), ['shop.db/emptied/'])
})

test('what goes with a link is the link: tables and files are its target’s', async () => {
  await create('shop', 'kept')
  await put('shop.db/kept/f', 'x')
  const link = { CatalogId: '000000000000', DatabaseName: 'shop' }
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'links' } }))
  const TableInput = { Name: 'kept', TargetTable: { ...link, Name: 'kept' } }
  await glue.send(new CreateTableCommand({ DatabaseName: 'links', TableInput }))
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'linkedshop', TargetDatabase: link } }))
  await hive.ask('drop_table', { 1: text('links'), 2: text('kept'), 3: bool(true) })
  await hive.ask('drop_database', { 1: text('linkedshop'), 2: bool(true), 3: bool(true) })
  for (const name of ['links', 'linkedshop']) await assert.rejects(getTable('kept', name), /^Error: /)
  assert.equal((await getTable('kept'))[1], 'kept')
  assert.deepEqual(await keys('shop.db/kept/f'), ['shop.db/kept/f'])
})
