/** MurmurHash3 of 32 bits, x86 variant with seed 0, by which buckets are told. https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements */
const C1 = 0xcc9e2d51
const C2 = 0x1b873593

/** A signed number of 32 bits. */
export function murmur3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length & ~3
  let hash = 0
  for (let at = 0; at < whole; at += 4) {
    hash ^= scrambled(view.getInt32(at, true))
    hash = (Math.imul(rotated(hash, 13), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!
  if (bytes.length > whole) hash ^= scrambled(tail)
  return finished(hash ^ bytes.length)
}

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by))
const scrambled = (block: number): number => Math.imul(rotated(Math.imul(block, C1), 15), C2)

function finished(hash: number): number {
  let value = hash
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) | 0
}
