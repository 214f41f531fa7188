import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../core/ports.ts'
import { bigint, endless, largest, literals, openPlace, type Place, planOf } from '../engine.fixture.ts'
import { openDuckdbEngine } from './engine.ts'

const never = new AbortController().signal
let place: Place
before(() => {
  place = openPlace()
})
after(() => place.remove())

/** Time stands still until it is turned; then whoever sleeps wakes. */
function stillClock(): Clock & { turn(): void } {
  let sleepers: (() => void)[] = []
  return {
    now: () => new Date(0),
    sleep: (_durationMs, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push(resolve)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
    turn() {
      const woken = sleepers
      sleepers = []
      for (const wake of woken) wake()
    },
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(20)
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('workers that have nothing to do leave, all but one', async () => {
  const clock = stillClock()
  const engine = openDuckdbEngine({ workers: 3, memoryBytes: 2 ** 28, temporaryDirectory: place.path(), clock })
  await Promise.all(Array.from({ length: 12 }, () => engine.run(planOf(literals(bigint(1))), never)))
  await until(() => engine.pids.length === 3)
  const before = engine.pids
  // Once to see who stands idle, once to find that they still do; then the processes take a while to end.
  await until(() => {
    clock.turn()
    return engine.pids.length <= 1
  })
  assert.equal(engine.pids.length, 1)
  assert.ok(before.includes(engine.pids[0]!))
  assert.equal((await engine.run(planOf(literals(bigint(2))), never)).rows, 1)
  await engine.close()
})

test('workers end with the server, even if it is killed while they work', async () => {
  const script = `
    import { systemClock } from ${JSON.stringify(new URL('../../core/clock.ts', import.meta.url).href)}
    import { endless, largest, planOf } from ${JSON.stringify(new URL('../engine.fixture.ts', import.meta.url).href)}
    import { openDuckdbEngine } from ${JSON.stringify(new URL('./engine.ts', import.meta.url).href)}
    const engine = openDuckdbEngine({ workers: 1, memoryBytes: 2 ** 28, temporaryDirectory: process.argv[1], clock: systemClock })
    await engine.warm()
    engine.run(planOf(largest(endless())), new AbortController().signal)
    setTimeout(() => console.log(engine.pids.join()), 300)`
  const server = spawn(process.execPath, ['--input-type=module', '-e', script, join(place.directory, 'other')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = await new Promise<number>((resolve) => server.stdout.once('data', (data) => resolve(Number(data))))
  assert.ok(isAlive(pid))
  server.kill('SIGKILL')
  await until(() => !isAlive(pid))
})

test('a worker that does not stop when asked is killed', async () => {
  const clock = stillClock()
  const engine = openDuckdbEngine({ workers: 1, memoryBytes: 2 ** 28, temporaryDirectory: place.path(), clock })
  await engine.warm()
  const controller = new AbortController()
  const work = engine.run(planOf(largest(endless())), controller.signal)
  work.catch(() => undefined)
  await setTimeout(300)
  const [pid] = engine.pids
  // A stopped process hears nothing.
  process.kill(pid!, 'SIGSTOP')
  controller.abort(new Error('enough'))
  clock.turn()
  await assert.rejects(work, /enough/)
  assert.equal(isAlive(pid!), false)
  assert.deepEqual((await engine.run(planOf(literals(bigint(3))), never)).values, [['3']])
  await engine.close()
})
