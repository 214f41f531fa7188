/** CTAS, INSERT INTO and UNLOAD: what they write, where, and what they refuse. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { GetPartitionsCommand, GetTableCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.put('sales/2024.csv', 'north,2024,10.5\nsouth,2024,20.25\nnorth,2023,1.0\nsouth,2023,\n')
  await a.succeed(`CREATE EXTERNAL TABLE sales (region string, year int, amount double)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/sales/'`)
})
after(() => a.close())

const keys = async (Bucket: string, Prefix: string) =>
  ((await a.s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map((object) => object.Key!)
const table = async (Name: string) => (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name }))).Table!
const partitions = async (TableName: string) =>
  (await a.glue.send(new GetPartitionsCommand({ DatabaseName: 'db', TableName }))).Partitions!

test('the CTAS of the guide: Parquet, a place of its own, partitions last', async () => {
  const created = await a.succeed(`CREATE TABLE sales_parquet
    WITH (format = 'PARQUET', parquet_compression = 'SNAPPY', external_location = 's3://data/parquet/', partitioned_by = ARRAY['year'])
    AS SELECT region, amount, year FROM sales`)
  assert.equal(`${created.StatementType} ${created.SubstatementType}`, 'DDL CREATE_TABLE_AS_SELECT')
  const { StorageDescriptor: storage, PartitionKeys, Parameters } = await table('sales_parquet')
  assert.deepEqual(
    storage!.Columns!.map((c) => `${c.Name} ${c.Type}`),
    ['region string', 'amount double'],
  )
  assert.deepEqual(
    PartitionKeys!.map((c) => `${c.Name} ${c.Type}`),
    ['year int'],
  )
  assert.equal(storage!.SerdeInfo!.SerializationLibrary, 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe')
  assert.equal(Parameters!['parquet.compression'], 'SNAPPY')
  assert.deepEqual(
    (await partitions('sales_parquet')).map((p) => [p.Values, p.StorageDescriptor!.Location]),
    [
      [['2023'], 's3://data/parquet/year=2023/'],
      [['2024'], 's3://data/parquet/year=2024/'],
    ],
  )
  const files = await keys('data', 'parquet/')
  assert.deepEqual([...new Set(files.map((key) => key.split('/')[1]))], ['year=2023', 'year=2024'])
  for (const key of files) assert.equal((await a.read(`s3://data/${key}`)).body.toString('latin1', 0, 4), 'PAR1')
  assert.deepEqual(await a.rows('SELECT year, region, amount FROM sales_parquet ORDER BY year, region'), [
    ['2023', 'north', '1.0'],
    ['2023', 'south', null],
    ['2024', 'north', '10.5'],
    ['2024', 'south', '20.25'],
  ])
})

test('without a location the files lie beside the result', async () => {
  const created = await a.succeed('CREATE TABLE plain AS SELECT region FROM sales')
  const uri = created.ResultConfiguration!.OutputLocation!
  assert.equal(uri, `s3://results/tables/${created.QueryExecutionId}`)
  assert.equal((await table('plain')).StorageDescriptor!.Location, `${uri}/`)
  assert.ok((await keys('results', `tables/${created.QueryExecutionId}/`)).length > 0)
})

test('texts: delimiters, JSON lines and their compressions', async () => {
  await a.succeed(`CREATE TABLE text_table WITH (format = 'TEXTFILE', field_delimiter = '|', write_compression = 'GZIP', external_location = 's3://data/text/')
    AS SELECT region, year, amount, ARRAY[1, 2] AS list, true AS yes FROM sales`)
  const [file] = await keys('data', 'text/')
  const lines = gunzipSync((await a.read(`s3://data/${file}`)).body)
    .toString()
    .trim()
    .split('\n')
    .sort()
  assert.deepEqual(lines, [
    'north|2023|1.0|1\u00022|true',
    'north|2024|10.5|1\u00022|true',
    'south|2023|\\N|1\u00022|true',
    'south|2024|20.25|1\u00022|true',
  ])
  assert.deepEqual(await a.rows('SELECT * FROM text_table ORDER BY year, region LIMIT 2'), [
    ['north', '2023', '1.0', '[1, 2]', 'true'],
    ['south', '2023', null, '[1, 2]', 'true'],
  ])
  await a.succeed(`CREATE TABLE json_table WITH (format = 'JSON', write_compression = 'ZSTD', external_location = 's3://data/json/')
    AS SELECT region, year, amount, CAST(ROW(1, 'x') AS ROW(a integer, b varchar)) AS inside FROM sales`)
  const [json] = await keys('data', 'json/')
  const documents = zstdDecompressSync((await a.read(`s3://data/${json}`)).body)
    .toString()
    .trim()
    .split('\n')
  assert.deepEqual(documents.map((line) => JSON.parse(line).region).sort(), ['north', 'north', 'south', 'south'])
  assert.deepEqual(await a.rows('SELECT region, inside.b, amount FROM json_table WHERE year = 2024 ORDER BY 1'), [
    ['north', 'x', '10.5'],
    ['south', 'x', '20.25'],
  ])
})

test('rows of every type come back from Parquet as they were', async () => {
  const items = `TINYINT '-1' AS a, SMALLINT '2' AS b, 3 AS c, BIGINT '4' AS d, DOUBLE '5.5' AS e, REAL '6.25' AS f,
    DECIMAL '12.340' AS g, 'text' AS h, X'0102FF' AS k, TIMESTAMP '2026-09-17 12:34:56.789' AS l, DATE '1900-02-28' AS o,
    true AS p, ARRAY[ROW(1, 'a')] AS s, MAP(ARRAY['k'], ARRAY[DECIMAL '1.5']) AS t, CAST(NULL AS varchar) AS n`
  const typed = items.replace("ROW(1, 'a')", "CAST(ROW(1, 'a') AS ROW(x integer, y varchar))")
  await a.succeed(`CREATE TABLE typed AS SELECT ${typed}`)
  assert.deepEqual(
    (await table('typed')).StorageDescriptor!.Columns!.map((c) => c.Type),
    [
      'tinyint',
      'smallint',
      'int',
      'bigint',
      'double',
      'float',
      'decimal(5,3)',
      'varchar(4)',
      'binary',
      'timestamp',
      'date',
      'boolean',
      'array<struct<x:int,y:string>>',
      'map<string,decimal(2,1)>',
      'string',
    ].map((type) => (type === 'map<string,decimal(2,1)>' ? type.replace('string', 'varchar(1)') : type)),
  )
  assert.deepEqual(await a.rows('SELECT * FROM typed'), [
    [
      '-1',
      '2',
      '3',
      '4',
      '5.5',
      '6.25',
      '12.340',
      'text',
      '01 02 ff',
      '2026-09-17 12:34:56.789',
      '1900-02-28',
      'true',
      '[{x=1, y=a}]',
      '{k=1.5}',
      null,
    ],
  ])
})

test('INSERT adds files and the partitions that are new, and casts to the columns', async () => {
  await a.succeed(`CREATE TABLE growing WITH (format = 'PARQUET', partitioned_by = ARRAY['year']) AS
    SELECT region, amount, year FROM sales WHERE year = 2024`)
  const inserted = await a.succeed(
    "INSERT INTO growing (amount, region, year) SELECT SMALLINT '7', region, year FROM sales WHERE year = 2023",
  )
  assert.equal(`${inserted.StatementType} ${inserted.SubstatementType}`, 'DML INSERT')
  await a.succeed("INSERT INTO growing (region, year) VALUES ('west', 2025), ('west', NULL)")
  assert.deepEqual(
    (await partitions('growing')).map((p) => p.Values),
    [['2023'], ['2024'], ['2025'], ['__HIVE_DEFAULT_PARTITION__']],
  )
  assert.deepEqual(await a.rows('SELECT region, amount, year FROM growing ORDER BY year, region'), [
    ['north', '7.0', '2023'],
    ['south', '7.0', '2023'],
    ['north', '10.5', '2024'],
    ['south', '20.25', '2024'],
    ['west', null, '2025'],
    ['west', null, null],
  ])
  assert.deepEqual(await a.rows('SELECT count(*) FROM growing WHERE year IS NULL'), [['1']])
})

test('INSERT into the texts of a table that DDL made', async () => {
  await a.succeed(
    `CREATE EXTERNAL TABLE csv_target (n int, s string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ';' LOCATION 's3://data/csv-target/'`,
  )
  await a.succeed("INSERT INTO csv_target VALUES (1, 'one'), (2, NULL)")
  assert.deepEqual(await a.rows('SELECT * FROM csv_target ORDER BY n'), [
    ['1', 'one'],
    ['2', null],
  ])
  await a.succeed(
    `CREATE EXTERNAL TABLE open_target (n int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/open/'`,
  )
  assert.match(await a.failure('INSERT INTO open_target VALUES 1'), /^NOT_SUPPORTED: /)
})

test('what a write refuses, and with which note', async () => {
  const cleaning =
    /\. You may need to manually clean the data at location 's3:\/\/results\/tables\/[0-9a-f-]{36}' before retrying\. Athena will not delete data in your account\.$/
  for (const [sql, reason] of [
    [
      'CREATE TABLE sales AS SELECT 1 AS n',
      "TABLE_ALREADY_EXISTS: line 1:1: Destination table 'awsdatacatalog.db.sales' already exists",
    ],
    ['CREATE TABLE t AS SELECT 1', 'MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1'],
    [
      'CREATE TABLE t AS SELECT 1 AS n, 2 AS N',
      "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'n' specified more than once",
    ],
    ['CREATE TABLE nodb.t AS SELECT 1 AS n', 'Database nodb not found. Please check your query'],
    ["CREATE TABLE t AS SELECT TIME '01:02:03' AS c", 'NOT_SUPPORTED: Unsupported Hive type: time(0)'],
    [
      "CREATE TABLE t AS SELECT TIMESTAMP '2026-01-01 00:00:00 UTC' AS c",
      'NOT_SUPPORTED: Unsupported Hive type: timestamp(0) with time zone',
    ],
    ["CREATE TABLE t AS SELECT CAST('x' AS integer) AS n", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"],
  ] as const) {
    const text = await a.failure(sql)
    assert.match(text, cleaning)
    assert.equal(text.replace(cleaning, ''), reason)
  }
  const inserting =
    /\. If a data manifest file was generated at 's3:\/\/results\/[0-9a-f-]{36}-manifest\.csv', you may need to manually clean the data from locations specified in the manifest\. Athena will not delete data in your account\.$/
  for (const [sql, reason] of [
    ['INSERT INTO nosuch VALUES 1', 'Table nosuch not found in database db'],
    [
      "INSERT INTO sales VALUES ('a')",
      'TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [varchar, integer, double], Query: [varchar(1)]',
    ],
  ] as const) {
    const text = await a.failure(sql)
    assert.match(text, inserting)
    assert.equal(text.replace(inserting, ''), reason)
  }
  await assert.rejects(a.start('CREATE OR REPLACE TABLE t AS SELECT 1 AS n'), {
    message: "line 1:19: mismatched input 'TABLE'. Expecting: 'MATERIALIZED', 'MULTI', 'PROTECTED', 'VIEW'",
  })
})

test('what an INSERT assigns: anything of a common type whose values fit', async () => {
  await a.succeed(
    "CREATE EXTERNAL TABLE stored (code varchar(4), fixed char(3), n int, d decimal(4,1), f float, tags array<varchar(2)>) STORED AS PARQUET LOCATION 's3://data/stored/'",
  )
  await a.succeed("INSERT INTO stored VALUES ('abc', 'x', BIGINT '7', 1.25e0, DECIMAL '2.5', NULL)")
  await a.succeed("INSERT INTO stored (code, fixed) SELECT CAST(concat('abcd', '  ') AS varchar), 'xyz   '")
  await a.succeed('INSERT INTO stored (code) SELECT CAST(NULL AS varchar)')
  assert.deepEqual(await a.rows('SELECT code, fixed, n, d, f, tags FROM stored WHERE code IS NOT NULL ORDER BY code'), [
    ['abc', 'x  ', '7', '1.3', '2.5', null],
    ['abcd', 'xyz', null, null, null, null],
  ])
  for (const [sql, reason] of [
    [
      "INSERT INTO stored (code) SELECT c FROM (VALUES 'abcd', 'abcde') t(c)",
      'INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from varchar(5) to varchar(4) on INSERT',
    ],
    [
      "INSERT INTO stored (fixed) SELECT CAST('wxyz' AS varchar)",
      'INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from varchar to char(3) on INSERT',
    ],
    ["INSERT INTO stored (n) VALUES ('1')", 'TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: '],
    ['INSERT INTO stored (code) VALUES (1)', 'TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: '],
    [
      "INSERT INTO stored (tags) VALUES (ARRAY['abc'])",
      'TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: ',
    ],
  ] as const)
    assert.equal((await a.failure(sql)).slice(0, reason.length), reason)
})

test('a place that is taken, partitions out of order, and more than a hundred of them', async () => {
  assert.match(
    await a.failure("CREATE TABLE again WITH (external_location = 's3://data/sales/') AS SELECT 1 AS n"),
    /^HIVE_PATH_ALREADY_EXISTS: Target directory for table 'db\.again' already exists: s3:\/\/data\/sales\//,
  )
  assert.match(
    await a.failure("CREATE TABLE again WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b"),
    /^INVALID_TABLE_PROPERTY: /,
  )
  assert.match(
    await a.failure("CREATE TABLE again WITH (colour = 'red') AS SELECT 1 AS a"),
    /^INVALID_TABLE_PROPERTY: .*table property 'colour' does not exist/,
  )
  assert.match(
    await a.failure(
      "CREATE TABLE many WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS n, x AS p FROM UNNEST(sequence(1, 101)) AS t (x)",
    ),
    /^HIVE_TOO_MANY_OPEN_PARTITIONS: /,
  )
  await a.succeed(
    "CREATE TABLE many WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS n, x AS p FROM UNNEST(sequence(1, 100)) AS t (x)",
  )
  assert.equal((await partitions('many')).length, 100)
})

test('a failed or cancelled write leaves no object and no table', async () => {
  await a.failure(
    "CREATE TABLE broken WITH (external_location = 's3://data/broken/') AS SELECT 1 / (x - 5) AS n FROM UNNEST(sequence(1, 9)) AS t (x)",
  )
  assert.deepEqual(await keys('data', 'broken/'), [])
  await assert.rejects(table('broken'), { name: 'EntityNotFoundException' })
})

test('no data is a table without rows', async () => {
  await a.succeed('CREATE TABLE hollow AS SELECT region, year FROM sales WITH NO DATA')
  assert.deepEqual(await a.rows('SELECT count(*) FROM hollow'), [['0']])
})

test('INSERT takes doubles for floats', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE floats (f float, d double) STORED AS PARQUET LOCATION 's3://data/floats/'`)
  await a.succeed('INSERT INTO floats VALUES (1.5, 1.2345), (1e0 / 3, NULL)')
  assert.deepEqual(await a.rows('SELECT f, d FROM floats ORDER BY d'), [
    ['1.5', '1.2345'],
    ['0.33333334', null],
  ])
  assert.match(await a.failure("INSERT INTO floats VALUES ('1.5', 1.5)"), /^TYPE_MISMATCH/)
})

test('INSERT takes numbers for integers when they fit', async () => {
  await a.succeed("CREATE EXTERNAL TABLE whole (n int, s smallint) STORED AS PARQUET LOCATION 's3://data/whole/'")
  await a.succeed("INSERT INTO whole VALUES (DECIMAL '1', DECIMAL '20'), (DECIMAL '300', NULL)")
  assert.deepEqual(await a.rows('SELECT n, s FROM whole ORDER BY n'), [
    ['1', '20'],
    ['300', null],
  ])
  await a.succeed('INSERT INTO whole SELECT n, n FROM (SELECT CAST(7 AS bigint) AS n)')
  assert.deepEqual(await a.rows('SELECT n, s FROM whole WHERE n < 10 ORDER BY n'), [
    ['1', '20'],
    ['7', '7'],
  ])
  assert.match(await a.failure('INSERT INTO whole VALUES (3000000000, 1)'), /out of range|cannot cast/i)
  assert.match(await a.failure("INSERT INTO whole VALUES (1, DECIMAL '70000')"), /out of range|cannot cast/i)
})

test('UNLOAD writes files and no table, in the place it is told', async () => {
  const unloaded = await a.succeed(`UNLOAD (SELECT region, amount, year FROM sales WHERE year = 2024)
    TO 's3://data/unloaded/' WITH (format = 'JSON', compression = 'gzip', partitioned_by = ARRAY['year'])`)
  assert.equal(`${unloaded.StatementType} ${unloaded.SubstatementType}`, 'DML UNLOAD')
  const [file] = await keys('data', 'unloaded/year=2024/')
  const rows = gunzipSync((await a.read(`s3://data/${file}`)).body)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    rows.sort((x, y) => x.amount - y.amount),
    [
      { region: 'north', amount: 10.5 },
      { region: 'south', amount: 20.25 },
    ],
  )
  const manifest = (await a.read(unloaded.Statistics!.DataManifestLocation!)).body.toString().trim().split('\n')
  assert.deepEqual(manifest, [`s3://data/${file}`])
  const empty = await a.succeed("UNLOAD (SELECT 1 AS n WHERE false) TO 's3://data/hollow/' WITH (format = 'PARQUET')")
  assert.equal((await a.read(empty.Statistics!.DataManifestLocation!)).body.toString(), '')
  assert.deepEqual(await keys('data', 'hollow/'), [])
  assert.match(
    await a.failure("UNLOAD (SELECT 1 AS n) TO 's3://data/unloaded/' WITH (format = 'PARQUET')"),
    /^HIVE_PATH_ALREADY_EXISTS: /,
  )
  assert.match(await a.failure("UNLOAD (SELECT 1 AS n) TO 's3://data/other/'"), /^INVALID_/)
})

test('columns have in the files the names that they have in the table', async () => {
  for (const format of ['PARQUET', 'ORC', 'AVRO', 'JSON']) {
    await a.succeed(`CREATE TABLE folded_${format} WITH (format = '${format}')
      AS SELECT 1 AS "ÄB", 2 AS "Two Words", CAST(ROW(3) AS ROW("A b" int)) AS r`)
    assert.deepEqual(await a.rows(`SELECT "äb", "ÄB", "two words", r."a b" FROM folded_${format}`), [
      ['1', '1', '2', '3'],
    ])
  }
  const [parquet] = await a.rows('SELECT "$path" FROM folded_parquet')
  await a.succeed(
    `CREATE EXTERNAL TABLE spelled (\`Äb\` int) STORED AS PARQUET LOCATION '${parquet![0]!.replace(/[^/]*$/, '')}'`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM spelled'), [['1']])
})

test('what Trino makes no column or partition of is refused', async () => {
  const refused = async (columns: string, properties: string, reason: RegExp) =>
    assert.match(await a.failure(`CREATE TABLE refused ${properties} AS SELECT ${columns}`), reason)
  await refused('1 AS "a,b"', '', /NOT_SUPPORTED: Hive column names must not contain commas: 'a,b'/)
  await refused('1 AS " a"', '', /NOT_SUPPORTED: Hive column names must not start with a space: ' a'/)
  await refused('1 AS "a "', '', /NOT_SUPPORTED: Hive column names must not end with a space: 'a '/)
  const byP = "WITH (partitioned_by = ARRAY['p'])"
  await refused('1 AS a, ARRAY[1] AS p', byP, /NOT_SUPPORTED: Unsupported type \[array\(integer\)\] for partition: p/)
  await refused("1 AS a, X'00' AS p", byP, /NOT_SUPPORTED: Unsupported type \[varbinary\] for partition: p/)
})

// https://github.com/trinodb/trino/pull/18811
test('a text of no characters is a column that can be read', async () => {
  for (const format of ['PARQUET', 'ORC', 'AVRO', 'JSON', 'TEXTFILE', 'ION']) {
    const name = `empty_${format.toLowerCase()}`
    await a.succeed(`CREATE TABLE ${name} WITH (format = '${format}', external_location = 's3://data/${name}/')
      AS SELECT 1 AS id, '' AS note, ARRAY[''] AS notes`)
    const { Columns } = (await table(name)).StorageDescriptor!
    assert.deepEqual(
      Columns!.map(({ Type }) => Type),
      ['int', 'varchar(1)', 'array<varchar(1)>'],
    )
    assert.deepEqual(await a.rows(`SELECT id, note FROM ${name}`), [['1', '']])
  }
  await a.succeed(`CREATE TABLE empty_key WITH (external_location = 's3://data/empty_key/', partitioned_by = ARRAY['key'])
    AS SELECT 1 AS id, '' AS key`)
  assert.deepEqual(await a.rows('SELECT * FROM empty_key'), [['1', null]])
})

// What is written is spelled as Java reads it (Double.parseDouble, BigDecimal, LocalDate), and JSON as its grammar has it.
test('numbers and days that few have come back from text and JSON', async () => {
  const values = `nan() AS n, -infinity() AS i, CAST(infinity() AS real) AS r, CAST('-0.05' AS decimal(2,2)) AS c,
    DECIMAL '0.12345678901234567890123456789012345678' AS l, DATE '-0001-01-02' AS d,
    ARRAY[nan(), 1.5e0, NULL] AS a, CAST(ROW(DECIMAL '0.25', infinity()) AS ROW(x decimal(2,2), y double)) AS s`
  const files = new Map([
    [
      'TEXTFILE',
      'NaN\u0001-Infinity\u0001Infinity\u0001-0.05\u00010.12345678901234567890123456789012345678\u0001-0001-01-02\u0001NaN\u00021.5\u0002\\N\u00010.25\u0002Infinity\n',
    ],
    [
      'JSON',
      '{"n":"NaN","i":"-Infinity","r":"Infinity","c":-0.05,"l":"0.12345678901234567890123456789012345678","d":"-0001-01-02","a":["NaN",1.5,null],"s":{"x":0.25,"y":"Infinity"}}\n',
    ],
  ])
  for (const [format, text] of files) {
    const name = `rare_${format.toLowerCase()}`
    await a.succeed(`CREATE TABLE ${name} WITH (format = '${format}', write_compression = 'NONE',
      external_location = 's3://data/${name}/') AS SELECT ${values}`)
    const [key] = await keys('data', `${name}/`)
    assert.equal((await a.read(`s3://data/${key}`)).body.toString(), text)
    assert.deepEqual(await a.rows(`SELECT * FROM ${name}`), [
      [
        'NaN',
        '-Infinity',
        'Infinity',
        '-0.05',
        '0.12345678901234567890123456789012345678',
        '-0001-01-02',
        '[NaN, 1.5, null]',
        '{x=0.25, y=Infinity}',
      ],
    ])
  }
  await a.succeed(`CREATE TABLE rare_key WITH (external_location = 's3://data/rare_key/', partitioned_by = ARRAY['p', 'c'])
    AS SELECT 1 AS id, p, DECIMAL '0.50' AS c FROM (VALUES nan(), -infinity()) AS t (p)`)
  assert.deepEqual((await partitions('rare_key')).map(({ Values }) => Values).toSorted(), [
    ['-Infinity', '0.50'],
    ['NaN', '0.50'],
  ])
  assert.deepEqual(await a.rows('SELECT p, c FROM rare_key ORDER BY p'), [
    ['-Infinity', '0.50'],
    ['NaN', '0.50'],
  ])
})

test('a partition whose value no folder is named by', async () => {
  const long = (sign: string, count: number) =>
    `CREATE TABLE long_key WITH (external_location = 's3://data/long_key/', partitioned_by = ARRAY['key'])
     AS SELECT 1 AS id, array_join(repeat('${sign}', ${count}), '') AS key`
  for (const statement of [long('k', 400), long('\u65e5', 30)])
    assert.match(
      await a.failure(statement),
      /^NOT_SUPPORTED: A value is too long for the name of its partition's folder/,
    )
  assert.deepEqual(await keys('data', 'long_key/'), [])
  await a.succeed(long('\u65e5', 25))
  assert.deepEqual(await a.rows('SELECT length(key) FROM long_key'), [['25']])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))

test('INSERT writes into a partition where that partition lies', async () => {
  await a.succeed(
    `CREATE EXTERNAL TABLE scattered (n int) PARTITIONED BY (p string) STORED AS PARQUET LOCATION 's3://data/scattered/'`,
  )
  await a.succeed(`ALTER TABLE scattered ADD PARTITION (p = 'old') LOCATION 's3://data/elsewhere'`)
  await a.succeed(`INSERT INTO scattered VALUES (1, 'old'), (2, 'new')`)
  assert.deepEqual(await a.rows(`SELECT n, p, regexp_extract("$path", '^s3://data/.*/') FROM scattered ORDER BY n`), [
    ['1', 'old', 's3://data/elsewhere/'],
    ['2', 'new', 's3://data/scattered/p=new/'],
  ])
})

