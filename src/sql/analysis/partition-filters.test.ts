import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Constant } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { Resolver } from '../resolver.ts'
import { parseQuery } from '../trino/parser.ts'
import { DATE, INTEGER, type Type, VARCHAR } from '../types.ts'
import { analyzeQuery } from './analyze.ts'
import { type PartitionFilter, partitionFilters, stepsOf } from './partition-filters.ts'
import { session } from './sample-tables.fixture.ts'

const COLUMNS: readonly (readonly [string, Type])[] = [
  ['v', INTEGER],
  ['year', VARCHAR],
  ['month', INTEGER],
  ['dt', DATE],
]

/** Tables `logs` and `other` of the same columns; the filters of the scans in order. */
function filters(sql: string): PartitionFilter[] {
  let count = 0
  const resolver: Resolver = {
    table: ([name]) => {
      if (name !== 'logs' && name !== 'other') throw new SqlError('TABLE_NOT_FOUND', `${name}`)
      const columns = COLUMNS.map(([column, type]) => ({ name: column, type, hidden: false }))
      return { kind: 'table', relation: `${count++}`, columns }
    },
  }
  const found = partitionFilters(analyzeQuery(parseQuery(sql), resolver, session))
  return Array.from({ length: count }, (_, i) => found.get(String(i))!)
}

const may = (filter: PartitionFilter, values: Readonly<Record<string, Constant>>): boolean =>
  filter.mayMatch(new Map(Object.entries(values)))

test('conditions on partition columns decide about values', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, Constant>>, boolean])[] = [
    ["year = '2024'", { year: '2024' }, true],
    ["year = '2024'", { year: '2023' }, false],
    ["year = '2024'", { year: null }, false],
    ["year = '2024'", {}, true],
    ['year IS NULL', { year: null }, true],
    ["year <> '2024'", { year: '2024' }, false],
    ["year = '2024' OR month = 5", { year: '2023', month: 4n }, false],
    ["year = '2024' OR month = 5", { year: '2023', month: 5n }, true],
    ["year = '2024' OR v = 5", { year: '2023' }, true],
    ['month IN (1, 2, 3)', { month: 3n }, true],
    ['month IN (1, 2, 3)', { month: 4n }, false],
    ['month NOT IN (1, 2, 3)', { month: 3n }, false],
    ['month BETWEEN 3 AND 5', { month: 6n }, false],
    ['NOT (month BETWEEN 3 AND 5)', { month: 4n }, false],
    ["dt >= DATE '2024-05-01'", { dt: '2024-04-30' }, false],
    ["dt >= current_date - INTERVAL '7' DAY", { dt: '2024-04-28' }, false],
    ["dt >= current_date - INTERVAL '7' DAY", { dt: '2024-04-29' }, true],
    ["dt > date_add('month', -1, current_date)", { dt: '2024-04-06' }, false],
    ["dt < TIMESTAMP '2024-05-01 12:00:00'", { dt: '2024-05-01' }, true],
    ["dt > TIMESTAMP '2024-05-01 12:00:00'", { dt: '2024-05-01' }, false],
    ["year LIKE '20%'", { year: '1999' }, false],
    ["year LIKE '2_24'", { year: '2124' }, true],
    ['CAST(year AS integer) > 2023', { year: '2023' }, false],
    ['CAST(year AS integer) > 2023', { year: 'x' }, true],
    ["year || '-' || lpad(CAST(month AS varchar), 2, '0') >= '2024-04'", { year: '2024', month: 3n }, false],
    ["year || '-' || lpad(CAST(month AS varchar), 2, '0') >= '2024-04'", { year: '2024', month: 4n }, true],
    ["date_parse(concat(year, '-', CAST(month AS varchar)), '%Y-%m') > now()", { year: '2020', month: 1n }, true],
    ["date_format(dt, '%Y%m') = '202405'", { dt: '2024-04-30' }, false],
    ["year = date_format(current_date, '%Y')", { year: '2023' }, false],
    ['year(dt) = 2024 AND month(dt) = 5', { dt: '2024-06-01' }, false],
    ["date_trunc('month', dt) = DATE '2024-05-01'", { dt: '2024-05-31' }, true],
    ["substr(year, 1, 2) = '20'", { year: '1999' }, false],
    ["coalesce(year, 'none') = 'none'", { year: null }, true],
    ["CASE WHEN month < 6 THEN 'a' ELSE 'b' END = 'a'", { month: 7n }, false],
    ['month = 5 AND random() < 2', { month: 4n }, false],
    ['month + 1 = 6', { month: 5n }, true],
    ['month % 2 = 0', { month: 5n }, false],
    ['month / 0 = 1', { month: 5n }, true],
    ["regexp_like(year, '^2')", { year: '1999' }, true],
    ['year IS DISTINCT FROM NULL', { year: null }, false],
  ]
  for (const [condition, values, expected] of cases)
    assert.equal(may(filters(`SELECT v FROM logs WHERE ${condition}`)[0]!, values), expected, condition)
})

