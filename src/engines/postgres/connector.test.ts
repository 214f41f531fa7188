import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DatabaseServer } from '../../../tests/databases/database-server.ts'
import { postgresPrograms, startPostgres } from '../../../tests/databases/postgres.ts'
import { type Connector, SourceError, type SourceTable } from '../../core/federation/connector.ts'
import type { Domain } from '../../core/federation/domain.ts'
import { typeName } from '../../sql/types.ts'
import { emptyLake, never, rowsOf, scanOf, splitsOf } from '../connector-scans.fixture.ts'
import { openPostgres } from './connector.ts'

const programs = postgresPrograms()
const installed = { skip: programs === undefined && 'PostgreSQL is not installed' }
let server: DatabaseServer
let connector: Connector

const MADE = `
CREATE SCHEMA "Shop";
CREATE DOMAIN price AS numeric(10,2);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE "Shop"."Kinds" (id int8 PRIMARY KEY, yes bool, small int2, whole int4, r real, x float8, p price, wide numeric(38,10),
  free numeric, gone int, name varchar(20), fixed char(5), raw bytea, day date, at timestamp, tz timestamptz, feel mood,
  doc jsonb, key uuid, ints int4[], words text[], moods mood[], money numeric(6,3)[]);
ALTER TABLE "Shop"."Kinds" DROP COLUMN gone;
COMMENT ON COLUMN "Shop"."Kinds".name IS 'how it is called';
INSERT INTO "Shop"."Kinds" VALUES
 (9223372036854775807, true, -32768, 2147483647, 1.5, 0.1, 99999999.99, 1234567890123456789012345678.0123456789, 1.5, 'Ünn', 'ab', '\\x00ff',
  '2024-02-29', '2024-02-29 23:59:59.123456', '2024-03-01 01:00:00.5+02', 'glad', '{"a": [1, 2]}', '11111111-2222-3333-4444-555555555555',
  '{1,NULL,3}', '{"a,b","ü"}', '{sad,glad}', '{1.25,-3}'),
 (-9223372036854775808, false, 32767, -2147483648, -2, 'Infinity', -0.01, -0.0000000001, -1e10, '', '', '', '0001-01-01', '1969-12-31 23:59:59.9999',
  '1969-12-31 00:00:00+00', 'sad', '1', NULL, '{}', '{}', '{}', '{}'),
 (0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE VIEW "Shop".names AS SELECT name FROM "Shop"."Kinds";
CREATE TABLE days (day date, n int) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO days SELECT '2024-01-01'::date + i, i FROM generate_series(0, 59) i;
CREATE TABLE many AS SELECT i AS n, repeat(i::text, 20) AS word FROM generate_series(1, 1000000) i;
CREATE TABLE endless AS SELECT 'infinity'::timestamp AS at;
CREATE TABLE deep AS SELECT '{{1,2},{3,4}}'::int[] AS grid;
`

before(async () => {
  if (!programs) return
  server = await startPostgres(programs, 'secret')
  server.run(MADE)
  const place = { host: '127.0.0.1', port: String(server.port), database: 'postgres' }
  const source = { kind: 'postgresql', account: '000000000000', catalog: 'pg' }
  connector = await openPostgres(
    { ...source, properties: { ...place, user: 'postgres', password: 'secret' } },
    emptyLake,
  )
})
after(async () => {
  await connector?.close()
  await server?.stop()
})

const tableOf = async (schema: string, name: string): Promise<SourceTable> =>
  (await connector.table(schema, name, never))!

