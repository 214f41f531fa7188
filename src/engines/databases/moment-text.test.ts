import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LongBuilder } from '../../formats/vector-builders.ts'
import { addMillis, microsOf, millisOf, momentText } from './moment-text.ts'

const MOMENTS = [
  '9999-12-31 23:59:59.999',
  '2255-06-05 23:47:34.741',
  '1969-12-31 23:59:59.999',
  '1600-02-29 12:34:56.789',
  '0001-01-01 00:00:00.001',
]

test('moments far from today keep their milliseconds', () => {
  const longs = new LongBuilder()
  for (const text of MOMENTS) {
    const expected = Date.parse(`${text.replace(' ', 'T')}Z`)
    assert.equal(millisOf(text), expected, text)
    assert.equal(microsOf(`${text}999`), BigInt(expected) * 1000n + 999n, text)
    assert.equal(momentText(millisOf(`${text}999`)!), text)
    addMillis(expected, longs)
  }
  const { values } = longs.finish()
  assert.equal(values.kind, 'int64')
  assert.deepEqual(
    [...(values.values as BigInt64Array)],
    MOMENTS.map((text) => BigInt(Date.parse(`${text.replace(' ', 'T')}Z`)) * 1000n),
  )
  for (const text of ['0000-00-00', '2024-02-30', '2024-01-01x00:00:00', '2024-01-01 24:00:00', ''])
    assert.equal(millisOf(text), undefined, text)
})
