import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import { ofValues, statistic, together } from './distribution.ts'
import { ExpressionError, parseMath } from './expression.ts'
import { type MathContext, reckon } from './math.ts'
import { openMeasurements } from './measurements.ts'
import { inPeriods } from './periods.ts'

const hundred = ofValues(Array.from({ length: 100 }, (_, i) => i + 1))

test('statistics of one to a hundred', () => {
  const wanted: Readonly<Record<string, number>> = {
    SampleCount: 100,
    Sum: 5050,
    Average: 50.5,
    Minimum: 1,
    Maximum: 100,
    p50: 50,
    p99: 99,
    p100: 100,
    tm90: 45.5,
    'TM(10%:90%)': 50.5,
    IQM: 50.5,
    tc90: 90,
    ts90: 4095,
    'PR(:30)': 30,
    'TC(11:20)': 10,
  }
  for (const [name, value] of Object.entries(wanted)) assert.equal(statistic(hundred, name), value, name)
  assert.throws(() => statistic(hundred, 'Median'), RangeError)
})

test('of many values the percentiles are near, and the sums exact', () => {
  const values = Array.from({ length: 20_000 }, (_, i) => 1 + ((i * 7919) % 20_000))
  const parts = Array.from({ length: 40 }, (_, i) => ofValues(values.slice(i * 500, (i + 1) * 500)))
  const all = parts.reduce(together)
  assert.equal(all.count, 20_000)
  for (const percent of [50, 90, 99]) {
    const exact = percent * 200
    assert.ok(Math.abs(statistic(all, `p${percent}`)! - exact) < exact * 0.25, `p${percent}`)
  }
  assert.equal(statistic(all, 'Sum'), (20_000 * 20_001) / 2)
})

const series = (...values: (number | undefined)[]) =>
  new Map(values.flatMap((value, i) => (value === undefined ? [] : [[i * 60_000, value] as const])))
const known = { m1: series(1, 2, undefined, 4), m2: series(10, 0, 30, 40) }
const context: MathContext = {
  periodSeconds: 60,
  times: [0, 60_000, 120_000, 180_000],
  find: (name) => known[name as keyof typeof known],
  metrics: () => Object.values(known),
  search: () => [],
}

test('metric math', () => {
  const value = (text: string) => reckon(parseMath(text), context)
  assert.deepEqual(value('m1 + m2 * 2'), series(21, 2, 60, 84))
  assert.deepEqual(value('m1 / m2'), series(0.1, undefined, 0, 0.1))
  assert.equal(value('SUM(m1)'), 7)
  assert.deepEqual(value('SUM(METRICS())'), series(11, 2, 30, 44))
  assert.deepEqual(value('FILL(m1, 0)'), series(1, 2, 0, 4))
  assert.deepEqual(value('FILL(m1, LINEAR)'), series(1, 2, 3, 4))
  assert.deepEqual(value('IF(m1 > 1, m2, 7)'), series(7, 0, undefined, 40))
  assert.deepEqual(
    value('RATE(m2)'),
    new Map([
      [60_000, -10 / 60],
      [120_000, 0.5],
      [180_000, 10 / 60],
    ]),
  )
  assert.deepEqual(value('RUNNING_SUM(m1)'), series(1, 3, undefined, 7))
  assert.deepEqual(value('-2 ^ 2 + AVG([m1, m2]) * 0'), series(-4, -4, -4, -4))
  for (const wrong of ['m1 +', 'NOPE(m1)', '(m1', 'm1 m2', '"a" * 2'])
    assert.throws(() => value(wrong), ExpressionError)
})

