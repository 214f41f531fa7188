/** Files of every format that has a reader, as the Athena guide describes their SerDes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

test('LazySimpleSerDe: delimiters, escapes, nulls, collections, headers and footers', async () => {
  await a.put(
    'lazy/a.txt',
    'id|name|tags|pairs|ok|day\n1|a\\|b|x;y|k=1;l=2|true|2024-02-29\n2|\\N||||\nx|short\n4|long|z|m=3|false|2024-01-01|extra|more\nend\n',
  )
  await a.succeed(`CREATE EXTERNAL TABLE lazy (id int, name string, tags array<string>, pairs map<string,int>, ok boolean, day date)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY '\\;' MAP KEYS TERMINATED BY '='
    LOCATION 's3://data/lazy/' TBLPROPERTIES ('skip.header.line.count'='1', 'skip.footer.line.count'='1')`)
  assert.deepEqual(
    await a.rows("SELECT id, name, tags[1], cardinality(tags), pairs['k'], ok, day FROM lazy WHERE id = 1"),
    [['1', 'a|b', 'x', '2', '1', 'true', '2024-02-29']],
  )
  assert.deepEqual(await a.rows('SELECT id, name, ok, day FROM lazy ORDER BY name NULLS FIRST'), [
    ['2', null, null, null],
    ['1', 'a|b', 'true', '2024-02-29'],
    ['4', 'long', 'false', '2024-01-01'],
    [null, 'short', null, null],
  ])
})

test('LazySimpleSerDe: control characters by default, numbers and timestamps', async () => {
  await a.put(
    'ctrl/a',
    '1\u00012.5\u0001-3\u00012024-01-02 03:04:05.678\u00011.10\n\u0001bad\u0001999\u0001nope\u0001x\n',
  )
  await a.succeed(
    `CREATE EXTERNAL TABLE ctrl (a bigint, b double, c tinyint, d timestamp, e decimal(4,2)) LOCATION 's3://data/ctrl/'`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM ctrl ORDER BY a'), [
    ['1', '2.5', '-3', '2024-01-02 03:04:05.678', '1.10'],
    [null, null, null, null, null],
  ])
})

test('OpenCSVSerDe: quotes, separators and escapes; every value is a text to begin with', async () => {
  await a.put('open/a.csv', `id;name;note\n1;'a;b';'say \\'hi\\''\n2;plain;''\n`)
  await a.succeed(`CREATE EXTERNAL TABLE opened (id int, name string, note string)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
    WITH SERDEPROPERTIES ('separatorChar' = '\\;', 'quoteChar' = "'", 'escapeChar' = '\\\\')
    LOCATION 's3://data/open/' TBLPROPERTIES ('skip.header.line.count'='1')`)
  assert.deepEqual(await a.rows('SELECT * FROM opened ORDER BY id'), [
    ['1', 'a;b', "say 'hi'"],
    ['2', 'plain', ''],
  ])
})

test('OpenCSVSerDe: dates are days, timestamps milliseconds since the epoch', async () => {
  // The guide: "DATE ... specified in UNIX numeric format, such as 1579059880000 for TIMESTAMP, and days for DATE".
  await a.put('unix/a.csv', '"19782","1579059880000","true"\n')
  await a.succeed(`CREATE EXTERNAL TABLE unix (d date, t timestamp, b boolean)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/unix/'`)
  assert.deepEqual(await a.rows('SELECT * FROM unix'), [['2024-02-29', '2020-01-15 03:44:40.000', 'true']])
})

test('OpenCSVSerDe: a number that is none fails with its text and place', async () => {
  await a.put('bad/a.csv', '"1","x"\n')
  await a.succeed(
    `CREATE EXTERNAL TABLE bad (a int, b int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/bad/'`,
  )
  assert.match(
    await a.failure('SELECT * FROM bad'),
    /^HIVE_BAD_DATA: Error parsing field value 'x' for field 1: For input string: "x"/,
  )
  assert.deepEqual(await a.rows('SELECT a FROM bad'), [['1']])
})

const JSON_LINES = [
  {
    id: 1,
    Name: 'One',
    nested: { a: 1.5, list: [{ k: 'x' }, { k: 'y' }] },
    props: { p: 1 },
    when: '2024-02-29 01:02:03',
  },
  { id: 2, name: 'Two', nested: null, extra: true },
  { id: null, name: 'Three' },
]

test('the JSON SerDes of Hive and OpenX', async () => {
  await a.put('json/a.json', `${JSON_LINES.map((line) => JSON.stringify(line)).join('\n')}\n`)
  for (const [name, serde] of [
    ['hive_json', 'org.apache.hive.hcatalog.data.JsonSerDe'],
    ['openx_json', 'org.openx.data.jsonserde.JsonSerDe'],
  ]) {
    await a.succeed(`CREATE EXTERNAL TABLE ${name} (id int, name string, nested struct<a:double,list:array<struct<k:string>>>,
      props map<string,int>, \`when\` timestamp) ROW FORMAT SERDE '${serde}' LOCATION 's3://data/json/'`)
    assert.deepEqual(
      await a.rows(`SELECT id, name, nested.a, nested.list[2].k, props['p'], "when" FROM ${name} WHERE id = 1`),
      [['1', 'One', '1.5', 'y', '1', '2024-02-29 01:02:03.000']],
    )
    assert.deepEqual(await a.rows(`SELECT id, name, nested.a FROM ${name} ORDER BY name`), [
      ['1', 'One', '1.5'],
      [null, 'Three', null],
      ['2', 'Two', null],
    ])
  }
})

const OPENX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"

/** https://github.com/rcongiu/Hive-JSON-Serde, which Athena's guide refers to; its reading of numbers is Trino's too. */
test("OpenX's moments are texts with or without an offset, seconds or milliseconds; a scalar is an array of one", async () => {
  const moments = [
    ['1704448800123', '2024-01-05 10:00:00.123'],
    ['"1704448800123"', '2024-01-05 10:00:00.123'],
    ['1704448800', '2024-01-05 10:00:00.000'],
    ['1704448800.5', '2024-01-05 10:00:00.500'],
    ['-1704448800123', '1915-12-28 13:59:59.877'],
    ['"2024-01-05T10:00:00+02:00"', '2024-01-05 08:00:00.000'],
    ['"2024-01-05T10:00:00-0230"', '2024-01-05 12:30:00.000'],
    ['"2024-01-05T10:00:00.123Z"', '2024-01-05 10:00:00.123'],
    ['"2024-01-05 10:00:00"', '2024-01-05 10:00:00.000'],
    ['"next week"', null],
  ] as const
  await a.put('moments/a.json', moments.map(([json], i) => `{"n": ${i}, "at": ${json}}\n`).join(''))
  await a.succeed(`CREATE EXTERNAL TABLE moments (n int, at timestamp) ${OPENX} LOCATION 's3://data/moments/'`)
  assert.deepEqual(
    await a.rows('SELECT at FROM moments ORDER BY n'),
    moments.map(([, text]) => [text]),
  )
  await a.put(
    'promoted/a.json',
    '{"n":1,"t":"x"}\n{"n":2,"t":["x","y"]}\n{"n":3,"t":""}\n{"n":4,"t":null}\n{"n":5,"t":7}\n',
  )
  await a.succeed(`CREATE EXTERNAL TABLE promoted (n int, t array<string>) ${OPENX} LOCATION 's3://data/promoted/'`)
  assert.deepEqual(await a.rows('SELECT t FROM promoted ORDER BY n'), [['[x]'], ['[x, y]'], [null], [null], ['[7]']])
})

