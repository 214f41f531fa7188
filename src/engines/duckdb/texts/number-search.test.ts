import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NumberSearch } from './number-search.ts'

function found(...pieces: readonly string[]): boolean {
  const search = new NumberSearch()
  for (const piece of pieces) search.read(Buffer.from(piece))
  return search.found
}

test('a digit before an underscore, and two signs, are found wherever the text is cut', () => {
  for (const text of ['a,1_000\n', '1_', 'x_9_', '+-5', 'a,9_b', '0,+-'])
    for (let cut = 0; cut <= text.length; cut++) {
      assert.equal(found(text.slice(0, cut), text.slice(cut)), true, text)
      assert.equal(found(text.slice(0, cut), '', text.slice(cut)), true, text)
    }
  for (const text of ['', '_1', 'a_1', '-+5', '+1-2', '1-_', '__', ':_', '/_'])
    for (let cut = 0; cut <= text.length; cut++) assert.equal(found(text.slice(0, cut), text.slice(cut)), false, text)
})
