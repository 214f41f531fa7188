/** `npm run model -- --steps 10000 --seed 1`: tables live through random statements beside a model; fails at the first that differs. */
import { parseArgs } from 'node:util'
import { seededRandom } from '../conformance/values.ts'
import { modelLake } from './trial.ts'

const STEPS_A_TABLE = 60
const { values: options } = parseArgs({
  options: { steps: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
const steps = Number(options.steps)
const random = seededRandom(Number(options.seed))
const lake = await modelLake()
try {
  for (let done = 0; done < steps; done += STEPS_A_TABLE) {
    await lake.live(`t${done}`, Math.min(STEPS_A_TABLE, steps - done), random)
    console.log(`${Math.min(done + STEPS_A_TABLE, steps)} of ${steps} steps`)
  }
} finally {
  await lake.close()
}
