/**
 * Roaring bitmaps of 64-bit numbers in their portable form: a count, then for each high half a bitmap of the low ones.
 * https://github.com/RoaringBitmap/RoaringFormatSpec
 */

const COOKIE = 12_346
const COOKIE_WITH_RUNS = 12_347
/** With runs, a bitmap of fewer containers has no table of offsets. */
const FEWEST_WITH_OFFSETS = 4
const MOST_IN_ARRAY = 4096
const BITSET_BYTES = 8192

/** Numbers from `first` to `last`, both in the bitmap as all between them are. */
export type TakeRange = (first: number, last: number) => void

/** In ascending order. Throws RangeError where the bytes are no bitmap, or hold numbers beyond 2^53. */
export function roaringRanges(bytes: Uint8Array, take: TakeRange): void {
  const reader = new Reader(bytes)
  const [low, high] = [reader.u32(), reader.u32()]
  // Each bitmap takes some bytes: a count beyond that is a lie which would otherwise be believed for long.
  if (high !== 0 || low > bytes.length) throw new RangeError(`bitmap claims ${low} parts`)
  for (let i = 0; i < low; i++) {
    const key = reader.u32()
    if (key >= 2 ** 21) throw new RangeError('bitmap holds numbers beyond 2^53')
    readBitmap(reader, key * 2 ** 32, take)
  }
}

function readBitmap(reader: Reader, base: number, take: TakeRange): void {
  const cookie = reader.u32()
  const withRuns = (cookie & 0xffff) === COOKIE_WITH_RUNS
  if (!withRuns && cookie !== COOKIE) throw new RangeError(`unknown bitmap cookie ${cookie}`)
  const count = withRuns ? (cookie >>> 16) + 1 : reader.u32()
  if (count > 65_536) throw new RangeError(`bitmap claims ${count} containers`)
  const runs = withRuns ? reader.bytes((count + 7) >> 3) : undefined
  const keys = Array.from({ length: count }, () => ({ key: reader.u16(), cardinality: reader.u16() + 1 }))
  if (!runs || count >= FEWEST_WITH_OFFSETS) reader.bytes(count * 4)
  keys.forEach(({ key, cardinality }, i) => {
    const start = base + key * 65_536
    if (runs && (runs[i >> 3]! >> (i & 7)) & 1) readRuns(reader, start, take)
    else if (cardinality <= MOST_IN_ARRAY) readArray(reader, start, cardinality, take)
    else readBits(reader.bytes(BITSET_BYTES), start, take)
  })
}

function readRuns(reader: Reader, start: number, take: TakeRange): void {
  for (let left = reader.u16(); left > 0; left--) {
    const first = reader.u16()
    const length = reader.u16()
    if (first + length > 65_535) throw new RangeError('run of a bitmap goes beyond its container')
    take(start + first, start + first + length)
  }
}

function readArray(reader: Reader, start: number, cardinality: number, take: TakeRange): void {
  for (let left = cardinality; left > 0; left--) {
    const value = start + reader.u16()
    take(value, value)
  }
}

function readBits(bits: Uint8Array, start: number, take: TakeRange): void {
  let first = -1
  for (let i = 0; i <= 65_536; i++) {
    const set = i < 65_536 && ((bits[i >> 3]! >> (i & 7)) & 1) === 1
    if (set && first < 0) first = i
    if (!set && first >= 0) {
      take(start + first, start + i - 1)
      first = -1
    }
  }
}

/** Little-endian; throws where the bytes end too early. */
class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  bytes(length: number): Uint8Array {
    const at = this.#advance(length)
    return this.#bytes.subarray(at, at + length)
  }

  #advance(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new RangeError('bitmap ends too early')
    this.#at = at + length
    return at
  }
}
