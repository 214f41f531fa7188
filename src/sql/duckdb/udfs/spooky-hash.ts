/** SpookyHash V2 with seed 0 (public domain, Bob Jenkins, burtleburtle.net/bob/hash/spooky.html): the first 64 bits. */

const CONST: bigint = 0xdeadbeefdeadbeefn
const BLOCK_BYTES = 96
const SHORT_BYTES = 192
const LANES = 12

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x)
const rotate = (x: bigint, n: number): bigint => u64((x << BigInt(n)) | (x >> BigInt(64 - n)))

export function spookyHash(bytes: Uint8Array): bigint {
  return bytes.length < SHORT_BYTES ? shortHash(bytes) : longHash(bytes)
}

/** Rotations of the four lanes, which are mixed three times over. */
const SHORT_MIX = [50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36]
const SHORT_END = [15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63]

function shortHash(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lanes = [0n, 0n, CONST, CONST]
  const add = (lane: number, value: bigint) => {
    lanes[lane] = u64(lanes[lane]! + value)
  }
  let at = 0
  const addWords = () => {
    add(2, view.getBigUint64(at, true))
    add(3, view.getBigUint64(at + 8, true))
    shortMix(lanes)
  }
  for (; at + 32 <= bytes.length; at += 32) {
    addWords()
    add(0, view.getBigUint64(at + 16, true))
    add(1, view.getBigUint64(at + 24, true))
  }
  if (at + 16 <= bytes.length) {
    addWords()
    at += 16
  }
  add(3, BigInt(bytes.length) << 56n)
  const rest = bytes.subarray(at)
  if (rest.length === 0) {
    add(2, CONST)
    add(3, CONST)
  } else {
    add(2, word(rest.subarray(0, 8)))
    add(3, word(rest.subarray(8)))
  }
  shortEnd(lanes)
  return lanes[0]!
}

const word = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)

function shortMix(lanes: bigint[]): void {
  for (const [i, bits] of SHORT_MIX.entries()) {
    // The lanes take turns: c, d, a, b. Each is rotated, takes the next one in, and goes into the one after.
    const [lane, next, after] = [(i + 2) % 4, (i + 3) % 4, i % 4]
    lanes[lane] = u64(rotate(lanes[lane]!, bits) + lanes[next]!)
    lanes[after]! ^= lanes[lane]!
  }
}

function shortEnd(lanes: bigint[]): void {
  for (const [i, bits] of SHORT_END.entries()) {
    const [lane, next] = [(i + 3) % 4, (i + 2) % 4]
    lanes[lane]! ^= lanes[next]!
    lanes[next] = rotate(lanes[next]!, bits)
    lanes[lane] = u64(lanes[lane]! + lanes[next]!)
  }
}

const LONG_MIX = [11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46]
const LONG_END = [44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54]

function longHash(bytes: Uint8Array): bigint {
  const lanes = Array.from({ length: LANES }, (_, i) => (i % 3 === 2 ? CONST : 0n))
  const whole = bytes.length - (bytes.length % BLOCK_BYTES)
  for (let at = 0; at < whole; at += BLOCK_BYTES) longMix(lanes, bytes.subarray(at, at + BLOCK_BYTES))
  const last = new Uint8Array(BLOCK_BYTES)
  last.set(bytes.subarray(whole))
  last[BLOCK_BYTES - 1] = bytes.length - whole
  const view = new DataView(last.buffer)
  for (let i = 0; i < LANES; i++) lanes[i] = u64(lanes[i]! + view.getBigUint64(8 * i, true))
  for (let round = 0; round < 3; round++) endPartial(lanes)
  return lanes[0]!
}

function longMix(lanes: bigint[], block: Uint8Array): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  for (const [i, bits] of LONG_MIX.entries()) {
    const place = (offset: number): number => (i + offset) % LANES
    lanes[i] = u64(lanes[i]! + view.getBigUint64(8 * i, true))
    lanes[place(2)]! ^= lanes[place(10)]!
    lanes[place(11)]! ^= lanes[i]!
    lanes[i] = rotate(lanes[i]!, bits)
    lanes[place(11)] = u64(lanes[place(11)]! + lanes[place(1)]!)
  }
}

function endPartial(lanes: bigint[]): void {
  for (const [i, bits] of LONG_END.entries()) {
    const place = (offset: number): number => (i + offset) % LANES
    lanes[place(11)] = u64(lanes[place(11)]! + lanes[place(1)]!)
    lanes[place(2)]! ^= lanes[place(11)]!
    lanes[place(1)] = rotate(lanes[place(1)]!, bits)
  }
}
