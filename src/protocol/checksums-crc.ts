/** The CRCs that Node does not bring, sliced by eight, and the algebra that joins two CRCs. All are bit-reflected. */
import type { Checksum } from './checksums.ts'

/** Reflected generator polynomials. */
export const crcPolynomials = {
  CRC32: 0xedb88320n,
  CRC32C: 0x82f63b78n,
  CRC64NVME: 0x9a6c9329ac4bc9b5n,
} as const

/** Eight tables of 256 entries, one after the other; a 64-bit entry is split into its low and high halves. */
interface SliceTables {
  readonly low: Int32Array
  readonly high: Int32Array
}

function buildTables(polynomial: bigint): SliceTables {
  const values: bigint[] = []
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    values.push(value)
  }
  for (let index = 256; index < 2048; index++) {
    const previous = values[index - 256] as bigint
    values.push((previous >> 8n) ^ (values[Number(previous & 0xffn)] as bigint))
  }
  return {
    low: Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))),
    high: Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value >> 32n))),
  }
}

/** Tables are built when first needed: a server that never meets the algorithm does not pay for it. */
function lazily<T>(build: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= build()
    return value
  }
}

const crc32cTables = lazily(() => buildTables(crcPolynomials.CRC32C))
const crc64Tables = lazily(() => buildTables(crcPolynomials.CRC64NVME))

export function createCrc32c(): Checksum {
  const table = crc32cTables().low
  let state = -1
  return {
    update(chunk) {
      state = advance32(table, state, chunk)
    },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeInt32BE(~state)
      return bytes
    },
  }
}

// Indexes stay inside the tables by their masks, hence the assertions in the two loops below.
function advance32(table: Int32Array, start: number, chunk: Uint8Array): number {
  let state = start
  let index = 0
  for (const end = chunk.length - 7; index < end; index += 8) {
    const mixed =
      state ^ (chunk[index]! | (chunk[index + 1]! << 8) | (chunk[index + 2]! << 16) | (chunk[index + 3]! << 24))
    state =
      table[1792 + (mixed & 255)]! ^
      table[1536 + ((mixed >>> 8) & 255)]! ^
      table[1280 + ((mixed >>> 16) & 255)]! ^
      table[1024 + (mixed >>> 24)]! ^
      table[768 + chunk[index + 4]!]! ^
      table[512 + chunk[index + 5]!]! ^
      table[256 + chunk[index + 6]!]! ^
      table[chunk[index + 7]!]!
  }
  for (; index < chunk.length; index++) state = table[(state ^ chunk[index]!) & 255]! ^ (state >>> 8)
  return state
}

export function createCrc64Nvme(): Checksum {
  const tables = crc64Tables()
  const state = { low: -1, high: -1 }
  return {
    update(chunk) {
      advance64(tables, state, chunk)
    },
    digest() {
      const bytes = Buffer.alloc(8)
      bytes.writeInt32BE(~state.high, 0)
      bytes.writeInt32BE(~state.low, 4)
      return bytes
    },
  }
}

function advance64({ low, high }: SliceTables, state: { low: number; high: number }, chunk: Uint8Array): void {
  let stateLow = state.low
  let stateHigh = state.high
  let index = 0
  for (const end = chunk.length - 7; index < end; index += 8) {
    const first =
      stateLow ^ (chunk[index]! | (chunk[index + 1]! << 8) | (chunk[index + 2]! << 16) | (chunk[index + 3]! << 24))
    const second =
      stateHigh ^ (chunk[index + 4]! | (chunk[index + 5]! << 8) | (chunk[index + 6]! << 16) | (chunk[index + 7]! << 24))
    const a = 1792 + (first & 255)
    const b = 1536 + ((first >>> 8) & 255)
    const c = 1280 + ((first >>> 16) & 255)
    const d = 1024 + (first >>> 24)
    const e = 768 + (second & 255)
    const f = 512 + ((second >>> 8) & 255)
    const g = 256 + ((second >>> 16) & 255)
    const h = second >>> 24
    stateLow = low[a]! ^ low[b]! ^ low[c]! ^ low[d]! ^ low[e]! ^ low[f]! ^ low[g]! ^ low[h]!
    stateHigh = high[a]! ^ high[b]! ^ high[c]! ^ high[d]! ^ high[e]! ^ high[f]! ^ high[g]! ^ high[h]!
  }
  for (; index < chunk.length; index++) {
    const entry = (stateLow ^ chunk[index]!) & 255
    stateLow = ((stateLow >>> 8) | (stateHigh << 24)) ^ low[entry]!
    stateHigh = (stateHigh >>> 8) ^ high[entry]!
  }
  state.low = stateLow
  state.high = stateHigh
}

/**
 * crc(A then B) = crc(A) * x^(8 * length of B) + crc(B) in the field of polynomials modulo the generator. A reflected
 * value has x^0 in its highest bit.
 */
export function combineReflected(
  polynomial: bigint,
  width: 32 | 64,
  first: bigint,
  second: bigint,
  secondLength: number,
): bigint {
  const one = 1n << BigInt(width - 1)
  let shift = one
  let square = one >> 8n // x^8: one byte
  for (let rest = BigInt(secondLength); rest > 0n; rest >>= 1n) {
    if (rest & 1n) shift = multiply(polynomial, one, shift, square)
    square = multiply(polynomial, one, square, square)
  }
  return multiply(polynomial, one, first, shift) ^ second
}

function multiply(polynomial: bigint, one: bigint, left: bigint, right: bigint): bigint {
  let product = 0n
  let factor = right
  for (let bit = one; bit > 0n; bit >>= 1n) {
    if (left & bit) product ^= factor
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n
  }
  return product
}
