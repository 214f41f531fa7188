/**
 * RSASSA-PSS of a digest that others have made: EMSA-PSS of RFC 8017, 9.1, with MGF1 of the same hash and a salt as long as
 * the digest. Node's own signing hashes what it is told.
 */
import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt, randomBytes } from 'node:crypto'

const TRAILER = 0xbc

export function pssSignature(key: KeyObject, hash: string, digest: Uint8Array): Buffer {
  const encoded = encodedDigest(hash, digest, randomBytes(digest.length), bitsOf(key) - 1)
  // The encoded message may be a byte shorter than the modulus.
  const padded = Buffer.concat([Buffer.alloc(bitsOf(key) / 8 - encoded.length), encoded])
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, padded)
}

export function isPssSigned(key: KeyObject, hash: string, digest: Uint8Array, signed: Uint8Array): boolean {
  const bits = bitsOf(key) - 1
  const length = Math.ceil(bits / 8)
  const opened = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signed).subarray(-length)
  const dbLength = length - digest.length - 1
  if (opened.at(-1) !== TRAILER) return false
  const masked = opened.subarray(0, dbLength)
  const h = opened.subarray(dbLength, dbLength + digest.length)
  const db = xor(masked, mask(hash, h, dbLength))
  clearTop(db, length, bits)
  const salt = db.subarray(-digest.length)
  return Buffer.compare(encodedDigest(hash, digest, salt, bits), opened) === 0
}

/** In as many bytes as `bits` take. */
function encodedDigest(hash: string, digest: Uint8Array, salt: Uint8Array, bits: number): Buffer {
  const length = Math.ceil(bits / 8)
  const h = createHash(hash)
    .update(Buffer.concat([Buffer.alloc(8), digest, salt]))
    .digest()
  const padding = Buffer.alloc(length - digest.length - salt.length - 2)
  const db = Buffer.concat([padding, Buffer.of(1), salt])
  const masked = xor(db, mask(hash, h, db.length))
  clearTop(masked, length, bits)
  return Buffer.concat([masked, h, Buffer.of(TRAILER)])
}

function mask(hash: string, seed: Uint8Array, length: number): Buffer {
  const parts: Buffer[] = []
  for (let counter = 0, have = 0; have < length; counter++) {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    const part = createHash(hash).update(seed).update(count).digest()
    parts.push(part)
    have += part.length
  }
  return Buffer.concat(parts).subarray(0, length)
}

const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((byte, i) => byte ^ b[i]!))

function clearTop(bytes: Buffer, length: number, bits: number): void {
  bytes[0]! &= 0xff >> (8 * length - bits)
}

const bitsOf = (key: KeyObject): number => key.asymmetricKeyDetails!.modulusLength!
