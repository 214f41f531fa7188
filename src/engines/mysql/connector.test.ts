import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DatabaseServer } from '../../../tests/databases/database-server.ts'
import { mariadbRoot, startMariadb } from '../../../tests/databases/mariadb.ts'
import type { Connector, SourceTable } from '../../core/federation/connector.ts'
import type { Domain } from '../../core/federation/domain.ts'
import { typeName } from '../../sql/types.ts'
import { emptyLake, never, rowsOf, scanOf, splitsOf } from '../connector-scans.fixture.ts'
import { openMysql } from './connector.ts'

const root = mariadbRoot()
const installed = { skip: root === undefined && 'MariaDB is not installed' }
let server: DatabaseServer
let connector: Connector

const MADE = `
CREATE TABLE Kinds (id bigint PRIMARY KEY, yes tinyint(1), tiny tinyint, utiny tinyint unsigned, small smallint, med mediumint unsigned,
  whole int, uwhole int unsigned, big bigint unsigned, f float, x double, p decimal(10,2), wide decimal(38,10), wider decimal(65,30),
  name varchar(20) COMMENT 'how it is called', fixed char(5), long_text longtext, raw varbinary(10), pic blob, one bit(1), bits bit(9),
  day date, at datetime(6), ts timestamp NULL, t time, y year, feel enum('glad','sad'), tags set('a','b'), doc json, spot point);
INSERT INTO Kinds VALUES
 (9223372036854775807, 1, -128, 255, -32768, 16777215, 2147483647, 4294967295, 18446744073709551615, 1.5, 0.1, 99999999.99,
  1234567890123456789012345678.0123456789, 1.5, 'Ünn', 'ab', 'long', x'00ff', x'01', b'1', b'101', '2024-02-29', '2024-02-29 23:59:59.123456',
  '2024-02-29 23:00:00', '12:34:56', 2024, 'glad', 'a,b', '{"a": [1, 2]}', ST_GeomFromText('POINT(1 2)')),
 (-9223372036854775808, 0, 127, 0, 32767, 0, -2147483648, 0, 0, -2, -1e300, -0.01, -0.0000000001, -1, '', '', '', '', '', b'0', b'0',
  '0001-01-01', '1969-12-31 23:59:59.9999', '1970-01-01 00:00:01', '-01:00:00', 1901, 'sad', '', '1', NULL),
 (0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL);
CREATE VIEW names AS SELECT name FROM Kinds;
CREATE TABLE gone (n int);
CREATE VIEW broken AS SELECT * FROM gone;
DROP TABLE gone;
CREATE TABLE days (day date, n int) PARTITION BY RANGE (to_days(day)) (
  PARTITION january VALUES LESS THAN (to_days('2024-02-01')), PARTITION february VALUES LESS THAN (to_days('2024-03-01')));
INSERT INTO days SELECT '2024-01-01' + INTERVAL seq DAY, seq FROM seq_0_to_59;
CREATE TABLE many (n int PRIMARY KEY, word varchar(200));
INSERT INTO many SELECT seq, repeat(seq, 20) FROM seq_1_to_1000000;
ANALYZE TABLE many;
SET sql_mode = '';
CREATE TABLE zeros (day date);
INSERT INTO zeros VALUES ('0000-00-00');
`

before(async () => {
  if (!root) return
  server = await startMariadb(root, 'secret')
  server.run(`SET time_zone = '+00:00'; ${MADE}`, 'shop')
  const place = { host: '127.0.0.1', port: String(server.port), database: 'shop' }
  const source = { kind: 'mysql', account: '000000000000', catalog: 'my' }
  connector = await openMysql({ ...source, properties: { ...place, user: 'ann', password: 'secret' } }, emptyLake)
})
after(async () => {
  await connector?.close()
  await server?.stop()
})

const tableOf = async (name: string): Promise<SourceTable> => (await connector.table('shop', name, never))!

test('schemas, tables and the types of their columns', installed, async () => {
  assert.ok((await connector.schemas(never)).includes('shop'))
  assert.deepEqual([...(await connector.tables('shop', never))].toSorted(), [
    'Kinds',
    'broken',
    'days',
    'many',
    'names',
    'zeros',
  ])
  assert.equal(await connector.table('shop', 'absent', never), undefined)
  await assert.rejects(connector.table('shop', 'broken', never), {
    name: 'SourceError',
    message: /^View 'shop.broken' references invalid table/,
  })
  const table = await tableOf('kinds')
  assert.equal(table.name, 'Kinds')
  assert.deepEqual(Object.fromEntries(table.columns.map(({ name, type }) => [name, typeName(type)])), {
    id: 'bigint',
    yes: 'boolean',
    tiny: 'tinyint',
    utiny: 'smallint',
    small: 'smallint',
    med: 'integer',
    whole: 'integer',
    uwhole: 'bigint',
    big: 'decimal(20,0)',
    f: 'real',
    x: 'double',
    p: 'decimal(10,2)',
    wide: 'decimal(38,10)',
    wider: 'varchar',
    name: 'varchar',
    fixed: 'varchar',
    long_text: 'varchar',
    raw: 'varbinary',
    pic: 'varbinary',
    one: 'boolean',
    bits: 'varbinary',
    day: 'date',
    at: 'timestamp(3)',
    ts: 'timestamp(3)',
    t: 'varchar',
    y: 'smallint',
    feel: 'varchar',
    tags: 'varchar',
    doc: 'varchar',
    spot: 'varchar',
  })
  assert.equal(table.columns.find(({ name }) => name === 'name')?.comment, 'how it is called')
})

