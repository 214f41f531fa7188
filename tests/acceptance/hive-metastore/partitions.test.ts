/** Partitions by the metastore, and the same by Glue and Athena. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreatePartitionCommand, GetPartitionsCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { bool, type Fields, i16, type Struct, struct, structs, ThriftClient, text, texts } from './client.ts'
import { columnsOf, locationOf, PARQUET, partition, TEXT, table } from './definitions.ts'

let house: AthenaLake
let hive: ThriftClient

const KEYS = [
  ['year', 'int'],
  ['city', 'string'],
] as const
const CITIES = ['Oslo', 'New York', 'a/b=c', 'Rome']

before(async () => {
  house = await athenaLake({ metastore: { port: 0, warehouse: 's3a://data' } })
  hive = await ThriftClient.connect(house.lake.metastore!)
  await hive.ask('create_table', { 1: struct(table('db', 'trips', { keys: KEYS })) })
  const parts = [2022, 2023, 2024].flatMap((year) => CITIES.map((city) => partition('db', 'trips', [`${year}`, city])))
  assert.equal(await hive.ask('add_partitions', { 1: structs(parts) }), 12)
})
after(async () => {
  hive.close()
  await house.close()
  assert.deepEqual(house.lake.log, [])
})

const OF_TRIPS = { 1: text('db'), 2: text('trips') }
const valuesOf = (found: Struct[]) => found.map((one) => (one[1] as string[]).join(' '))
const byFilter = async (filter: string, most = -1) =>
  valuesOf(await hive.ask('get_partitions_by_filter', { ...OF_TRIPS, 3: text(filter), 4: i16(most) }))
const keys = async (prefix: string): Promise<string[]> => {
  const { Contents = [] } = await house.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))
  return Contents.map(({ Key }) => Key!)
}

test('names are spelled as Hive spells them, and found by', async () => {
  const names = await hive.ask<string[]>('get_partition_names', { ...OF_TRIPS, 3: i16(4) })
  assert.deepEqual(
    names,
    ['New York', 'Oslo', 'Rome', 'a%2Fb%3Dc'].map((city) => `year=2022/city=${city}`),
  )
  const one = await hive.ask<Struct>('get_partition_by_name', { ...OF_TRIPS, 3: text('year=2023/city=a%2Fb%3Dc') })
  assert.deepEqual(one[1], ['2023', 'a/b=c'])
  assert.equal(locationOf(one, 6), 's3a://data/db.db/trips/year=2023/city=a%2Fb%3Dc')
  const wanted = ['year=2024/city=Rome', 'year=1999/city=Rome', 'year=2022/city=Oslo']
  const several = await hive.ask<Struct[]>('get_partitions_by_names', { ...OF_TRIPS, 3: texts(wanted) })
  assert.deepEqual(valuesOf(several), ['2024 Rome', '2022 Oslo'])
  assert.deepEqual(await hive.ask('partition_name_to_vals', { 1: text(names[3]!) }), ['2022', 'a/b=c'])
  const spec = await hive.ask<Map<string, string>>('partition_name_to_spec', { 1: text('a=1/b=x%20y') })
  assert.deepEqual(
    [...spec],
    [
      ['a', '1'],
      ['b', 'x y'],
    ],
  )
})

test('some values find all that have them', async () => {
  const some = (values: string[], most = -1) =>
    hive.ask('get_partition_names_ps', { ...OF_TRIPS, 3: texts(values), 4: i16(most) })
  assert.deepEqual(
    await some(['2023', '']),
    ['New York', 'Oslo', 'Rome', 'a%2Fb%3Dc'].map((c) => `year=2023/city=${c}`),
  )
  assert.deepEqual(
    await some(['', 'Rome']),
    ['2022', '2023', '2024'].map((y) => `year=${y}/city=Rome`),
  )
  assert.deepEqual(await some(['2024', 'Oslo']), ['year=2024/city=Oslo'])
  assert.deepEqual(await some([''], 1), ['year=2022/city=New York'])
  await assert.rejects(some(['1', '2', '3']), /^Error: 1: Incorrect number of partition values/)
})

/** Filter.g of the metastore, and what Spark's client writes: convertFilters of its Hive shim. */
test('filters find what they say, by the type of the key', async () => {
  assert.deepEqual(await byFilter('year = 2023 and city = "Oslo"'), ['2023 Oslo'])
  assert.deepEqual(await byFilter("2023 < year AND (city='Rome' or city = 'Oslo')"), ['2024 Oslo', '2024 Rome'])
  assert.deepEqual(await byFilter('year >= 2023 and year <> 2024 and city like "New.*"'), ['2023 New York'])
  assert.deepEqual(await byFilter('city like ".om." and year = 2022'), ['2022 Rome'])
  assert.deepEqual(await byFilter('year between 2023 and 2024 and city in ("Rome", "Paris")'), [
    '2023 Rome',
    '2024 Rome',
  ])
  assert.deepEqual(await byFilter('year not in (2022, 2023) and city != "Rome"', 2), ['2024 New York', '2024 Oslo'])
  assert.deepEqual(await byFilter('`city` = "a/b=c" and year = 2022'), ['2022 a/b=c'])
  assert.equal((await byFilter('')).length, 12)
  const count = await hive.ask('get_num_partitions_by_filter', { ...OF_TRIPS, 3: text('year > 2022') })
  assert.equal(count, 8)
  for (const wrong of [
    'year =',
    'year = 1 or',
    '(year = 1',
    'year == 1',
    'year = year',
    'nothing = 1',
    'year = "x"',
    "city = 'a",
  ])
    await assert.rejects(byFilter(wrong), /^Error: 1: /, wrong)
})

