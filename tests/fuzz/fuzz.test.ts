/** A few seconds of `npm run fuzz`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../conformance/values.ts'
import { corpus } from './corpus.ts'
import { runLeaks } from './leaks.ts'
import { mutate } from './mutation.ts'
import { openTrials } from './trial.ts'

test('mutated queries are refused with their place, or compile to what the gate lets pass and the engine runs', async () => {
  const trials = await openTrials()
  const random = seededRandom(20_240_310)
  for (let i = 0; i < 3000; i++) {
    const sql = mutate(random.pick(corpus), corpus, random)
    const outcome = i % 40 === 0 ? await trials.execute(sql) : await trials.compile(sql)
    assert.equal(typeof outcome, 'string', `${JSON.stringify(outcome)}\n${sql}`)
  }
  trials.close()
})

test('the queries themselves are understood', async () => {
  const trials = await openTrials()
  const refused: string[] = []
  for (const sql of new Set(corpus)) if ((await trials.compile(sql)) === 'refused') refused.push(sql)
  trials.close()
  // Those that show an error, and samples of the parser over tables that nobody has.
  assert.ok(refused.length < 600, refused.slice(0, 30).join('\n'))
})

test('whoever sees a part of tables learns nothing of the rest', async () => {
  const { leaks, tally } = await runLeaks(seededRandom(20_261_126), (asked) => asked >= 540)
  assert.deepEqual(leaks, [])
  assert.ok(tally.get('SUCCEEDED')! > 150, JSON.stringify([...tally]))
})