test('a connection that was lost while nothing was asked is opened anew', installed, async () => {
  await connector.schemas(never)
  const ids = server.run(
    "SELECT id FROM information_schema.processlist WHERE id <> connection_id() AND command = 'Sleep'",
  )
  for (const id of ids.trim().split('\n')) server.run(`KILL ${id}`)
  assert.ok((await connector.schemas(never)).includes('shop'))
})

test('values are read exactly', installed, async () => {
  const micros = (text: string) => String(Date.parse(`${text}Z`) * 1000)
  const rows = await rowsOf(connector, scanOf(await tableOf('kinds')))
  const byId = new Map(rows.map((row) => [row[0], row.slice(1)]))
  assert.deepEqual(byId.get('9223372036854775807'), [
    true,
    -128,
    255,
    -32768,
    16777215,
    2147483647,
    '4294967295',
    '18446744073709551615',
    1.5,
    0.1,
    '99999999.99',
    '1234567890123456789012345678.0123456789',
    '1.500000000000000000000000000000',
    'Ünn',
    'ab',
    'long',
    '00ff',
    '01',
    true,
    '0005',
    19_782,
    micros('2024-02-29T23:59:59.123'),
    micros('2024-02-29T23:00:00'),
    '12:34:56',
    2024,
    'glad',
    'a,b',
    '{"a": [1, 2]}',
    'POINT(1 2)',
  ])
  assert.deepEqual(byId.get('-9223372036854775808'), [
    false,
    127,
    0,
    32767,
    0,
    -2147483648,
    '0',
    '0',
    -2,
    -1e300,
    '-0.01',
    '-0.0000000001',
    '-1.000000000000000000000000000000',
    '',
    '',
    '',
    '',
    '',
    false,
    '0000',
    -719_162,
    micros('1969-12-31T23:59:59.999'),
    micros('1970-01-01T00:00:01'),
    '-01:00:00',
    1901,
    'sad',
    '',
    '1',
    null,
  ])
  assert.deepEqual(byId.get('0'), Array(29).fill(null))
})

test('what no type of ours holds ends the scan, in words', installed, async () => {
  await assert.rejects(rowsOf(connector, scanOf(await tableOf('zeros'))), {
    name: 'SourceError',
    message: "Column day holds '0000-00-00', which is no date",
  })
})

const between = (low: string | bigint, high: string | bigint): Domain => ({
  ranges: [{ low: { value: low, included: true }, high: { value: high, included: true } }],
  nullAllowed: false,
})

test('conditions are asked of the server, moments to the millisecond and texts by their bytes', installed, async () => {
  const table = await tableOf('kinds')
  const idsOf = async (domains: Record<string, Domain>) =>
    (await rowsOf(connector, scanOf(table, { domains, columns: [table.columns[0]!] }))).map(([id]) => id)
  const first = '9223372036854775807'
  assert.deepEqual(await idsOf({ at: between('2024-02-29 23:59:59.123', '2024-02-29 23:59:59.123') }), [first])
  assert.deepEqual(await idsOf({ ts: between('2024-02-29 23:00:00.000', '2024-02-29 23:00:00.000') }), [first])
  assert.deepEqual(await idsOf({ p: between('99999999.99', '100000000.00') }), [first])
  assert.deepEqual(await idsOf({ big: between('18446744073709551615', '18446744073709551615') }), [first])
  assert.deepEqual(await idsOf({ name: between('a', 'z') }), [])
  assert.deepEqual(await idsOf({ name: between('Z', 'Ý') }), [first])
  assert.deepEqual(await idsOf({ name: between('ünn', 'ünn') }), [first])
  assert.deepEqual(await idsOf({ yes: { ranges: [], nullAllowed: true } }), ['0'])
  assert.deepEqual(await idsOf({ y: between(1n, 1950n) }), ['-9223372036854775808'])
  assert.deepEqual(await idsOf({ y: between(24n, 24n) }), [])
  const asked = server.statements().filter((statement) => statement.includes('FROM `shop`.`Kinds`'))
  assert.ok(
    asked.some((text) =>
      text.includes("`at` >= TIMESTAMP '2024-02-29 23:59:59.123' AND `at` < TIMESTAMP '2024-02-29 23:59:59.124'"),
    ),
    asked.join('\n'),
  )
})

