import assert from 'node:assert/strict'
import { test } from 'node:test'
import { row, type Type, VARCHAR } from '../../sql/types.ts'
import { visibilityOf } from '../permissions/visibility.ts'
import type { RelationColumn } from './relation.ts'
import { readRowFilter } from './row-filters.ts'
import { sightOf } from './table-sight.ts'

const struct = (fields: Readonly<Record<string, Type>>): Type =>
  row(Object.entries(fields).map(([name, type]) => ({ name, type })))

const column = (type: Type, inner: readonly object[]): RelationColumn =>
  ({ kind: 'data', name: 's', type, field: 's', ordinal: 0, fieldId: 1, ids: { id: 1, inner } }) as RelationColumn

test('a hidden field that was dropped deep inside of a struct is hidden in the past', () => {
  const leaf = (id: number) => ({ id, inner: [] })
  const now = column(struct({ a: VARCHAR, t: struct({ x: VARCHAR }) }), [leaf(2), { id: 3, inner: [leaf(4)] }])
  const then = column(struct({ a: VARCHAR, t: struct({ x: VARCHAR, y: VARCHAR }) }), [
    leaf(2),
    { id: 3, inner: [leaf(4), leaf(5)] },
  ])
  const reading = { columns: { except: ['"s"."t"."y"'] }, reason: { by: 'root' } } as const
  const seen = (columns: Parameters<typeof visibilityOf>[1]) =>
    visibilityOf({ permissions: new Map(), readings: [reading] }, columns)
  const sight = sightOf(seen, [then], [now])
  assert.deepEqual(
    sight.columns.map(({ type }) => type),
    [now.type],
  )
  assert.equal(sight.narrowings?.length, 1)
})

test('what a condition compares is in the past the field that it is now, and nothing where that was not there', () => {
  const leaf = (id: number) => ({ id, inner: [] })
  const then = column(struct({ old: VARCHAR, b: VARCHAR }), [leaf(2), leaf(3)])
  const now = column(struct({ b: VARCHAR, a: VARCHAR, late: VARCHAR }), [leaf(2), leaf(3), leaf(4)])
  const sightBy = (text: string) => {
    const rows = readRowFilter(text, [now])
    const seen = (columns: Parameters<typeof visibilityOf>[1]) =>
      visibilityOf({ permissions: new Map(), readings: [{ rows, reason: { by: 'root' } }] }, columns)
    return JSON.stringify(sightOf(seen, [then], [now]).rowFilter)
  }
  assert.match(sightBy("s.b = 'x'"), /"kind":"field".*"index":0/)
  assert.match(sightBy("s.a = 'x'"), /"kind":"field".*"index":1/)
  assert.throws(() => sightBy("s.late = 'x'"), { message: 'Relation contains no accessible columns' })
})
