import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterTerms } from './conditions.ts'

const from = "((c5 >= CAST('0.5' AS DOUBLE)) AND NOT isnan(c5))"
const to = (column: string) => `(${column} <= CAST('7.5' AS DOUBLE))`

test('a column with both bounds needs no guard against NaN', () => {
  assert.deepEqual(filterTerms([from, to('c5')]), ["(c5 >= CAST('0.5' AS DOUBLE))", to('c5')])
})

test('a lower bound alone keeps it, and one beside an upper bound that is another column’s or no bound of its own', () => {
  assert.deepEqual(filterTerms([from]), [from])
  assert.deepEqual(filterTerms([from, to('c6')]), [from, to('c6')])
  const choice = `(${to('c5')} OR ${to('c6')})`
  assert.deepEqual(filterTerms([from, choice]), [from, choice])
  const notANumber = "(c5 <= CAST('NaN' AS DOUBLE))"
  assert.deepEqual(filterTerms([from, notANumber]), [from, notANumber])
})
