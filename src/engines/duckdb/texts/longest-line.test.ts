import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LongestLine } from './longest-line.ts'

const longest = (text: string, pieceBytes: number): number => {
  const lines = new LongestLine()
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes) lines.read(bytes.subarray(from, from + pieceBytes))
  return lines.bytes
}

test('a line that is longer than a piece is measured, wherever it is and however it ends', () => {
  const line = 'x'.repeat(100)
  for (const end of ['\n', '\r', '\r\n'])
    for (const text of [
      line,
      `${line}${end}`,
      `${line}${end}${end}`,
      `a${end}${line}${end}b${end}`,
      `a${end}${line}`,
    ]) {
      const found = longest(text, 7)
      assert.ok(found === 100 || (end === '\r\n' && found === 101), JSON.stringify([end, text.length, found]))
    }
})

test('none is found where all are shorter than a piece, or there are none', () => {
  assert.ok(longest('ab\n'.repeat(1000), 64) < 64)
  assert.equal(longest('', 7), 0)
})
