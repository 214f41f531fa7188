import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantMs } from './instants.ts'

test('instants of dates and moments', () => {
  const at = (text: string) => new Date(instantMs(text)!).toISOString()
  assert.equal(at('2024-01-15'), '2024-01-15T00:00:00.000Z')
  assert.equal(at('2024-01-15 10:20:30.1239'), '2024-01-15T10:20:30.123Z')
  assert.equal(at('2024-01-15 10:20:30 UTC'), '2024-01-15T10:20:30.000Z')
  assert.equal(at('2024-01-15 10:20:30 +05:30'), '2024-01-15T04:50:30.000Z')
  assert.equal(at('2024-01-15 10:20:30 America/New_York'), '2024-01-15T15:20:30.000Z')
  assert.equal(at('2024-07-15 10:20:30 America/New_York'), '2024-07-15T14:20:30.000Z')
  // The clocks went forward at two.
  assert.equal(at('2024-03-10 01:59:59 America/New_York'), '2024-03-10T06:59:59.000Z')
  assert.equal(at('2024-03-10 03:00:00 America/New_York'), '2024-03-10T07:00:00.000Z')
  assert.equal(instantMs('yesterday'), undefined)
})
