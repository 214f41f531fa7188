import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import type { Resolver } from '../../sql/resolver.ts'
import { parseQuery } from '../../sql/trino/parser.ts'
import { grantsOf } from './grants.ts'
import type { PlanMessage } from './messages.ts'

const resolver: Resolver = { table: () => assert.fail('no table is named') }
const session = { now: new Date(0), timeZone: 'UTC', user: 'u', catalog: 'c', database: 'd' }

function disabledFor(sql: string): readonly string[] {
  const query = analyzeQuery(parseQuery(sql), resolver, session)
  const plan = { query, relations: [], sink: { kind: 'rows', limit: 10 }, limits: { memoryBytes: 1 << 20 } }
  return grantsOf(plan as unknown as PlanMessage, 1 << 20).disabledOptimizers
}

const items = (count: number) => Array.from({ length: count }, (_, i) => `${i} AS c${i}`).join()

test('common parts of deep and of wide plans are not looked for', () => {
  assert.deepEqual(disabledFor(`SELECT ${items(100)}`), [])
  assert.deepEqual(disabledFor(`SELECT ${items(200)}`), ['common_subexpressions'])
  assert.deepEqual(disabledFor(`SELECT c0 FROM (SELECT ${items(200)})`), [])
  assert.deepEqual(disabledFor(`SELECT ${'abs('.repeat(100)}1${')'.repeat(100)}`), ['common_subexpressions'])
})
