/** Statements that ask for more conditions than anybody wants: how many are carried is counted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resolver } from '../resolver.ts'
import { parseQuery } from '../trino/parser.ts'
import { BIGINT } from '../types.ts'
import { analyzeQuery } from './analyze.ts'
import { session } from './sample-tables.fixture.ts'
import { scanPredicates } from './scan-predicates.ts'

/** Each table is a relation by its own name, of the columns `a` and `b`. */
const resolver: Resolver = {
  table: ([name]) => ({
    kind: 'table',
    relation: name!,
    columns: ['a', 'b'].map((column) => ({ name: column, type: BIGINT, hidden: false })),
  }),
}

const list = (count: number, text: (i: number) => string, separator: string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(separator)

/** How many conditions come to each table. */
function counts(sql: string): ReadonlyMap<string, number> {
  const found = scanPredicates(analyzeQuery(parseQuery(sql), resolver, session).root)
  return new Map([...found].map(([name, [predicate]]) => [name, predicate!.conjuncts.length]))
}

test('what a column says of its equal is said once, however many joins it comes through', () => {
  const found = counts(`SELECT count(*) FROM ${list(40, (i) => `t${i}`, ', ')} WHERE t0.a = t1.a AND t0.a = 1`)
  assert.deepEqual([found.get('t0'), found.get('t1'), found.get('t2')], [1, 1, 0])
})

test('and is said once where queries nest', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 't0' : `(SELECT x.a, y.a AS b FROM ${nested(depth - 1)} x, t${depth} y WHERE x.a = y.a)`
  const found = counts(`SELECT count(*) FROM ${nested(20)} WHERE a = 5`)
  for (const [table, count] of found) assert.equal(count, 1, table)
})

test('it goes from table to table along a chain', () => {
  const equal = list(5, (i) => `t${i}.a = t${i + 1}.a`, ' AND ')
  const found = counts(`SELECT count(*) FROM ${list(6, (i) => `t${i}`, ' CROSS JOIN ')} WHERE ${equal} AND t0.a = 1`)
  assert.deepEqual([...found.values()], [1, 1, 1, 1, 1, 1])
})

test('a condition that doubles at each level is left out in the end', () => {
  const nested = (depth: number): string => (depth === 0 ? 't' : `(SELECT a + a AS a, b FROM ${nested(depth - 1)})`)
  assert.equal(counts(`SELECT count(*) FROM ${nested(4)} WHERE a = 16 AND b = 1`).get('t'), 2)
  assert.ok(counts(`SELECT count(*) FROM ${nested(60)} WHERE a = 16`).get('t')! <= 1)
})

test('hundreds of joins of hundreds of conditions are planned', () => {
  const joins = list(700, (i) => `JOIN t${i + 1} ON t${i + 1}.a = t${i}.a`, ' ')
  const conditions = list(700, (i) => `t0.a <> ${i} AND t${i}.b = ${i}`, ' AND ')
  const found = counts(`SELECT count(*) FROM t0 ${joins} WHERE ${conditions}`)
  assert.equal(found.size, 701)
})
