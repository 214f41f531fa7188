/** Results through the API and as files. Names, sizes and bytes as recorded of engine version 3. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetQueryResultsCommand } from '@aws-sdk/client-athena'
import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const invalid = (promise: Promise<unknown>, message: string, code = 'INVALID_INPUT') =>
  assert.rejects(promise, (error: Error & { AthenaErrorCode?: string }) => {
    assert.deepEqual([error.name, error.message, error.AthenaErrorCode], ['InvalidRequestException', message, code])
    return true
  })
const exists = (uri: string) => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!
  return a.s3.send(new HeadObjectCommand({ Bucket, Key })).then(
    () => true,
    () => false,
  )
}
const page = (QueryExecutionId: string, more: { MaxResults?: number; NextToken?: string } = {}) =>
  a.athena.send(new GetQueryResultsCommand({ QueryExecutionId, ...more }))

/** Field 1 of a `.metadata` file. */
const idIn = (metadata: Buffer): string => metadata.toString('latin1', 2, 2 + metadata[1]!)
const ENGINE_ID = /^\d{8}_\d{6}_\d{5}_[a-z0-9]{5}$/

test('every type has its name, precision, scale and text', async () => {
  const { QueryExecutionId } = await a.succeed(`SELECT
    TINYINT '1' AS a, SMALLINT '2' AS b, 3 AS c, BIGINT '4' AS d, DOUBLE '5.5' AS e, REAL '6.25' AS f,
    DECIMAL '12.340' AS g, 'text' AS h, CAST('x' AS varchar) AS i, CAST('ab' AS char(4)) AS j, X'0102FF' AS k,
    TIMESTAMP '2026-09-17 12:34:56.789' AS l, TIMESTAMP '2026-09-17 12:34:56.789 UTC' AS m, TIME '12:34:56.789' AS n,
    DATE '2024-02-29' AS o, true AS p, INTERVAL '1' DAY AS q, INTERVAL '1' YEAR AS r, ARRAY[1, 2] AS s,
    MAP(ARRAY['k'], ARRAY[1]) AS t, CAST(ROW(1, 'y') AS ROW(u integer, v varchar)) AS w, JSON '{"a":1}' AS z,
    CAST(NULL AS integer) AS nothing, '' AS empty, 'say "hi", ok' AS quoted`)
  const { ResultSet, UpdateCount } = await a.results(QueryExecutionId!)
  assert.equal(UpdateCount, 0)
  const facts = ResultSet!.ResultSetMetadata!.ColumnInfo!.map((c) => [
    c.Name,
    c.Type,
    c.Precision,
    c.Scale,
    c.CaseSensitive,
  ])
  assert.deepEqual(facts, [
    ['a', 'tinyint', 3, 0, false],
    ['b', 'smallint', 5, 0, false],
    ['c', 'integer', 10, 0, false],
    ['d', 'bigint', 19, 0, false],
    ['e', 'double', 17, 0, false],
    ['f', 'float', 17, 0, false],
    ['g', 'decimal', 5, 3, false],
    ['h', 'varchar', 4, 0, true],
    ['i', 'varchar', 2_147_483_647, 0, true],
    ['j', 'char', 4, 0, true],
    ['k', 'varbinary', 1_073_741_824, 0, false],
    ['l', 'timestamp', 3, 0, false],
    ['m', 'timestamp with time zone', 3, 0, false],
    ['n', 'time', 3, 0, false],
    ['o', 'date', 0, 0, false],
    ['p', 'boolean', 0, 0, false],
    ['q', 'interval day to second', 0, 0, false],
    ['r', 'interval year to month', 0, 0, false],
    ['s', 'array', 0, 0, false],
    ['t', 'map', 0, 0, false],
    ['w', 'row', 0, 0, false],
    ['z', 'json', 0, 0, false],
    ['nothing', 'integer', 10, 0, false],
    ['empty', 'varchar', 0, 0, true],
    ['quoted', 'varchar', 12, 0, true],
  ])
  for (const column of ResultSet!.ResultSetMetadata!.ColumnInfo!) {
    assert.deepEqual(
      [column.CatalogName, column.SchemaName, column.TableName, column.Label, column.Nullable],
      ['hive', '', '', column.Name, 'UNKNOWN'],
    )
  }
  const values = ResultSet!.Rows![1]!.Data!.map((datum) => datum.VarCharValue)
  assert.deepEqual(values, [
    '1',
    '2',
    '3',
    '4',
    '5.5',
    '6.25',
    '12.340',
    'text',
    'x',
    'ab  ',
    '01 02 ff',
    '2026-09-17 12:34:56.789',
    '2026-09-17 12:34:56.789 UTC',
    '12:34:56.789',
    '2024-02-29',
    'true',
    '1 00:00:00.000',
    '1-0',
    '[1, 2]',
    '{k=1}',
    '{u=1, v=y}',
    '{"a":1}',
    undefined,
    '',
    'say "hi", ok',
  ])
  const { body } = await a.read(`s3://results/${QueryExecutionId}.csv`)
  assert.ok(body.toString().endsWith(`,"{""a"":1}",,"","say ""hi"", ok"\n`), body.toString())
})

