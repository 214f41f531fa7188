/** Bzip2, read from front to back, a block at a time; streams one after the other are one. */
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { SequentialBytes } from './sequential-bytes.ts'

export const BLOCK_MARK = 0x314159265359
export const END_MARK = 0x177245385090
const MOST_CODE_LENGTH = 20
export const GROUP_SYMBOLS = 50

/** What a block holds is at most some fifty times its own size. Throws `CorruptData`. */
export function* bzip2Blocks(file: RandomAccess): Generator<Uint8Array> {
  const bits = new Bits(new SequentialBytes(file))
  do {
    if (bits.take(24) !== 0x425a68) throw corrupt('it does not start as one')
    const level = bits.take(8) - 0x30
    if (level < 1 || level > 9) throw corrupt(`unknown block size ${level}`)
    yield* streamBlocks(bits, level * 100_000)
    bits.align()
  } while (!bits.ended)
}

function* streamBlocks(bits: Bits, blockSize: number): Generator<Uint8Array> {
  let combined = 0
  for (;;) {
    const mark = bits.take(24) * 2 ** 24 + bits.take(24)
    const checksum = bits.word()
    if (mark === END_MARK) {
      if (checksum !== combined) throw corrupt('the checksum of the stream is wrong')
      return
    }
    if (mark !== BLOCK_MARK) throw corrupt('a block does not start as one')
    const block = expanded(unsorted(bits, blockSize))
    if (checksumOf(block) !== checksum) throw corrupt('the checksum of a block is wrong')
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0
    yield block
  }
}

/** A block before its bytes were sorted, with runs still shortened. */
function unsorted(bits: Bits, blockSize: number): Uint8Array {
  if (bits.take(1) === 1) throw corrupt('randomised blocks are not supported')
  const origin = bits.take(24)
  const { symbols, length } = movedSymbols(bits, blockSize)
  if (origin >= length && length > 0) throw corrupt('a block begins beyond its end')
  const starts = new Uint32Array(256)
  for (let i = 0; i < length; i++) starts[symbols[i]!]!++
  for (let value = 0, sum = 0; value < 256; value++) {
    const count = starts[value]!
    starts[value] = sum
    sum += count
  }
  const next = new Uint32Array(length)
  for (let i = 0; i < length; i++) next[starts[symbols[i]!]!++] = i
  const block = new Uint8Array(length)
  for (let i = 0, at = length ? next[origin]! : 0; i < length; i++, at = next[at]!) block[i] = symbols[at]!
  return block
}

/** Huffman codes, move to front, and runs of the front: back to the sorted bytes. */
function movedSymbols(bits: Bits, blockSize: number): { readonly symbols: Uint8Array; readonly length: number } {
  const front = usedBytes(bits)
  const alphabet = front.length + 2
  const tables = bits.take(3)
  const selectors = bits.take(15)
  if (tables < 2 || tables > 6 || selectors < 1 || front.length === 0) throw corrupt('a block has no codes')
  const order = selectorList(bits, tables, selectors)
  const codes = Array.from({ length: tables }, () => codeTable(bits, alphabet))
  const symbols = new Uint8Array(blockSize)
  let [length, run, weight] = [0, 0, 1]
  for (let group = 0; ; group++) {
    const code = codes[order[group] ?? -1]
    if (!code) throw corrupt('a block has too few codes')
    for (let i = 0; i < GROUP_SYMBOLS; i++) {
      const symbol = code.read(bits)
      if (symbol < 2) {
        run += weight << symbol
        weight *= 2
        if (run > blockSize) throw corrupt('a block is larger than it says')
        continue
      }
      if (run > 0) {
        if (length + run > blockSize) throw corrupt('a block is larger than it says')
        symbols.fill(front[0]!, length, length + run)
        length += run
        ;[run, weight] = [0, 1]
      }
      if (symbol === alphabet - 1) return { symbols, length }
      if (length === blockSize) throw corrupt('a block is larger than it says')
      const value = front[symbol - 1]!
      // The places are few and near: a loop is quicker than to ask for a copy.
      for (let place = symbol - 1; place > 0; place--) front[place] = front[place - 1]!
      front[0] = value
      symbols[length++] = value
    }
  }
}

function usedBytes(bits: Bits): Uint8Array {
  const ranges = bits.take(16)
  const used: number[] = []
  for (let range = 0; range < 16; range++) {
    if (!((ranges >> (15 - range)) & 1)) continue
    const members = bits.take(16)
    for (let i = 0; i < 16; i++) if ((members >> (15 - i)) & 1) used.push(range * 16 + i)
  }
  return Uint8Array.from(used)
}

function selectorList(bits: Bits, tables: number, count: number): Uint8Array {
  const front = Array.from({ length: tables }, (_, i) => i)
  const selectors = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    let place = 0
    while (bits.take(1) === 1) if (++place >= tables) throw corrupt('a block names a code that it does not have')
    const [value] = front.splice(place, 1)
    front.unshift(value!)
    selectors[i] = value!
  }
  return selectors
}

