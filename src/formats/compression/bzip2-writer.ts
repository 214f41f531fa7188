/** Bzip2, written: a stream of blocks of 900,000 bytes, each sorted, moved to front and put into Huffman's codes. */
import { ByteSink } from '../byte-sink.ts'
import { BLOCK_MARK, checksumOf, END_MARK, GROUP_SYMBOLS } from './bzip2.ts'
import { rotationOrder } from './suffix-order.ts'

/** Of a block before it is sorted; its runs are shortened by then. */
export const BZIP2_BLOCK_BYTES = 900_000
const MOST_CODE_LENGTH = 17
const ROUNDS = 4

/** One whole stream; several after the other are one file. */
export function bzip2Compress(input: Uint8Array): Uint8Array {
  const bits = new BitSink()
  for (const byte of Buffer.from('BZh9')) bits.put(byte, 8)
  let combined = 0
  for (let at = 0; at < input.length; ) {
    const { block, end } = shortened(input, at)
    const checksum = checksumOf(input.subarray(at, end))
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0
    writeBlock(bits, block, checksum)
    at = end
  }
  bits.mark(END_MARK)
  bits.word(combined)
  return bits.end()
}

/** Four bytes that are alike are followed by how many more there are. `end`: of what the block holds. */
function shortened(input: Uint8Array, start: number): { readonly block: Uint8Array; readonly end: number } {
  const block = new Uint8Array(Math.min(BZIP2_BLOCK_BYTES, Math.ceil((input.length - start) * 1.25) + 5))
  let [at, size] = [start, 0]
  while (at < input.length && size + 5 <= block.length) {
    const value = input[at]!
    let run = 1
    while (run < 255 && at + run < input.length && input[at + run] === value) run++
    block.fill(value, size, size + Math.min(run, 4))
    size += Math.min(run, 4)
    if (run >= 4) block[size++] = run - 4
    at += run
  }
  return { block: block.subarray(0, size), end: at }
}

function writeBlock(bits: BitSink, block: Uint8Array, checksum: number): void {
  const order = rotationOrder(block)
  bits.mark(BLOCK_MARK)
  bits.word(checksum)
  bits.put(0, 1)
  bits.put(order.indexOf(0), 24)
  const used = [...new Set(block)].sort((a, b) => a - b)
  writeUsedBytes(bits, used)
  const symbols = movedSymbols(block, order, used)
  const { lengths, selectors } = chosenCodes(symbols, used.length + 2)
  bits.put(lengths.length, 3)
  bits.put(selectors.length, 15)
  writeSelectors(bits, selectors, lengths.length)
  for (const table of lengths) writeLengths(bits, table)
  const codes = lengths.map(codesOf)
  for (let i = 0; i < symbols.length; i++) {
    const table = selectors[Math.floor(i / GROUP_SYMBOLS)]!
    const symbol = symbols[i]!
    bits.put(codes[table]![symbol]!, lengths[table]![symbol]!)
  }
}

function writeUsedBytes(bits: BitSink, used: readonly number[]): void {
  const members = new Uint16Array(16)
  for (const byte of used) members[byte >> 4]! |= 0x8000 >> (byte & 15)
  for (const one of members) bits.put(one ? 1 : 0, 1)
  for (const one of members) if (one) bits.put(one, 16)
}

/** The bytes before each rotation, moved to front: 0 and 1 are digits of how often the front comes again, the last is the end. */
function movedSymbols(block: Uint8Array, order: Int32Array, used: readonly number[]): Uint16Array {
  const symbols = new Uint16Array(block.length + 1)
  const front = Uint8Array.from(used)
  let [size, run] = [0, 0]
  const writeRun = () => {
    for (let left = run; left > 0; left = (left - 1) >> 1) symbols[size++] = left & 1 ? 0 : 1
    run = 0
  }
  for (const at of order) {
    const value = block[at > 0 ? at - 1 : block.length - 1]!
    if (value === front[0]) {
      run++
      continue
    }
    writeRun()
    let [place, held] = [0, front[0]!]
    while (held !== value) {
      const next = front[++place]!
      front[place] = held
      held = next
    }
    front[0] = value
    symbols[size++] = place + 1
  }
  writeRun()
  symbols[size++] = used.length + 1
  return symbols.subarray(0, size)
}

interface ChosenCodes {
  /** Of each table, the length of each symbol's code. */
  readonly lengths: readonly Uint8Array[]
  /** The table of each group of symbols. */
  readonly selectors: Uint8Array
}

