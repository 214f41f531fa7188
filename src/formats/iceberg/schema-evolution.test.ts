import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IcebergType, StructType } from './schema.ts'
import { requirePromotions } from './schema-evolution.ts'

const of = (...types: IcebergType[]): StructType => ({
  type: 'struct',
  fields: types.map((type, i) => ({ id: i + 1, name: `c${i + 1}`, required: false, type })),
})
const list = (element: IcebergType): IcebergType => ({
  type: 'list',
  'element-id': 9,
  element,
  'element-required': false,
})

// https://iceberg.apache.org/spec/#schema-evolution
test('types widen as the specification has it', () => {
  for (const [from, to] of [
    ['int', 'long'],
    ['float', 'double'],
    ['decimal(5,2)', 'decimal(9, 2)'],
    ['string', 'string'],
  ] as const)
    for (const nest of [(type: IcebergType) => type, list]) {
      requirePromotions(of(nest(from)), of(nest(to)))
      if (from !== to) assert.throws(() => requirePromotions(of(nest(to)), of(nest(from))), /Cannot change column type/)
    }
  requirePromotions(of('int'), of('int', 'string'))
  requirePromotions(of('int', 'string'), of('int'))
})

test('nothing else keeps its id', () => {
  for (const [from, to, told] of [
    ['int', 'string', /column type: c1: int -> string$/],
    ['int', list('int'), /column type: c1: int -> list$/],
    [list('int'), list('string'), /column type: c1\.element: int -> string$/],
    ['decimal(5,2)', 'decimal(9,3)', /decimal\(5,2\) -> decimal\(9,3\)$/],
    ['date', 'timestamp', /date -> timestamp$/],
  ] as const)
    assert.throws(() => requirePromotions(of(from), of(to)), told)
})
