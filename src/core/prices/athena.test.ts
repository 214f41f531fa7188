import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryCost } from './athena.ts'

test('a query costs five dollars a terabyte, ten megabytes at the least, by whole megabytes', () => {
  assert.equal(queryCost(1e12, 'DML'), 5)
  assert.equal(queryCost(82e9, 'DML').toFixed(2), '0.41')
  assert.equal(queryCost(1, 'DML'), 0.00005)
  assert.equal(queryCost(10_000_001, 'DML').toFixed(6), '0.000055')
})

test('DDL, utilities and failed queries cost nothing', () => {
  assert.equal(queryCost(1e12, 'DDL'), 0)
  assert.equal(queryCost(0, 'UTILITY'), 0)
  assert.equal(queryCost(1e12, 'DML', 'FAILED'), 0)
})
