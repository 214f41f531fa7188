import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStatement } from '../../sql/statement.ts'
import { knownStatement } from './known-statements.ts'

test('a text that comes again has the tree that it had, as long as not too many others have come', () => {
  const first = knownStatement('SELECT 1')
  assert.deepEqual(first, parseStatement('SELECT 1'))
  for (let i = 2; i < 30; i++) knownStatement(`SELECT ${i}`)
  assert.equal(knownStatement('SELECT 1'), first)
  for (let i = 2; i < 100; i++) knownStatement(`SELECT ${i}`)
  assert.notEqual(knownStatement('SELECT 1'), first)
})

test('what is wrong is so every time, and a long text is not kept', () => {
  for (let i = 0; i < 2; i++) assert.throws(() => knownStatement('SELEC 1'), /mismatched input 'SELEC'/)
  const long = `SELECT '${'x'.repeat(20_000)}'`
  assert.notEqual(knownStatement(long), knownStatement(long))
})