test('the metadata of a SELECT', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT n FROM (VALUES 1, 2) AS t (n)')
  const { body, contentType } = await a.read(`s3://results/${id}.csv.metadata`)
  assert.equal(contentType, 'application/octet-stream')
  assert.match(idIn(body), ENGINE_ID)
  const column = '0a0468697665' + '22016e' + '2a016e' + '3207696e7465676572' + '380a' + '4000' + '4803' + '5000'
  assert.equal(body.subarray(29).toString('hex'), `22${(column.length / 2).toString(16)}${column}`)
})

test('a SELECT of literals never was at the engine', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT 1 AS n')
  const result = await a.read(`s3://results/${id}.csv`)
  assert.equal(result.body.toString(), '"n"\n"1"\n')
  assert.equal(result.contentType, 'binary/octet-stream')
  const metadata = await a.read(`s3://results/${id}.csv.metadata`)
  assert.equal(metadata.body.length, 73)
  assert.equal(metadata.contentType, 'binary/octet-stream')
  assert.equal(idIn(metadata.body), id)
  const computed = await a.succeed('SELECT 1 + 1 AS n')
  assert.equal((await a.read(`s3://results/${computed.QueryExecutionId}.csv`)).contentType, 'application/octet-stream')
})

test('no rows are a header alone', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT 1 AS i WHERE false')
  assert.equal((await a.read(`s3://results/${id}.csv`)).body.toString(), '"i"\n')
  assert.equal((await a.read(`s3://results/${id}.csv.metadata`)).body.length, 60)
  assert.deepEqual((await a.results(id!)).ResultSet!.Rows, [{ Data: [{ VarCharValue: 'i' }] }])
})

test('what writes rows leaves a count, a manifest and no body', async () => {
  const created = await a.succeed('CREATE TABLE written AS SELECT 1 AS n')
  const uri = created.ResultConfiguration!.OutputLocation!
  assert.equal(uri, `s3://results/tables/${created.QueryExecutionId}`)
  assert.equal(await exists(uri), false)
  assert.equal((await a.read(`${uri}.metadata`)).body.length, 81)
  assert.equal(created.Statistics!.DataManifestLocation, `${uri}-manifest.csv`)
  const [file] = (await a.read(`${uri}-manifest.csv`)).body.toString().trim().split('\n')
  assert.ok(file!.startsWith(`${uri}/`), file)
  assert.ok(await exists(file!))
  const { UpdateCount, ResultSet } = await a.results(created.QueryExecutionId!)
  assert.equal(UpdateCount, 1)
  assert.deepEqual(ResultSet!.Rows, [])
  assert.deepEqual(
    ResultSet!.ResultSetMetadata!.ColumnInfo!.map((c) => [c.Name, c.Type, c.Precision]),
    [['rows', 'bigint', 19]],
  )

  const manifest = { QueryExecutionId: created.QueryExecutionId, QueryResultType: 'DATA_MANIFEST' as const }
  const listed = await a.athena.send(new GetQueryResultsCommand(manifest))
  assert.deepEqual(listed.ResultSet!.Rows, [{ Data: [{ VarCharValue: file }] }])
  const { QueryExecutionId } = await a.succeed('SELECT * FROM written')
  await invalid(
    a.athena.send(new GetQueryResultsCommand({ ...manifest, QueryExecutionId })),
    'A query of type SELECT generates no manifest file',
  )

  const inserted = await a.succeed('INSERT INTO written VALUES 2')
  assert.equal(inserted.ResultConfiguration!.OutputLocation, `s3://results/${inserted.QueryExecutionId}`)
  const metadata = (await a.read(`s3://results/${inserted.QueryExecutionId}.metadata`)).body
  assert.equal(metadata.length, 75)
  assert.match(idIn(metadata), ENGINE_ID)
  assert.equal(metadata.subarray(29, 39).toString('hex'), '1206494e534552541801')
  assert.ok(await exists(`s3://results/${inserted.QueryExecutionId}-manifest.csv`))

  const hollow = await a.succeed('CREATE TABLE hollow AS SELECT 1 AS n WHERE false')
  assert.equal((await a.read(hollow.Statistics!.DataManifestLocation!)).body.toString(), '')
  const nothing = await a.succeed('INSERT INTO written SELECT 3 WHERE false')
  const empty = (await a.read(`s3://results/${nothing.QueryExecutionId}.metadata`)).body
  assert.equal(empty.subarray(37, 39).toString('hex'), '1800')
  assert.equal(await exists(`s3://results/${nothing.QueryExecutionId}-manifest.csv`), false)
  assert.equal((await a.results(nothing.QueryExecutionId!)).UpdateCount, 0)
})

