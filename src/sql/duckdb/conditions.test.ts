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

test('a term that may fail is computed behind those before it, as long as they are few', () => {
  const fallible = 'js_regexp_like(c1)'
  assert.deepEqual(filterTerms(['a', 'b', fallible]), ['a', 'b', `CASE WHEN a AND b THEN ${fallible} ELSE false END`])
  assert.deepEqual(filterTerms([fallible, 'a']), [fallible, 'a'])
  const long = Array.from({ length: 150 }, (_, i) => `(c1 <> '${'x'.repeat(40)}${i}')`)
  assert.deepEqual(filterTerms([...long, fallible]), [...long, fallible])
})

test('of very many terms most are bundled, but those with a query', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `(c1 <> ${i})`)
  const query = '(c1 IN (SELECT c2 FROM t2))'
  const terms = filterTerms([...many, query])
  assert.deepEqual(terms.slice(0, 101), [...many.slice(0, 100), query])
  assert.equal(terms.length, 101 + 199)
  assert.equal(terms[101], `CASE WHEN ${many.slice(100, 200).join(' AND ')} THEN true ELSE false END`)
})
