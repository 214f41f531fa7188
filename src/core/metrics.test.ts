import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

test('the text format of Prometheus', () => {
  const metrics = createMetrics()
  const requests = metrics.counter('requests_total', 'Requests answered.', ['service', 'status'])
  requests.add(['s3', '200'])
  requests.add(['s3', '200'], 2)
  requests.add(['we"ird\\\n', '400'])
  const seconds = metrics.histogram('seconds', 'Durations.', [], [0.1, 1])
  for (const value of [0.05, 0.5, 0.5, 7]) seconds.observe([], value)
  metrics.gauge('up', 'Is it.', () => 1)
  assert.equal(
    metrics.render(),
    `# HELP requests_total Requests answered.
# TYPE requests_total counter
requests_total{service="s3",status="200"} 3
requests_total{service="we\\"ird\\\\\\n",status="400"} 1
# HELP seconds Durations.
# TYPE seconds histogram
seconds_bucket{le="0.1"} 1
seconds_bucket{le="1"} 3
seconds_bucket{le="+Inf"} 4
seconds_sum 8.05
seconds_count 4
# HELP up Is it.
# TYPE up gauge
up 1
`,
  )
})

test('a family stops growing', () => {
  const metrics = createMetrics()
  const counter = metrics.counter('c', 'c', ['name'])
  for (let index = 0; index < 20_000; index++) counter.add([String(index)])
  assert.equal(metrics.render().match(/^c\{/gm)?.length, 10_000)
})