test('moments by the patterns of timestamp.formats', async () => {
  // The patterns are those of Athena's guide (hive-json-serde), and one with names.
  const formats = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss,EEE dd MMM yyyy hh:mm a,dd/MM/yyyy HH:mm:ssX"
  const texts = [
    ['2024-01-05T10:00:00.123Z', '2024-01-05 10:00:00.123'],
    ['2024-01-05T10:00:00', '2024-01-05 10:00:00.000'],
    ['Fri 05 Jan 2024 03:04 PM', '2024-01-05 15:04:00.000'],
    ['05/01/2024 10:00:00+0200', '2024-01-05 08:00:00.000'],
    ['05/01/2024 10:00:00Z', '2024-01-05 10:00:00.000'],
    ['2024-01-05 10:00:00.5', '2024-01-05 10:00:00.500'],
    ['5/1/2024 10:00:00Z', null],
    ['33/01/2024 10:00:00Z', null],
  ] as const
  await a.put('patterns/a.json', texts.map(([at], n) => `${JSON.stringify({ n, at, in: [{ at }] })}\n`).join(''))
  await a.put('patterned/a.csv', texts.map(([at], n) => `${n},${at}\n`).join(''))
  const properties = `WITH SERDEPROPERTIES ("timestamp.formats" = "${formats}", 'field.delim' = ',')`
  await a.succeed(`CREATE EXTERNAL TABLE patterns (n int, at timestamp, \`in\` array<struct<at: timestamp>>)
    ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' ${properties} LOCATION 's3://data/patterns/'`)
  await a.succeed(`CREATE EXTERNAL TABLE patterned (n int, at timestamp)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' ${properties} LOCATION 's3://data/patterned/'`)
  const wanted = texts.map(([, text]) => [text])
  assert.deepEqual(await a.rows('SELECT at FROM patterns ORDER BY n'), wanted)
  assert.deepEqual(await a.rows('SELECT "in"[1].at FROM patterns ORDER BY n'), wanted)
  assert.deepEqual(await a.rows('SELECT at FROM patterned ORDER BY n'), wanted)
  await a.succeed(`CREATE EXTERNAL TABLE unheard (at timestamp) ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
    WITH SERDEPROPERTIES ('timestamp.formats' = 'QQQ yyyy') LOCATION 's3://data/patterns/'`)
  assert.match(
    await a.failure('SELECT at FROM unheard'),
    /^NOT_SUPPORTED: timestamp.formats has a pattern .*: QQQ yyyy/,
  )
})

