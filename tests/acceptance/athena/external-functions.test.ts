/** `USING EXTERNAL FUNCTION`: functions that AWS Lambda runs, in queries of the lake (docs: athena ug, querying-udf). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connector, type LocalFunctions, serve } from '../../../src/connector-kit/connector.ts'
import { type AthenaLake, athenaLake } from './lake.ts'
import { allow, policyCaller } from './policy-callers.ts'

let functions: LocalFunctions
let a: AthenaLake
/** How many rows each event had. */
const batches: number[] = []
let calls = 0

before(async () => {
  const texts = connector({
    sourceType: 'texts',
    schemas: () => [],
    tables: () => [],
    table: () => undefined,
    *rows() {},
    functions: {
      same: (value) => value,
      shout: (text) => {
        calls++
        if (text === 'refuse') throw new RangeError('I will not\nat all')
        return text === null ? 'NOTHING' : `${String(text).toUpperCase()}!`
      },
      sum: (...values) =>
        values.reduce<number | null>((all, one) => (one === null || all === null ? null : all + Number(one)), 0),
      wrong: () => 'text',
      never: () => new Promise(() => {}),
    },
  })
  const counted: typeof texts = async (event) => {
    const records = (event as { inputRecords?: { records: string } }).inputRecords
    if (records) batches.push(Buffer.from(records.records, 'base64').length)
    return texts(event)
  }
  functions = await serve({ texts: counted })
  a = await athenaLake({ functions: { texts: functions.url } })
})
after(async () => {
  await a?.close()
  await functions?.close()
})

const SHOUT = "USING EXTERNAL FUNCTION shout(text varchar) RETURNS varchar LAMBDA 'texts'"

test('who may not invoke the function may not call it', async () => {
  const joe = await policyCaller(a.lake, 'joe')
  try {
    const sql = `${SHOUT} SELECT shout('a')`
    const texts = 'arn:aws:lambda:us-east-1:000000000000:function:texts'
    const always = allow(['athena:*', 's3:*', 'glue:*'])
    await joe.may(always, allow('lambda:InvokeFunction', `${texts}2`))
    assert.equal(
      await joe.refusal(sql),
      `User: ${joe.arn} is not authorized to perform: lambda:InvokeFunction on resource: ${texts} because no identity-based policy allows the lambda:InvokeFunction action`,
    )
    assert.match(
      await joe.refusal('SELECT * FROM "lambda:texts".x.y'),
      /not authorized to perform: lambda:InvokeFunction/,
    )
    const Condition = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } }
    await joe.may(always, { ...allow('lambda:InvokeFunction', texts), Condition })
    assert.deepEqual(await joe.rows(sql), [['A!']])
  } finally {
    joe.close()
  }
})

test('a function is called for each row, for those without a value too', async () => {
  assert.deepEqual(
    await a.rows(
      `${SHOUT} SELECT n, shout(text) AS loud FROM (VALUES (1, 'a'), (2, NULL), (3, 'ß')) AS t (n, text) ORDER BY 1`,
    ),
    [
      ['1', 'A!'],
      ['2', 'NOTHING'],
      ['3', 'SS!'],
    ],
  )
})

test('several functions, wherever an expression may stand', async () => {
  const declared = `${SHOUT}, EXTERNAL FUNCTION sum(a bigint, b integer) RETURNS bigint LAMBDA
    'arn:aws:lambda:us-east-1:000000000000:function:texts'`
  assert.deepEqual(
    await a.rows(`${declared}
      SELECT SHOUT(lower(k)), count(*), max(sum(n, 1))
      FROM (VALUES ('A', 1), ('a', 2), ('B', 3)) AS t (k, n)
      WHERE sum(n, 10) > 11 GROUP BY shout(lower(k)) HAVING sum(count(*), 0) < 5 ORDER BY shout(lower(k)) DESC`),
    [
      ['B!', '1', '4'],
      ['A!', '1', '3'],
    ],
  )
  assert.deepEqual(
    await a.rows(
      `${declared} SELECT transform(ARRAY['x', 'y'], t -> shout(t)), CASE WHEN 1 > 2 THEN sum(1, 1) ELSE 0 END`,
    ),
    [['[X!, Y!]', '0']],
  )
})