test('conditions are carried through the query to its scans', () => {
  const wanted = { year: '2024' }
  const other = { year: '2023' }
  const pruned: readonly string[] = [
    "SELECT * FROM (SELECT v, year AS y FROM logs) WHERE y = '2024'",
    "SELECT * FROM logs l JOIN other o ON l.v = o.v AND l.year = '2024'",
    "SELECT * FROM logs l LEFT JOIN other o ON l.v = o.v WHERE l.year = '2024'",
    "WITH q AS (SELECT * FROM logs) SELECT v FROM q WHERE year = '2024'",
    "SELECT v FROM (SELECT * FROM logs UNION ALL SELECT * FROM other) WHERE year = '2024'",
    "SELECT year, count(*) FROM logs GROUP BY year HAVING year = '2024'",
    "SELECT v FROM (SELECT v, year, rank() OVER (PARTITION BY year ORDER BY v) r FROM logs) WHERE year = '2024' AND r = 1",
    "SELECT v FROM logs MATCH_RECOGNIZE (PARTITION BY year ORDER BY v ALL ROWS PER MATCH PATTERN (a) DEFINE a AS true) WHERE year = '2024'",
    "SELECT m OVER w FROM logs WHERE year = '2024' WINDOW w AS (MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING PATTERN (a) DEFINE a AS true)",
    "SELECT v FROM logs CROSS JOIN UNNEST(ARRAY[1, 2]) t(x) WHERE year = '2024' AND x = 1",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM logs WHERE year = '2024')",
    "SELECT DISTINCT v FROM logs WHERE year = '2024' ORDER BY v LIMIT 1",
    "SELECT l.v FROM logs l JOIN other o ON l.year = o.year WHERE o.year = '2024'",
    "SELECT o.v FROM logs l RIGHT JOIN other o ON l.v = o.v WHERE l.year = '2024'",
  ]
  for (const sql of pruned) {
    const [filter] = filters(sql)
    assert.equal(may(filter!, wanted), true, sql)
    assert.equal(may(filter!, other), false, sql)
  }
  const kept: readonly string[] = [
    "SELECT v FROM (SELECT * FROM logs LIMIT 5) WHERE year = '2024'",
    "SELECT * FROM logs l LEFT JOIN other o ON l.v = o.v AND l.year = '2024'",
    "SELECT * FROM logs l RIGHT JOIN other o ON l.v = o.v WHERE coalesce(l.year, '2024') = '2024'",
    "SELECT r FROM (SELECT v, year, rank() OVER (ORDER BY v) r FROM logs) WHERE year = '2024'",
    "SELECT v FROM logs MATCH_RECOGNIZE (ORDER BY v ALL ROWS PER MATCH PATTERN (a) DEFINE a AS true) WHERE year = '2024'",
    "SELECT max(v) FROM logs HAVING max(year) = '2024'",
    "WITH q AS (SELECT * FROM logs) SELECT v FROM q WHERE year = '2024' UNION ALL SELECT v FROM q",
    "SELECT year FROM logs GROUP BY ROLLUP (year) HAVING year = '2024' OR year IS NULL",
  ]
  for (const sql of kept) assert.equal(may(filters(sql)[0]!, other), true, sql)
  const twice = filters(
    "WITH q AS (SELECT * FROM logs) SELECT v FROM q WHERE year = '2024' UNION ALL SELECT v FROM q WHERE year = '2022'",
  )
  assert.equal(may(twice[0]!, other), false)
  assert.equal(may(twice[0]!, { year: '2022' }), true)
})

test('constraints name the values or the range of one column', () => {
  const constraint = (condition: string, column: string) =>
    filters(`SELECT v FROM logs WHERE ${condition}`)[0]!.constraint(column)
  assert.deepEqual(constraint("year = '2024'", 'year'), { kind: 'values', values: ['2024'] })
  assert.deepEqual(constraint("year = '2024'", 'month'), undefined)
  assert.deepEqual(constraint('month IN (1, 2) OR month = 7', 'month'), { kind: 'values', values: [1n, 2n, 7n] })
  assert.deepEqual(constraint('month IN (1, 2, 3) AND month > 1', 'month'), { kind: 'values', values: [2n, 3n] })
  assert.deepEqual(constraint('month >= 2 AND month < 9 AND 3 <= month', 'month'), { kind: 'range', low: 3n, high: 8n })
  assert.deepEqual(constraint("dt BETWEEN DATE '2024-01-01' AND current_date", 'dt'), {
    kind: 'range',
    low: '2024-01-01',
    high: '2024-05-06',
  })
  assert.deepEqual(constraint("year LIKE '20%'", 'year'), { kind: 'range', low: '20', high: '20\u{10ffff}' })
  assert.deepEqual(constraint("year LIKE '2!_%' ESCAPE '!'", 'year'), undefined)
  assert.deepEqual(constraint("year = '2024' OR v = 1", 'year'), undefined)
  assert.deepEqual(constraint("year = '2024' AND year = '2023'", 'year'), { kind: 'values', values: [] })
})

test('how long it takes to look grows with the conditions that come to a table', () => {
  const ofTerms = (count: number) =>
    filters(`SELECT v FROM logs WHERE ${Array.from({ length: count }, (_, i) => `month <> ${i}`).join(' AND ')}`)[0]!
  assert.equal(ofTerms(200).weight, 2 * ofTerms(100).weight)
  assert.equal(stepsOf(ofTerms(1)), 1)
  assert.ok(stepsOf(ofTerms(2000)) > 10)
})
