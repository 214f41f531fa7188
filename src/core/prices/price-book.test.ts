import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareEngines } from './break-even.ts'
import { capacityCost, priceBook, scanCost } from './price-book.ts'

const query = (scannedBytes: number, statementType = 'DML', state = 'SUCCEEDED') => ({
  scannedBytes,
  statementType,
  state,
})

test("the seed's table of formats and partitions", () => {
  const book = priceBook('seed')
  const costs = [1000e9, 82e9, 80e9, 6.5e9].map((bytes) => scanCost(book, query(bytes)).toFixed(4))
  assert.deepEqual(costs, ['5.0000', '0.4100', '0.4000', '0.0325'])
})

test('a query costs ten megabytes at the least, and by whole megabytes', () => {
  const book = priceBook()
  assert.equal(scanCost(book, query(1)), 0.00005)
  assert.equal(scanCost(book, query(10_000_001)).toFixed(6), '0.000055')
})

test('DDL, utilities and failed queries cost nothing; cancelled ones what they scanned', () => {
  const book = priceBook()
  assert.equal(scanCost(book, query(1e12, 'DDL')), 0)
  assert.equal(scanCost(book, { ...query(1e12, 'DDL'), substatementType: 'CREATE_TABLE_AS_SELECT' }), 5)
  assert.equal(scanCost(book, query(0, 'UTILITY')), 0)
  assert.equal(scanCost(book, query(1e12, 'DML', 'FAILED')), 0)
  assert.equal(scanCost(book, query(1e12, 'DML', 'CANCELLED')), 5)
  assert.equal(scanCost(book, query(0, 'DML', 'CANCELLED')), 0)
})

test('capacity costs by the DPU and the minute, an hour at the least; a book without its price says nothing', () => {
  const book = priceBook()
  assert.equal(capacityCost(book, { dpus: 24, minutes: 10 })?.toFixed(2), '7.20')
  assert.equal(capacityCost(book, { dpus: 4, minutes: 90.5 })?.toFixed(2), '1.82')
  assert.equal(capacityCost(priceBook('seed'), { dpus: 4, minutes: 60 }), undefined)
})

test('a book that there is not is said, with those that there are', () => {
  assert.throws(() => priceBook('constructor'), /aws-2026, seed/)
})

/** The guide: "Redshift breaks even vs Athena around 5-10 TB scanned per day"; two ra3.xlplus are $936 a month. */
test('Redshift is cheaper from so many terabytes a day; EMR on Spot always', () => {
  const { athenaPerDay, engines, unpriced } = compareEngines(priceBook('seed'), 8)
  const of = (name: string) => engines.find(({ engine }) => engine === name)!
  assert.equal(athenaPerDay, 40)
  assert.equal((of('Redshift').perDay.most * 30).toFixed(0), '936')
  assert.equal(of('Redshift').breakEvenTerabytes?.toFixed(2), '6.24')
  assert.equal(of('Redshift Spectrum').breakEvenTerabytes, undefined)
  assert.equal(of('Redshift Serverless').breakEvenTerabytes?.toFixed(1), '13.8')
  assert.deepEqual([of('EMR').perDay.least.toFixed(2), of('EMR').perDay.most.toFixed(2)], ['1.60', '4.00'])
  assert.equal(of('EMR').breakEvenTerabytes, 0)
  assert.deepEqual(unpriced, [])
})

test('an engine that the book has no price of is named', () => {
  const { engines, unpriced } = compareEngines(priceBook('aws-2026'), 1)
  assert.deepEqual(
    engines.map(({ engine, perDay, breakEvenTerabytes }) => [engine, perDay.most, breakEvenTerabytes]),
    [['Redshift Serverless', 4 * 0.375 * 24, (4 * 0.375 * 24) / 5]],
  )
  assert.deepEqual(unpriced, ['Redshift', 'Redshift Spectrum', 'EMR', 'Glue ETL'])
})
