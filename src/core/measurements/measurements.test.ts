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
}

test('metric math', () => {
  const value = (text: string) => reckon(parseMath(text), context)
  assert.deepEqual(value('m1 + m2 * 2'), series(21, 2, undefined, 84))
  assert.deepEqual(value('m1 / m2'), series(0.1, undefined, undefined, 0.1))
  assert.equal(value('SUM(m1)'), 7)
  assert.deepEqual(value('SUM(METRICS())'), series(11, 2, 30, 44))
  assert.deepEqual(value('FILL(m1, 0)'), series(1, 2, 0, 4))
  assert.deepEqual(value('FILL(m1, LINEAR)'.replace('LINEAR', "'LINEAR'")), series(1, 2, 3, 4))
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
