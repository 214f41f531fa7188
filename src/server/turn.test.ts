import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { gatherTurns } from './turn.ts'

test('what one turn has gathered runs after it, in order, before what the next gathers', async () => {
  const gather = gatherTurns()
  const done: string[] = []
  gather(() => {
    done.push('first')
    gather(() => done.push('of the next turn'))
  })
  gather(() => done.push('second'))
  assert.deepEqual(done, [])
  await turn()
  assert.deepEqual(done, ['first', 'second'])
  await turn()
  assert.deepEqual(done, ['first', 'second', 'of the next turn'])
})
