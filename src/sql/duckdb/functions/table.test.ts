import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functions } from '../../functions/registry.ts'
import { aggregateLowerings } from './aggregates.ts'
import { lowerings } from './table.ts'
import { windowLowerings } from './windows.ts'

const TABLES = { scalar: lowerings, aggregate: aggregateLowerings, window: windowLowerings }

test('every function of the language has a lowering', () => {
  const missing = functions.filter((fn) => !TABLES[fn.kind][fn.name]).map((fn) => fn.name)
  assert.deepEqual(missing, [])
})

test('no lowering is for a function that the language does not have', () => {
  const known = new Set(functions.map((fn) => fn.name))
  // Comparisons are typed by the analyser, not chosen from the registry.
  const names = Object.values(TABLES).flatMap((table) => Object.keys(table).filter((name) => !name.startsWith('$')))
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  )
})
