import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rel, Scalar } from '../plan.ts'
import { BIGINT, BOOLEAN } from '../types.ts'
import { largestColumnId } from './column-ids.ts'

const column = (id: number): Scalar => ({ kind: 'column', id, type: BIGINT })

test('ids in named queries, subqueries and lambdas count', () => {
  const inner: Rel = { kind: 'values', columns: [{ id: 41, type: BIGINT }], rows: [] }
  const predicate: Scalar = { kind: 'exists', query: inner, type: BOOLEAN }
  const scan: Rel = { kind: 'scan', relation: 'r0', columns: [{ id: 3, type: BIGINT, source: 'a' }] }
  assert.equal(largestColumnId({ kind: 'single-row' }), -1)
  assert.equal(largestColumnId(scan), 3)
  assert.equal(largestColumnId({ kind: 'filter', input: scan, predicate }), 41)
  const lambda: Scalar = { kind: 'lambda', parameters: [{ id: 7, type: BIGINT }], body: column(7), type: BIGINT }
  assert.equal(
    largestColumnId({ kind: 'project', input: scan, items: [{ column: { id: 5, type: BIGINT }, of: lambda }] }),
    7,
  )
  const named = { id: 0, columns: [{ id: 99, type: BIGINT }], query: scan }
  assert.equal(largestColumnId({ kind: 'with', queries: [named], body: { kind: 'single-row' } }), 99)
})
