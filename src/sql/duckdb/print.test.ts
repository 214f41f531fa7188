import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column, Rel, Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import { BIGINT, BOOLEAN, DOUBLE, INTEGER, row, TIMESTAMP_TZ, VARCHAR } from '../types.ts'
import { printExpression, printQuery, printTexts, printValues } from './print.ts'

const col = (id: number, type: Column['type'] = INTEGER): Column => ({ id, type })
const ref = (column: Column): Scalar => ({ kind: 'column', id: column.id, type: column.type })
const int = (value: bigint): Scalar => ({ kind: 'constant', value, type: INTEGER })
const call = (name: string, type: Scalar['type'], ...args: Scalar[]): Scalar => ({
  kind: 'call',
  function: { name, parameters: args.map((arg) => arg.type), result: type },
  args,
  type,
})
const scan: Rel = {
  kind: 'scan',
  relation: 't',
  columns: [
    { ...col(1), source: 'a' },
    { ...col(2, VARCHAR), source: 'b' },
  ],
}
const scanText = () => 'scan_0()'
const filtered: Rel = { kind: 'filter', input: scan, predicate: call('$gt', BOOLEAN, ref(col(1)), int(5n)) }

test('filters, projections, orders and limits share one level', () => {
  const plan: Rel = {
    kind: 'limit',
    count: 3,
    input: {
      kind: 'sort',
      keys: [{ of: ref(col(3)), descending: true, nullsFirst: false }],
      input: {
        kind: 'project',
        input: filtered,
        items: [{ column: col(3), of: call('$add', INTEGER, ref(col(1)), int(1n)) }],
      },
    },
  }
  assert.equal(
    printQuery({ root: plan, output: [] }, scanText),
    'SELECT (c1 + 1) AS c3 FROM scan_0() AS q1 WHERE (c1 > 5) ORDER BY c3 DESC NULLS LAST LIMIT 3',
  )
})

test('a filter above a projection that computes gets a level of its own', () => {
  const plan: Rel = {
    kind: 'filter',
    predicate: call('$lt', BOOLEAN, ref(col(3)), int(9n)),
    input: {
      kind: 'project',
      input: scan,
      items: [{ column: col(3), of: call('$add', INTEGER, ref(col(1)), int(1n)) }],
    },
  }
  assert.equal(
    printQuery({ root: plan, output: [] }, scanText),
    'SELECT c3 FROM (SELECT (c1 + 1) AS c3 FROM scan_0() AS q1) AS q2 WHERE (c3 < 9)',
  )
})

test('outputs keep the order of the client and the order of the rows', () => {
  const root: Rel = {
    kind: 'sort',
    input: scan,
    keys: [{ of: ref(col(2, VARCHAR)), descending: false, nullsFirst: false }],
  }
  const output = [
    { name: 'x', column: col(2, VARCHAR) },
    { name: 'x', column: col(1) },
  ]
  assert.equal(
    printValues({ root, output }, scanText),
    'SELECT c2 AS o0, c1 AS o1 FROM scan_0() AS q1 ORDER BY c2 ASC NULLS LAST',
  )
  assert.equal(
    printTexts({ root, output }, scanText),
    'SELECT c2 AS o0, CAST(c1 AS VARCHAR) AS o1 FROM scan_0() AS q1 ORDER BY c2 ASC NULLS LAST',
  )
})

test('user text survives only as an escaped literal', () => {
  const evil = "'; COPY t TO '/tmp/x'; --"
  assert.equal(printExpression({ kind: 'constant', value: evil, type: VARCHAR }), "'''; COPY t TO ''/tmp/x''; --'")
  assert.equal(printExpression({ kind: 'constant', value: 'a\0b', type: VARCHAR }), "('a' || chr(0) || 'b')")
})

test('row fields are named once each, whatever their case', () => {
  const type = row([{ name: 'A', type: INTEGER }, { name: 'a', type: INTEGER }, { type: INTEGER }])
  assert.equal(
    printExpression({ kind: 'row', type, items: [int(1n), int(2n), int(3n)] }),
    'struct_pack("a" := 1, "a_2" := 2, "f3" := 3)',
  )
})

test('a volatile argument is evaluated once though its text is used several times', () => {
  const text = printExpression(
    call('greatest', DOUBLE, call('random', DOUBLE), { kind: 'column', id: 1, type: DOUBLE }),
  )
  assert.equal(text.match(/random\(\)/g)?.length, 1)
})

test('the zone of a timestamp follows it to its text', () => {
  const instant: Scalar = { kind: 'constant', value: '2024-01-01 00:00:00.000 UTC', type: TIMESTAMP_TZ }
  const zone: Scalar = { kind: 'constant', value: 'Europe/Paris', type: VARCHAR }
  const root: Rel = {
    kind: 'project',
    input: { kind: 'single-row' },
    items: [{ column: col(1, TIMESTAMP_TZ), of: call('$at_timezone', TIMESTAMP_TZ, instant, zone) }],
  }
  const text = printTexts({ root, output: [{ name: 't', column: col(1, TIMESTAMP_TZ) }] }, scanText)
  assert.match(text, /c1 AT TIME ZONE 'Europe\/Paris'/)
  assert.match(text, /\|\| ' ' \|\| 'Europe\/Paris'/)
})

test('what has no realisation is refused by name', () => {
  assert.throws(
    () => printExpression(call('read_csv', BIGINT, int(1n))),
    (error) => error instanceof SqlError && error.code === 'NOT_SUPPORTED' && /read_csv/.test(error.message),
  )
})
