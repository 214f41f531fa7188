import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactJsonText, parseExactJson } from './exact-json.ts'

test('longs are exact, both ways', () => {
  const text = '{"most":9223372036854775807,"least":-9223372036854775808,"items":[9007199254740993,1]}'
  const value = { most: 2n ** 63n - 1n, least: -(2n ** 63n), items: [2n ** 53n + 1n, 1] }
  assert.deepEqual(parseExactJson(text), value)
  assert.equal(exactJsonText(value), text)
})

test('numbers that are no longs stay numbers, and digits in texts stay texts', () => {
  const text = '[9007199254740991,1e300,12345678901234567890123,0.1234567890123456789,"9223372036854775807"]'
  const value = [9007199254740991, 1e300, 1.2345678901234568e22, 0.12345678901234568, '9223372036854775807']
  assert.deepEqual(parseExactJson(text), value)
  assert.deepEqual(parseExactJson(String(exactJsonText(value))), value)
})

test('what has no JSON form has none', () => {
  assert.equal(exactJsonText(undefined), undefined)
  const circle: unknown[] = []
  circle.push(circle)
  assert.throws(() => exactJsonText(circle), TypeError)
})
