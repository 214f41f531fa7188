import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../../../formats/seeded.fixture.ts'
import { BLANKS, LINE_ENDS, MarkSearch } from './mark-search.ts'

const isFound = (text: string, marks: readonly string[], pieceBytes: number): boolean => {
  const search = new MarkSearch(marks)
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes) search.read(bytes.subarray(from, from + pieceBytes))
  return search.found
}

test('a pair is found wherever pieces part it, and only where there is one', () => {
  const below = dice(20240229)
  const escaped = LINE_ENDS.map((end) => `\\${end}`)
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: below(12) }, () => ['a', 'b', ',', '\n', '\r', '\\'][below(6)]).join('')
    for (const marks of [BLANKS, escaped, [...BLANKS, ...escaped]]) {
      const holds = text !== '' && marks.some((mark) => `\n${text}`.includes(mark))
      for (const pieceBytes of [1, 2, 5, 100])
        assert.equal(isFound(text, marks, pieceBytes), holds, JSON.stringify([text, marks, pieceBytes]))
    }
  }
})
