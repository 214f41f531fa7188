import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { openDigests } from './digests.ts'

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

const md5 = (...parts: readonly Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest('hex')
const parts = (count: number) => Array.from({ length: count }, (_, i) => randomBytes(1000 + i))

describe('digests', () => {
  it('are of all bytes, in order, though several are under way', async () => {
    const digests = openDigests()
    try {
      const bodies = [parts(5), parts(9), []]
      const open = bodies.map(() => digests.open())
      for (let i = 0; i < 9; i++)
        for (const [at, body] of bodies.entries()) if (i < body.length) void open[at]!.update(shared(body[i]!))
      const calculated = await Promise.all(open.map((digest) => digest.digest()))
      assert.deepEqual(
        calculated.map((digest) => digest.toString('hex')),
        bodies.map((body) => md5(...body)),
      )
    } finally {
      await digests.close()
    }
  })

  it('let go of memory when it has been read', async () => {
    const digests = openDigests()
    try {
      const digest = digests.open()
      const [first, second] = parts(2)
      const bytes = shared(first!)
      await digest.update(bytes)
      bytes.set(second!.subarray(0, bytes.length))
      await digest.update(bytes)
      assert.equal((await digest.digest()).toString('hex'), md5(first!, second!.subarray(0, bytes.length)))
    } finally {
      await digests.close()
    }
  })

  it('fail with their thread, and those that come after have a new one', async () => {
    const digests = openDigests()
    try {
      const [broken, other] = [digests.open(), digests.open()]
      const waiting = [broken.update(5 as never), other.update(shared(Buffer.from('a'))), other.digest()]
      for (const outcome of await Promise.allSettled(waiting)) assert.equal(outcome.status, 'rejected')
      await assert.rejects(other.digest(), /digest thread/)
      other.drop()
      const next = digests.open()
      await next.update(shared(Buffer.from('a')))
      assert.equal((await next.digest()).toString('hex'), md5(Buffer.from('a')))
    } finally {
      await digests.close()
    }
  })

  it('that are not done when the store closes fail', async () => {
    const digests = openDigests()
    const digest = digests.open()
    await digest.update(shared(Buffer.from('a')))
    await digests.close()
    await assert.rejects(digest.digest(), /digest thread/)
  })
})
