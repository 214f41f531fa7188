import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateOfDay, dayOfDate } from './days.ts'

test('days are dates, and dates days, from the year 1 to 9999', () => {
  // By `date -u -d @$((19782 * 86400)) +%F`, and likewise.
  for (const [day, date] of [
    [0, '1970-01-01'],
    [19_782, '2024-02-29'],
    [-1, '1969-12-31'],
    [-719_162, '0001-01-01'],
    [2_932_896, '9999-12-31'],
  ] as const) {
    assert.equal(dateOfDay(day), date)
    assert.equal(dayOfDate(date), day)
  }
})

test('what four digits of year do not tell is no date', () => {
  for (const day of [-719_163, 2_932_897, 2 ** 31 - 1, -(2 ** 31)]) assert.equal(dateOfDay(day), undefined)
  for (const text of ['10000-01-01', '2024-13-01', '2024-02-29 00:00:00', '']) assert.equal(dayOfDate(text), undefined)
})