test('DDL leaves an empty text', async () => {
  const { QueryExecutionId: id, ResultConfiguration } = await a.succeed('CREATE DATABASE made')
  assert.equal(ResultConfiguration!.OutputLocation, `s3://results/${id}.txt`)
  const { body, contentType } = await a.read(`s3://results/${id}.txt`)
  assert.deepEqual([body.length, contentType], [0, 'binary/octet-stream'])
  assert.equal(await exists(`s3://results/${id}.txt.metadata`), false)
  const { ResultSet, UpdateCount } = await a.results(id!)
  assert.deepEqual([ResultSet!.Rows, ResultSet!.ResultSetMetadata!.ColumnInfo, UpdateCount], [[], [], undefined])
})

test('new columns of a Hive table leave metadata that hold an id alone', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE grows (n int) LOCATION 's3://data/grows/'`)
  for (const change of ['ADD COLUMNS (m int)', 'REPLACE COLUMNS (n int, s string)']) {
    const { QueryExecutionId: id } = await a.succeed(`ALTER TABLE grows ${change}`)
    assert.equal((await a.read(`s3://results/${id}.txt`)).contentType, 'application/octet-stream')
    const { body } = await a.read(`s3://results/${id}.txt.metadata`)
    assert.deepEqual([body.length, idIn(body)], [38, id])
  }
})

test('a text is the lines of the result, without a header and an end', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE plain (n int) PARTITIONED BY (p string) LOCATION 's3://data/plain/'`)
  const cases = [
    ['SHOW COLUMNS IN plain', 41, 'binary/octet-stream', 0],
    ['DESCRIBE plain', 291, 'application/octet-stream', undefined],
    ['SHOW PARTITIONS plain', 0, 'binary/octet-stream', 0],
  ] as const
  for (const [sql, size, type, count] of cases) {
    const { QueryExecutionId: id } = await a.succeed(sql)
    const { body, contentType } = await a.read(`s3://results/${id}.txt`)
    assert.deepEqual([sql, body.length, contentType], [sql, size, type])
    const { ResultSet, UpdateCount } = await a.results(id!)
    assert.equal(ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue ?? '').join('\n'), body.toString())
    assert.equal(UpdateCount, count)
  }
  const { QueryExecutionId: id } = await a.succeed('DESCRIBE plain')
  const { body } = await a.read(`s3://results/${id}.txt.metadata`)
  assert.deepEqual([body.length, idIn(body)], [152, id])
})

test('a failed task leaves its reason, a failed query nothing', async () => {
  const task = await a.run('DROP TABLE no_such_table')
  const reason = 'FAILED: SemanticException [Error 10001]: Table not found db.no_such_table'
  assert.equal(task.Status!.StateChangeReason, reason)
  assert.equal((await a.read(`s3://results/${task.QueryExecutionId}.txt`)).body.toString(), reason)
  assert.deepEqual((await a.results(task.QueryExecutionId!)).ResultSet!.Rows ?? [], [])
  const query = await a.run('SELECT 1/0')
  assert.equal(query.Status!.StateChangeReason, 'DIVISION_BY_ZERO: Division by zero')
  assert.equal(await exists(`s3://results/${query.QueryExecutionId}.csv`), false)
  await invalid(
    a.results(query.QueryExecutionId!),
    'Query did not finish successfully. Final query state: FAILED',
    'INVALID_QUERY_EXECUTION_STATE',
  )
})

test('pages of a result, header included', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT x FROM UNNEST(sequence(1, 1500)) AS t (x) ORDER BY x')
  const first = await page(id!)
  assert.equal(first.ResultSet!.Rows!.length, 1000)
  assert.equal(first.ResultSet!.Rows![0]!.Data![0]!.VarCharValue, 'x')
  const second = await page(id!, { NextToken: first.NextToken })
  assert.equal(second.ResultSet!.Rows!.length, 501)
  assert.equal(second.ResultSet!.Rows![0]!.Data![0]!.VarCharValue, '1000')
  assert.equal(second.NextToken, undefined)
  const seen: string[] = []
  let NextToken: string | undefined
  do {
    const some = await page(id!, { MaxResults: 307, NextToken })
    seen.push(...some.ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue!))
    NextToken = some.NextToken
  } while (NextToken)
  assert.deepEqual(seen, ['x', ...Array.from({ length: 1500 }, (_, i) => String(i + 1))])
})