test('values of every type that a function is told and tells', async () => {
  const values: Record<string, [literal: string, shown: string]> = {
    boolean: ['true', 'true'],
    tinyint: ["TINYINT '-128'", '-128'],
    smallint: ["SMALLINT '32767'", '32767'],
    integer: ['-2147483648', '-2147483648'],
    bigint: ['9223372036854775807', '9223372036854775807'],
    real: ["REAL '0.5'", '0.5'],
    double: ['1e300', '1.0E300'],
    'decimal(10, 2)': ["DECIMAL '-12.5'", '-12.50'],
    'decimal(38, 4)': ["DECIMAL '1234567890123456789012345678901234.5678'", '1234567890123456789012345678901234.5678'],
    varchar: ["'Zürich'", 'Zürich'],
    'varchar(3)': ["'abc'", 'abc'],
    varbinary: ["X'00FF'", '00 ff'],
    date: ["DATE '1969-12-31'", '1969-12-31'],
    timestamp: ["TIMESTAMP '2024-02-29 23:59:59.123'", '2024-02-29 23:59:59.123'],
    'array(varchar)': ["ARRAY['a', NULL]", '[a, null]'],
    'array(array(integer))': ['ARRAY[ARRAY[1, 2], ARRAY[], NULL]', '[[1, 2], [], null]'],
    'row(city varchar, zip integer)': [
      "CAST(ROW('Bonn', 53111) AS row(city varchar, zip integer))",
      '{city=Bonn, zip=53111}',
    ],
  }
  for (const [type, [literal, shown]] of Object.entries(values)) {
    const declared = `USING EXTERNAL FUNCTION same(value ${type}) RETURNS ${type} LAMBDA 'texts'`
    const rows = await a.rows(`${declared} SELECT same(v), same(NULL) FROM (VALUES ROW(${literal})) AS t (v)`)
    assert.deepEqual(rows, [[shown, null]], type)
  }
})

test('many rows go in batches, and large ones in smaller', async () => {
  await a.succeed(`CREATE TABLE many AS SELECT n, CAST(n AS varchar) AS text FROM UNNEST(sequence(1, 10000)) AS t (n)`)
  batches.length = 0
  const same = "USING EXTERNAL FUNCTION same(text varchar) RETURNS varchar LAMBDA 'texts'"
  assert.deepEqual(await a.rows(`${same} SELECT count(*), sum(CAST(same(text) AS bigint)) FROM many`), [
    ['10000', '50005000'],
  ])
  assert.ok(batches.length >= 5 && batches.length < 20, String(batches.length))
  batches.length = 0
  const wide = `${same} SELECT sum(length(same(rpad(text, 4000, 'x')))) FROM many WHERE n <= 4000`
  assert.deepEqual(await a.rows(wide), [['16000000']])
  assert.ok(
    batches.every((bytes) => bytes < 4_600_000),
    String(batches),
  )
})

test('statements that write take them before their query', async () => {
  await a.succeed(`CREATE TABLE loud WITH (format = 'PARQUET') AS ${SHOUT} SELECT shout('a') AS word`)
  await a.succeed(`INSERT INTO loud ${SHOUT} SELECT shout(word) FROM loud`)
  assert.deepEqual(await a.rows('SELECT word FROM loud ORDER BY 1'), [['A!'], ['A!!']])
  await a.succeed(`CREATE TABLE iced WITH (table_type = 'ICEBERG', location = 's3://data/iced/', is_external = false)
    AS ${SHOUT} SELECT shout(word) AS word FROM loud`)
  await a.succeed(`INSERT INTO iced ${SHOUT} SELECT shout(word) FROM loud WHERE shout(word) = 'A!!'`)
  assert.deepEqual(await a.rows('SELECT word FROM iced ORDER BY 1'), [['A!!'], ['A!!'], ['A!!!']])
  await a.succeed(`UNLOAD (${SHOUT} SELECT shout(word) AS w FROM loud) TO 's3://data/unloaded/' WITH (format = 'JSON')`)
})