test(
  'a partitioned table is read by its partitions, a large one by its key, and each row once',
  installed,
  async () => {
    const days = await tableOf('days')
    assert.deepEqual(await splitsOf(connector, scanOf(days)), [{ partition: 'january' }, { partition: 'february' }])
    assert.equal((await rowsOf(connector, scanOf(days))).length, 60)
    const many = await tableOf('many')
    const [n] = many.columns
    const splits = await splitsOf(connector, scanOf(many))
    assert.ok(splits.length > 1)
    const rows = await rowsOf(connector, scanOf(many, { columns: [n!] }))
    assert.equal(new Set(rows.map(([value]) => value)).size, 1_000_000)
    assert.equal(rows.length, 1_000_000)
    assert.deepEqual(await splitsOf(connector, scanOf(many, { domains: { n: between(5n, 6n) } })), [{}])
  },
)

const ownQuery = (text: string) =>
  connector.called({ schema: 'system', name: 'query', arguments: ['QUERY'] }, [text], never)

test('queries of its own language are tables whose columns it tells, and only read', installed, async () => {
  assert.deepEqual(await connector.functions(never), [{ schema: 'system', name: 'query', arguments: ['QUERY'] }])
  const table = await ownQuery(
    `SELECT id, yes, utiny, big, p, wide, name, raw, pic, one, bits, day, at, y, feel, spot, count(*) OVER () AS n,
       concat(name, 'x') AS both_of, x * 2 AS twice FROM shop.Kinds WHERE id > 0;`,
  )
  assert.deepEqual(
    table.columns.map(({ name, type }) => `${name} ${typeName(type)}`),
    [
      'id bigint',
      'yes boolean',
      'utiny smallint',
      'big decimal(20,0)',
      'p decimal(10,2)',
      'wide decimal(38,10)',
      'name varchar',
      'raw varbinary',
      'pic varbinary',
      'one boolean',
      'bits varbinary',
      'day date',
      'at timestamp(3)',
      'y smallint',
      'feel varchar',
      'spot varchar',
      'n bigint',
      'both_of varchar',
      'twice double',
    ],
  )
  const micros = (text: string) => String(Date.parse(`${text}Z`) * 1000)
  assert.deepEqual(await rowsOf(connector, scanOf(table)), [
    [
      '9223372036854775807',
      true,
      255,
      '18446744073709551615',
      '99999999.99',
      '1234567890123456789012345678.0123456789',
      'Ünn',
      '00ff',
      '01',
      true,
      '0005',
      19_782,
      micros('2024-02-29T23:59:59.123'),
      2024,
      'glad',
      'POINT(1 2)',
      '1',
      'Ünnx',
      0.2,
    ],
  ])
  const many = await ownQuery('SELECT n FROM many # all of them')
  assert.equal((await rowsOf(connector, scanOf(many, { domains: { n: between(5n, 14n) } }))).length, 10)
  const refused: readonly (readonly [string, RegExp])[] = [
    ['SELECT 1; DROP TABLE many', /error in your SQL syntax/],
    ['SELECT 1) AS own_query; DROP TABLE many; --', /error in your SQL syntax/],
    ["SELECT 1) AS own_query INTO OUTFILE '/tmp/left' /*", /error in your SQL syntax/],
    ["SELECT 1 INTO OUTFILE '/tmp/left'", /error in your SQL syntax/],
    ['DELETE FROM many', /error in your SQL syntax/],
    ['SELECT n, n FROM many', /Duplicate column name 'n'/],
    ['SELECT absent FROM many', /Unknown column 'absent'/],
  ]
  for (const [text, message] of refused) await assert.rejects(ownQuery(text), { name: 'SourceError', message }, text)
})

test('whoever stops early, or is stopped, leaves nothing running', installed, async () => {
  const many = scanOf(await tableOf('many'))
  for await (const _ of connector.read(many, {}, never)) break
  const stopping = new AbortController()
  const reading = (async () => {
    for await (const _ of connector.read(many, {}, stopping.signal)) stopping.abort(new Error('enough'))
  })()
  await assert.rejects(reading, /enough/)
  const running = "SELECT count(*) FROM information_schema.processlist WHERE user = 'ann' AND info LIKE 'SELECT%many%'"
  assert.equal(server.run(running).trim(), '0')
})

test('a connection that is lost between rows ends the scan', installed, async () => {
  const readers = "SELECT id FROM information_schema.processlist WHERE user = 'ann' AND info LIKE 'SELECT%many%'"
  const kill = () => server.run(`KILL ${server.run(readers).trim()}`)
  let batches = 0
  const reading = async () => {
    for await (const _ of connector.read(scanOf(await tableOf('many')), {}, never)) if (++batches === 1) kill()
  }
  await assert.rejects(reading(), { name: 'SourceError', message: /Connection lost/ })
  assert.ok((await connector.schemas(never)).length > 0)
})

test('nothing can be written', installed, async () => {
  const { Session } = await import('./session.ts')
  const place = { host: '127.0.0.1', port: String(server.port), database: 'shop' }
  const session = await Session.open({ properties: { ...place, user: 'ann', password: 'secret' } })
  await assert.rejects(session.rows('INSERT INTO many VALUES (0, 0)'), /READ ONLY transaction/)
  await session.end()
  await assert.rejects(Session.open({ properties: { ...place, user: 'ann', password: 'wrong' } }), {
    name: 'SourceError',
    message: /^Access denied for user 'ann'/,
  })
})
