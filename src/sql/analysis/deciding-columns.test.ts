import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rel } from '../plan.ts'
import { decidingColumns } from './deciding-columns.ts'
import { analyzed } from './sample-tables.fixture.ts'

/** The names of those of scans. */
function deciding(sql: string): string {
  const { root } = analyzed(sql)
  const ids = decidingColumns(root)
  return scannedBy(root)
    .flatMap(({ columns }) => columns.filter(({ id }) => ids.has(id)).map(({ source }) => source))
    .toSorted()
    .join(' ')
}

type Scan = Rel & { readonly kind: 'scan' }

function scannedBy(node: unknown): Scan[] {
  if (typeof node !== 'object' || node === null) return []
  if ('kind' in node && node.kind === 'scan') return [node as Scan]
  return Object.values(node).flatMap(scannedBy)
}

const DECIDING: Readonly<Record<string, string>> = {
  'SELECT id, price FROM orders': '',
  'SELECT id FROM orders WHERE price > 1': 'price',
  'SELECT customer, sum(price) FROM orders GROUP BY customer ORDER BY 2 DESC LIMIT 5': '',
  'SELECT customer, sum(price) FROM orders GROUP BY customer ORDER BY 1 LIMIT 5': 'customer',
  'SELECT customer, sum(price) FROM orders GROUP BY customer ORDER BY 1': '',
  'SELECT customer FROM orders GROUP BY customer HAVING sum(price) > 5': '',
  'SELECT customer FROM orders GROUP BY customer HAVING customer > 5': 'customer',
  'SELECT count(*) FILTER (WHERE price > 1), max(placed) FROM orders': 'price',
  'SELECT id FROM orders ORDER BY placed LIMIT 3': 'placed',
  'SELECT x FROM (SELECT price + id AS x, note FROM orders) WHERE x > 3': 'id price',
  'SELECT o.note FROM orders o JOIN customers c ON o.customer = c.id': 'customer id',
  'WITH q AS (SELECT id AS a, note FROM orders) SELECT note FROM q WHERE a > 1': 'id',
  'SELECT a FROM (SELECT id AS a, note FROM orders UNION ALL SELECT id, name FROM customers) WHERE a = 1': 'id id',
  'SELECT note FROM orders WHERE customer IN (SELECT id FROM customers)': 'customer id',
  'SELECT note, (SELECT max(score) FROM customers c WHERE c.id = o.customer) FROM orders o': 'customer id',
  'SELECT note, rank() OVER (PARTITION BY customer ORDER BY price) FROM orders': 'customer price',
  'SELECT DISTINCT note FROM orders': '',
}

test('what a condition, a join or first rows depend on decides; what is counted, grouped by or shown does not', () => {
  for (const [sql, expected] of Object.entries(DECIDING)) assert.equal(deciding(sql), expected, sql)
})