test('a malformed line of JSON fails, or is nothing where it may be ignored', async () => {
  await a.put('broken-json/a.json', '{"a": 1}\nnot json\n{"a": 2}\n')
  const table = (name: string, more = '') =>
    a.succeed(
      `CREATE EXTERNAL TABLE ${name} (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' ${more} LOCATION 's3://data/broken-json/'`,
    )
  await table('strict_json')
  assert.match(await a.failure('SELECT * FROM strict_json'), /^HIVE_CURSOR_ERROR: /)
  await table('lenient_json', "WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')")
  assert.deepEqual(await a.rows('SELECT a FROM lenient_json ORDER BY a'), [['1'], ['2'], [null]])
})

test('keys of JSON that are called otherwise', async () => {
  await a.put('mapped/a.json', '{"a.b": 1, "Class": "x", "ts": 5}\n')
  await a.succeed(`CREATE EXTERNAL TABLE mapped (a_b int, klass string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    WITH SERDEPROPERTIES ('dots.in.keys' = 'true', 'mapping.klass' = 'class') LOCATION 's3://data/mapped/'`)
  assert.deepEqual(await a.rows('SELECT * FROM mapped'), [['1', 'x']])
})

// The guide's own examples: athena ug, openx-json-serde ("case.insensitive", "dots.in.keys").
test('OpenX: properties are told in capitals too, and rows that would not be found again are not written', async () => {
  await a.put('told/a.json', '{"URL": "first", "Url": "second", "a.b": 7}\nno json\n')
  await a.succeed(`CREATE EXTERNAL TABLE told (url1 string, url2 string, a_b int)
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    WITH SERDEPROPERTIES ('case.insensitive' = 'FALSE', 'mapping.url1' = 'URL', 'mapping.url2' = 'Url',
      'dots.in.keys' = 'TRUE', 'ignore.malformed.json' = 'TRUE') LOCATION 's3://data/told/'`)
  assert.deepEqual(await a.rows('SELECT * FROM told ORDER BY 1'), [
    ['first', 'second', '7'],
    [null, null, null],
  ])
  assert.match(
    await a.failure("INSERT INTO told VALUES ('x', 'y', 1)"),
    /^NOT_SUPPORTED: .*reads url1 from another key is not supported: mapping\.url1 = URL/,
  )
})

test('compressed texts are read by their names', async () => {
  await a.put('packed/a.csv.gz', gzipSync('1,gzip\n'))
  await a.put('packed/b.csv.zst', zstdCompressSync(Buffer.from('2,zstd\n')))
  await a.put('packed/c.csv', '3,none\n')
  await a.succeed(
    `CREATE EXTERNAL TABLE packed (n int, s string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/packed/'`,
  )
  assert.deepEqual(await a.rows('SELECT * FROM packed ORDER BY n'), [
    ['1', 'gzip'],
    ['2', 'zstd'],
    ['3', 'none'],
  ])
})