function codeTable(bits: Bits, alphabet: number): Code {
  const lengths = new Uint8Array(alphabet)
  let length = bits.take(5)
  for (let symbol = 0; symbol < alphabet; symbol++) {
    while (bits.take(1) === 1) length += bits.take(1) === 1 ? -1 : 1
    if (length < 1 || length > MOST_CODE_LENGTH) throw corrupt('a code is of an impossible length')
    lengths[symbol] = length
  }
  return new Code(lengths)
}

/** Most codes are this short: they are looked up at once. */
const QUICK_BITS = 10

/** A canonical Huffman code. */
class Code {
  readonly #symbols: Uint16Array
  /** By the next bits: a symbol and, in the lowest five bits, the length of its code; zero where that is longer. */
  readonly #quick = new Uint16Array(1 << QUICK_BITS)
  /** By length: the first code, the place of its symbol, and how many there are. */
  readonly #first = new Int32Array(MOST_CODE_LENGTH + 2)
  readonly #place = new Int32Array(MOST_CODE_LENGTH + 2)
  readonly #count = new Int32Array(MOST_CODE_LENGTH + 2)

  constructor(lengths: Uint8Array) {
    this.#symbols = Uint16Array.from(Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]! || a - b))
    for (const length of lengths) this.#count[length]!++
    for (let length = 1, code = 0, place = 0; length <= MOST_CODE_LENGTH; length++) {
      this.#first[length] = code
      this.#place[length] = place
      for (let i = 0; length <= QUICK_BITS && i < this.#count[length]!; i++) {
        const from = (code + i) << (QUICK_BITS - length)
        this.#quick.fill((this.#symbols[place + i]! << 5) | length, from, from + (1 << (QUICK_BITS - length)))
      }
      code = (code + this.#count[length]!) * 2
      place += this.#count[length]!
    }
  }

  read(bits: Bits): number {
    const quick = this.#quick[bits.peek(QUICK_BITS)]!
    if (quick > 0) {
      bits.skip(quick & 31)
      return quick >> 5
    }
    let code = 0
    for (let length = 1; length <= MOST_CODE_LENGTH; length++) {
      code = code * 2 + bits.take(1)
      const offset = code - this.#first[length]!
      if (offset < this.#count[length]!) return this.#symbols[this.#place[length]! + offset]!
    }
    throw corrupt('a symbol has no code')
  }
}

/** Four bytes that are alike are followed by how many more there are. */
function expanded(block: Uint8Array): Uint8Array {
  const output = new Uint8Array(expandedSize(block))
  let [at, last, alike] = [0, -1, 0]
  for (const value of block) {
    if (alike === 4) {
      output.fill(last, at, at + value)
      at += value
      alike = 0
      last = -1
      continue
    }
    alike = value === last ? alike + 1 : 1
    last = value
    output[at++] = value
  }
  return output
}

function expandedSize(block: Uint8Array): number {
  let [size, last, alike] = [0, -1, 0]
  for (const value of block) {
    if (alike === 4) {
      size += value
      alike = 0
      last = -1
      continue
    }
    alike = value === last ? alike + 1 : 1
    last = value
    size++
  }
  return size
}

const CRC = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i << 24
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value >>> 0
})

export function checksumOf(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc << 8) ^ CRC[((crc >>> 24) ^ byte) & 0xff]!
  return ~crc >>> 0
}

/** From the highest bit of each byte on. */
class Bits {
  readonly #bytes: SequentialBytes
  /** Its lowest `#count` bits are still to come. */
  #held = 0
  #count = 0

  constructor(bytes: SequentialBytes) {
    this.#bytes = bytes
  }

  /** Up to 24 bits. */
  take(count: number): number {
    const value = this.peek(count)
    if (this.#count < count) throw corrupt('it breaks off')
    this.#count -= count
    return value
  }

  /** The next bits, of which those beyond the end are zero. */
  peek(count: number): number {
    while (this.#count < count && !this.#bytes.ended) {
      this.#held = (this.#held << 8) | this.#bytes.byte()
      this.#count += 8
    }
    const missing = count - this.#count
    const bits = missing > 0 ? this.#held << missing : this.#held >>> -missing
    return bits & ((1 << count) - 1)
  }

  skip(count: number): void {
    if (this.#count < count) throw corrupt('it breaks off')
    this.#count -= count
  }

  word(): number {
    return this.take(16) * 65_536 + this.take(16)
  }

  align(): void {
    this.#count -= this.#count % 8
  }

  get ended(): boolean {
    return this.#count === 0 && this.#bytes.ended
  }
}

const corrupt = (reason: string) => new CorruptData(`bzip2: ${reason}`)