/** What TRY makes NULL of is a list (docs: trino, conditional): cannot divide by zero, cast, call with such arguments, out of range. */
test('TRY does not hide what a function throws, and goes on hiding what it lists', async () => {
  assert.match(
    await a.failure(`${SHOUT} SELECT try(shout(t)) FROM (VALUES 'a', 'refuse') AS v (t)`),
    /^GENERIC_USER_ERROR: .*I will not/s,
  )
  assert.deepEqual(
    await a.rows(`${SHOUT} SELECT try(length(shout(t)) / n) FROM (VALUES ('a', 0), ('b', 1)) AS v (t, n)`),
    [[null], ['2']],
  )
})

test('PREPARE and EXPLAIN take them', async () => {
  await a.succeed(`PREPARE louder FROM ${SHOUT} SELECT shout(?)`)
  assert.deepEqual(await a.rows("EXECUTE louder USING 'b'"), [['B!']])
  calls = 0
  const plan = await a.lines(`EXPLAIN ${SHOUT} SELECT shout(text) FROM many`)
  assert.ok(plan.join('\n').includes('shout('), plan.join('\n'))
  assert.equal(calls, 0)
})

test('what a function throws is told in the words of Athena', async () => {
  const from = 'from your LambdaFunction[texts] executed in context[calling UDF method'
  assert.equal(
    await a.failure(`${SHOUT} SELECT shout(t) FROM (VALUES 'a', 'refuse') AS v (t)`),
    `GENERIC_USER_ERROR: Encountered an exception[RangeError] ${from} shout] with message[I will not\nat all]`,
  )
  const missing = "USING EXTERNAL FUNCTION absent(a varchar) RETURNS varchar LAMBDA 'texts' SELECT absent('a')"
  assert.equal(
    await a.failure(missing),
    `GENERIC_USER_ERROR: Encountered an exception[DefinitionError] ${from} absent] with message[Function absent does not exist]`,
  )
  assert.match(
    await a.failure("USING EXTERNAL FUNCTION f(a varchar) RETURNS varchar LAMBDA 'nowhere' SELECT f('a')"),
    /^GENERIC_USER_ERROR: Function not found: nowhere\. /,
  )
  assert.match(
    await a.failure("USING EXTERNAL FUNCTION wrong(a varchar) RETURNS integer LAMBDA 'texts' SELECT wrong('a')"),
    /^GENERIC_USER_ERROR: Encountered an exception\[DefinitionError\] .* wrong\]/,
  )
})

test('what a statement says of its functions is checked before any is called', async () => {
  assert.equal(
    await a.failure(`${SHOUT} SELECT shout(1, 'a')`),
    'FUNCTION_NOT_FOUND: line 1:83: Unexpected parameters (integer, varchar(1)) for function shout. Expected: shout(varchar)',
  )
  assert.equal(
    await a.failure(`${SHOUT} SELECT shot('a')`),
    "FUNCTION_NOT_FOUND: line 1:83: Function 'shot' not registered",
  )
  assert.equal(
    await a.failure("USING EXTERNAL FUNCTION f(a map(varchar, integer)) RETURNS integer LAMBDA 'texts' SELECT 1"),
    'NOT_SUPPORTED: line 1:7: External functions do not take or return values of type map(varchar, integer)',
  )
})

test('a query that waits for a function can be cancelled', async () => {
  const id = await a.start("USING EXTERNAL FUNCTION never(a integer) RETURNS integer LAMBDA 'texts' SELECT never(1)")
  const { StopQueryExecutionCommand } = await import('@aws-sdk/client-athena')
  await new Promise((resolve) => setTimeout(resolve, 300))
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
  assert.equal((await a.ended(id)).Status!.State, 'CANCELLED')
  assert.deepEqual(await a.rows(`${SHOUT} SELECT shout('again')`), [['AGAIN!']])
})
