/**
 * Whether all readers of CSV would agree about the quotes of a text: they are around whole fields, within a line, and inside
 * them doubled or escaped. The text comes in pieces; its bytes are looked up by two, which is what takes time.
 */
import { endianness } from 'node:os'
import type { CsvDialect } from './csv-line.ts'

// After the separator, in a field without quotes, in one with, after a quote or an escape in that; for good.
const [BEGIN, BARE, QUOTED, QUOTE, ESCAPE, ODD] = [0, 1, 2, 3, 4, 5]
const STATES = 6
// What a byte is.
const [OTHER, LINE_END, SEPARATOR, MARK, ESCAPES] = [0, 1, 2, 3, 4]
const KINDS = 5

/** By state, what comes after each kind of byte. */
const NEXT = new Uint8Array(STATES * KINDS)
const follow = (
  state: number,
  ...next: readonly [other: number, end: number, separator: number, mark: number, escapes: number]
) => NEXT.set(next, state * KINDS)
follow(BEGIN, BARE, BEGIN, BEGIN, QUOTED, ODD)
follow(BARE, BARE, BEGIN, BEGIN, ODD, ODD)
follow(QUOTED, QUOTED, ODD, QUOTED, QUOTE, ESCAPE)
follow(QUOTE, ODD, BEGIN, BEGIN, QUOTED, ODD)
follow(ESCAPE, ODD, ODD, ODD, QUOTED, QUOTED)
follow(ODD, ODD, ODD, ODD, ODD, ODD)

const PAIRS = KINDS * KINDS
/** By where a state's pairs begin, and the kinds of two bytes: where the pairs of the state after them begin. */
const NEXT_BUT_ONE = new Uint8Array(STATES * PAIRS)
for (let state = 0; state < STATES; state++)
  for (let pair = 0; pair < PAIRS; pair++) {
    const after = NEXT[state * KINDS + Math.floor(pair / KINDS)]!
    NEXT_BUT_ONE[state * PAIRS + pair] = NEXT[after * KINDS + (pair % KINDS)]! * PAIRS
  }

export class CsvQuoting {
  readonly #kinds = new Uint8Array(256)
  /** By two bytes as they lie in memory; for larger texts. */
  #pairs: Uint8Array | undefined
  readonly #marks: readonly number[]
  #state = BEGIN

  constructor({ separator, quote, escape: escapes }: CsvDialect) {
    const bytes = [separator, quote, escapes].map((text) => Buffer.from(text))
    // A character of several bytes is left to those who read by characters.
    if (bytes.some(({ length }) => length > 1)) this.#state = ODD
    for (const [i, kind] of [SEPARATOR, MARK, ESCAPES].entries())
      if (bytes[i]!.length > 0 && this.#kinds[bytes[i]![0]!] === OTHER) this.#kinds[bytes[i]![0]!] = kind
    for (const end of '\r\n') this.#kinds[end.charCodeAt(0)] = LINE_END
    this.#marks = bytes.slice(1).flatMap(([byte]) => (byte === undefined ? [] : [byte]))
  }

  read(piece: Uint8Array): void {
    let state = this.#state
    if (state <= BARE && !this.#marks.some((mark) => piece.includes(mark))) {
      const last = piece.at(-1)
      if (last !== undefined) this.#state = NEXT[BARE * KINDS + this.#kinds[last]!]!
      return
    }
    if (piece.length < LEAST_BYTES) {
      this.#state = this.#after(state, piece)
      return
    }
    const from = piece.byteOffset % 2
    const words = new Uint16Array(piece.buffer, piece.byteOffset + from, Math.floor((piece.length - from) / 2))
    state = this.#after(state, piece.subarray(0, from))
    this.#pairs ??= pairsOf(this.#kinds)
    const pairs = this.#pairs
    let place = state * PAIRS
    for (let i = 0; i < words.length; i++) place = NEXT_BUT_ONE[place + pairs[words[i]!]!]!
    this.#state = this.#after(place / PAIRS, piece.subarray(from + 2 * words.length))
  }

  #after(state: number, bytes: Uint8Array): number {
    for (const byte of bytes) state = NEXT[state * KINDS + this.#kinds[byte]!]!
    return state
  }

  /** Once the text has ended, quotes that are open are odd too. */
  isOdd(atEnd = false): boolean {
    return this.#state === ODD || (atEnd && (this.#state === QUOTED || this.#state === ESCAPE))
  }
}

/** What is smaller takes less than to know all pairs of bytes. */
const LEAST_BYTES = 65_536

function pairsOf(kinds: Uint8Array): Uint8Array {
  const pairs = new Uint8Array(65_536)
  const [first, second] = endianness() === 'LE' ? [0, 8] : [8, 0]
  for (let word = 0; word < pairs.length; word++)
    pairs[word] = kinds[(word >> first) & 255]! * KINDS + kinds[(word >> second) & 255]!
  return pairs
}
