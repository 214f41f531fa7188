/** Hash functions that Node does not have, after their published descriptions. */
/** The form that the compiler knows to be 64 bits wide. */
const mask = (x: bigint): bigint => BigInt.asUintN(64, x)
const rotate = (x: bigint, n: bigint): bigint => mask(x << n) | (x >> (64n - n))

const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n

/** xxHash64 with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const round = (acc: bigint, lane: bigint): bigint => mask(rotate(mask(acc + lane * P2), 31n) * P1)
  const merge = (acc: bigint, lane: bigint): bigint => mask((acc ^ round(0n, lane)) * P1 + P4)
  let at = 0
  let hash: bigint
  if (bytes.length >= 32) {
    let [a, b, c, d] = [mask(P1 + P2), P2, 0n, mask(-P1)]
    for (; at + 32 <= bytes.length; at += 32) {
      a = round(a, view.getBigUint64(at, true))
      b = round(b, view.getBigUint64(at + 8, true))
      c = round(c, view.getBigUint64(at + 16, true))
      d = round(d, view.getBigUint64(at + 24, true))
    }
    hash = mask(rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n))
    for (const lane of [a, b, c, d]) hash = merge(hash, lane)
  } else hash = P5
  hash = mask(hash + BigInt(bytes.length))
  for (; at + 8 <= bytes.length; at += 8)
    hash = mask(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4)
  if (at + 4 <= bytes.length) {
    hash = mask(rotate(hash ^ mask(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3)
    at += 4
  }
  for (; at < bytes.length; at++) hash = mask(rotate(hash ^ mask(BigInt(bytes[at]!) * P5), 11n) * P1)
  hash = mask((hash ^ (hash >> 33n)) * P2)
  hash = mask((hash ^ (hash >> 29n)) * P3)
  return hash ^ (hash >> 32n)
}

const C1 = 0x87c37b91114253d5n
const C2 = 0x4cf5ad432745937fn

/** MurmurHash3_x64_128 with seed 0 (public domain, Austin Appleby), little-endian as Trino writes it. */
export function murmur3(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const mixA = (k: bigint): bigint => mask(rotate(mask(k * C1), 31n) * C2)
  const mixB = (k: bigint): bigint => mask(rotate(mask(k * C2), 33n) * C1)
  const finish = (k: bigint): bigint => {
    let x = mask((k ^ (k >> 33n)) * 0xff51afd7ed558ccdn)
    x = mask((x ^ (x >> 33n)) * 0xc4ceb9fe1a85ec53n)
    return x ^ (x >> 33n)
  }
  let [a, b] = [0n, 0n]
  let at = 0
  for (; at + 16 <= bytes.length; at += 16) {
    a = mask(mask(rotate(a ^ mixA(view.getBigUint64(at, true)), 27n) + b) * 5n + 0x52dce729n)
    b = mask(mask(rotate(b ^ mixB(view.getBigUint64(at + 8, true)), 31n) + a) * 5n + 0x38495ab5n)
  }
  const tail = (from: number, to: number): bigint => {
    let lane = 0n
    for (let i = Math.min(to, bytes.length) - 1; i >= from; i--) lane = (lane << 8n) | BigInt(bytes[i]!)
    return lane
  }
  if (bytes.length > at + 8) b ^= mixB(tail(at + 8, at + 16))
  if (bytes.length > at) a ^= mixA(tail(at, at + 8))
  const length = BigInt(bytes.length)
  a = mask((a ^ length) + (b ^ length))
  b = mask((b ^ length) + a)
  a = finish(a)
  b = finish(b)
  a = mask(a + b)
  b = mask(b + a)
  const result = new DataView(new ArrayBuffer(16))
  result.setBigUint64(0, a, true)
  result.setBigUint64(8, b, true)
  return new Uint8Array(result.buffer)
}