test('lines by a regular expression', async () => {
  await a.put(
    'regex/access.log',
    '10.0.0.1 - [29/Feb/2024] "GET /a" 200\nunfit\n10.0.0.2 - [01/Mar/2024] "PUT /b" 404\n',
  )
  await a.succeed(`CREATE EXTERNAL TABLE access (ip string, day string, verb string, status int)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
    WITH SERDEPROPERTIES ('input.regex' = '^(\\\\S+) - \\\\[([^\\\\]]+)\\\\] "(\\\\w+) [^"]*" (\\\\d+)$') LOCATION 's3://data/regex/'`)
  assert.deepEqual(await a.rows('SELECT * FROM access ORDER BY ip NULLS LAST'), [
    ['10.0.0.1', '29/Feb/2024', 'GET', '200'],
    ['10.0.0.2', '01/Mar/2024', 'PUT', '404'],
    [null, null, null, null],
  ])
})

test("CloudTrail's logs", async () => {
  const record = (eventName: string, more = {}) => ({
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', principalId: 'AID', arn: 'arn:aws:iam::123456789012:user/a' },
    eventTime: '2024-01-15T00:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '10.0.0.1',
    requestParameters: { bucketName: 'b' },
    responseElements: null,
    ...more,
  })
  const file = { Records: [record('GetObject'), record('PutObject', { requestParameters: null }), record('GetObject')] }
  await a.put('AWSLogs/2024/x.json.gz', gzipSync(JSON.stringify(file)))
  await a.succeed(`CREATE EXTERNAL TABLE trail (eventVersion STRING, userIdentity STRUCT<type:STRING, principalId:STRING, arn:STRING>,
      eventTime STRING, eventName STRING, requestParameters STRING, responseElements STRING)
    ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'
    STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' LOCATION 's3://data/AWSLogs/'`)
  assert.deepEqual(await a.rows('SELECT eventName, count(*) FROM trail GROUP BY eventName ORDER BY 2 DESC'), [
    ['GetObject', '2'],
    ['PutObject', '1'],
  ])
  assert.deepEqual(
    await a.rows(
      `SELECT userIdentity.arn, json_extract_scalar(requestParameters, '$.bucketName'), responseElements FROM trail WHERE eventName = 'GetObject' LIMIT 1`,
    ),
    [['arn:aws:iam::123456789012:user/a', 'b', null]],
  )
})

test('Parquet: columns by name, whatever their order; only what is asked for is read', async () => {
  await a.succeed(`CREATE TABLE made WITH (format = 'PARQUET', external_location = 's3://data/made/') AS
    SELECT x AS id, cast(x AS varchar) AS name, rpad('', 100, chr(97 + cast(x % 26 AS integer))) AS filler FROM UNNEST(sequence(1, 9000)) AS t (x)`)
  await a.succeed(
    `CREATE EXTERNAL TABLE reordered (filler string, missing int, ID bigint) STORED AS PARQUET LOCATION 's3://data/made/'`,
  )
  assert.deepEqual(await a.rows('SELECT id, missing, length(filler) FROM reordered WHERE id = 77'), [
    ['77', null, '100'],
  ])
  const bytes = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!
  const [one, all] = [
    await bytes('SELECT sum(id) FROM made'),
    await bytes('SELECT max(id), max(name), max(filler) FROM made'),
  ]
  assert.ok(one > 0 && one < all, `${one} of ${all}`)
})

test('a file that is not what the table says', async () => {
  await a.put('fake/a.parquet', 'PAR1 this is no parquet file PAR1')
  await a.succeed(`CREATE EXTERNAL TABLE fake (n int) STORED AS PARQUET LOCATION 's3://data/fake/'`)
  assert.match(
    await a.failure('SELECT * FROM fake'),
    /^HIVE_(CANNOT_OPEN_SPLIT|BAD_DATA|CURSOR_ERROR): .*s3:\/\/data\/fake\/a\.parquet/s,
  )
})

test('a serde that nobody reads', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE odd (n int) ROW FORMAT SERDE 'com.example.Nothing' LOCATION 's3://data/odd/'`)
  assert.match(await a.failure('SELECT * FROM odd'), /^HIVE_UNSUPPORTED_FORMAT: .*com\.example\.Nothing/)
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
