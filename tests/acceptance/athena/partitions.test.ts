/** Partitions in the catalog and projected: what is read of them is counted in bytes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchCreatePartitionCommand,
  CreatePartitionCommand,
  GetPartitionCommand,
  GetTableCommand,
} from '@aws-sdk/client-glue'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const scanned = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes

test('partitions are added, listed, dropped and renamed', async () => {
  await a.put('events/dt=2024-01-01/a.csv', '1\n2\n')
  await a.put('elsewhere/b.csv', '3\n')
  await a.succeed(
    `CREATE EXTERNAL TABLE events (n int) PARTITIONED BY (dt string, hour int) LOCATION 's3://data/events/'`,
  )
  const added = await a.succeed(`ALTER TABLE events ADD
    PARTITION (dt = '2024-01-01', hour = 1) LOCATION 's3://data/events/dt=2024-01-01/'
    PARTITION (dt = '2024-01-02', hour = 13) LOCATION 's3://data/elsewhere/'`)
  assert.equal(added.SubstatementType, 'ALTER_TABLE_ADD_PARTITION')
  assert.deepEqual(await a.lines('SHOW PARTITIONS events'), ['dt=2024-01-01/hour=1', 'dt=2024-01-02/hour=13'])
  assert.deepEqual(await a.lines("SHOW PARTITIONS events PARTITION (dt = '2024-01-02')"), ['dt=2024-01-02/hour=13'])
  assert.deepEqual(await a.rows('SELECT dt, hour, sum(n) FROM events GROUP BY dt, hour ORDER BY dt'), [
    ['2024-01-01', '1', '3'],
    ['2024-01-02', '13', '3'],
  ])
  const again = "ALTER TABLE events ADD PARTITION (dt = '2024-01-01', hour = 1)"
  assert.match(await a.failure(again), /AlreadyExistsException\(message:Partition already exists\.\)/)
  await a.succeed(again.replace('ADD', 'ADD IF NOT EXISTS'))
  await a.succeed(
    "ALTER TABLE events PARTITION (dt = '2024-01-02', hour = 13) RENAME TO PARTITION (dt = '2024-01-03', hour = 14)",
  )
  assert.deepEqual(await a.rows('SELECT dt, n FROM events WHERE hour > 10'), [['2024-01-03', '3']])
  await a.succeed("ALTER TABLE events PARTITION (dt = '2024-01-03', hour = 14) SET LOCATION 's3://data/nothing/'")
  assert.deepEqual(await a.rows('SELECT n FROM events WHERE hour > 10'), [])
  assert.match(await a.failure("ALTER TABLE events ADD PARTITION (dt = '2024-01-09')"), /FAILED: SemanticException/)
  assert.match(await a.failure("ALTER TABLE events DROP PARTITION (dt = '1999-01-01')"), /Partition not found/)
  await a.succeed("ALTER TABLE events DROP IF EXISTS PARTITION (dt = '1999-01-01')")
  await a.succeed("ALTER TABLE events DROP PARTITION (dt >= '2024-01-01', hour < 10)")
  assert.deepEqual(await a.lines('SHOW PARTITIONS events'), ['dt=2024-01-03/hour=14'])
  await a.succeed(`CREATE EXTERNAL TABLE nokeys (n int) LOCATION 's3://data/nokeys/'`)
  assert.match(await a.failure('SHOW PARTITIONS nokeys'), /Table nokeys is not a partitioned table$/)
})

test('tables, partitions and databases lie in S3, and nowhere else', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE placed (a string) PARTITIONED BY (p string) LOCATION 's3://data/placed/'`)
  await a.succeed(`ALTER TABLE placed ADD PARTITION (p = 'there') LOCATION 's3a://data/placed_elsewhere/'`)
  await a.put('placed_elsewhere/f', 'found\n')
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'placed' }))
  const elsewhere = [
    'hdfs://node/placed',
    'file:///etc/',
    '/etc/',
    'etc',
    'https://lake/placed',
    's3:///placed',
    's3://',
    '',
  ]
  for (const [i, Location] of elsewhere.entries()) {
    for (const statement of [
      `ALTER TABLE placed ADD PARTITION (p = '${i}') LOCATION '${Location}'`,
      `ALTER TABLE placed SET LOCATION '${Location}'`,
      `ALTER TABLE placed PARTITION (p = 'there') SET LOCATION '${Location}'`,
      `CREATE DATABASE placed LOCATION '${Location}'`,
      ...(Location ? [`CREATE EXTERNAL TABLE another (a string) LOCATION '${Location}'`] : []),
    ])
      assert.match(await a.failure(statement), /DDLTask\. MetaException\(message:Not an s3:\/\/ location: '/, statement)
    // Glue takes any text for a location.
    const StorageDescriptor = { ...Table!.StorageDescriptor, Location }
    const PartitionInput = { Values: [`glue ${i}`], StorageDescriptor }
    await a.glue.send(new CreatePartitionCommand({ DatabaseName: 'db', TableName: 'placed', PartitionInput }))
    assert.match(await a.failure(`SELECT * FROM placed WHERE p = 'glue ${i}'`), /^Not an s3:\/\/ location: /)
  }
  assert.deepEqual(await a.rows("SELECT * FROM placed WHERE p = 'there'"), [['found', 'there']])
})

test('MSCK REPAIR finds the folders that Hive names, and only those', async () => {
  for (const folder of ['y=2023/m=01', 'y=2023/m=02', 'y=2024/m=01', 'y=2024/z=9', 'other', 'y=a%3Ab/m=x'])
    await a.put(`repair/${folder}/f.csv`, `${folder}\n`)
  await a.succeed(
    `CREATE EXTERNAL TABLE repaired (line string) PARTITIONED BY (y string, m string) LOCATION 's3://data/repair/'`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM repaired'), [])
  const { SubstatementType, QueryExecutionId } = await a.succeed('MSCK REPAIR TABLE repaired')
  assert.equal(SubstatementType, 'MSCK_REPAIR')
  const { ResultSet } = await a.results(QueryExecutionId!)
  const lines = ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue!)
  assert.match(lines[0]!, /^Partitions not in metastore:\trepaired:y=2023\/m=01\trepaired:y=2023\/m=02/)
  assert.ok(lines.includes('Repair: Added partition to metastore repaired:y=2024/m=01'))
  assert.deepEqual(await a.lines('SHOW PARTITIONS repaired'), [
    'y=2023/m=01',
    'y=2023/m=02',
    'y=2024/m=01',
    'y=a%3Ab/m=x',
  ])
  assert.deepEqual(await a.rows("SELECT line FROM repaired WHERE y = 'a:b'"), [['y=a%3Ab/m=x']])
  assert.deepEqual(await a.lines('MSCK REPAIR TABLE repaired'), [])
  await a.succeed(
    `CREATE EXTERNAL TABLE nothing_there (n int) PARTITIONED BY (p string) LOCATION 's3://data/nothing-there/'`,
  )
  assert.deepEqual(await a.lines('MSCK REPAIR TABLE nothing_there'), ['Tables missing on filesystem:\tnothing_there'])
})

test('MSCK REPAIR SYNC PARTITIONS forgets partitions whose folder is gone', async () => {
  for (const day of ['1', '2', '3']) await a.put(`synced/Day=${day}/f.csv`, `${day}\n`)
  await a.put('elsewhere/f.csv', 'elsewhere\n')
  await a.succeed(`CREATE EXTERNAL TABLE synced (s string) PARTITIONED BY (day string) LOCATION 's3://data/synced/'`)
  await a.succeed('MSCK REPAIR TABLE synced')
  await a.succeed("ALTER TABLE synced ADD PARTITION (day = '4') LOCATION 's3://data/elsewhere/' PARTITION (day = '5')")
  await a.s3.send(new DeleteObjectCommand({ Bucket: 'data', Key: 'synced/Day=2/f.csv' }))
  await a.put('synced/Day=6/f.csv', '6\n')
  const lines = await a.lines('MSCK REPAIR TABLE synced SYNC PARTITIONS')
  assert.deepEqual(lines, [
    'Partitions not in metastore:\tsynced:day=6',
    'Partitions missing from filesystem:\tsynced:day=2\tsynced:day=5',
    'Repair: Added partition to metastore synced:day=6',
    'Repair: Dropped partition from metastore synced:day=2',
    'Repair: Dropped partition from metastore synced:day=5',
  ])
  assert.deepEqual(await a.lines('SHOW PARTITIONS synced'), ['day=1', 'day=3', 'day=4', 'day=6'])
})

test('only the partitions that may match are read', async () => {
  await a.succeed(
    `CREATE EXTERNAL TABLE pruned (s string) PARTITIONED BY (d date, k int, t string) LOCATION 's3://data/pruned/'`,
  )
  let id = 0
  for (const d of ['2024-01-31', '2024-02-01', '2024-03-01'])
    for (const k of [1, 9, 10]) {
      await a.put(`pruned/d=${d}/k=${k}/t=x${k}/f.csv`, `${'z'.repeat(10 ** 2 + id)}\n`)
      id++
    }
  await a.succeed('MSCK REPAIR TABLE pruned')
  const size = (place: number) => 101 + place
  const all = Array.from({ length: 9 }, (_, i) => size(i)).reduce((x, y) => x + y)
  const cases: [string, number[]][] = [
    ['true', [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["d = DATE '2024-02-01'", [3, 4, 5]],
    ["d >= DATE '2024-02-01' AND k < 10", [3, 4, 6, 7]],
    ["k IN (9, 10) AND d < DATE '2024-02-01'", [1, 2]],
    ["month(d) = 2 AND t LIKE 'x1%'", [3, 5]],
    ["d BETWEEN DATE '2024-01-01' AND DATE '2024-01-31' OR k = 10", [0, 1, 2, 5, 8]],
    ['k <> 9 AND NOT k = 1', [2, 5, 8]],
    ["cast(d AS varchar) LIKE '2024-03%'", [6, 7, 8]],
    ['k = 11', []],
    ['d IS NULL', []],
  ]
  for (const [condition, places] of cases) {
    const bytes = await scanned(`SELECT max(length(s)) FROM pruned WHERE ${condition}`)
    assert.deepEqual([condition, bytes], [condition, places.map(size).reduce((x, y) => x + y, 0)])
    assert.deepEqual(await a.rows(`SELECT count(*) FROM pruned WHERE ${condition}`), [[String(places.length)]])
  }
  assert.equal(await scanned('SELECT max(length(s)) FROM pruned'), all)
  assert.equal(
    await scanned("WITH c AS (SELECT * FROM pruned) SELECT max(length(s)) FROM c WHERE d = DATE '2024-02-01'"),
    [3, 4, 5].map(size).reduce((x, y) => x + y),
  )
})

test('a thousand partitions are not read to find one', async () => {
  await a.succeed(
    `CREATE EXTERNAL TABLE wide (s string) PARTITIONED BY (region string, day string) LOCATION 's3://data/wide/'`,
  )
  const columns = [{ Name: 's', Type: 'string' }]
  for (let i = 0; i < 1000; i += 100)
    await a.glue.send(
      new BatchCreatePartitionCommand({
        DatabaseName: 'db',
        TableName: 'wide',
        PartitionInputList: Array.from({ length: 100 }, (_, j) => ({
          Values: [`r${String(i + j).padStart(4, '0')}`, 'd1'],
          StorageDescriptor: {
            Columns: columns,
            Location: `s3://data/wide/${i + j}/`,
            SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' },
          },
        })),
      }),
    )
  await a.put('wide/777/f.csv', 'here\n')
  assert.deepEqual(await a.rows("SELECT * FROM wide WHERE region = 'r0777'"), [['here', 'r0777', 'd1']])
  assert.equal(await scanned("SELECT * FROM wide WHERE region IN ('r0777', 'r0001')"), 5)
})

const projected = (name: string, keys: string, properties: Record<string, string>, location = 's3://data/projected/') =>
  a.succeed(`CREATE EXTERNAL TABLE ${name} (s string) PARTITIONED BY (${keys}) LOCATION '${location}'
    TBLPROPERTIES ('projection.enabled'='true', ${Object.entries(properties)
      .map(([k, v]) => `'${k}'='${v}'`)
      .join(', ')})`)

test('projection of enumerations, integers and dates', async () => {
  for (const [region, day, n] of [
    ['eu', '2024-02-28', '07'],
    ['eu', '2024-02-29', '08'],
    ['us', '2024-03-01', '07'],
    ['hidden', '2024-03-01', '07'],
  ])
    await a.put(`projected/region=${region}/day=${day}/n=${n}/f.csv`, `${region} ${day} ${n}\n`)
  await projected('kinds', 'region string, day string, n int', {
    'projection.region.type': 'enum',
    'projection.region.values': 'eu,us',
    'projection.day.type': 'date',
    'projection.day.range': '2024-02-01,2024-03-31',
    'projection.day.format': 'yyyy-MM-dd',
    'projection.n.type': 'integer',
    'projection.n.range': '1,12',
    'projection.n.digits': '2',
  })
  assert.deepEqual(await a.lines('SHOW PARTITIONS kinds'), [])
  assert.deepEqual(await a.rows('SELECT s, n FROM kinds ORDER BY s'), [
    ['eu 2024-02-28 07', '7'],
    ['eu 2024-02-29 08', '8'],
    ['us 2024-03-01 07', '7'],
  ])
  assert.deepEqual(await a.rows("SELECT s FROM kinds WHERE day > '2024-02-28' AND n = 7"), [['us 2024-03-01 07']])
  assert.equal(await scanned("SELECT s FROM kinds WHERE day > '2024-02-28' AND n = 7"), 17)
  assert.deepEqual(await a.rows("SELECT s FROM kinds WHERE region = 'hidden'"), [])
})

test('projection by a template, relative dates and steps', async () => {
  const hour = (back: number) => new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - back * 3_600_000)
  const folder = (date: Date) => date.toISOString().slice(0, 13).replace(/[-T]/g, '/')
  await a.put(`logs/${folder(hour(1))}/f.csv`, 'recent\n')
  await a.put(`logs/${folder(hour(100))}/f.csv`, 'old\n')
  await projected('logs', 'dh string', {
    'projection.dh.type': 'date',
    'projection.dh.range': 'NOW-3DAYS,NOW',
    'projection.dh.format': 'yyyy/MM/dd/HH',
    'projection.dh.interval': '1',
    'projection.dh.interval.unit': 'HOURS',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholder
    'storage.location.template': 's3://data/logs/${dh}',
  })
  assert.deepEqual(await a.rows('SELECT s FROM logs'), [['recent']])
})

test('what is written to a projected partition is read from it, whatever its value', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE clock (n int) PARTITIONED BY (at string) LOCATION 's3://data/clock/' TBLPROPERTIES (
    'projection.enabled' = 'true', 'projection.at.type' = 'date', 'projection.at.format' = 'yyyy-MM-dd HH:mm',
    'projection.at.range' = '2024-01-01 00:00,2024-01-01 02:00', 'projection.at.interval' = '30', 'projection.at.interval.unit' = 'MINUTES')`)
  await a.succeed("INSERT INTO clock VALUES (1, '2024-01-01 00:30'), (2, '2024-01-01 02:00')")
  await a.put('clock/at=2024-01-01 01%3A00/f.csv', '3\n')
  assert.deepEqual(await a.rows('SELECT n, at, "$partition" FROM clock ORDER BY n'), [
    ['1', '2024-01-01 00:30', 'at=2024-01-01 00%3A30'],
    ['2', '2024-01-01 02:00', 'at=2024-01-01 02%3A00'],
    ['3', '2024-01-01 01:00', 'at=2024-01-01 01%3A00'],
  ])
})

test('an injected column must be given its values', async () => {
  await a.put('injected/device-7/f.csv', 'seven\n')
  await a.put('injected/device-8/f.csv', 'eight\n')
  await projected('devices', 'id string', {
    'projection.id.type': 'injected',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholder
    'storage.location.template': 's3://data/injected/${id}/',
  })
  assert.deepEqual(await a.rows("SELECT s, id FROM devices WHERE id = 'device-7'"), [['seven', 'device-7']])
  assert.deepEqual(await a.rows("SELECT s FROM devices WHERE id IN ('device-7', 'device-8') ORDER BY s"), [
    ['eight'],
    ['seven'],
  ])
  assert.equal(
    await a.failure('SELECT * FROM devices'),
    'CONSTRAINT_VIOLATION: For the injected projected partition column id, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.',
  )
})

test('a projection that makes no sense says so', async () => {
  await projected('broken', 'k int', { 'projection.k.type': 'integer', 'projection.k.range': 'one,two' })
  assert.match(await a.failure('SELECT * FROM broken'), /^INVALID_TABLE_PROPERTY: .*column 'k'/)
})

test('catalog partitions are not asked for where there is a projection', async () => {
  await projected('also', 'k int', { 'projection.k.type': 'integer', 'projection.k.range': '1,2' }, 's3://data/also/')
  await a.put('also/k=3/f.csv', 'three\n')
  await a.succeed('MSCK REPAIR TABLE also')
  assert.ok(
    (await a.glue.send(new GetPartitionCommand({ DatabaseName: 'db', TableName: 'also', PartitionValues: ['3'] })))
      .Partition,
  )
  assert.deepEqual(await a.rows('SELECT * FROM also'), [])
})

test('hidden files and folders are no data', async () => {
  for (const key of ['visible.csv', '_SUCCESS', '.hidden', '_temporary/f.csv', 'sub/deeper/f.csv'])
    await a.put(`hidden/${key}`, `${key}\n`)
  await a.succeed(`CREATE EXTERNAL TABLE hidden (s string) LOCATION 's3://data/hidden'`)
  assert.deepEqual(await a.rows('SELECT s FROM hidden ORDER BY s'), [['sub/deeper/f.csv'], ['visible.csv']])
})

test('the columns that every file has', async () => {
  await a.put('meta/p=1/f.csv', 'x\n')
  await a.succeed(`CREATE EXTERNAL TABLE meta (s string) PARTITIONED BY (p int) LOCATION 's3://data/meta/'`)
  await a.succeed('MSCK REPAIR TABLE meta')
  assert.deepEqual(await a.rows('SELECT s, p, "$path", "$file_size", "$partition" FROM meta'), [
    ['x', '1', 's3://data/meta/p=1/f.csv', '2', 'p=1'],
  ])
  assert.deepEqual(
    await a.rows(`SELECT count(*) FROM meta WHERE "$file_modified_time" > TIMESTAMP '2020-01-01 00:00:00 UTC'`),
    [['1']],
  )
  assert.deepEqual(await a.rows('SELECT * FROM meta'), [['x', '1']])
})

test('the partitions of a table are a table', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE parts (n int) PARTITIONED BY (d date, k int) LOCATION 's3://data/parts/'`)
  assert.deepEqual(await a.rows('SELECT * FROM "parts$partitions"'), [])
  await a.succeed(`ALTER TABLE parts ADD PARTITION (d = '2024-02-29', k = 10) PARTITION (d = '2024-03-01', k = 9)`)
  const { QueryExecutionId } = await a.succeed('SELECT * FROM "parts$partitions" WHERE k > 1 ORDER BY k')
  const { ResultSet } = await a.results(QueryExecutionId!)
  assert.deepEqual(
    ResultSet!.ResultSetMetadata!.ColumnInfo!.map((c) => `${c.Name} ${c.Type}`),
    ['d date', 'k integer'],
  )
  assert.deepEqual(
    ResultSet!.Rows!.slice(1).map((row) => row.Data!.map((datum) => datum.VarCharValue)),
    [
      ['2024-03-01', '9'],
      ['2024-02-29', '10'],
    ],
  )
  assert.deepEqual(await a.rows('SELECT max(d) FROM db."parts$partitions"'), [['2024-03-01']])
  assert.match(await a.failure('SELECT * FROM "nokeys$partitions"'), /^TABLE_NOT_FOUND: /)
})

test('the partitions of a table are a table, whatever their values', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE odd (n int) PARTITIONED BY (a string, b string) LOCATION 's3://data/odd/'`)
  const PartitionInputList = [
    { Values: ['a', "it's"] },
    { Values: ['__HIVE_DEFAULT_PARTITION__', 'x,y'] },
    { Values: ['ü', '(1)'] },
  ]
  const add = new BatchCreatePartitionCommand({ DatabaseName: 'db', TableName: 'odd', PartitionInputList })
  await a.glue.send(add)
  const read = () => a.rows('SELECT a, b FROM "odd$partitions" ORDER BY a NULLS FIRST, b')
  const rows = [
    [null, 'x,y'],
    ['a', "it's"],
    ['ü', '(1)'],
  ]
  assert.deepEqual(await read(), rows)
  await a.succeed("ALTER TABLE odd ADD PARTITION (a = '\u001e', b = '\u001f')")
  assert.deepEqual(await read(), rows.toSpliced(1, 0, ['\u001e', '\u001f']))
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))

test('a value that is not of its column’s type is no partition, as in Hive', async () => {
  await a.succeed(
    `CREATE EXTERNAL TABLE typed (n int) PARTITIONED BY (d date, k tinyint, s string) LOCATION 's3://data/typed/'`,
  )
  const add = (d: string, k: string) => `ALTER TABLE typed ADD PARTITION (d = '${d}', k = ${k}, s = 'x')`
  for (const d of ['notadate', '2024-02-30', '2024-13-01', ''])
    assert.match(
      await a.failure(add(d, '1')),
      /\[Error 10248\]: Cannot add partition column d of type string as it cannot be converted to type date/,
    )
  for (const k of ['128', "'one'"]) assert.match(await a.failure(add('2024-02-29', k)), /converted to type tinyint/)
  await a.succeed(add('2024-2-9', '-128'))
  await a.succeed(add('__HIVE_DEFAULT_PARTITION__', '7'))
  assert.deepEqual(await a.lines('SHOW PARTITIONS typed'), [
    'd=2024-02-09/k=-128/s=x',
    'd=__HIVE_DEFAULT_PARTITION__/k=7/s=x',
  ])
  const rename = "ALTER TABLE typed PARTITION (d = '2024-02-09', k = -128, s = 'x') RENAME TO PARTITION"
  assert.match(await a.failure(`${rename} (d = 'never', k = 1, s = 'y')`), /converted to type date/)
})

test('moments, decimals and floating numbers as partitions are asked to be such, too', async () => {
  await a.succeed(
    `CREATE EXTERNAL TABLE moments (n int) PARTITIONED BY (t timestamp, m decimal(5,2), f double) LOCATION 's3://data/moments/'`,
  )
  const add = (t: string, m: string, f: string) =>
    `ALTER TABLE moments ADD PARTITION (t = '${t}', m = '${m}', f = '${f}')`
  const [t, m, f] = ['2024-02-29 10:30:00', '-123.45', '1e3']
  for (const bad of ['never', '2024-02-30 10:00:00', '2024-02-29 25:00:00', '2024-02-29 10:61:00', ''])
    assert.match(await a.failure(add(bad, m, f)), /\[Error 10248\]: .* column t .* type timestamp/)
  for (const bad of ['abc', '1234.5', '.', ''])
    assert.match(await a.failure(add(t, bad, f)), /column m .* type decimal\(5,2\)/)
  for (const bad of ['x', '1.5.2', '']) assert.match(await a.failure(add(t, m, bad)), /column f .* type double/)
  await a.succeed(add(t, m, f))
  assert.deepEqual(await a.lines('SHOW PARTITIONS moments'), ['t=2024-02-29 10%3A30%3A00/m=-123.45/f=1e3'])
})

test('a folder that is no value of its column fails who reads it by Trino’s name', async () => {
  await a.put('folders/k=one/f', '1\n')
  await a.succeed(`CREATE EXTERNAL TABLE folders (n int) PARTITIONED BY (k int) LOCATION 's3://data/folders/'`)
  await a.succeed('MSCK REPAIR TABLE folders')
  assert.match(
    await a.failure('SELECT k FROM folders'),
    /^HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'one' for integer partition key: k/,
  )
})