test('dates are compared as dates', async () => {
  const keys = [['day', 'date']] as const
  await hive.ask('create_table', { 1: struct(table('db', 'dated', { keys })) })
  const days = ['2023-12-31', '2024-01-01', '2024-02-29', '__HIVE_DEFAULT_PARTITION__']
  await hive.ask('add_partitions', { 1: structs(days.map((day) => partition('db', 'dated', [day]))) })
  const found = async (filter: string) =>
    valuesOf(await hive.ask('get_partitions_by_filter', { 1: text('db'), 2: text('dated'), 3: text(filter) }))
  assert.deepEqual(await found('day > 2023-12-31'), ['2024-01-01', '2024-02-29'])
  assert.deepEqual(await found("day = date '2024-02-29' or day < date '2024-01-01'"), ['2023-12-31', '2024-02-29'])
})

test('an empty value is that of the default partition, however it is asked for', async () => {
  const EMPTY = '__HIVE_DEFAULT_PARTITION__'
  await hive.ask('create_table', { 1: struct(table('db', 'emptied', { keys: [['p', 'string']] })) })
  const of = { 1: text('db'), 2: text('emptied') }
  await hive.ask('add_partition', { 1: struct(partition('db', 'emptied', [''])) })
  await hive.ask('append_partition', { ...of, 3: texts(['x']) })
  assert.deepEqual(await hive.ask('get_partition_names', { ...of, 3: i16(-1) }), [`p=${EMPTY}`, 'p=x'])
  for (const values of [[''], [EMPTY]]) {
    const one = await hive.ask<Struct>('get_partition', { ...of, 3: texts(values) })
    assert.deepEqual([one[1], locationOf(one, 6)], [[EMPTY], `s3a://data/db.db/emptied/p=${EMPTY}`])
  }
  const named = await hive.ask<Struct>('get_partition_by_name', { ...of, 3: text(`p=${EMPTY}`) })
  assert.deepEqual(named[1], [EMPTY])
  // Some values, one of which is empty, are those of any.
  assert.equal((await hive.ask<Struct[]>('get_partitions_ps', { ...of, 3: texts(['']), 4: i16(-1) })).length, 2)
  await assert.rejects(hive.ask('add_partition', { 1: struct(partition('db', 'emptied', [EMPTY])) }), /^Error: 2: /)
  assert.equal(await hive.ask('drop_partition', { ...of, 3: texts(['']), 4: bool(false) }), true)
  assert.deepEqual(await hive.ask('get_partition_names', { ...of, 3: i16(-1) }), ['p=x'])
})

test('what Glue adds without a word on its storage is complete here', async () => {
  const StorageDescriptor = { Location: 's3://data/elsewhere/' }
  const PartitionInput = { Values: ['2025', 'Oslo'], StorageDescriptor }
  await house.glue.send(new CreatePartitionCommand({ DatabaseName: 'db', TableName: 'trips', PartitionInput }))
  const shown = await hive.ask<Struct>('get_partition', { ...OF_TRIPS, 3: texts(['2025', 'Oslo']) })
  const storage = shown[6] as Struct
  assert.deepEqual([storage[2], storage[3]], ['s3://data/elsewhere/', TEXT.input])
  assert.deepEqual(columnsOf(storage[1]), [['id', 'bigint']])
  assert.equal((storage[7] as Struct)[2], TEXT.serde)
  const drop = { ...OF_TRIPS, 3: texts(['2025', 'Oslo']), 4: bool(false) }
  assert.equal(await hive.ask('drop_partition', drop), true)
  await assert.rejects(hive.ask('drop_partition', drop), /^Error: 1: Partition values \[2025, Oslo\] not found/)
})

