import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import { scanPredicates } from '../../sql/analysis/scan-predicates.ts'
import { parseQuery } from '../../sql/statement.ts'
import { BIGINT, BOOLEAN, DATE, DOUBLE, decimal, INTEGER, TIMESTAMP, VARCHAR } from '../../sql/types.ts'
import { columnDomains } from './column-domains.ts'
import type { Domain, RangeEnd } from './domain.ts'

const COLUMNS = [
  ['i', INTEGER],
  ['b', BIGINT],
  ['p', decimal(10, 2)],
  ['x', DOUBLE],
  ['s', VARCHAR],
  ['d', DATE],
  ['t', TIMESTAMP],
  ['yes', BOOLEAN],
] as const
const SESSION = { now: new Date(0), timeZone: 'UTC', user: 'u', catalog: 'c', database: 'db' }

function domainsOf(condition: string) {
  const columns = COLUMNS.map(([name, type]) => ({ name, type, hidden: false }))
  const resolver = { table: () => ({ kind: 'table' as const, relation: 'r', columns }) }
  const { root } = analyzeQuery(parseQuery(`SELECT * FROM r WHERE ${condition}`), resolver, SESSION, [])
  const [predicate] = scanPredicates(root).get('r')!
  return columnDomains(predicate!)
}

const end = (one: RangeEnd | undefined, open: string, closed: string) =>
  one === undefined ? ['', open] : [String(one.value), one.included ? closed : open]

/** `[1, 2) (5, ) NULL`. */
function shown({ ranges, nullAllowed }: Domain): string {
  const texts = ranges.map(({ low, high }) => {
    const [from, left] = end(low, '(', '[')
    const [to, right] = end(high, ')', ']')
    return from === to && left === '[' && right === ']' ? `${from}` : `${left}${from}, ${to}${right}`
  })
  return [...texts, ...(nullAllowed ? ['NULL'] : [])].join(' ') || 'nothing'
}

/** Each condition, what it leaves of its column, and whether that says all. */
const CASES: readonly (readonly [condition: string, domain: string, complete?: false])[] = [
  ['i = 5', '5'],
  ['5 < i', '(5, )'],
  ['i IN (3, 1, 2, 3)', '1 2 3'],
  ['i IN (1, NULL)', '1'],
  ['i NOT IN (1, 2)', '(, 1) (1, 2) (2, )'],
  ['i NOT IN (1, NULL)', 'nothing'],
  ['i BETWEEN 2 AND 4', '[2, 4]'],
  ['NOT i BETWEEN 2 AND 4', '(, 2) (4, )'],
  ['i <> 7', '(, 7) (7, )'],
  ['i IS NULL', 'NULL'],
  ['i IS NOT NULL', '(, )'],
  ['i IS NULL OR i > 4', '(4, ) NULL'],
  ['NOT (i IS NULL OR i > 4)', '(, 4]'],
  ['i > 1 AND i > 3 AND i < 3', 'nothing'],
  ['i > 1 OR i < 5', '(, )'],
  ['i = NULL', 'nothing'],
  ['(i > 1 AND i % 2 = 0) OR i = 0', '0 (1, )', false],
  ["i > BIGINT '9999999999'", '(9999999999, )'],
  ['p >= 1.5', '[1.50, )'],
  ['x < 2.5e0', '(, 2.5)'],
  ["s LIKE 'ab%'", '[ab, ac)'],
  ["s LIKE 'ab%c'", '[ab, ac)', false],
  ["s LIKE 'ab'", 'ab'],
  ["s >= 'ü' AND s < 'z'", 'nothing'],
  ["d > DATE '2024-01-02'", '(2024-01-02, )'],
  ["t < TIMESTAMP '2024-01-02 03:04:05'", '(, 2024-01-02 03:04:05.000)'],
  ['yes', 'true'],
  ['NOT yes', 'false'],
]

for (const [condition, domain, complete = true] of CASES)
  test(condition, () => {
    const found = domainsOf(condition)
    assert.deepEqual([...found.domains.values()].map(shown), [domain])
    assert.equal(found.complete, complete)
  })

/** NULL makes these true, and a sign that escapes is not what it seems. */
const OTHERS = [
  'i IS NOT DISTINCT FROM NULL',
  'NOT coalesce(yes, NULL)',
  "s LIKE 'a!%c' ESCAPE '!'",
  "s LIKE 'a!_' ESCAPE '!'",
]

test('what no domain says is left to the plan', () => {
  for (const condition of ['i + 1 = 2', 'i = b', 'length(s) = 2', "s LIKE '%a'", 'NOT x < 1e0', 'i > 1.5', ...OTHERS]) {
    const found = domainsOf(condition)
    assert.deepEqual([found.domains.size, found.complete], [0, false], condition)
  }
  const both = domainsOf('i > 1 AND b = i')
  assert.deepEqual([[...both.domains.keys()], both.complete], [['i'], false])
})