/** Tables are at first for symbols of a range each; then each is made for the groups that were shortest by it. */
function chosenCodes(symbols: Uint16Array, alphabet: number): ChosenCodes {
  const count =
    symbols.length < 200 ? 2 : symbols.length < 600 ? 3 : symbols.length < 1200 ? 4 : symbols.length < 2400 ? 5 : 6
  let lengths: readonly Uint8Array[] = firstTables(symbols, alphabet, count)
  const selectors = new Uint8Array(Math.ceil(symbols.length / GROUP_SYMBOLS))
  for (let round = 0; round < ROUNDS; round++) {
    const counts = lengths.map(() => new Uint32Array(alphabet))
    for (let group = 0; group < selectors.length; group++) {
      const members = symbols.subarray(group * GROUP_SYMBOLS, (group + 1) * GROUP_SYMBOLS)
      const table = shortestTable(lengths, members)
      selectors[group] = table
      for (const symbol of members) counts[table]![symbol]!++
    }
    lengths = counts.map(codeLengths)
  }
  return { lengths, selectors }
}

function shortestTable(lengths: readonly Uint8Array[], members: Uint16Array): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (const [table, length] of lengths.entries()) {
    let cost = 0
    for (const symbol of members) cost += length[symbol]!
    if (cost < least) [best, least] = [table, cost]
  }
  return best
}

function firstTables(symbols: Uint16Array, alphabet: number, count: number): Uint8Array[] {
  const counts = new Uint32Array(alphabet)
  for (const symbol of symbols) counts[symbol]!++
  const tables = Array.from({ length: count }, () => new Uint8Array(alphabet).fill(15))
  for (let symbol = 0, sum = 0; symbol < alphabet; symbol++) {
    tables[Math.min(count - 1, Math.floor((sum * count) / symbols.length))]![symbol] = 1
    sum += counts[symbol]!
  }
  return tables
}

/** Huffman's, of at most 17 bits: where they are longer, the counts are made more alike. */
function codeLengths(counts: Uint32Array): Uint8Array {
  for (let weights = counts.map((count) => Math.max(count, 1)); ; weights = weights.map((one) => (one >> 1) + 1)) {
    const lengths = huffmanLengths(weights)
    if (lengths.every((length) => length <= MOST_CODE_LENGTH)) return lengths
  }
}

/** Leaves by weight and the nodes made of them, which grow too, are two lines; the two least of all become a node. */
function huffmanLengths(weights: Uint32Array): Uint8Array {
  const leaves = [...weights.keys()].sort((a, b) => weights[a]! - weights[b]!)
  const size = leaves.length
  const sums = leaves.map((leaf) => weights[leaf]!)
  const parents = new Uint32Array(2 * size - 1)
  let [leaf, inner] = [0, size]
  const least = () => (leaf < size && (inner >= sums.length || sums[leaf]! <= sums[inner]!) ? leaf++ : inner++)
  for (let node = size; node < 2 * size - 1; node++) {
    const [one, other] = [least(), least()]
    parents[one] = node
    parents[other] = node
    sums.push(sums[one]! + sums[other]!)
  }
  const depths = new Uint8Array(2 * size - 1)
  for (let node = 2 * size - 3; node >= 0; node--) depths[node] = depths[parents[node]!]! + 1
  const lengths = new Uint8Array(size)
  for (let i = 0; i < size; i++) lengths[leaves[i]!] = depths[i]!
  return lengths
}

/** Canonical: by length, then by symbol. */
function codesOf(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length)
  for (let length = 1, code = 0; length <= MOST_CODE_LENGTH; length++, code <<= 1)
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) codes[symbol] = code++
  return codes
}

function writeSelectors(bits: BitSink, selectors: Uint8Array, tables: number): void {
  const front = Array.from({ length: tables }, (_, i) => i)
  for (const selector of selectors) {
    const place = front.indexOf(selector)
    front.splice(place, 1)
    front.unshift(selector)
    for (let i = 0; i < place; i++) bits.put(1, 1)
    bits.put(0, 1)
  }
}

/** Each as how it differs from the one before. */
function writeLengths(bits: BitSink, lengths: Uint8Array): void {
  let last = lengths[0]!
  bits.put(last, 5)
  for (const length of lengths) {
    for (; last < length; last++) bits.put(0b10, 2)
    for (; last > length; last--) bits.put(0b11, 2)
    bits.put(0, 1)
  }
}

/** From the highest bit of each byte on. */
class BitSink {
  readonly #bytes = new ByteSink()
  #held = 0
  #count = 0

  /** Up to 24 bits. */
  put(value: number, count: number): void {
    this.#held = (this.#held << count) | value
    this.#count += count
    for (; this.#count >= 8; this.#count -= 8) this.#bytes.byte(this.#held >>> (this.#count - 8))
  }

  word(value: number): void {
    this.put(value >>> 16, 16)
    this.put(value & 0xffff, 16)
  }

  mark(value: number): void {
    this.put(Math.floor(value / 2 ** 24), 24)
    this.put(value % 2 ** 24, 24)
  }

  end(): Uint8Array {
    if (this.#count > 0) this.put(0, 8 - this.#count)
    return this.#bytes.take()
  }
}
