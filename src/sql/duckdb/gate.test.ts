import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { gate } from './gate.ts'

let connection: DuckDBConnection
before(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
after(() => connection.closeSync())

async function verdict(sql: string, issued: readonly string[] = ['scan_0']): Promise<string | undefined> {
  const tree = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  return gate(String(tree.getRows()[0]![0]), issued)
}

const PASSING = [
  'SELECT c1 + 1 AS c2 FROM scan_0() AS q1 WHERE (c1 > 5) ORDER BY c2 LIMIT 3',
  'WITH cte_1(c1) AS (SELECT 1) SELECT c1 FROM cte_1',
  "SELECT list_transform([1], lambda v1: v1 + 1), struct_pack(a := 1), 'read_csv(x)'",
  'SELECT sum(c1) OVER (PARTITION BY c2 ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM scan_0()',
  'SELECT tr_contains([1], 2), js_double_text(1e0), count(*) FROM (VALUES (1)) AS q(c1)',
  'SELECT unnest([1, 2]) UNION ALL (SELECT 3 INTERSECT SELECT 3)',
  'SELECT x FROM (SELECT 1 AS x) AS q TABLESAMPLE BERNOULLI (50 PERCENT)',
  'SELECT * FROM (SELECT 1 AS a) AS q1 LEFT JOIN LATERAL (SELECT q1.a AS b) AS q2 ON TRUE WHERE EXISTS (SELECT 1)',
]
for (const sql of PASSING) test(`passes: ${sql}`, async () => assert.equal(await verdict(sql), undefined))

const REFUSED = [
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM '/etc/passwd'",
  "SELECT content FROM read_text('/etc/passwd')",
  'SELECT * FROM scan_1()',
  'SELECT * FROM scan_0(1)',
  'SELECT * FROM main.scan_0()',
  'SELECT * FROM t',
  'SELECT * FROM main.cte_1',
  'SELECT * FROM duckdb_settings()',
  "SELECT * FROM query('SELECT 1')",
  "SELECT current_setting('temp_directory')",
  "SELECT getenv('HOME')",
  'SELECT system.main.sum(1)',
  "SELECT (SELECT content FROM read_blob('/x') AS q)",
  "SELECT 1 WHERE EXISTS (SELECT 1 FROM glob('*'))",
  "SELECT list_transform([1], lambda x: getvariable('x'))",
  "SELECT * FROM (VALUES (1)) AS q(a), read_json('/x') AS r",
  "SELECT nextval('s')",
  "COPY (SELECT 1) TO '/tmp/x'",
  'SELECT 1; SELECT 2',
  "ATTACH '/tmp/x'",
  'CREATE TABLE t AS SELECT 1',
  'INSERT INTO t VALUES (1)',
  'SELECT $1',
  "WITH cte_1 AS (FROM read_parquet('x')) SELECT 1",
  'SELECT pg_sleep(1)',
  "SELECT read_csv('x') OVER ()",
  'DESCRIBE SELECT 1',
  'SHOW TABLES',
  'PIVOT (SELECT 1 AS a) ON a',
]
for (const sql of REFUSED) test(`refuses: ${sql}`, async () => assert.notEqual(await verdict(sql), undefined))

test('fails closed on what is not a tree', () => {
  for (const tree of ['', 'null', '{}', '[]', '{"error":false}', '{"error":false,"statements":[]}'])
    assert.notEqual(gate(tree, []), undefined)
})

test('a list of however many is walked', async () => {
  const rows = (value: string) => `SELECT * FROM (VALUES ${`(${value}), `.repeat(131_072)}(2)) AS q(c1)`
  assert.equal(await verdict(rows('1')), undefined)
  assert.match((await verdict(rows("getenv('HOME')")))!, /function getenv/)
})