test('schemas, tables and the types of their columns', installed, async () => {
  assert.deepEqual([...(await connector.schemas(never))].toSorted(), ['Shop', 'public'])
  assert.deepEqual([...(await connector.tables('Shop', never))].toSorted(), ['Kinds', 'names'])
  assert.equal(await connector.table('shop', 'absent', never), undefined)
  const table = await tableOf('shop', 'kinds')
  assert.deepEqual([table.schema, table.name], ['Shop', 'Kinds'])
  assert.deepEqual(Object.fromEntries(table.columns.map(({ name, type }) => [name, typeName(type)])), {
    id: 'bigint',
    yes: 'boolean',
    small: 'smallint',
    whole: 'integer',
    r: 'real',
    x: 'double',
    p: 'decimal(10,2)',
    wide: 'decimal(38,10)',
    free: 'decimal(38,18)',
    name: 'varchar',
    fixed: 'varchar',
    raw: 'varbinary',
    day: 'date',
    at: 'timestamp(3)',
    tz: 'timestamp(3)',
    feel: 'varchar',
    doc: 'varchar',
    key: 'varchar',
    ints: 'array(integer)',
    words: 'array(varchar)',
    moods: 'array(varchar)',
    money: 'array(decimal(6,3))',
  })
  assert.equal(table.columns.find(({ name }) => name === 'name')?.comment, 'how it is called')
})

test('names are folded beyond ASCII', installed, async () => {
  server.run('CREATE SCHEMA "Größe Ü"; CREATE TABLE "Größe Ü"."ÄPFEL" (n int); CREATE TABLE "Größe Ü"."Birnen" (n int)')
  for (const [name, spelled] of [
    ['äpfel', 'ÄPFEL'],
    ['birnen', 'Birnen'],
  ] as const) {
    const table = await tableOf('größe ü', name)
    assert.deepEqual([table.schema, table.name], ['Größe Ü', spelled])
    assert.deepEqual(await rowsOf(connector, scanOf(table)), [])
  }
  assert.equal(await connector.table('größe ü', 'kinds', never), undefined)
  server.run('DROP SCHEMA "Größe Ü" CASCADE')
})

test('a connection that was lost while nothing was asked is opened anew', installed, async () => {
  await connector.schemas(never)
  server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lentic'")
  assert.ok((await connector.schemas(never)).includes('public'))
})

test('values are read exactly', installed, async () => {
  const micros = (text: string) => String(Date.parse(`${text}Z`) * 1000)
  assert.deepEqual(await rowsOf(connector, scanOf(await tableOf('shop', 'kinds'))), [
    [
      '9223372036854775807',
      true,
      -32768,
      2147483647,
      1.5,
      0.1,
      '99999999.99',
      '1234567890123456789012345678.0123456789',
      '1.500000000000000000',
      'Ünn',
      'ab',
      '00ff',
      19_782,
      micros('2024-02-29T23:59:59.123'),
      micros('2024-02-29T23:00:00.500'),
      'glad',
      '{"a": [1, 2]}',
      '11111111-2222-3333-4444-555555555555',
      [1, null, 3],
      ['a,b', 'ü'],
      ['sad', 'glad'],
      ['1.250', '-3.000'],
    ],
    [
      '-9223372036854775808',
      false,
      32767,
      -2147483648,
      -2,
      Number.POSITIVE_INFINITY,
      '-0.01',
      '-0.0000000001',
      '-10000000000.000000000000000000',
      '',
      '',
      '',
      -719_162,
      micros('1969-12-31T23:59:59.999'),
      micros('1969-12-31T00:00:00'),
      'sad',
      '1',
      null,
      [],
      [],
      [],
      [],
    ],
    ['0', ...Array(21).fill(null)],
  ])
})

test('what no type of ours holds ends the scan, in words', installed, async () => {
  await assert.rejects(rowsOf(connector, scanOf(await tableOf('public', 'endless'))), {
    name: 'SourceError',
    message: 'Column at holds infinity',
  })
  await assert.rejects(rowsOf(connector, scanOf(await tableOf('public', 'deep'))), {
    name: 'SourceError',
    message: 'Column grid holds an array of 2 dimensions',
  })
  const table = await tableOf('public', 'many')
  server.run('ALTER TABLE many RENAME word TO other')
  await assert.rejects(
    rowsOf(connector, scanOf(table)),
    (error) => error instanceof SourceError && /column "word" does not exist/.test(error.message),
  )
  server.run('ALTER TABLE many RENAME other TO word')
})

