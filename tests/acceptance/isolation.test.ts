/**
 * Another account, with all rights in its own, asks every reading operation that is served by the identifiers of the first one's things:
 * nothing of what these hold is in any answer.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OtherAccount } from './accounts.ts'
import {
  clientOf,
  isReading,
  MARK,
  SERVICES,
  servedOperations,
  type TwoAccounts,
  twoAccounts,
} from './first-account.ts'

let two: TwoAccounts
before(async () => {
  two = await twoAccounts()
})
after(() => two.g.close())

/** Asks everything that is served and read; what holds the mark is told. */
async function asked(from: OtherAccount['client']) {
  const found = { holding: [] as string[], broken: [] as string[], answered: 0, refused: 0 }
  for (const service of SERVICES) {
    const client = clientOf(service, from)
    for (const { name, Command } of await servedOperations(service)) {
      if (!isReading(name)) continue
      try {
        const { $metadata: _, Body, ...answer } = (await client.send(new Command({ ...two.known(service) }))) as Answer
        found.answered++
        const text = JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
        if (text.includes(MARK) || Body !== undefined) found.holding.push(`${service}.${name}`)
      } catch (error) {
        found.refused++
        if (error instanceof Error && /Internal/.test(error.name)) found.broken.push(`${service}.${name}`)
      }
    }
    client.destroy()
  }
  return found
}

type Answer = Readonly<Record<string, unknown>>

test('no answer to another account holds anything of the first', async () => {
  const { g, other } = two
  const [own, others] = [await asked(g.root.client), await asked(other.client)]
  // The same questions tell the first account a lot.
  for (const operation of ['glue.GetTable', 'athena.GetQueryExecution', 'athena.GetQueryResults', 's3.GetObject'])
    assert.ok(own.holding.includes(operation), `${operation} of ${own.holding.join(' ')}`)
  assert.ok(own.holding.length >= 15, own.holding.join(' '))
  assert.deepEqual(others.holding, [])
  assert.deepEqual([...own.broken, ...others.broken], [])
  assert.ok(others.answered > 20 && others.refused > 50, `${others.answered} answered, ${others.refused} refused`)
  assert.deepEqual(g.lake.log, [])
})
