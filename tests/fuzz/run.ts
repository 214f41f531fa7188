/**
 * `npm run fuzz -- --count 100000 --seed 1`: mutated queries; fails when one of them crashes, reaches out or is refused without
 * a place. With `--leaks --minutes 10`: questions of somebody who sees a part (`leaks.ts`).
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../conformance/values.ts'
import { corpus } from './corpus.ts'
import { mutate } from './mutation.ts'
import { openTrials } from './trial.ts'

/** One in so many of the mutated queries is executed, when it compiles. */
const EXECUTED = 10
const SHOWN = 20
const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    leaks: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
  },
})

if (options.leaks) {
  const { fuzzLeaks } = await import('./run-leaks.ts')
  process.exit((await fuzzLeaks(Number(options.minutes), Number(options.seed))) ? 0 : 1)
}
const trials = await openTrials()
const random = seededRandom(Number(options.seed))
const tally = new Map<string, number>()
const wrong = new Map<string, string>()
let slowest = { ms: 0, sql: '' }
for (let i = 0; i < Number(options.count); i++) {
  const sql = mutate(random.pick(corpus), corpus, random)
  const started = performance.now()
  const outcome = i % EXECUTED === 0 ? await trials.execute(sql) : await trials.compile(sql)
  const ms = performance.now() - started
  if (i % EXECUTED !== 0 && ms > slowest.ms) slowest = { ms, sql }
  const kind = typeof outcome === 'string' ? outcome : 'wrong'
  tally.set(kind, (tally.get(kind) ?? 0) + 1)
  // One of each: what differs in a number or a name is the same mistake.
  if (typeof outcome !== 'string')
    wrong.set(outcome.wrong.split('\n')[0]!.replace(/[\d"'].*/, ''), `${outcome.wrong}\n  ${JSON.stringify(sql)}`)
}
trials.close()
for (const text of [...wrong.values()].slice(0, SHOWN)) console.error(`${text}\n`)
console.log([...tally].map(([kind, count]) => `${kind} ${count}`).join(', '))
console.log(`slowest to compile: ${slowest.ms.toFixed(0)} ms, ${JSON.stringify(slowest.sql.slice(0, 200))}`)
const failed = tally.get('wrong') ?? 0
console.log(`${Number(options.count) - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