const between = (low: string | bigint, high: string | bigint): Domain => ({
  ranges: [{ low: { value: low, included: true }, high: { value: high, included: true } }],
  nullAllowed: false,
})

test('conditions are asked of the server, moments to the millisecond', installed, async () => {
  const table = await tableOf('shop', 'kinds')
  const idsOf = async (domains: Record<string, Domain>) =>
    (await rowsOf(connector, scanOf(table, { domains, columns: [table.columns[0]!] }))).map(([id]) => id)
  const first = '9223372036854775807'
  assert.deepEqual(await idsOf({ at: between('2024-02-29 23:59:59.123', '2024-02-29 23:59:59.123') }), [first])
  assert.deepEqual(await idsOf({ tz: between('2024-02-29 23:00:00.500', '2024-02-29 23:00:00.500') }), [first])
  assert.deepEqual(await idsOf({ p: between('99999999.99', '100000000.00') }), [first])
  assert.deepEqual(await idsOf({ name: between('Z', 'Ý') }), [first])
  assert.deepEqual(await idsOf({ yes: { ranges: [], nullAllowed: true } }), ['0'])
  assert.deepEqual(await idsOf({ fixed: between('ab', 'ab') }), [first])
  const { columns, exact } = connector.pushdown(
    scanOf(table, { domains: { free: between('1', '2'), doc: between('1', '1') } }),
  )
  assert.deepEqual([columns, exact], [[], false])
  const asked = server.statements().filter((statement) => statement.startsWith('COPY'))
  assert.ok(
    asked.some((text) =>
      text.includes(`"at" >= TIMESTAMP '2024-02-29 23:59:59.123' AND "at" < TIMESTAMP '2024-02-29 23:59:59.124'`),
    ),
    asked.join('\n'),
  )
})

test('a limit is not asked of it where NaN passes for a number', installed, async () => {
  server.run(
    "CREATE TABLE ratios AS SELECT * FROM (VALUES ('NaN'::float8), ('NaN'), ('NaN'), (7), (3), (NULL)) AS t (x)",
  )
  const above: Domain = { ranges: [{ low: { value: 5, included: false } }], nullAllowed: false }
  const scan = scanOf(await tableOf('public', 'ratios'), { domains: { x: above }, limit: 1 })
  const { exact, text } = connector.pushdown(scan)
  assert.equal(exact, false)
  assert.match(text!, /"x" > 5e\+0::float8$/)
  assert.ok((await rowsOf(connector, scan)).flat().includes(7))
})

test(
  'a partitioned table is read by its partitions, a large one by ranges of pages, and each row once',
  installed,
  async () => {
    const days = await tableOf('public', 'days')
    assert.deepEqual(await splitsOf(connector, scanOf(days)), [
      { table: '"public"."days_1"' },
      { table: '"public"."days_2"' },
    ])
    assert.equal((await rowsOf(connector, scanOf(days))).length, 60)
    const february = { day: between('2024-02-10', '2024-02-11') }
    assert.equal((await rowsOf(connector, scanOf(days, { domains: february }))).length, 2)
    const many = await tableOf('public', 'many')
    const [n] = many.columns
    const splits = await splitsOf(connector, scanOf(many))
    assert.equal(splits.length, Math.floor(Number(server.run("SELECT pg_relation_size('many')")) / (64 << 20)))
    assert.ok(splits.length > 1)
    const rows = await rowsOf(connector, scanOf(many, { columns: [n!] }))
    assert.equal(new Set(rows.map(([value]) => value)).size, 1_000_000)
    assert.equal(rows.length, 1_000_000)
    server.run('CREATE INDEX ON many (n); ANALYZE many')
    assert.deepEqual(await splitsOf(connector, scanOf(many, { domains: { n: between(5n, 6n) } })), [{}])
  },
)

const ownQuery = (text: string) =>
  connector.called({ schema: 'system', name: 'query', arguments: ['QUERY'] }, [text], never)

