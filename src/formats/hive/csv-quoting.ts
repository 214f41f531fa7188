/**
 * Whether all readers of CSV would agree about the quotes of a text: they are around whole fields, within a line, and inside
 * them doubled or escaped. The text comes in pieces; each byte is looked up once.
 */
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

export class CsvQuoting {
  readonly #kinds = new Uint8Array(256)
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
    for (const byte of piece) state = NEXT[state * KINDS + this.#kinds[byte]!]!
    this.#state = state
  }

  /** Once the text has ended, quotes that are open are odd too. */
  isOdd(atEnd = false): boolean {
    return this.#state === ODD || (atEnd && (this.#state === QUOTED || this.#state === ESCAPE))
  }
}