test('INSERT writes where a projected table is read', async () => {
  const tables: Record<string, [keys: string, properties: string, row: string, folder: string]> = {
    placed: [
      'day string, kind string',
      `'projection.day.type' = 'date', 'projection.day.format' = 'yyyy/MM/dd', 'projection.day.range' = '2024/01/01,2024/12/31',
       'projection.kind.type' = 'enum', 'projection.kind.values' = 'a b,c',
       'storage.location.template' = 's3://data/placed/\${day}/of/\${kind}/'`,
      "'2024/02/29', 'a b'",
      '2024/02/29/of/a b/',
    ],
    dated: [
      'day date',
      `'projection.day.type' = 'date', 'projection.day.format' = 'yyyy/MM/dd', 'projection.day.range' = '2024/01/01,2024/12/31',
       'storage.location.template' = 's3://data/dated/\${day}/'`,
      "DATE '2024-02-29'",
      '2024/02/29/',
    ],
    counted: [
      'n int',
      "'projection.n.type' = 'integer', 'projection.n.range' = '1,12', 'projection.n.digits' = '2'",
      '3',
      'n=03/',
    ],
  }
  for (const [name, [keys, properties, row, folder]] of Object.entries(tables)) {
    await a.succeed(`CREATE EXTERNAL TABLE ${name} (x int) PARTITIONED BY (${keys}) STORED AS PARQUET
      LOCATION 's3://data/${name}/' TBLPROPERTIES ('projection.enabled' = 'true', ${properties})`)
    await a.succeed(`INSERT INTO ${name} VALUES (7, ${row})`)
    const [[x, path]] = (await a.rows(`SELECT x, "$path" FROM ${name}`)) as [[string, string]]
    assert.deepEqual([x, path.slice(0, path.lastIndexOf('/') + 1)], ['7', `s3://data/${name}/${folder}`])
    const equal = keys
      .split(', ')
      .map((key) => key.split(' ')[0])
      .map((key, i) => `${key} = ${row.split(', ')[i]}`)
    assert.deepEqual(await a.rows(`SELECT x FROM ${name} WHERE ${equal.join(' AND ')}`), [['7']])
  }
})

test('fields are delimited by one character', async () => {
  // docs: athena ug, create-table-as and unload: "multicharacter field delimiters are not supported".
  const several = /^INVALID_TABLE_PROPERTY: field_delimiter must be a single character/
  assert.match(
    await a.failure("CREATE TABLE wide WITH (format = 'TEXTFILE', field_delimiter = ',,') AS SELECT 1 AS n"),
    several,
  )
  assert.match(
    await a.failure("UNLOAD (SELECT 1 AS n) TO 's3://data/wide/' WITH (format = 'TEXTFILE', field_delimiter = '||')"),
    several,
  )
})
