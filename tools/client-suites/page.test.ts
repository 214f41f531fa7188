import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOutcomes, updated } from './outcomes.ts'
import { clientsPage } from './page.ts'

const report = (name: string, when: string, outcome: string, message = '') =>
  JSON.stringify({ test: name, when, outcome, message })

test('a test is what the first of its parts that did not pass says', () => {
  const lines = [
    report('a', 'setup', 'passed'),
    report('b', 'setup', 'skipped', 'no bucket'),
    report('a', 'call', 'passed'),
    report('c', 'call', 'failed', 'not equal'),
    report('b', 'teardown', 'passed'),
    report('a', 'teardown', 'failed', 'in use'),
    report('c', 'teardown', 'failed', 'in use'),
    report('d', 'call', 'expected', 'some day'),
  ]
  assert.deepEqual(testOutcomes(`${lines.join('\n')}\n`), [
    { test: 'a', outcome: 'failed', message: 'in use' },
    { test: 'b', outcome: 'skipped', message: 'no bucket' },
    { test: 'c', outcome: 'failed', message: 'not equal' },
    { test: 'd', outcome: 'expected', message: 'some day' },
  ])
})

test('tests that were run again are what they were the last time', () => {
  const outcome = (test: string, how: 'passed' | 'failed') => ({ test, outcome: how, message: '' })
  assert.deepEqual(updated([outcome('a', 'failed'), outcome('b', 'passed')], [outcome('a', 'passed')]), [
    outcome('a', 'passed'),
    outcome('b', 'passed'),
  ])
})

test('the page counts, gives the known reasons, and names what has none', () => {
  const page = clientsPage([
    {
      name: 'pyathena',
      outcomes: [
        { test: 'x.py::test_fine', outcome: 'passed', message: '' },
        { test: 'tests/pyathena/spark/x.py::test_sql', outcome: 'failed', message: 'refused' },
        { test: 'x.py::test_sign', outcome: 'failed', message: 'no https' },
        { test: 'x.py::test_new', outcome: 'failed', message: 'a | b\nand more' },
        { test: 'x.py::test_elsewhere', outcome: 'skipped', message: 'no' },
      ],
    },
  ])
  assert.match(page, /\| PyAthena 3.* \| 5 \| 1 \| 3 \| 1 \| 0 \|/)
  assert.match(page, /1 of 3 \(pyathena\)/)
  assert.match(page, /\| 1 \| Spark sessions are refused/)
  assert.match(page, /\| 1 \| Not known: `x\.py::test_new` \(a \\\| b\) \|/)
})