test('partitions are added all or none, or those that are missing', async () => {
  const of = (...years: string[]) => structs(years.map((year) => partition('db', 'trips', [year, 'Bern'])))
  const add = (ifNotExists: boolean, ...years: string[]) =>
    hive.ask<Struct>('add_partitions_req', {
      1: struct({ 1: text('db'), 2: text('trips'), 3: of(...years), 4: bool(ifNotExists) }),
    })
  assert.deepEqual(valuesOf((await add(false, '2030'))[1] as Struct[]), ['2030 Bern'])
  await assert.rejects(add(false, '2031', '2030'), /^Error: 2: Partition already exists/)
  assert.deepEqual(valuesOf((await add(true, '2031', '2030'))[1] as Struct[]), ['2031 Bern'])
  const names = ['year=2030/city=Bern', 'year=2031/city=Bern', 'year=2032/city=Bern']
  const request = { 1: text('db'), 2: text('trips'), 3: struct({ 1: texts(names) }) }
  const strict = hive.ask('drop_partitions_req', { 1: struct({ ...request, 5: bool(false) }) })
  await assert.rejects(strict, /^Error: 1/)
  const dropped = await hive.ask<Struct>('drop_partitions_req', { 1: struct(request) })
  assert.deepEqual(valuesOf(dropped[1] as Struct[]), ['2030 Bern', '2031 Bern'])
  assert.deepEqual(await byFilter('city = "Bern"'), [])
  const byExpression = { ...request, 3: struct({ 2: structs([{ 1: text('kryo') }]) }) }
  await assert.rejects(
    hive.ask('drop_partitions_req', { 1: struct(byExpression) }),
    /^Error: 2: Partitions are dropped/,
  )
})

test('a partition is appended, altered, renamed and dropped, its files with it', async () => {
  const values = texts(['2040', 'Oslo'])
  const appended = await hive.ask<Struct>('append_partition', { ...OF_TRIPS, 3: values })
  assert.equal(locationOf(appended, 6), 's3a://data/db.db/trips/year=2040/city=Oslo')
  assert.deepEqual(await keys('db.db/trips/year=2040/'), ['db.db/trips/year=2040/city=Oslo/'])
  const changed = partition('db', 'trips', ['2040', 'Oslo'], { format: PARQUET, location: 's3a://data/db.db/trips/p' })
  await hive.ask('alter_partitions', { ...OF_TRIPS, 3: structs([changed]) })
  const { Partitions = [] } = await house.glue.send(
    new GetPartitionsCommand({ DatabaseName: 'db', TableName: 'trips', Expression: 'year = 2040' }),
  )
  assert.equal(Partitions[0]?.StorageDescriptor?.InputFormat, PARQUET.input)
  await house.put('db.db/trips/p/data', 'x')
  await hive.ask('rename_partition', { ...OF_TRIPS, 3: values, 4: struct(partition('db', 'trips', ['2041', 'Oslo'])) })
  assert.deepEqual(await keys('db.db/trips/year=2041/city=Oslo'), ['db.db/trips/year=2041/city=Oslo/data'])
  assert.deepEqual(await keys('db.db/trips/p'), [])
  const drop = { ...OF_TRIPS, 3: text('year=2041/city=Oslo'), 4: bool(true) }
  assert.equal(await hive.ask('drop_partition_by_name', drop), true)
  assert.deepEqual(await keys('db.db/trips/year=2041/'), [])
  const missing = { ...OF_TRIPS, 3: structs([partition('db', 'trips', ['1', 'x'])]) }
  await assert.rejects(hive.ask('alter_partitions', missing), /^Error: 1: Cannot find partition/)
})

test('the distinct values of a key', async () => {
  const request: Fields = { 1: text('db'), 2: text('trips'), 3: structs([{ 1: text('year'), 2: text('int') }]) }
  const rows = await hive.ask<Struct>('get_partition_values', { 1: struct(request) })
  assert.deepEqual(
    (rows[1] as Struct[]).map((row) => row[1]),
    [['2022'], ['2023'], ['2024']],
  )
})

test('expressions of Hive’s planner are an unknown method, and clients fall back', async () => {
  const refused = hive.ask('get_partitions_by_expr', { 1: struct({ 1: text('db') }) })
  await assert.rejects(refused, { message: "Invalid method name: 'get_partitions_by_expr'", code: 1 })
})

test('Athena reads the partitions that were added here, from where they lie', async () => {
  const location = 's3a://data/csv'
  const serde = { 'field.delim': ',' }
  const described = table('db', 'csv', {
    columns: [
      ['id', 'bigint'],
      ['name', 'string'],
    ],
    keys: [['day', 'string']],
    location,
    serde,
  })
  await hive.ask('create_table', { 1: struct(described) })
  for (const day of ['2024-01-01', '2024-01-02']) {
    await house.put(`csv/day=${day}/f.csv`, `1,a\n2,${day}\n`)
    await hive.ask('append_partition_by_name', { 1: text('db'), 2: text('csv'), 3: text(`day=${day}`) })
  }
  assert.deepEqual(await house.rows("SELECT id, name, day FROM db.csv WHERE day = '2024-01-02' ORDER BY id"), [
    ['1', 'a', '2024-01-02'],
    ['2', '2024-01-02', '2024-01-02'],
  ])
  await house.succeed("INSERT INTO db.csv VALUES (3, 'c', '2024-01-03')")
  const names = await hive.ask('get_partition_names', { 1: text('db'), 2: text('csv') })
  assert.deepEqual(names, ['day=2024-01-01', 'day=2024-01-02', 'day=2024-01-03'])
})
