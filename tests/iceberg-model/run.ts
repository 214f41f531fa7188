/**
 * `npm run model -- --steps 10000 --length 60 --seed 1`: tables live through random statements beside a model, each through as
 * many as `length` says; fails at the first that differs.
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../conformance/values.ts'
import { modelLake } from './trial.ts'

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '10000' },
    length: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
})
const [steps, length] = [Number(options.steps), Number(options.length)]
const random = seededRandom(Number(options.seed))
const lake = await modelLake()
try {
  for (let done = 0; done < steps; done += length) {
    await lake.live(`t${done}`, Math.min(length, steps - done), random)
    console.log(`${Math.min(done + length, steps)} of ${steps} steps`)
  }
} finally {
  await lake.close()
}