test('a page that is full has a next one, though it be empty', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT x FROM UNNEST(sequence(1, 3)) AS t (x) ORDER BY x')
  const full = await page(id!, { MaxResults: 4 })
  assert.equal(full.ResultSet!.Rows!.length, 4)
  const next = await page(id!, { MaxResults: 4, NextToken: full.NextToken })
  assert.deepEqual([next.ResultSet!.Rows, next.NextToken], [[], undefined])
  for (const Name of ['one', 'two', 'three']) await a.succeed(`CREATE DATABASE page_${Name}`)
  const { QueryExecutionId: shown } = await a.succeed("SHOW DATABASES LIKE 'page_.*'")
  const lines: string[] = []
  let NextToken: string | undefined
  do {
    const some = await page(shown!, { MaxResults: 1, NextToken })
    lines.push(...some.ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue!))
    NextToken = some.NextToken
  } while (NextToken)
  assert.deepEqual(lines, ['page_one', 'page_three', 'page_two'])
})

test('a long result is read to its end, no row lost and none twice', async () => {
  const { QueryExecutionId: id } = await a.succeed(
    `SELECT (x - 1) * 500 + y AS n FROM UNNEST(sequence(1, 400)) AS t (x) CROSS JOIN UNNEST(sequence(1, 500)) AS u (y) ORDER BY 1`,
  )
  let expected = 0
  let NextToken: string | undefined
  do {
    const some = await page(id!, { MaxResults: 1000, NextToken })
    for (const row of some.ResultSet!.Rows!) {
      assert.equal(row.Data![0]!.VarCharValue, expected === 0 ? 'n' : String(expected))
      expected++
    }
    NextToken = some.NextToken
  } while (NextToken)
  assert.equal(expected, 200_001)
})

test('values with line feeds and quotes survive the pages', async () => {
  const { QueryExecutionId: id } = await a.succeed(
    `SELECT x, concat('line ', chr(10), '"', cast(x AS varchar), '", ä') AS y FROM UNNEST(sequence(1, 50)) AS t (x) ORDER BY x`,
  )
  const seen: (string | undefined)[] = []
  let NextToken: string | undefined
  do {
    const some = await page(id!, { MaxResults: 7, NextToken })
    seen.push(...some.ResultSet!.Rows!.map((row) => row.Data![1]!.VarCharValue))
    NextToken = some.NextToken
  } while (NextToken)
  assert.deepEqual(seen, ['y', ...Array.from({ length: 50 }, (_, i) => `line \n"${i + 1}", ä`)])
})

test('the checks of a page come in their order', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT 1 + 1')
  const failed = (await a.run('SELECT * FROM nowhere')).QueryExecutionId!
  const state = 'Query did not finish successfully. Final query state: FAILED'
  const more = 'MaxResults is more than maximum allowed length 1000'
  await invalid(page(id!, { MaxResults: 1001 }), more)
  await invalid(page(failed, { MaxResults: 1001 }), more)
  await invalid(
    page('00000000-0000-4000-8000-000000000000', { MaxResults: 1001 }),
    'QueryExecution 00000000-0000-4000-8000-000000000000 was not found',
    'QUERY_EXECUTION_NOT_FOUND',
  )
  await invalid(page(failed, { NextToken: 'nonsense' }), state, 'INVALID_QUERY_EXECUTION_STATE')
  await invalid(page(id!, { NextToken: 'nonsense' }), 'Malformed nextPageToken nonsense')
  await invalid(
    page(id!, { MaxResults: 0 }),
    "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
  )
})

test('a result that was deleted can not be found', async () => {
  const { QueryExecutionId: id } = await a.succeed('SELECT 1 + 2')
  await a.s3.send(new DeleteObjectCommand({ Bucket: 'results', Key: `${id}.csv` }))
  await invalid(a.results(id!), 'Could not find results', 'RESULT_NOT_FOUND')
})

test('the plan of a query begins with its name and ends with an empty line', async () => {
  const { QueryExecutionId: id, SubstatementType, StatementType } = await a.succeed('EXPLAIN SELECT 1')
  assert.deepEqual([StatementType, SubstatementType], ['DML', 'EXPLAIN'])
  const { ResultSet, UpdateCount } = await a.results(id!)
  const rows = ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue ?? '')
  assert.deepEqual([rows[0], rows.at(-1), UpdateCount], ['Query Plan', '', undefined])
  assert.equal((await a.read(`s3://results/${id}.txt`)).body.toString(), rows.join('\n'))
  const [column] = ResultSet!.ResultSetMetadata!.ColumnInfo!
  assert.deepEqual(
    [column!.Name, column!.Type, column!.Precision, column!.CaseSensitive],
    ['Query Plan', 'varchar', rows.slice(1).join('\n').length - 1, true],
  )
  const valid = await a.succeed('EXPLAIN (TYPE VALIDATE) SELECT 1')
  assert.equal((await a.read(`s3://results/${valid.QueryExecutionId}.txt`)).body.toString(), 'Valid\ntrue\n')
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
