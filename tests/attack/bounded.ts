/** Whether a query that is too much is too much for itself alone. */
import assert from 'node:assert/strict'
import type { AthenaLake } from '../acceptance/athena/lake.ts'
import { residentMib } from '../child-processes.ts'

/** The server's, the workers' and the test's own together: resting they have some 400, and workers take 512 each for queries. */
const MOST_MIB = 3072

export interface Told {
  readonly state: string
  /** Why it failed, or the last row of its result. */
  readonly said: string
}

/** While it runs `other`, whose result is `1`, is answered, and memory stays within bounds. */
export async function bounded(a: AthenaLake, sql: string, other: string): Promise<Told> {
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, residentMib(process.pid))
  }, 50)
  try {
    const id = await a.start(sql)
    assert.deepEqual(await a.rows(other), [['1']])
    const { State: state = '', StateChangeReason = '' } = (await a.ended(id)).Status!
    assert.ok(most < MOST_MIB, `${sql}: ${most} MiB`)
    if (state !== 'SUCCEEDED') return { state, said: StateChangeReason }
    const [last] = (await a.results(id)).ResultSet!.Rows!.slice(-1)
    return { state, said: last!.Data!.map((one) => one.VarCharValue).join() }
  } finally {
    clearInterval(watch)
  }
}
