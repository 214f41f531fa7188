/** Some of `npm run model`. */
import { test } from 'node:test'
import { seededRandom } from '../conformance/values.ts'
import { modelLake } from './trial.ts'

test('Iceberg tables hold what a model of rows in memory holds, now and at every moment that is kept', async () => {
  const lake = await modelLake()
  try {
    for (const seed of [1, 2, 3, 4]) await lake.live(`t${seed}`, 30, seededRandom(seed))
  } finally {
    await lake.close()
  }
})
