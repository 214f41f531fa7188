import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { openMemoryBlobs } from '../../storage/blobs-memory.ts'
import type { StagedBlob } from '../ports.ts'
import { type Digests, openDigests } from './digests.ts'
import { takeLarge } from './large-bodies.ts'

const digests = openDigests()
const admit = () => {}
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** Pieces of all lengths, none a divisor of a segment's. */
function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0, length = 1; at < bytes.length; at += length, length = (length * 7 + 11) % 200_003)
    yield bytes.subarray(at, at + length)
}

/** Remembers what it was given, as a disk would that is slow. */
function slowDisk(fails?: { readonly at: number }): StagedBlob & { readonly given: Buffer[]; underWay: number } {
  const disk = {
    given: [] as Buffer[],
    underWay: 0,
    async write(bytes: Uint8Array) {
      assert.equal(disk.underWay++, 0, 'one write after the other')
      await new Promise(setImmediate)
      disk.given.push(Buffer.from(bytes))
      disk.underWay--
      if (disk.given.length === fails?.at) throw new Error('The disk has failed')
    },
    commit: () => assert.fail('nobody asked'),
    discard: async () => {},
  }
  return disk
}

describe('large bodies', () => {
  after(() => digests.close())

  it('are written whole and in order, and hashed', async () => {
    for (const length of [0, 1, 524_288, 524_289, 4 * 524_288, 5_000_003]) {
      const bytes = randomBytes(length)
      const disk = slowDisk()
      assert.equal((await takeLarge(pieces(bytes), disk, digests, admit)).toString('hex'), md5(bytes))
      assert.ok(Buffer.concat(disk.given).equals(bytes), `${length} bytes`)
    }
  })

  it('are kept by a store as they came', async () => {
    const blobs = openMemoryBlobs()
    const bytes = randomBytes(3_000_001)
    const staged = await blobs.stage()
    await takeLarge(pieces(bytes), staged, digests, admit)
    await staged.commit('a')
    const kept: Uint8Array[] = []
    for await (const chunk of blobs.read('a')) kept.push(chunk)
    assert.ok(Buffer.concat(kept).equals(bytes))
  })

  it('that break off have nothing under way any more', async () => {
    async function* broken() {
      yield randomBytes(3_000_000)
      throw new Error('The client has gone')
    }
    const disk = slowDisk()
    await assert.rejects(takeLarge(broken(), disk, digests, admit), /The client has gone/)
    const written = disk.given.length
    assert.equal(disk.underWay, 0)
    await new Promise(setImmediate)
    assert.equal(disk.given.length, written)
  })

  it('fail with the disk, which is given no more', async () => {
    for (const at of [1, 3, 10]) {
      const disk = slowDisk({ at })
      await assert.rejects(takeLarge(pieces(randomBytes(5_000_000)), disk, digests, admit), /The disk has failed/)
      assert.equal(disk.given.length, at)
    }
  })

  it('fail with the thread', async () => {
    const dead: Digests = {
      open: () => ({
        update: () => Promise.reject(new Error('The thread is gone')),
        digest: () => Promise.reject(new Error('The thread is gone')),
        drop: () => {},
      }),
      close: async () => {},
    }
    const disk = slowDisk()
    await assert.rejects(takeLarge(pieces(randomBytes(5_000_000)), disk, dead, admit), /The thread is gone/)
    assert.equal(disk.underWay, 0)
  })

  it('end where they are refused', async () => {
    let left = 1_000_000
    const refuse = (piece: Uint8Array) => {
      left -= piece.length
      if (left < 0) throw new Error('too large')
    }
    const disk = slowDisk()
    await assert.rejects(takeLarge(pieces(randomBytes(5_000_000)), disk, digests, refuse), /too large/)
    assert.ok(Buffer.concat(disk.given).length <= 1_000_000)
  })
})
