import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import type { Resolver } from '../../sql/resolver.ts'
import { parseQuery } from '../../sql/trino/parser.ts'
import { BIGINT } from '../../sql/types.ts'
import { stopsEarly } from './early-stop.ts'

const resolver: Resolver = {
  table: (names) => ({
    kind: 'table',
    relation: names.at(-1)!,
    columns: ['a', 'b'].map((name) => ({ name, type: BIGINT, hidden: false })),
  }),
}
const session = { now: new Date(0), timeZone: 'UTC', user: 'u', catalog: 'c', database: 'd' }

const ofText = (sql: string, sink: 'rows' | 'result-csv' = 'result-csv') =>
  stopsEarly(
    analyzeQuery(parseQuery(sql), resolver, session).root,
    sink === 'rows' ? { kind: 'rows', limit: 10 } : { kind: 'result-csv', localPath: '/x' },
  )

test('a limit that takes rows as they are read may end the reading', () => {
  for (const sql of [
    'SELECT a FROM t LIMIT 5',
    'SELECT a + 1 FROM t WHERE b > 2 OFFSET 1 LIMIT 5',
    'SELECT * FROM t JOIN u ON t.a = u.a LIMIT 5',
    'SELECT count(*) FROM (SELECT a FROM t LIMIT 5)',
    'SELECT * FROM (SELECT a FROM t UNION ALL SELECT b FROM u) LIMIT 3',
    'SELECT a, row_number() OVER () FROM t LIMIT 3',
    'WITH w AS (SELECT a FROM t) SELECT * FROM w LIMIT 3',
    'SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE b = 1)',
  ])
    assert.equal(ofText(sql), true, sql)
  assert.equal(ofText('SELECT a FROM t', 'rows'), true)
})

test('one above a sort, groups or distinct rows has all of them first', () => {
  for (const sql of [
    'SELECT a FROM t',
    'SELECT a FROM t ORDER BY b LIMIT 5',
    'SELECT a, count(*) FROM t GROUP BY a LIMIT 5',
    'SELECT DISTINCT a FROM t LIMIT 5',
    'SELECT a, rank() OVER (ORDER BY b) FROM t LIMIT 3',
    'SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.b)',
    'SELECT a FROM t UNION SELECT b FROM u LIMIT 3',
  ])
    assert.equal(ofText(sql), false, sql)
})