test('metric math: the tables and examples of the guide', () => {
  const answer = (text: string, told: Readonly<Record<string, ReadonlyMap<number, number>>>) => {
    const times = [0, 60_000, 120_000, 180_000, 240_000]
    const all = { ...context, times, find: (name: string) => told[name]!, metrics: () => Object.values(told) }
    return reckon(parseMath(text), all)
  }
  const compared = { metric1: series(30, 20, 0, 0), metric2: series(20, undefined, 20) }
  assert.deepEqual(answer('metric1 < metric2', compared), series(0, 0, 1, 0))
  assert.deepEqual(answer('metric1 >= 30', compared), series(1, 0, 0, 0))
  assert.deepEqual(answer('metric1 > 15 AND metric2 > 15', compared), series(1, 0, 0, 0))
  const chosen = {
    metric1: series(1, 1, 0, 0),
    metric2: series(30, undefined, 0, 0, 30),
    metric3: series(0, 0, 20, undefined, 20),
  }
  assert.deepEqual(answer('IF(metric1, metric2, metric3)', chosen), series(30, 0, 20, 0))
  assert.deepEqual(answer('IF(metric1, 5, metric3)', chosen), series(5, 5, 20))
  assert.deepEqual(answer('IF(metric1, metric2, 5)', chosen), series(30, 0, 5, 5))
  assert.deepEqual(answer('IF(0, metric2)', chosen), series())
  const gaps = { m1: series(1, undefined, undefined, 4), m2: series(9, 9, undefined, 1, 1) }
  assert.deepEqual(answer('FILL(m1, REPEAT)', gaps), series(1, 1, 1, 4, 4))
  assert.deepEqual(answer('FILL(METRICS(), LINEAR)', gaps), [series(1, 2, 3, 4), series(9, 9, 5, 1, 1)])
  assert.deepEqual(answer('FILL(m1, MIN(m2))', gaps), series(1, 1, 1, 4, 1))
  assert.deepEqual(answer('SORT(METRICS(), AVG, DESC)', gaps), [gaps.m2, gaps.m1])
  assert.deepEqual(answer('SORT(METRICS(), MAX, ASC, 1)', gaps), [gaps.m1])
  assert.deepEqual(answer('SLICE(SORT(METRICS(), SUM, DESC), 1)', gaps), [gaps.m1])
  assert.deepEqual(answer('IF(FIRST(SORT(METRICS(), AVG, DESC))>1, 1, 0)', gaps), series(1, 1, undefined, 0, 0))
  assert.deepEqual(answer('m1/METRIC_COUNT(METRICS())', gaps), series(0.5, undefined, undefined, 2))
  assert.deepEqual(answer('DATAPOINT_COUNT(METRICS())', gaps), series(2, 1, undefined, 2, 1))
  assert.deepEqual(answer('MINUTE(m1)', gaps), series(0, 1, 2, 3, 4))
})

test('what is old is kept coarsely, and then not at all', async () => {
  const begin = Date.parse('2026-01-01T00:00:00Z')
  let nowMs = begin
  const clock = {
    now: () => new Date(nowMs),
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
      ),
  }
  const state = openMemoryState()
  const scope = { account: '0', region: 'r' }
  const metric = { namespace: 'n', name: 'm', dimensions: [] }
  const fill = async () => {
    const measurements = openMeasurements(state, clock, (error) => assert.ifError(error))
    measurements.start()
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const found = await measurements.read(scope, metric, begin, begin + 3_600_000)
    await measurements.close()
    return found
  }
  const first = openMeasurements(state, clock, (error) => assert.ifError(error))
  for (let second = 0; second < 600; second++)
    first.record(scope, metric, 'Count', ofValues([1]), { atMs: begin + second * 1000, high: true })
  await first.close()
  assert.equal((await fill()).length, 600)
  const days = (count: number) => begin + count * 86_400_000
  for (const [day, points] of [
    [1, 10],
    [16, 2],
    [64, 1],
    [456, 0],
  ] as const) {
    nowMs = days(day)
    const found = await fill()
    assert.equal(found.length, points, `after ${day} days`)
    if (points > 0) assert.equal([...inPeriods(found, begin, 3_600_000).values()][0]!.sum, 600)
  }
})
