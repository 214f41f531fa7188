import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IcebergType, StructType } from './schema.ts'
import { requireCompatible } from './schema-evolution.ts'

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
      requireCompatible(of(nest(from)), of(nest(to)), 2)
      if (from !== to)
        assert.throws(() => requireCompatible(of(nest(to)), of(nest(from)), 2), /Cannot change column type/)
    }
  requireCompatible(of('int'), of('int', 'string'), 2)
  requireCompatible(of('int', 'string'), of('int'), 2)
})

test('the third version lets days become moments, and what is unknown anything', () => {
  for (const [from, to] of [
    ['date', 'timestamp'],
    ['date', 'timestamp_ns'],
    ['unknown', 'string'],
  ] as const) {
    requireCompatible(of(from), of(to), 3)
    assert.throws(() => requireCompatible(of(from), of(to), 2), /Cannot change column type/)
  }
  assert.throws(() => requireCompatible(of('date'), of('timestamptz'), 3), /Cannot change column type/)
})

test('nothing else keeps its id', () => {
  for (const [from, to, told] of [
    ['int', 'string', /column type: c1: int -> string$/],
    ['int', list('int'), /column type: c1: int -> list$/],
    [list('int'), list('string'), /column type: c1\.element: int -> string$/],
    ['decimal(5,2)', 'decimal(9,3)', /decimal\(5,2\) -> decimal\(9,3\)$/],
    ['date', 'timestamp', /date -> timestamp$/],
  ] as const)
    assert.throws(() => requireCompatible(of(from), of(to), 2), told)
})

const field = (id: number, required: boolean, type: IcebergType = 'int', more: object = {}) => ({
  id,
  name: `c${id}`,
  required,
  type,
  ...more,
})
const struct = (...fields: ReturnType<typeof field>[]): StructType => ({ type: 'struct', fields })

test('rows that are there may have no value of what must have one', () => {
  requireCompatible(struct(field(1, true)), struct(field(1, false), field(2, false)), 2)
  requireCompatible(struct(field(1, true)), struct(field(1, true), field(2, true, 'int', { 'initial-default': 0 })), 2)
  // Of rows of before none has the struct.
  requireCompatible(struct(), struct(field(1, false, struct(field(2, true)))), 2)
  const values = (required: boolean): IcebergType => ({
    type: 'map',
    'key-id': 7,
    key: 'string',
    'value-id': 8,
    value: 'int',
    'value-required': required,
  })
  for (const [from, to, told] of [
    [struct(field(1, false)), struct(field(1, true)), /Cannot change column nullability: c1: optional -> required$/],
    [
      struct(field(1, false, struct(field(2, false)))),
      struct(field(1, false, struct(field(2, true)))),
      /nullability: c1\.c2: optional/,
    ],
    [struct(field(1, true, values(false))), struct(field(1, true, values(true))), /nullability: c1\.value: optional/],
    [struct(), struct(field(3, true)), /Incompatible change: cannot add required column without a default value: c3$/],
    [
      struct(field(1, true, struct(field(2, false)))),
      struct(field(1, true, struct(field(2, false), field(3, true)))),
      /default value: c1\.c3$/,
    ],
  ] as const)
    assert.throws(() => requireCompatible(from, to, 2), told)
})
