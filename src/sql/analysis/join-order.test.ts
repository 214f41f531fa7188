import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rel, Scalar } from '../plan.ts'
import { BIGINT } from '../types.ts'
import { type Cardinality, orderJoins } from './join-order.ts'

const BOOLEAN = { kind: 'boolean' } as const
const column = (id: number): Scalar => ({ kind: 'column', id, type: BIGINT })
const equal = (a: Scalar, b: Scalar): Scalar => ({
  kind: 'call',
  function: { name: '$eq' } as never,
  args: [a, b],
  type: BOOLEAN,
})
const one: Scalar = { kind: 'constant', value: 1n, type: BIGINT } as never
/** With two columns: `k`, whose id is ten times the place, and `v`. */
const scan = (place: number): Rel => ({
  kind: 'scan',
  relation: `r${place}`,
  columns: [
    { id: place * 10, source: 'k', type: BIGINT },
    { id: place * 10 + 1, source: 'v', type: BIGINT },
  ],
})
const join = (left: Rel, right: Rel, on?: Scalar, type: 'inner' | 'cross' | 'left' = on ? 'inner' : 'cross'): Rel => ({
  kind: 'join',
  type,
  left,
  right,
  lateral: false,
  ...(on && { on }),
})
const known =
  (rows: Readonly<Record<string, number>>, distinct: Readonly<Record<string, number>> = {}) =>
  (relation: string): Cardinality | undefined =>
    rows[relation] === undefined
      ? undefined
      : { rows: rows[relation], distinct: (name) => distinct[`${relation}.${name}`] ?? rows[relation] }

/** `((r1 r2) r3)`, and what stands above it. */
function shown(rel: Rel | undefined): string | undefined {
  if (!rel) return undefined
  if (rel.kind === 'scan') return rel.relation
  if (rel.kind === 'join') return `(${shown(rel.left)} ${rel.type === 'cross' ? 'x ' : ''}${shown(rel.right)})`
  return 'input' in rel ? `${rel.kind} ${shown(rel.input)}` : rel.kind
}

test('the table of most rows comes first, then what leaves the fewest', () => {
  const star = join(join(scan(1), scan(2), equal(column(20), column(10))), scan(3), equal(column(21), column(30)))
  const rows = { r1: 10, r2: 1_000_000, r3: 5000 }
  assert.equal(shown(orderJoins(star, known(rows))), '((r2 r1) r3)')
  const filtered = join(
    join(scan(1), scan(2), equal(column(20), column(10))),
    { kind: 'filter', input: scan(3), predicate: equal(column(31), one) },
    equal(column(21), column(30)),
  )
  // One of 5,000 rows is left of it, and so one of 5,000 rows of the large table.
  assert.equal(shown(orderJoins(filtered, known(rows, { 'r2.k': 10, 'r2.v': 5000 }))), '((r2 filter r3) r1)')
})

test('conditions above the joins count, and stay there', () => {
  const input = join(join(scan(1), scan(3)), scan(2))
  const terms = [equal(column(20), column(10)), equal(column(30), column(21)), equal(column(11), one)]
  const root: Rel = { kind: 'filter', input, predicate: { kind: 'and', terms, type: BOOLEAN } }
  assert.equal(shown(orderJoins(root, known({ r1: 100, r2: 100_000, r3: 50 }))), 'filter ((r2 x r1) x r3)')
})

test('a table that nothing connects comes last', () => {
  const root = join(join(scan(1), scan(2)), scan(3), equal(column(10), column(30)))
  assert.equal(shown(orderJoins(root, known({ r1: 1000, r2: 2, r3: 100 }))), '((r1 r3) x r2)')
})

test('what is not inner joins of known tables stays as it is', () => {
  const on = equal(column(10), column(20))
  const rows = known({ r1: 1, r2: 2, r3: 3 })
  assert.equal(orderJoins(join(scan(1), scan(2), on, 'left'), rows), undefined)
  assert.equal(orderJoins(join(scan(1), scan(4), on), rows), undefined)
  assert.equal(orderJoins(scan(1), rows), undefined)
  const beside: Rel = { kind: 'distinct', input: join(scan(1), scan(2), on) }
  assert.equal(orderJoins(join(beside, scan(3), on), rows), undefined)
})
