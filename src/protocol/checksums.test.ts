import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { checksumAlgorithms, checksumOf, combineChecksums, createChecksum } from './checksums.ts'

const ascii = (text: string) => Buffer.from(text, 'latin1')
const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex')

test('check values of the CRC catalogue', () => {
  // https://reveng.sourceforge.io/crc-catalogue/all.htm: the CRC of the digits 1 to 9.
  assert.equal(hex(checksumOf('CRC32', ascii('123456789'))), 'cbf43926')
  assert.equal(hex(checksumOf('CRC32C', ascii('123456789'))), 'e3069283')
  assert.equal(hex(checksumOf('CRC64NVME', ascii('123456789'))), 'ae8b14860a799888')
})

test('CRC-32C vectors of RFC 3720, B.4', () => {
  // The RFC prints the CRC's bytes from the lowest; S3 writes the highest first.
  const crc = (bytes: Uint8Array) => hex(checksumOf('CRC32C', bytes))
  assert.equal(crc(Buffer.alloc(32)), '8a9136aa')
  assert.equal(crc(Buffer.alloc(32, 0xff)), '62a8ab43')
  assert.equal(crc(Uint8Array.from({ length: 32 }, (_, index) => index)), '46dd794e')
})

test('empty input and known digests', () => {
  assert.equal(checksumOf('CRC32', ascii('')), 'AAAAAA==')
  assert.equal(checksumOf('CRC64NVME', ascii('')), 'AAAAAAAAAAA=')
  assert.equal(hex(checksumOf('SHA1', ascii('abc'))), 'a9993e364706816aba3e25717850c26c9cd0d89d')
  assert.equal(checksumOf('MD5', ascii('')), '1B2M2Y8AsgTpgAmY7PhCfg==')
})

test('chunks of any length give the value of the whole', () => {
  const data = randomBytes(100_003)
  for (const algorithm of checksumAlgorithms) {
    const checksum = createChecksum(algorithm)
    for (let at = 0, step = 1; at < data.length; at += step, step = (step * 7 + 3) % 1009)
      checksum.update(data.subarray(at, at + step))
    assert.equal(checksum.digest().toString('base64'), checksumOf(algorithm, data), algorithm)
  }
})

test('combining equals the CRC of the concatenation', () => {
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    for (const [first, second] of [
      [0, 0],
      [5, 0],
      [0, 9],
      [1000, 70_001],
    ] as const) {
      const a = randomBytes(first)
      const b = randomBytes(second)
      const parts = [a, b].map((part) => Buffer.from(checksumOf(algorithm, part), 'base64'))
      const combined = combineChecksums(algorithm, parts[0]!, parts[1]!, second)
      assert.equal(combined.toString('base64'), checksumOf(algorithm, Buffer.concat([a, b])))
    }
  }
})

test('the slices agree with zlib on the polynomial they share the method with', () => {
  const data = randomBytes(4099)
  assert.equal(Number.parseInt(hex(checksumOf('CRC32', data)), 16), crc32(data))
})
