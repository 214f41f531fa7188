import assert from 'node:assert/strict'
import { test } from 'node:test'
import { priceBook } from './price-book.ts'
import { capacitySpending, type SpentQuery, spending } from './spending.ts'

const query = (more: Partial<SpentQuery>): SpentQuery => ({
  submittedAt: '2026-11-01T10:00:00.000Z',
  workGroup: 'primary',
  principal: 'arn:aws:iam::000000000000:root',
  statementType: 'DML',
  state: 'SUCCEEDED',
  scannedBytes: 0,
  scannedByTable: {},
  ...more,
})

test('by work group and day, each query with its own minimum', () => {
  const rows = spending(
    [
      query({ scannedBytes: 1 }),
      query({ scannedBytes: 1 }),
      query({ scannedBytes: 1e12, workGroup: 'reports', submittedAt: '2026-11-02T00:00:00.000Z' }),
      query({ scannedBytes: 1e12, workGroup: 'reports', submittedAt: '2026-11-02T01:00:00.000Z', state: 'FAILED' }),
    ],
    ['workgroup', 'day'],
    priceBook(),
  )
  assert.deepEqual(rows, [
    { by: { workgroup: 'primary', day: '2026-11-01' }, queries: 2, scannedBytes: 2, costUsd: 0.0001 },
    { by: { workgroup: 'reports', day: '2026-11-02' }, queries: 2, scannedBytes: 2e12, costUsd: 5 },
  ])
})

test('a query of two tables is shared out by what it has read of each', () => {
  const rows = spending(
    [
      query({ scannedBytes: 1e12, scannedByTable: { 'db.a': 0.75e12, 'db.b': 0.25e12 } }),
      query({ statementType: 'DDL' }),
    ],
    ['table'],
    priceBook(),
  )
  assert.deepEqual(
    rows.map(({ by, costUsd }) => [by.table, costUsd]),
    [
      ['db.a', 3.75],
      ['db.b', 1.25],
      ['-', 0],
    ],
  )
})

test('queries on reserved capacity are paid by the hour', () => {
  const [row] = spending([query({ scannedBytes: 1e12, capacityReservation: 'nightly' })], ['principal'], priceBook())
  assert.equal(row!.costUsd, 0)
  const held = {
    name: 'nightly',
    dpus: 24,
    from: new Date('2026-11-01T00:00:00Z'),
    until: new Date('2026-11-01T10:00:00Z'),
  }
  const [capacity, ...others] = capacitySpending([held], new Date('2026-11-01T06:00:00Z'), priceBook())
  assert.equal(capacity!.hours, 4)
  assert.equal(capacity!.costUsd?.toFixed(2), '28.80')
  assert.deepEqual(others, [])
  assert.deepEqual(capacitySpending([held], new Date('2026-11-02T00:00:00Z'), priceBook()), [])
})
