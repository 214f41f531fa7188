/** Statistics, functions, locks, settings; connections of every form, and bad ones. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  GetColumnStatisticsForTableCommand,
  GetUserDefinedFunctionCommand,
  GlueClient,
  UpdateColumnStatisticsForPartitionCommand,
} from '@aws-sdk/client-glue'
import { systemClock } from '../../../src/core/clock.ts'
import { startLake, type TestLake } from '../server.ts'
import {
  bool,
  double,
  type Fields,
  i32,
  i64,
  type Refused,
  type Struct,
  struct,
  structs,
  ThriftClient,
  text,
  texts,
} from './client.ts'
import { partition, table } from './definitions.ts'

/** Turned by hand. */
let now = new Date('2026-01-01T00:00:00Z')
let lake: TestLake
let hive: ThriftClient
let glue: GlueClient

before(async () => {
  lake = await startLake({
    metastore: { port: 0, warehouse: 's3a://warehouse' },
    clock: { ...systemClock, now: () => now },
  })
  hive = await ThriftClient.connect(lake.metastore!)
  glue = new GlueClient({ ...lake.client, systemClockOffset: now.getTime() - Date.now() })
  await hive.ask('create_database', { 1: struct({ 1: text('db') }) })
  const columns = [
    ['id', 'bigint'],
    ['name', 'string'],
  ] as const
  await hive.ask('create_table', { 1: struct(table('db', 't', { columns, keys: [['p', 'int']] })) })
  await hive.ask('add_partitions', { 1: structs(['1', '2', '3'].map((p) => partition('db', 't', [p]))) })
})
after(async () => {
  hive.close()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

const OF_T = { 1: text('db'), 2: text('t') }
const longs = (low: bigint, high: bigint, nulls: bigint, distinct: bigint): Fields => ({
  1: text('id'),
  2: text('bigint'),
  3: struct({ 2: struct({ 1: i64(low), 2: i64(high), 3: i64(nulls), 4: i64(distinct) }) }),
})
const strings = (longest: bigint, average: number): Fields => ({
  1: text('name'),
  2: text('string'),
  3: struct({ 4: struct({ 1: i64(longest), 2: double(average), 3: i64(0n), 4: i64(9n) }) }),
})

test('statistics of a table, exact to the last digit, by both doors', async () => {
  const description = { 1: bool(true), 2: text('db'), 3: text('t') }
  const most = 2n ** 62n + 1n
  const statistics = { 1: struct(description), 2: structs([longs(-5n, most, 1n, 4n), strings(7n, 2.5)]) }
  assert.equal(await hive.ask('update_table_column_statistics', { 1: struct(statistics) }), true)
  const request = { 1: text('db'), 2: text('t'), 3: texts(['id', 'name', 'p']) }
  const found = await hive.ask<Struct>('get_table_statistics_req', { 1: struct(request) })
  assert.deepEqual(found[1], [
    { 1: 'id', 2: 'bigint', 3: { 2: { 1: -5n, 2: most, 3: 1n, 4: 4n } } },
    { 1: 'name', 2: 'string', 3: { 4: { 1: 7n, 2: 2.5, 3: 0n, 4: 9n } } },
  ])
  const { ColumnStatisticsList = [] } = await glue.send(
    new GetColumnStatisticsForTableCommand({ DatabaseName: 'db', TableName: 't', ColumnNames: ['name'] }),
  )
  const data = ColumnStatisticsList[0]?.StatisticsData?.StringColumnStatisticsData
  assert.deepEqual(data, { MaximumLength: 7, AverageLength: 2.5, NumberOfNulls: 0, NumberOfDistinctValues: 9 })
  await hive.ask('delete_table_column_statistics', { ...OF_T, 3: text('name') })
  const one = hive.ask('get_table_column_statistics', { ...OF_T, 3: text('name') })
  await assert.rejects(one, /^Error: 1: Statistics for dbName=db, tableName=t, columnName=name do not exist/)
})

test('statistics of partitions are merged as Hive merges them', async () => {
  const of = (p: number, low: bigint, high: bigint, nulls: bigint, distinct: bigint) => ({
    1: struct({ 1: bool(false), 2: text('db'), 3: text('t'), 4: text(`p=${p}`) }),
    2: structs([longs(low, high, nulls, distinct)]),
  })
  const set = { 1: struct({ 1: structs([of(1, 1n, 10n, 1n, 4n), of(2, -3n, 5n, 2n, 6n)]) }) }
  assert.equal(await hive.ask('set_aggr_stats_for', set), true)
  const names = texts(['p=1', 'p=2', 'p=3', 'p=4'])
  const request = { 1: struct({ 1: text('db'), 2: text('t'), 3: texts(['id']), 4: names }) }
  const merged = await hive.ask<Struct>('get_aggr_stats_for', request)
  assert.deepEqual(merged, { 1: [{ 1: 'id', 2: 'bigint', 3: { 2: { 1: -3n, 2: 10n, 3: 3n, 4: 6n } } }], 2: 2n })
  const each = await hive.ask<Struct>('get_partitions_statistics_req', request)
  assert.deepEqual([...(each[1] as Map<string, unknown>).keys()], ['p=1', 'p=2'])
  // Twice the same, merged: what adds up doubles.
  await hive.ask('set_aggr_stats_for', { 1: struct({ 1: structs([of(1, 1n, 10n, 1n, 4n)]), 2: bool(true) }) })
  const one = await hive.ask<Struct>('get_partition_column_statistics', { ...OF_T, 3: text('p=1'), 4: text('id') })
  assert.deepEqual((one[2] as Struct[])[0]![3], { 2: { 1: 1n, 2: 10n, 3: 2n, 4: 4n } })
})

test('dates and decimals of Glue’s statistics are Hive’s', async () => {
  const columns = [
    ['d', 'date'],
    ['m', 'decimal(10,2)'],
  ] as const
  await hive.ask('create_table', { 1: struct(table('db', 'typed', { columns, keys: [['p', 'int']] })) })
  await hive.ask('append_partition', { 1: text('db'), 2: text('typed'), 3: texts(['1']) })
  const counts = { NumberOfNulls: 0, NumberOfDistinctValues: 2 }
  const decimal = (byte: number) => ({ UnscaledValue: new Uint8Array([byte]), Scale: 2 })
  await glue.send(
    new UpdateColumnStatisticsForPartitionCommand({
      DatabaseName: 'db',
      TableName: 'typed',
      PartitionValues: ['1'],
      ColumnStatisticsList: [
        {
          ColumnName: 'd',
          ColumnType: 'date',
          AnalyzedTime: now,
          StatisticsData: {
            Type: 'DATE',
            DateColumnStatisticsData: {
              MinimumValue: new Date('1969-12-31T00:00:00Z'),
              MaximumValue: new Date('2000-01-01T00:00:00Z'),
              ...counts,
            },
          },
        },
        {
          ColumnName: 'm',
          ColumnType: 'decimal(10,2)',
          AnalyzedTime: now,
          StatisticsData: {
            Type: 'DECIMAL',
            DecimalColumnStatisticsData: { MinimumValue: decimal(0xff), MaximumValue: decimal(7), ...counts },
          },
        },
      ],
    }),
  )
  const request = { 1: text('db'), 2: text('typed'), 3: texts(['d', 'm']), 4: texts(['p=1']) }
  const { 1: found } = await hive.ask<Struct>('get_aggr_stats_for', { 1: struct(request) })
  const [d, m] = (found as Struct[]).map((one) => one[3] as Struct)
  // 2000-01-01 is day 10957 after 1970-01-01.
  assert.deepEqual(d, { 7: { 1: { 1: -1n }, 2: { 1: 10957n }, 3: 0n, 4: 2n } })
  const { 1: low, 2: high } = m![6] as Struct
  assert.deepEqual([(low as Struct)[3], (high as Struct)[3], (high as Struct)[1]], [2, 2, '\u0007'])
})

test('functions are kept in the catalog', async () => {
  const resources = structs([{ 1: i32(1), 2: text('s3://lib/a.jar') }])
  const definition = {
    1: text('Twice'),
    2: text('db'),
    3: text('com.x.Twice'),
    4: text('me'),
    5: i32(1),
    7: i32(1),
    8: resources,
  }
  await hive.ask('create_function', { 1: struct(definition) })
  const { UserDefinedFunction } = await glue.send(
    new GetUserDefinedFunctionCommand({ DatabaseName: 'db', FunctionName: 'twice' }),
  )
  assert.equal(UserDefinedFunction?.ClassName, 'com.x.Twice')
  assert.deepEqual(UserDefinedFunction?.ResourceUris, [{ ResourceType: 'JAR', Uri: 's3://lib/a.jar' }])
  assert.deepEqual(await hive.ask('get_functions', { 1: text('db'), 2: text('tw*') }), ['twice'])
  const { 1: all } = await hive.ask<Struct>('get_all_functions')
  assert.deepEqual(
    (all as Struct[]).map((one) => [one[1], one[2], one[8]]),
    [['twice', 'db', [{ 1: 1, 2: 's3://lib/a.jar' }]]],
  )
  await hive.ask('drop_function', { 1: text('db'), 2: text('twice') })
  const missing = hive.ask('get_function', { 1: text('db'), 2: text('twice') })
  await assert.rejects(missing, /^Error: 2: Function db.twice does not exist/)
})

test('locks are granted in their order, kept by heartbeats and lost without', async () => {
  const [ACQUIRED, WAITING, SHARED, EXCLUSIVE] = [1, 2, 1, 3]
  const lock = async (type: number, name?: string) => {
    const component = { 1: i32(type), 2: i32(name ? 2 : 1), 3: text('db'), 4: name ? text(name) : undefined }
    const request = { 1: structs([component]), 3: text('me'), 4: text('here') }
    const { 1: id, 2: state } = await hive.ask<Struct>('lock', { 1: struct(request) })
    return { id: id as bigint, state }
  }
  const by = (id: bigint) => ({ 1: struct({ 1: i64(id) }) })
  const state = async (id: bigint) => (await hive.ask<Struct>('check_lock', by(id)))[2]
  const readers = [await lock(SHARED, 't'), await lock(SHARED, 't')]
  const writer = await lock(EXCLUSIVE, 't')
  const elsewhere = await lock(EXCLUSIVE, 'other')
  const whole = await lock(SHARED)
  assert.deepEqual(
    [...readers, writer, elsewhere, whole].map((one) => one.state),
    [ACQUIRED, ACQUIRED, WAITING, ACQUIRED, WAITING],
  )
  await hive.ask('unlock', by(readers[0]!.id))
  assert.equal(await state(writer.id), WAITING)
  await hive.ask('unlock', by(readers[1]!.id))
  assert.equal(await state(writer.id), ACQUIRED)
  const { 1: shown } = await hive.ask<Struct>('show_locks', { 1: struct({ 1: text('db'), 2: text('t') }) })
  assert.deepEqual(
    (shown as Struct[]).map((one) => [one[2], one[3], one[5], one[10]]),
    [['db', 't', ACQUIRED, 'me']],
  )
  now = new Date(now.getTime() + 299_000)
  await hive.ask('heartbeat', by(writer.id))
  now = new Date(now.getTime() + 2_000)
  assert.equal(await state(writer.id), ACQUIRED)
  await assert.rejects(state(elsewhere.id), /^Error: 3: No such lock lockid:/)
  await hive.ask('unlock', by(writer.id))
  await assert.rejects(hive.ask('unlock', by(writer.id)), /^Error: 1: No such lock/)
})

test('settings', async () => {
  const config = (name: string) => hive.ask('get_config_value', { 1: text(name), 2: text('otherwise') })
  assert.equal(await config('hive.metastore.warehouse.dir'), 's3a://warehouse')
  assert.equal(await config('hive.whatever'), 'otherwise')
  await assert.rejects(config('javax.jdo.option.ConnectionPassword'), /^Error: 1: For security reasons/)
  await assert.rejects(hive.ask('getMetaConf', { 1: text('nothing') }), /^Error: 1: Invalid configuration key nothing/)
  await assert.rejects(hive.ask('getMetaConf', { 1: text('constructor') }), /^Error: 1: Invalid configuration key/)
  assert.deepEqual(await hive.ask('set_ugi', { 1: text('me'), 2: texts(['us']) }), ['us'])
  assert.equal(await hive.ask('getStatus'), 2)
  assert.deepEqual(await hive.ask('get_role_names'), [])
})

test('clients may be strict or not, framed or not, and send what they know beyond', async () => {
  for (const framed of [true, false])
    for (const strict of [true, false]) {
      const client = await ThriftClient.connect(lake.metastore!, { framed, strict })
      assert.deepEqual(await client.ask('get_all_databases', { 77: structs([{ 1: text('x') }]) }), ['db'])
      await assert.rejects(client.ask('get_table', { 1: text('db'), 2: text('none') }), /^Error: 2: db.none table/)
      await assert.rejects(client.ask('no_such_method'), (error: Refused) => error.code === 1)
      client.close()
    }
})

test('calls that are sent without waiting are answered, the last of them last', async () => {
  const client = await ThriftClient.connect(lake.metastore!)
  const call = (value: string) => client.message('get_config_value', { 1: text('hive.x'), 2: text(value) })
  const [first, ...others] = ['a', 'b', 'c'].map(call)
  client.socket.write(Buffer.concat([first!, ...others]))
  assert.deepEqual(
    [await client.reply(1), await client.reply(2), await client.reply(3)].map((one) => one[0]),
    ['a', 'b', 'c'],
  )
  client.close()
})

test('a client that talks nonsense is hung up on, and the others go on', async () => {
  const endings = ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000']
  for (const nonsense of endings) {
    const client = await ThriftClient.connect(lake.metastore!)
    client.socket.write(nonsense)
    await assert.rejects(client.reply(), /The server hung up/)
  }
  const unfit = hive.ask('create_table', { 1: text('no table') })
  await assert.rejects(unfit, (error: Refused) => error.code === 7 && /Required field 'tbl'/.test(error.message))
  assert.deepEqual(await hive.ask('get_all_databases'), ['db'])
})

test('what the metastore was told outlives the server', async () => {
  hive.close()
  lake = await lake.restart()
  hive = await ThriftClient.connect(lake.metastore!)
  assert.deepEqual(await hive.ask('get_partition_names', OF_T), ['p=1', 'p=2', 'p=3'])
})
