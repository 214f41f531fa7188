/**
 * Whether all readers of CSV would agree about the quotes of a text: they are around whole fields, within a line, and inside
 * them doubled or escaped. The text comes in pieces.
 */
import type { CsvDialect } from './csv-line.ts'
import { automatonOf, type LineAutomaton, type Transitions } from './line-automaton.ts'

// After the separator, in a field without quotes, in one with, after a quote or an escape in that; for good.
const [BEGIN, BARE, QUOTED, QUOTE, ESCAPE, ODD] = [0, 1, 2, 3, 4, 5]

type Kind = 'other' | 'end' | 'separator' | 'quote' | 'escape'
/** By state, what comes after each kind of byte. */
const NEXT: readonly Readonly<Record<Kind, number>>[] = [
  { other: BARE, end: BEGIN, separator: BEGIN, quote: QUOTED, escape: ODD },
  { other: BARE, end: BEGIN, separator: BEGIN, quote: ODD, escape: ODD },
  { other: QUOTED, end: ODD, separator: QUOTED, quote: QUOTE, escape: ESCAPE },
  { other: ODD, end: BEGIN, separator: BEGIN, quote: QUOTED, escape: ODD },
  { other: ODD, end: ODD, separator: ODD, quote: QUOTED, escape: QUOTED },
  { other: ODD, end: ODD, separator: ODD, quote: ODD, escape: ODD },
]

export class CsvQuoting {
  readonly #automaton: LineAutomaton
  readonly #marks: readonly number[]
  #state = BEGIN

  constructor({ separator, quote, escape: escapes }: CsvDialect) {
    const bytes = [separator, quote, escapes].map((text) => Buffer.from(text))
    // A character of several bytes is left to those who read by characters.
    if (bytes.some(({ length }) => length > 1)) this.#state = ODD
    this.#automaton = automatonOf(`quotes ${JSON.stringify([separator, quote, escapes])}`, () => transitions(bytes))
    this.#marks = bytes.slice(1).flatMap(([byte]) => (byte === undefined ? [] : [byte]))
  }

  read(piece: Uint8Array): void {
    const isBare = this.#state <= BARE && !this.#marks.some((mark) => piece.includes(mark))
    // What matters of it is whether it ends in a separator.
    this.#state = this.#automaton.after(this.#state, isBare ? piece.subarray(-1) : piece)
  }

  /** Once the text has ended, quotes that are open are odd too. */
  isOdd(atEnd = false): boolean {
    return this.#state === ODD || (atEnd && (this.#state === QUOTED || this.#state === ESCAPE))
  }
}

/** `marks`: the separator, the quote and the escape, each in bytes. What comes first is what a byte is. */
function transitions([separator, quote, escapes]: readonly Uint8Array[]): Transitions {
  const kinds = new Map<number | undefined, Kind>([
    [escapes?.[0], 'escape'],
    [quote?.[0], 'quote'],
    [separator?.[0], 'separator'],
    [CARRIAGE_RETURN, 'end'],
    [LINE_FEED, 'end'],
  ])
  return NEXT.map((next) => Uint16Array.from({ length: 256 }, (_, byte) => next[kinds.get(byte) ?? 'other']))
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
