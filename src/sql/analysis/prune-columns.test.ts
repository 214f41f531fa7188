import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsOf, type Rel } from '../plan.ts'
import { planText } from './plan-text.fixture.ts'
import { analyzed } from './sample-tables.fixture.ts'

/** What each scan of the query reads: `orders#1(id, price)`. */
function scans(sql: string): string {
  const text = planText(analyzed(sql).root)
  return [...text.matchAll(/Scan (\S+) \[(.*?)\]/g)]
    .map(([, relation, columns]) => `${relation}(${[...columns!.matchAll(/:= ([^,]+)/g)].map((m) => m[1]).join(', ')})`)
    .join(' ')
}

const READS: Readonly<Record<string, string>> = {
  'SELECT id FROM orders': 'orders#1(id)',
  'SELECT count(*) FROM orders': 'orders#1()',
  'SELECT id FROM orders WHERE price > 1 ORDER BY placed LIMIT 3': 'orders#1(id, price, placed)',
  'SELECT a FROM (SELECT id AS a, note AS b FROM orders)': 'orders#1(id)',
  'SELECT customer FROM (SELECT customer, sum(price) FROM orders GROUP BY customer, status)':
    'orders#1(customer, status)',
  'SELECT id FROM (SELECT id, rank() OVER (ORDER BY price) AS r FROM orders)': 'orders#1(id)',
  'SELECT o.id FROM orders o JOIN customers c ON o.customer = c.id': 'orders#1(id, customer) customers#1(id)',
  'SELECT id FROM orders UNION ALL SELECT id FROM customers': 'orders#1(id) customers#1(id)',
  'SELECT a FROM (SELECT id AS a, note FROM orders UNION ALL SELECT id, name FROM customers)':
    'orders#1(id) customers#1(id)',
  'SELECT a FROM (SELECT id AS a, note FROM orders UNION SELECT id, name FROM customers)':
    'orders#1(id, note) customers#1(id, name)',
  'SELECT id FROM (SELECT DISTINCT id, note FROM orders)': 'orders#1(id, note)',
  'WITH q AS (SELECT id, note, price FROM orders) SELECT a.id FROM q a JOIN q b ON a.id = b.price':
    'orders#1(id, price)',
  'WITH q AS (SELECT note FROM orders) SELECT 1': '',
  'WITH q AS (SELECT id, note FROM orders), r AS (SELECT id AS x FROM q) SELECT x FROM r': 'orders#1(id)',
  'SELECT id FROM orders o WHERE EXISTS (SELECT name FROM customers c WHERE c.id = o.customer)':
    'customers#1(id) orders#1(id, customer)',
  'SELECT tag FROM events CROSS JOIN UNNEST(tags) t(tag)': 'events#1(tags)',
  'SELECT z FROM orders o CROSS JOIN LATERAL (SELECT o.price + score AS z FROM customers)':
    'orders#1(price) customers#1(score)',
  'SELECT actor.name FROM events': 'events#1(actor)',
  'SELECT "$path" FROM orders': 'orders#1($path)',
}

test('scans read what is used', () => {
  for (const [sql, expected] of Object.entries(READS)) assert.equal(scans(sql), expected, sql)
})

/** Every id a node hands up exists below it, and both sides of a set operation are as wide as its columns. */
function checkShape(rel: Rel): void {
  const inputs = Object.values(rel).filter(
    (value): value is Rel => typeof value === 'object' && 'kind' in value && isRel(value),
  )
  for (const input of inputs) checkShape(input)
  if (rel.kind === 'set-operation')
    for (const side of [rel.left, rel.right]) assert.equal(columnsOf(side).length, rel.columns.length)
  if (rel.kind === 'with')
    for (const cte of rel.queries) {
      checkShape(cte.query)
      assert.equal(columnsOf(cte.query).length, cte.columns.length)
    }
}
const RELATIONS = new Set([
  'scan',
  'project',
  'filter',
  'join',
  'set-operation',
  'with',
  'cte-ref',
  'sort',
  'limit',
  'distinct',
])
const isRel = (value: { kind?: unknown }): boolean => RELATIONS.has(String(value.kind))

test('an aggregation that nobody looks at is still one row', () => {
  const text = (sql: string) => planText(analyzed(sql).root)
  assert.match(text('SELECT 1 FROM (SELECT count(*) FROM orders)'), /SingleRow$/)
  assert.match(text('SELECT 1 FROM orders HAVING true'), /SingleRow$/)
  assert.match(text('SELECT 1 FROM (SELECT customer, count(*) FROM orders GROUP BY customer)'), /Aggregate \[#\d+/)
  assert.match(
    text('SELECT 1 FROM orders GROUP BY GROUPING SETS ((), ())'),
    /Aggregate \[\] sets \(\(\), \(\)\) \[#\d+:bigint := count/,
  )
})

test('pruned plans stay well formed', () => {
  for (const sql of Object.keys(READS)) {
    const { root, output } = analyzed(sql)
    checkShape(root)
    const ids = new Set(columnsOf(root).map((column) => column.id))
    for (const { column } of output) assert.ok(ids.has(column.id), sql)
  }
})
