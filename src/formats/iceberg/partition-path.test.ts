import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valueText } from './partition-path.ts'

test('days and moments are told in ISO 8601', () => {
  assert.equal(valueText('date', 19_782), '2024-02-29')
  assert.equal(valueText('date', -1), '1969-12-31')
  assert.equal(valueText('time', 1n), '00:00:00.000001')
  assert.equal(valueText('timestamp', -1n), '1969-12-31T23:59:59.999999')
  assert.equal(valueText('timestamptz', 1_709_251_199_123_456n), '2024-02-29T23:59:59.123456+00:00')
})

/** The ends of DuckDB's types, as its documentation has them (sql/data_types/date and timestamp). */
test('those that JavaScript has no dates for are told too, as Java tells years of more digits', () => {
  assert.equal(valueText('date', 2_147_483_646), '+5881580-07-10')
  assert.equal(valueText('date', -2_147_483_646), '-5877641-06-25')
  assert.equal(valueText('timestamp', 9_223_372_036_854_775_806n), '+294247-01-10T04:00:54.775806')
  assert.equal(valueText('date', 2_932_897), '+10000-01-01')
})
