import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BIGINT, row } from '../types.ts'
import { rowFieldNames } from './types.ts'

const named = (...names: (string | undefined)[]) =>
  rowFieldNames(row(names.map((name) => (name === undefined ? { type: BIGINT } : { name, type: BIGINT }))) as never)

test('fields of a row have names of their own, whatever their case', () => {
  assert.deepEqual(named('a', 'A', 'b', undefined, 'a'), ['a', 'a_2', 'b', 'f4', 'a_3'])
  assert.deepEqual(named('a', 'a_2', 'a', 'a'), ['a', 'a_2', 'a_3', 'a_4'])
  assert.deepEqual(named('f2', undefined), ['f2', 'f2_2'])
})

test('however many there are', () => {
  assert.equal(new Set(named(...Array.from({ length: 20_000 }, () => 'same'))).size, 20_000)
})
