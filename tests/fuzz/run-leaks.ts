/** `npm run fuzz -- --leaks --minutes 10 --seed 1`: fails when something that is hidden from whoever asks comes through. */
import { seededRandom } from '../conformance/values.ts'
import { runLeaks } from './leaks.ts'

const SHOWN = 20

export async function fuzzLeaks(minutes: number, seed: number): Promise<boolean> {
  const end = performance.now() + minutes * 60_000
  const { tally, leaks } = await runLeaks(seededRandom(seed), () => performance.now() > end)
  for (const text of leaks.slice(0, SHOWN)) console.error(`${text}\n`)
  console.log([...tally].map(([state, count]) => `${state} ${count}`).join(', '))
  console.log(`${leaks.length} leaks`)
  return leaks.length === 0
}