test('queries of its own language are tables whose columns it tells, and only read', installed, async () => {
  assert.deepEqual(await connector.functions(never), [{ schema: 'system', name: 'query', arguments: ['QUERY'] }])
  const table = await ownQuery(
    `SELECT k.id, p, name, ints, doc->'a' AS inner, count(*) OVER () AS n, 'x' || name AS both, now() > at AS past
     FROM "Shop"."Kinds" k WHERE id > 0;`,
  )
  assert.deepEqual(
    table.columns.map(({ name, type }) => [name, typeName(type)]),
    [
      ['id', 'bigint'],
      ['p', 'decimal(10,2)'],
      ['name', 'varchar'],
      ['ints', 'array(integer)'],
      ['inner', 'varchar'],
      ['n', 'bigint'],
      ['both', 'varchar'],
      ['past', 'boolean'],
    ],
  )
  assert.deepEqual(await rowsOf(connector, scanOf(table)), [
    ['9223372036854775807', '99999999.99', 'Ünn', [1, null, 3], '[1, 2]', '1', 'xÜnn', true],
  ])
  const days = await ownQuery("SELECT day, n FROM days -- 'all of them'")
  const [, n] = days.columns
  const ten = scanOf(days, { columns: [n!], domains: { n: between(5n, 14n) } })
  assert.equal((await rowsOf(connector, ten)).length, 10)
  assert.match(connector.pushdown({ ...ten, limit: 3 }).text!, /AS own_query WHERE \("n" >= 5 AND "n" <= 14\) LIMIT 3$/)
  const refused: readonly (readonly [string, RegExp])[] = [
    ['SELECT 1; DROP TABLE days', /syntax error at or near ";"/],
    ['SELECT 1) AS own_query; DROP TABLE days; SELECT * FROM (SELECT 2', /cannot insert multiple commands/],
    ['DELETE FROM days RETURNING n', /syntax error/],
    ['WITH gone AS (DELETE FROM days RETURNING n) SELECT * FROM gone', /must be at the top level/],
    ['SELECT n, n FROM days', /several columns of the name n/],
    ['SELECT absent FROM days', /column "absent" does not exist/],
    [' ; ', /The query is empty/],
  ]
  for (const [text, message] of refused) await assert.rejects(ownQuery(text), { name: 'SourceError', message }, text)
  server.run("CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM days RETURNING n'")
  const wiping = await ownQuery('SELECT wipe() AS n')
  await assert.rejects(rowsOf(connector, scanOf(wiping)), { message: /read-only transaction/ })
})

test('whoever stops early, or is stopped, leaves nothing running', installed, async () => {
  const many = scanOf(await tableOf('public', 'many'))
  for await (const _ of connector.read(many, {}, never)) break
  const stopping = new AbortController()
  const reading = (async () => {
    for await (const _ of connector.read(many, {}, stopping.signal)) stopping.abort(new Error('enough'))
  })()
  await assert.rejects(reading, /enough/)
  const running =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lentic' AND query LIKE 'COPY%' AND state = 'active'"
  assert.equal(server.run(running).trim(), '0')
})

test('a connection that is lost between rows ends the scan', installed, async () => {
  const kill = () =>
    server.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%many%'",
    )
  let batches = 0
  const reading = async () => {
    for await (const _ of connector.read(scanOf(await tableOf('public', 'many')), {}, never))
      if (++batches === 1) kill()
  }
  // What the server still says may be lost with the connection.
  const lost = /terminating connection|Connection terminated/
  await assert.rejects(reading(), { name: 'SourceError', message: lost })
  assert.ok((await connector.schemas(never)).length > 0)
})

test('nothing can be written', installed, async () => {
  const { Session } = await import('./session.ts')
  const place = { host: '127.0.0.1', port: String(server.port), database: 'postgres' }
  const session = await Session.open({ properties: { ...place, user: 'postgres', password: 'secret' } })
  await assert.rejects(session.rows('CREATE TABLE t (a int)'), /read-only transaction/)
  await session.end()
  await assert.rejects(Session.open({ properties: { ...place, user: 'postgres', password: 'wrong' } }), {
    name: 'SourceError',
    message: 'password authentication failed for user "postgres"',
  })
})
