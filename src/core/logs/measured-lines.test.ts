import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AskedFilter, type Line, measuresOf } from './measured-lines.ts'

const filter = (filterPattern: string, metricName: string, more: object = {}): AskedFilter => ({
  filterPattern,
  metricTransformations: [{ metricNamespace: 'Jobs', metricName, metricValue: '1', ...more }],
})

test('what each filter measures, by metric and minute', () => {
  const lines: Line[] = [
    [60_000, '{"level": "ERROR", "took": 5}'],
    [119_999, '{"level": "ERROR", "took": 7}'],
    [120_000, '{"level": "INFO", "took": 9}'],
    [120_001, 'ERROR in words'],
  ]
  const filters = [
    filter('{ $.took > 0 }', 'Took', { metricValue: '$.took', dimensions: { Level: '$.level' }, unit: 'Seconds' }),
    filter('ERROR', 'Errors'),
    filter('[word=ERROR, ...]', 'Words', { defaultValue: 0 }),
  ]
  const told = measuresOf(filters, lines).map(({ metric, unit, atMs, values }) => [
    metric.name,
    metric.dimensions.join(),
    unit,
    atMs / 60_000,
    values.count,
    values.sum,
  ])
  assert.deepEqual(told.toSorted(), [
    ['Errors', '', 'None', 1, 2, 2],
    ['Errors', '', 'None', 2, 1, 1],
    ['Took', 'Level,ERROR', 'Seconds', 1, 2, 12],
    ['Took', 'Level,INFO', 'Seconds', 2, 1, 9],
    ['Words', '', 'None', 1, 2, 0],
    ['Words', '', 'None', 2, 2, 1],
  ])
})

test('a pattern that takes for ever ends alone', () => {
  const lines = Array.from({ length: 3 }, (_, i): Line => [i, `${'a'.repeat(50)}!`])
  const told = measuresOf([filter('%^(a+)+\\1$%', 'Slow'), filter('aaa', 'All')], lines)
  assert.deepEqual(
    told.map(({ metric, values }) => [metric.name, values.count]),
    [['All', 3]],
  )
})

test('thousands of values are one distribution', () => {
  const lines = Array.from({ length: 5000 }, (_, i): Line => [0, `{"n": ${i}}`])
  const [measure, ...others] = measuresOf([filter('{ $.n >= 0 }', 'N', { metricValue: '$.n' })], lines)
  assert.equal(others.length, 0)
  const { count, sum, min, max } = measure!.values
  assert.deepEqual([count, sum, min, max], [5000, (4999 * 5000) / 2, 0, 4999])
})
