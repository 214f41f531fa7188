/** Row patterns in windows, put together at random (the same ones in every run) over partitions of a few rows. */

const COUNT = 260
const CONDITIONS = [
  ...[
    'v < PREV(v)',
    'v > PREV(v)',
    'v >= PREV(v, 2)',
    'v < NEXT(v)',
    'v IS NULL',
    'v > 25',
    'v <= 40',
    'PREV(v) IS NULL',
  ],
  ...['NEXT(v, 2) IS NOT NULL', 'v > a.v', 'v < LAST(a.v, 1)', 'sum(v) < 100', 'count(*) < 3', "CLASSIFIER() = 'B'"],
  ...['v > FIRST(v)', 'v <> PREV(LAST(a.v))', 'true', 'PREV(v, 3) < v OR PREV(v) > v', 'avg(b.v) >= 20'],
  ...["PREV(CLASSIFIER()) = 'A'", 'NEXT(a.v) > 10', 'PREV(FIRST(v)) IS NULL'],
]
const PATTERNS = [
  ...['a b', 'a b+', 'a b* c', 'a+ b', '(a | b) c?', 'a b{1,2} c*', 'a*', 'a? b', 'PERMUTE(a, b, c)', 'a {- b -} c'],
  ...['(a b)+', 'a b+? c', '() | a b', 'a{2,3}', '(a | b | c)+'],
]
const SKIPS = ['PAST LAST ROW', 'TO NEXT ROW', 'TO NEXT ROW', 'TO LAST b', 'TO FIRST b'].map(
  (to) => `AFTER MATCH SKIP ${to}`,
)
const MEASURES = [
  ...['LAST(v)', 'FIRST(v)', 'PREV(v)', 'NEXT(v)', 'PREV(FIRST(v))', 'NEXT(LAST(v), 2)', 'CLASSIFIER()', 'count(*)'],
  ...['sum(v)', 'LAST(a.v)', 'count(a.v)', 'array_agg(CLASSIFIER())', 'FINAL LAST(v, 1)', 'RUNNING sum(v)'],
]
const FUNCTIONS = [
  ...[
    'count(*)',
    'sum(v)',
    'array_agg(id)',
    'first_value(id)',
    'last_value(id)',
    'nth_value(id, 2)',
    'min(v)',
    'avg(v)',
  ],
  ...['first_value(v) IGNORE NULLS', 'nth_value(v, p)', 'last_value(v) IGNORE NULLS'],
]
const ENDS = ['UNBOUNDED FOLLOWING', 'UNBOUNDED FOLLOWING', '3 FOLLOWING', '1 FOLLOWING', 'CURRENT ROW', 'p FOLLOWING']

export function windowPatternQueries(): string[] {
  let state = 7
  const below = (limit: number): number => {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return (state >> 8) % limit
  }
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  return Array.from({ length: COUNT }, () => query(below, pick))
}

type Pick = <T>(items: readonly T[]) => T

function query(below: (limit: number) => number, pick: Pick): string {
  const pattern = pick(PATTERNS)
  const labels = ['a', 'b', 'c'].filter((label) => new RegExp(`\\b${label}\\b`).test(pattern))
  const known = (text: string) => [...text.matchAll(/\b([abc])\./g)].every(([, label]) => labels.includes(label!))
  const [conditions, measures] = [CONDITIONS.filter(known), MEASURES.filter(known)]
  const skips = ['', ...SKIPS.filter((skip) => labels.includes('b') || !skip.endsWith(' b'))]
  const condition = () =>
    below(3) === 0 ? `${pick(conditions)} ${pick(['AND', 'OR'])} ${pick(conditions)}` : pick(conditions)
  const defined = labels.filter((_, i) => i === 0 || below(4) > 0)
  const rows = Array.from({ length: 6 + below(7) }, (_, i) => {
    return `(${i + 1}, ${pick([1, 1, 2])}, ${pick(['NULL', 10, 20, 30, 40, 50, 60])})`
  })
  const window = [
    below(3) === 0 && 'PARTITION BY p',
    `ORDER BY id${below(4) === 0 ? ' DESC' : ''}`,
    `MEASURES ${pick(measures)} AS m, ${pick(measures)} AS n`,
    `ROWS BETWEEN CURRENT ROW AND ${pick(ENDS)}`,
    pick(skips),
    pick(['', 'INITIAL', 'SEEK', 'SEEK']),
    `PATTERN (${pattern})`,
    `DEFINE ${defined.map((label) => `${label} AS ${condition()}`).join(', ')}`,
  ]
  const functions = [pick(FUNCTIONS), pick(FUNCTIONS)].map((text) => `${text} OVER w`)
  return `SELECT id, m OVER w, n OVER w, ${functions.join(', ')} FROM (VALUES ${rows.join(', ')}) t(id, p, v) WINDOW w AS (${window.filter(Boolean).join(' ')}) ORDER BY id`
}
