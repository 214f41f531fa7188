import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NumberSearch } from './number-search.ts'

function found(pieces: readonly string[], isCautious = false): boolean {
  const search = new NumberSearch(isCautious)
  for (const piece of pieces) search.read(Buffer.from(piece))
  return search.found
}

const cuts = (text: string): string[][] =>
  Array.from({ length: text.length + 1 }, (_, cut) => [text.slice(0, cut), '', text.slice(cut)])

test('an underscore between digits, and two signs, are found wherever the text is cut', () => {
  for (const text of ['a,1_000\n', '"1_0"', 'a|-1.5_5', '1e1_0', 'x\n9_9', ' 1_0', 'ü1_0', '+-5', '0,+-'])
    for (const pieces of cuts(text)) assert.equal(found(pieces), true, text)
  for (const text of ['', '_1', 'a_1', '-+5', '+1-2', '1-_', '__', ':_', '/_'])
    for (const pieces of cuts(text)) assert.equal(found(pieces), false, text)
})

test('what is of a word is no number, unless letters may part fields', () => {
  for (const text of ['user_1_2', 'a1_000', 'one1e5_0', 'id=a-1.5_5']) {
    assert.equal(found([text]), false, text)
    for (const pieces of cuts(text)) assert.equal(found(pieces, true), true, text)
  }
  for (const text of ['a,9_b\n', '2024_report\n', '1__0\n']) assert.equal(found([text], true), false, text)
  assert.equal(found([`a${'1_1'.repeat(100)}`]), true)
})
