import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExactObject, NumberText, parseExactJson } from './exact-json.ts'

test('numbers keep their digits', () => {
  assert.deepEqual(parseExactJson('[9223372036854775807, -1.50, 1E3]'), [
    new NumberText('9223372036854775807'),
    new NumberText('-1.50'),
    new NumberText('1E3'),
  ])
})

test('objects keep the order of their keys', () => {
  assert.deepEqual(
    parseExactJson(' { "b" : null, "2": [true], "1": "a\\"\\u00e9" } '),
    new ExactObject([
      ['b', null],
      ['2', [true]],
      ['1', 'a"é'],
    ]),
  )
})

test('what is not JSON is refused', () => {
  for (const text of ['', '[1', '{"a"}', '[1,]', '1 2', "'a'"]) assert.throws(() => parseExactJson(text), SyntaxError)
})
