import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { type Connector, SourceError, type SourceTable } from '../../core/federation/connector.ts'
import type { Domain } from '../../core/federation/domain.ts'
import { typeName } from '../../sql/types.ts'
import { emptyLake, never, rowsOf, scanOf, splitsOf } from '../connector-scans.fixture.ts'
import { openSqlite } from './connector.ts'

const directory = mkdtempSync(join(tmpdir(), 'lentic-sqlite-'))
let connector: Connector

/** A file of the directory. */
const open = async (path: string): Promise<Connector> =>
  openSqlite(directory)({ kind: 'sqlite', properties: { path }, account: '000000000000', catalog: 'lite' }, emptyLake)

before(async () => {
  const path = join(directory, 'a.db')
  const database = new DatabaseSync(path)
  database.exec(`
    CREATE TABLE "Kinds" (id INTEGER PRIMARY KEY, big BIGINT, price DECIMAL(10,2), ratio REAL, name TEXT COLLATE NOCASE,
      data BLOB, day DATE, at TIMESTAMP, open BOOLEAN, plain);
    INSERT INTO "Kinds" VALUES
      (1, 9223372036854775807, 12.5, 0.1, 'Ann', x'00ff', '2024-02-29', '2024-02-29 23:59:59.123456', 1, 'x'),
      (2, -9223372036854775808, '-0.005', 2, 'ann', x'', '1969-12-31', '1969-12-31T00:00:00', 0, 7),
      (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE VIEW names AS SELECT name FROM "Kinds";
    CREATE TABLE pairs (a INT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    INSERT INTO pairs VALUES (1, 2);
    CREATE TABLE wrong (n INTEGER);
    INSERT INTO wrong VALUES ('many');
    CREATE TABLE numbers (rowid TEXT, n INTEGER);
    WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 600000) INSERT INTO numbers SELECT 'r', n FROM i;
  `)
  database.close()
  connector = await open('a.db')
})
after(async () => {
  await connector.close()
  rmSync(directory, { recursive: true })
})

const tableOf = async (name: string): Promise<SourceTable> => (await connector.table('main', name, never))!

test('a file tells its tables and views, and columns with the types that were declared', async () => {
  assert.deepEqual(await connector.schemas(never), ['main'])
  assert.deepEqual([...(await connector.tables('main', never))].toSorted(), [
    'Kinds',
    'names',
    'numbers',
    'pairs',
    'wrong',
  ])
  assert.equal(await connector.table('main', 'absent', never), undefined)
  const { name, columns } = await tableOf('kinds')
  assert.equal(name, 'Kinds')
  assert.deepEqual(
    columns.map((column) => [column.name, column.type.kind]),
    [
      ['id', 'bigint'],
      ['big', 'bigint'],
      ['price', 'decimal'],
      ['ratio', 'double'],
      ['name', 'varchar'],
      ['data', 'varbinary'],
      ['day', 'date'],
      ['at', 'timestamp'],
      ['open', 'boolean'],
      ['plain', 'varchar'],
    ],
  )
})

test('no file is read that is not below the directory', async () => {
  for (const path of ['absent.db', '../a.db', '/etc/passwd', ''])
    await assert.rejects(open(path), {
      name: 'SourceError',
      message: `There is no file ${path} in the directory of SQLite files`,
    })
})

test('values are read exactly, each as its column says', async () => {
  const micros = Date.UTC(2024, 1, 29, 23, 59, 59) * 1000 + 123_000
  assert.deepEqual(await rowsOf(connector, scanOf(await tableOf('kinds'))), [
    ['1', '9223372036854775807', '12.50', 0.1, 'Ann', '00ff', 19_782, String(micros), true, 'x'],
    ['2', '-9223372036854775808', '-0.01', 2, 'ann', '', -1, '-86400000000', false, '7'],
    ['3', ...Array(9).fill(null)],
  ])
})

test('a value that is not of its column ends the scan, in words', async () => {
  const scan = scanOf(await tableOf('wrong'))
  await assert.rejects(rowsOf(connector, scan), (error) => {
    assert.ok(error instanceof SourceError)
    assert.equal(error.message, "Column n holds 'many', which is no bigint")
    return true
  })
})

