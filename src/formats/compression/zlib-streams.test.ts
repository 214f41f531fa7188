import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { zlibText } from './zlib-streams.ts'

const lines = (count: number) => Array.from({ length: count }, (_, i) => `${i},${(i * 7919) % 10_007}\n`).join('')
const streams = (texts: readonly string[]) => Buffer.concat(texts.map((text) => deflateSync(text)))

async function streamed(bytes: Buffer, pieceBytes: number): Promise<string> {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const texts: Uint8Array[] = []
  for await (const text of zlibText(pieces())) texts.push(text)
  return Buffer.concat(texts).toString()
}

test('streams one after the other, however they come in', async () => {
  const small = ['', 'x', '', lines(50)]
  // An empty stream has eight bytes: a piece ends where it does.
  for (const pieceBytes of [1, 8, 11]) assert.equal(await streamed(streams(small), pieceBytes), small.join(''))
  const large = ['a'.repeat(3_000_000), lines(50_000), '', lines(3)]
  for (const pieceBytes of [997, 65_536, 1 << 24])
    assert.ok((await streamed(streams(large), pieceBytes)) === large.join(''))
  assert.equal(await streamed(Buffer.alloc(0), 9), '')
})

test('what breaks off or is no stream fails, wherever it is', async () => {
  const sound = streams([lines(5000), lines(3)])
  for (const [bad, because] of [
    [sound.subarray(0, -3), /unexpected end of file/],
    [sound.subarray(0, -40), /unexpected end of file/],
    [Buffer.concat([sound, Buffer.from('more that is none')]), /incorrect header check/],
    [Buffer.concat([sound, Buffer.alloc(9)]), /unknown compression method/],
  ] as const)
    for (const pieceBytes of [97, 65_536]) await assert.rejects(streamed(bad, pieceBytes), because)
})
