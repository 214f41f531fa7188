/** Bad input: each a clear error in AWS's shape, a living server, and nothing read that was not the caller's. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { GetWorkGroupCommand, ListTableMetadataCommand } from '@aws-sdk/client-athena'
import { CreateTableCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
/** A file of the host's that no query may ever see. */
let secret: string
before(async () => {
  a = await athenaLake()
  secret = join(a.lake.dataDirectory, 'secret.csv')
  writeFileSync(secret, 'top,secret\n')
  await a.succeed("CREATE TABLE t AS SELECT 1 AS n, 'x' AS s")
})
after(() => a.close())
const alive = async () => assert.deepEqual(await a.rows('SELECT n FROM t'), [['1']])

/** Why a statement did not run: refused at once, or failed. */
async function refusal(sql: string): Promise<string> {
  let id: string
  try {
    id = await a.start(sql)
  } catch (error) {
    assert.equal((error as Error).name, 'InvalidRequestException', String(error))
    return (error as Error).message
  }
  const { Status } = await a.ended(id)
  assert.equal(Status!.State, 'FAILED', `${sql.slice(0, 200)} ended as ${Status!.State}`)
  assert.ok(Status!.AthenaError!.ErrorMessage)
  return Status!.StateChangeReason!
}

test('no way leads to the files of the host', async () => {
  const ways = [
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM read_csv_auto('${secret}')`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM read_blob('/etc/passwd')`,
    `SELECT * FROM read_json('${secret}')`,
    `SELECT * FROM read_parquet('${secret}')`,
    `SELECT * FROM parquet_scan('${secret}')`,
    `SELECT * FROM glob('/etc/*')`,
    `SELECT * FROM sniff_csv('${secret}')`,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM "${secret}"`,
    `SELECT * FROM "/etc/passwd"`,
    `SELECT * FROM TABLE(read_text('${secret}'))`,
    `SELECT read_text('${secret}')`,
    `SELECT content FROM t, LATERAL (SELECT * FROM read_text('${secret}'))`,
    `SELECT getenv('HOME')`,
    `SELECT current_setting('data_directory')`,
    `SELECT * FROM duckdb_settings()`,
    `SELECT * FROM duckdb_secrets()`,
    `SELECT * FROM pragma_version()`,
    `SELECT * FROM query('SELECT 1')`,
    `SELECT * FROM query_table('t')`,
    `SELECT * FROM pg_catalog.pg_class`,
    `SELECT * FROM sqlite_master`,
    `SELECT * FROM duckdb_tables`,
    `SELECT * FROM memory.main.t`,
    `SELECT * FROM r0`,
    `CREATE TABLE stolen AS SELECT * FROM read_text('${secret}')`,
    `INSERT INTO t SELECT 1, content FROM read_text('${secret}')`,
    `CREATE VIEW stolen AS SELECT * FROM read_text('${secret}')`,
    `UNLOAD (SELECT * FROM read_text('${secret}')) TO 's3://data/stolen/' WITH (format = 'JSON')`,
    `EXPLAIN ANALYZE SELECT * FROM read_text('${secret}')`,
    `COPY t TO '/tmp/out.csv'`,
    `COPY (SELECT 1) TO '/tmp/out.csv'`,
    `COPY t FROM '${secret}'`,
    `EXPORT DATABASE '/tmp/out'`,
    `IMPORT DATABASE '/tmp/out'`,
    `ATTACH '${secret}' AS d`,
    `DETACH memory`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `PRAGMA database_list`,
    `SET enable_external_access = true`,
    `CALL pragma_version()`,
    `CREATE SECRET (TYPE S3)`,
    `CREATE MACRO m() AS 1`,
    `FROM t`,
    `SELECT * FROM t; COPY t TO '/tmp/out.csv'`,
    `CHECKPOINT`,
    `VACUUM t`,
  ]
  for (const sql of ways) {
    const reason = await refusal(sql)
    assert.ok(!reason.includes('top,secret') && !/root:.*:0:0/.test(reason), reason)
    assert.ok(
      !/duckdb|Binder Error|Catalog Error|Parser Error/i.test(reason.replace(sql, '').replace(/'[^']*'/g, '')),
      `${sql}: ${reason}`,
    )
  }
  await alive()
})

test('a location that is no lake', async () => {
  for (const location of ['/etc/', 'file:///etc/', 's3://../../etc/', 's3:///etc/', 'hdfs://x/y', 's3://nobucket/x/']) {
    const made = await a.start(`CREATE EXTERNAL TABLE IF NOT EXISTS away (line string) LOCATION '${location}'`).then(
      (id) => a.ended(id),
      (error: Error) => assert.equal(error.name, 'InvalidRequestException'),
    )
    if (made && made.Status!.State === 'SUCCEEDED') {
      const { Status, QueryExecutionId } = await a.run('SELECT * FROM away')
      if (Status!.State === 'SUCCEEDED')
        assert.deepEqual((await a.results(QueryExecutionId!)).ResultSet!.Rows!.length, 1)
      else assert.ok(Status!.StateChangeReason)
      await a.succeed('DROP TABLE away')
    }
  }
  await alive()
})

test('names and values with everything in them stay names and values', async () => {
  const odd = `a"b'c;--/*`
  const name = `"${odd.replaceAll('"', '""')}"`
  assert.deepEqual(await a.rows(`SELECT 1 AS ${name}, '${odd.replaceAll("'", "''")}' AS v`), [['1', odd]])
  await a.succeed(`CREATE TABLE odd AS SELECT '${odd.replaceAll("'", "''")}' AS "we ird"`)
  assert.deepEqual(
    await a.rows(`SELECT "we ird" FROM odd WHERE "we ird" = ?`, {
      ExecutionParameters: [`'${odd.replaceAll("'", "''")}'`],
    }),
    [[odd]],
  )
  await a.succeed(
    `CREATE TABLE split WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS n, '../../${odd.replaceAll("'", "''")}' AS p`,
  )
  assert.deepEqual(await a.rows('SELECT p FROM split'), [[`../../${odd}`]])
  await assert.rejects(a.start('SELECT ?', { ExecutionParameters: ['1) UNION (SELECT 2'] }), {
    name: 'InvalidRequestException',
  })
})

test('nested ten thousand deep', async () => {
  const deep = 10_000
  for (const sql of [
    `SELECT ${'('.repeat(deep)}1${')'.repeat(deep)}`,
    `SELECT ${'-'.repeat(0)}${'NOT '.repeat(deep)}true`,
    `SELECT ${'1 + '.repeat(deep)}1`,
    `SELECT ${'ARRAY['.repeat(deep)}1${']'.repeat(deep)}`,
    `SELECT ${'abs('.repeat(deep)}1${')'.repeat(deep)}`,
    `SELECT ${'CASE WHEN true THEN '.repeat(deep)}1${' END'.repeat(deep)}`,
    `${'SELECT * FROM ('.repeat(deep)}SELECT 1${')'.repeat(deep)}`,
    `SELECT 1 ${'UNION ALL SELECT 1 '.repeat(deep)}`,
    `SELECT ${'true AND '.repeat(deep)}true`,
    `SELECT CAST(NULL AS ${'array('.repeat(deep)}int${')'.repeat(deep)})`,
  ]) {
    const ended = await a.start(sql).then(
      (id) => a.ended(id),
      (error: Error) =>
        assert.equal(error.name, 'InvalidRequestException', `${sql.slice(0, 60)}: ${error.message.slice(0, 200)}`),
    )
    if (ended) assert.ok(['SUCCEEDED', 'FAILED'].includes(ended.Status!.State!), sql.slice(0, 60))
    if (ended && ended.Status!.State === 'FAILED')
      assert.doesNotMatch(
        ended.Status!.StateChangeReason!,
        /INTERNAL_ERROR/,
        `${sql.slice(0, 60)}: ${ended.Status!.StateChangeReason!.slice(0, 200)}`,
      )
  }
  await alive()
})

test('as long as may be, and longer', async () => {
  const list = Array.from({ length: 30_000 }, (_, i) => i).join(', ')
  assert.deepEqual(await a.rows(`SELECT count(*) FROM t WHERE n IN (${list})`), [['1']])
  await assert.rejects(a.start(`SELECT '${'x'.repeat(3_000_000)}'`), (error: Error) => {
    assert.equal(error.name, 'InvalidRequestException')
    assert.match(error.message, /262144/)
    assert.ok(error.message.length < 2000)
    return true
  })
  await alive()
})

test('rows of a wrong width, bytes that are no text, archives cut short', async () => {
  await a.put('ragged/a.csv', '1,one\n2\n3,three,more,and more\n,\n\n')
  await a.succeed(
    `CREATE EXTERNAL TABLE ragged (n int, s string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/ragged/'`,
  )
  assert.deepEqual(await a.rows('SELECT n, s FROM ragged WHERE n IS NOT NULL ORDER BY n'), [
    ['1', 'one'],
    ['2', null],
    ['3', 'three'],
  ])
  await a.put('bytes/a.csv', Buffer.from([0x61, 0xff, 0xfe, 0x2c, 0xc3, 0x28, 0x0a, 0x62, 0x2c, 0xc3, 0xa4, 0x0a]))
  await a.succeed(
    `CREATE EXTERNAL TABLE bytes (x string, y string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/bytes/'`,
  )
  const rows = await a.rows('SELECT x, y FROM bytes')
  assert.equal(rows.length, 2)
  assert.deepEqual(rows[1], ['b', 'ä'])
  assert.ok(rows[0]![0]!.startsWith('a'))
  const whole = gzipSync(Buffer.from('n\n'.repeat(100_000)))
  await a.put('cut/a.csv.gz', whole.subarray(0, whole.length / 2))
  await a.succeed(`CREATE EXTERNAL TABLE cut (s string) LOCATION 's3://data/cut/'`)
  assert.match(await a.failure('SELECT count(s) FROM cut'), /^HIVE_(CURSOR_ERROR|BAD_DATA|CANNOT_OPEN_SPLIT): /)
  await a.put('notgzip/a.csv.gz', 'this is no archive\n')
  await a.succeed(`CREATE EXTERNAL TABLE notgzip (s string) LOCATION 's3://data/notgzip/'`)
  assert.match(await a.failure('SELECT * FROM notgzip'), /^HIVE_(CURSOR_ERROR|BAD_DATA|CANNOT_OPEN_SPLIT): /)
  await alive()
})

test('Parquet that is cut, empty or changed inside', async () => {
  await a.succeed(`CREATE TABLE good WITH (format = 'PARQUET', external_location = 's3://data/good/') AS
    SELECT x AS n, cast(x AS varchar) AS s FROM UNNEST(sequence(1, 5000)) AS u (x)`)
  const [uri] = (await a.rows('SELECT DISTINCT "$path" FROM good'))[0]!
  const { body } = await a.read(uri!)
  const scrambled = Buffer.from(body)
  for (let i = 200; i < scrambled.length - 300; i += 7) scrambled[i] = scrambled[i]! ^ 0x5a
  const ill: Record<string, Buffer> = {
    cut: body.subarray(0, body.length / 2),
    short: body.subarray(0, 6),
    tail: Buffer.concat([body.subarray(0, body.length - 8), Buffer.from('ffffffff', 'hex'), Buffer.from('PAR1')]),
    scrambled,
  }
  for (const [name, bytes] of Object.entries(ill)) {
    await a.put(`ill-${name}/a.parquet`, bytes)
    await a.succeed(
      `CREATE EXTERNAL TABLE ill_${name} (n bigint, s string) STORED AS PARQUET LOCATION 's3://data/ill-${name}/'`,
    )
    const reason = await a.failure(`SELECT sum(n), max(s) FROM ill_${name}`)
    assert.match(reason, /^HIVE_(CURSOR_ERROR|BAD_DATA|CANNOT_OPEN_SPLIT): /, name)
    assert.ok(!reason.includes(a.lake.dataDirectory), reason)
  }
  await a.succeed(
    `CREATE EXTERNAL TABLE wrong_type (n array<int>, s string) STORED AS PARQUET LOCATION 's3://data/good/'`,
  )
  assert.match(await a.failure('SELECT n FROM wrong_type'), /^HIVE_BAD_DATA: /)
  await alive()
})

test('queries that want too much', async () => {
  const greedy = await a.run(
    "SELECT array_agg(rpad(cast(x AS varchar), 5000, 'x')) FROM UNNEST(sequence(1, 10000)) AS u (x) CROSS JOIN UNNEST(sequence(1, 20)) AS v (y)",
  )
  assert.equal(greedy.Status!.State, 'FAILED')
  assert.match(greedy.Status!.StateChangeReason!, /^EXCEEDED_MEMORY_LIMIT|^GENERIC_INTERNAL_ERROR/)
  await alive()
})

test('patterns of names that would never end', async () => {
  await a.glue.send(new CreateTableCommand({ DatabaseName: 'db', TableInput: { Name: `${'a'.repeat(200)}x` } }))
  assert.match(await refusal("SHOW TABLES '(a+)+b'"), /Invalid expression/)
  const listed = a.athena.send(
    new ListTableMetadataCommand({ CatalogName: 'AwsDataCatalog', DatabaseName: 'db', Expression: '(a+)+b' }),
  )
  await assert.rejects(listed, { name: 'InvalidRequestException' })
  await alive()
})

test('the server answered everything and logged no bug', async () => {
  assert.ok((await a.athena.send(new GetWorkGroupCommand({ WorkGroup: 'primary' }))).WorkGroup)
  assert.deepEqual(a.lake.log, [])
})
