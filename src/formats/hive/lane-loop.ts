/**
 * Four places in a table, each of which goes from one pair of bytes to the next along a lane of its own: what takes time is
 * to wait for one look-up before the next. It is a function of WebAssembly, since it has nothing in its inmost loop but the
 * look-ups: where JavaScript asks of each whether it lies within its array, it takes three times as long.
 */

/** As much of it as is used here: Node's own types leave it to those of browsers. */
declare namespace WebAssembly {
  class Memory {
    constructor(pages: { readonly initial: number })
    readonly buffer: ArrayBuffer
  }
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>)
    readonly exports: { readonly f: (...addresses: number[]) => void }
  }
}

export const LANES = 4
/** So much of a text is followed at a time. */
export const MOST_BYTES = 1_048_576
/** Of more kinds the pairs would be told in more than two bytes. */
export const MOST_KINDS = 127

// What lies where in its memory, in bytes. The table follows, by state and pair: the address where the pairs of the next begin.
const [PAIRS_AT, PLACES_AT] = [0, 131_072]
const TEXT_AT = PLACES_AT + 4 * LANES
const TABLE_AT = TEXT_AT + MOST_BYTES
const PAGE_BYTES = 65_536

export class LaneLoop {
  readonly #memory: WebAssembly.Memory
  readonly #follow: (...addresses: number[]) => void
  readonly #stateBytes: number

  /** `kinds`: of each byte; `next`: by state and kind. */
  constructor(kinds: Uint8Array, kindCount: number, next: Uint16Array) {
    const width = kindCount * kindCount
    const stateBytes = 4 * width
    const entries = next.length * kindCount
    this.#stateBytes = stateBytes
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((TABLE_AT + 4 * entries) / PAGE_BYTES) })
    const pairs = new DataView(this.#memory.buffer, PAIRS_AT)
    for (let word = 0; word < 65_536; word++)
      pairs.setUint16(2 * word, 4 * (kinds[word & 255]! * kindCount + kinds[word >> 8]!), true)
    const table = new DataView(this.#memory.buffer, TABLE_AT)
    for (let i = 0; i < entries; i++) {
      const after = next[Math.floor(i / kindCount)]!
      table.setInt32(4 * i, TABLE_AT + stateBytes * next[after * kindCount + (i % kindCount)]!, true)
    }
    this.#follow = functionOver(this.#memory)
  }

  /** The states after so many bytes, an even number, of each lane: where it begins in the text, and in which state. */
  followed(text: Uint8Array, lanes: readonly (readonly [from: number, state: number])[], length: number): number[] {
    new Uint8Array(this.#memory.buffer, TEXT_AT).set(text)
    const texts = lanes.map(([from]) => TEXT_AT + from)
    this.#follow(...texts, ...lanes.map(([, state]) => TABLE_AT + state * this.#stateBytes), texts[0]! + length)
    const places = new DataView(this.#memory.buffer, PLACES_AT)
    return lanes.map((_, lane) => (places.getInt32(4 * lane, true) - TABLE_AT) / this.#stateBytes)
  }
}

// https://webassembly.github.io/spec/core/binary/instructions.html
const [BLOCK, LOOP, BRANCH, BRANCH_IF, END, NOTHING] = [0x02, 0x03, 0x0c, 0x0d, 0x0b, 0x40]
const [I32, ADD, SHIFT_LEFT, AT_LEAST] = [0x7f, 0x6a, 0x74, 0x4f]
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
/** Of less than 64. */
const constant = (value: number) => [0x41, value]
const LOAD_16 = [0x2f, 0, 0]
const LOAD_32 = [0x28, 2, 0]
const storeAt = (offset: number) => [0x36, 2, ...unsigned(offset)]

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}
const listOf = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()]
const section = (id: number, items: readonly (readonly number[])[]) => {
  const body = listOf(items)
  return [id, ...unsigned(body.length), ...body]
}

/** Takes the addresses of the lanes' texts, their places, and the end of the first lane. Leaves the places behind. */
function functionOver(memory: WebAssembly.Memory): (...addresses: number[]) => void {
  const lanes = Array.from({ length: LANES }, (_, lane) => ({ text: lane, place: LANES + lane }))
  const last = 2 * LANES
  const step = ({ text, place }: (typeof lanes)[number]) => [
    ...[
      ...get(place),
      ...get(text),
      ...LOAD_16,
      ...constant(1),
      SHIFT_LEFT,
      ...LOAD_16,
      ADD,
      ...LOAD_32,
      ...set(place),
    ],
    ...[...get(text), ...constant(2), ADD, ...set(text)],
  ]
  const code = [
    ...[0, BLOCK, NOTHING, LOOP, NOTHING],
    ...[...get(0), ...get(last), AT_LEAST, BRANCH_IF, 1],
    ...lanes.flatMap(step),
    ...[BRANCH, 0, END, END],
    ...lanes.flatMap(({ place }, lane) => [...constant(0), ...get(place), ...storeAt(PLACES_AT + 4 * lane)]),
    END,
  ]
  const name = [1, 0x66]
  const module = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...listOf(Array.from({ length: last + 1 }, () => [I32])), 0]]),
    ...section(2, [[...name, ...name, 2, 0, 1]]),
    ...section(3, [[0]]),
    ...section(7, [[...name, 0, 0]]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ])
  return new WebAssembly.Instance(new WebAssembly.Module(module), { f: { f: memory } }).exports.f
}