test('a scan that fails or is left leaves the file to those who write to it', async () => {
  const others = new DatabaseSync(join(directory, 'a.db'), { timeout: 0 })
  const write = (table: string) => others.exec(`CREATE TABLE ${table} (n INTEGER); DROP TABLE ${table}`)
  await assert.rejects(rowsOf(connector, scanOf(await tableOf('wrong'))))
  write('after_failure')
  const numbers = scanOf(await tableOf('numbers'))
  const [split] = await splitsOf(connector, numbers)
  for await (const _ of connector.read(numbers, split!, never)) break
  write('after_leave')
  others.close()
})

test('what is asked of columns is asked of SQLite, texts by their bytes', async () => {
  const table = await tableOf('kinds')
  const point = (value: string | bigint): Domain => ({
    ranges: [{ low: { value, included: true }, high: { value, included: true } }],
    nullAllowed: false,
  })
  const named = scanOf(table, { domains: { name: point('ann') }, limit: 1 })
  const { text, ...pushed } = connector.pushdown(named)
  assert.deepEqual(pushed, { columns: ['name'], exact: true })
  assert.match(text!, / FROM "Kinds" WHERE "name" COLLATE BINARY = 'ann' LIMIT 1$/)
  assert.deepEqual(
    (await rowsOf(connector, named)).map(([id]) => id),
    ['2'],
  )
  const range: Domain = { ranges: [{ low: { value: 1n, included: false } }], nullAllowed: true }
  assert.deepEqual(
    (await rowsOf(connector, scanOf(table, { domains: { big: range } }))).map(([id]) => id),
    ['1', '3'],
  )
  const moment = scanOf(table, { domains: { at: point('2024-02-29 23:59:59.123') }, limit: 1 })
  const undone = connector.pushdown(moment)
  assert.deepEqual([undone.columns, undone.exact], [[], false])
  assert.ok(!undone.text!.includes('LIMIT'))
})

const ownQuery = (text: string) =>
  connector.called({ schema: 'system', name: 'query', arguments: ['QUERY'] }, [text], never)

test('queries of its own language are tables; what is computed has the type of its first value', async () => {
  const table = await ownQuery(
    'SELECT id, price, count(*) OVER () AS n, id / 2.0 AS half, upper(name) AS loud, NULL AS none FROM kinds WHERE id < 3; ',
  )
  assert.deepEqual(
    table.columns.map(({ name, type }) => `${name} ${typeName(type)}`),
    ['id bigint', 'price decimal(10,2)', 'n bigint', 'half double', 'loud varchar', 'none varchar'],
  )
  assert.deepEqual(await rowsOf(connector, scanOf(table)), [
    ['1', '12.50', '2', 0.5, 'ANN', null],
    ['2', '-0.01', '2', 1, 'ANN', null],
  ])
  assert.equal((await rowsOf(connector, scanOf(await ownQuery('SELECT n FROM numbers -- all')))).length, 600_000)
  const refused: readonly (readonly [string, RegExp])[] = [
    ['SELECT 1; DELETE FROM kinds', /near ";": syntax error/],
    ['DELETE FROM kinds', /syntax error/],
    ["ATTACH DATABASE 'x' AS y", /syntax error/],
    ['SELECT absent FROM kinds', /no such column: absent/],
  ]
  for (const [text, message] of refused) await assert.rejects(ownQuery(text), { name: 'SourceError', message }, text)
})

test('a large table is read in parts that hold each row once, a view and a table without row numbers in one', async () => {
  const numbers = await tableOf('numbers')
  const splits = await splitsOf(connector, scanOf(numbers))
  assert.equal(splits.length, 2)
  const [, n] = numbers.columns
  const rows = await rowsOf(connector, { ...scanOf(numbers), columns: [n!] })
  assert.equal(rows.length, 600_000)
  assert.equal(new Set(rows.map(([value]) => value)).size, 600_000)
  for (const name of ['names', 'pairs']) assert.deepEqual(await splitsOf(connector, scanOf(await tableOf(name))), [{}])
  assert.deepEqual(await rowsOf(connector, { ...scanOf(await tableOf('names')), columns: [] }), [[], [], []])
})
