import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BIGINT, DATE } from '../../sql/types.ts'
import { mayHold, rangeOfType } from './column-conditions.ts'

const range = (min: bigint, max: bigint) => ({ min, max, isDate: true })

test('statistics of a Parquet column of dates are read as dates', () => {
  assert.deepEqual(rangeOfType(range(0n, 19_782n), DATE), { min: '1970-01-01', max: '2024-02-29' })
  assert.equal(rangeOfType(range(0n, 19_782n), BIGINT), undefined)
})

test('a day that no date tells, as writers have for infinity, says nothing of the others', () => {
  const found = rangeOfType(range(0n, 2n ** 31n - 1n), DATE)
  assert.equal(found, undefined)
  const constraint = { kind: 'values', values: ['2024-02-29'] } as const
  assert.equal(mayHold({ type: DATE, constraint }, found), true)
})
