/**
 * S3's checksums, fed chunk by chunk. Digests are bytes, big-endian for the CRCs, as S3 writes them in base64.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { combineReflected, crcPolynomials, createCrc32c, createCrc64Nvme } from './checksums-crc.ts'

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

export interface Checksum {
  update(chunk: Uint8Array): void
  /** The value of all bytes so far; may be asked once. */
  digest(): Buffer
}

/** `x-amz-checksum-crc32`, as a header or a trailer. */
export const checksumHeader = (algorithm: ChecksumAlgorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`

/** The length of a digest in bytes: what a client sends must decode to exactly this. */
export const checksumLength: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
}

export function createChecksum(algorithm: ChecksumAlgorithm | 'MD5'): Checksum {
  if (algorithm === 'CRC32') return createCrc32()
  if (algorithm === 'CRC32C') return createCrc32c()
  if (algorithm === 'CRC64NVME') return createCrc64Nvme()
  return createHash(algorithm.toLowerCase())
}

/** The checksum of one piece of bytes, in base64. */
export function checksumOf(algorithm: ChecksumAlgorithm | 'MD5', data: Uint8Array): string {
  const checksum = createChecksum(algorithm)
  checksum.update(data)
  return checksum.digest().toString('base64')
}

export type CombinableAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME'

/**
 * The CRC of two pieces put together, from their CRCs alone: how a full-object checksum of a multipart upload is had
 * without reading the parts again. `secondLength` is in bytes.
 */
export function combineChecksums(
  algorithm: CombinableAlgorithm,
  first: Uint8Array,
  second: Uint8Array,
  secondLength: number,
): Buffer {
  const width = algorithm === 'CRC64NVME' ? 64 : 32
  const value = combineReflected(crcPolynomials[algorithm], width, toBigInt(first), toBigInt(second), secondLength)
  return Buffer.from(value.toString(16).padStart(width / 4, '0'), 'hex')
}

const toBigInt = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

function createCrc32(): Checksum {
  let value = 0
  return {
    update(chunk) {
      value = crc32(chunk, value)
    },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value >>> 0)
      return bytes
    },
  }
}
