import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import { zstdText, zstdTextSync } from './zstd-frames.ts'

const lines = (count: number) => Array.from({ length: count }, (_, i) => `${i},${(i * 7919) % 10_007}\n`).join('')
const TEXTS = ['', 'x', 'a'.repeat(300_000), lines(50_000), lines(3)]
const checked = (text: string) =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 1 } })
const SKIPPED = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5])
const FRAMES = Buffer.concat([...TEXTS.map((text) => zstdCompressSync(text)), SKIPPED, ...TEXTS.map(checked)])

async function streamed(bytes: Buffer, pieceBytes: number): Promise<string> {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const texts: Uint8Array[] = []
  for await (const text of zstdText(pieces())) texts.push(text)
  return Buffer.concat(texts).toString()
}

test('frames one after the other, however they come in', async () => {
  const whole = [...TEXTS, ...TEXTS].join('')
  for (const pieceBytes of [997, 65_536, FRAMES.length]) assert.ok((await streamed(FRAMES, pieceBytes)) === whole)
  assert.ok(zstdTextSync(FRAMES, 1 << 24).toString() === whole)
})

test('what breaks off or is no frame fails, wherever it is', async () => {
  const garbage = Buffer.concat([FRAMES, Buffer.from('more that is no frame')])
  for (const bad of [FRAMES.subarray(0, -3), FRAMES.subarray(0, -40), garbage]) {
    await assert.rejects(streamed(bad, 1000))
    assert.throws(() => zstdTextSync(bad, 1 << 24))
  }
})
