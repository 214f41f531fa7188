/**
 * Lines of a text that comes in pieces, followed by an automaton: whether one of them is odd, and which of the things that
 * are asked after hold for all of them. A thing that some line speaks against is asked after no longer.
 */
import type { LineAutomaton, Transitions } from './line-automaton.ts'

/** A line without an end is not kept for longer; nothing is asked any more then. */
const MOST_UNENDED = 1 << 22

/** The state at the beginning of a line. */
export const LINE_BEGIN = 0
// States for good: after a line that speaks against a thing, after one of which it is not known against which, after an odd one.
export const against = (thing: number): number => 1 + thing
export const againstAny = (things: number): number => 1 + things
export const oddLine = (things: number): number => 2 + things

export class AskedLines<Thing> {
  readonly #automatonFor: (things: readonly Thing[]) => LineAutomaton
  #things: readonly Thing[]
  #automaton: LineAutomaton
  /** The beginning of a line, while there are things to ask it about. */
  #unended: readonly Uint8Array[] = []
  /** After all that is not kept. */
  #state = LINE_BEGIN
  #isOdd = false
  /** Lines of which nothing is asked but whether one is odd, and how many of them are to come. */
  readonly #header: AskedLines<Thing> | undefined
  #headerLines: number

  /** The states of an automaton for so many things begin with those above. The first `headerLines` speak against nothing. */
  constructor(things: readonly Thing[], automatonFor: (things: readonly Thing[]) => LineAutomaton, headerLines = 0) {
    this.#automatonFor = automatonFor
    this.#things = things
    this.#automaton = automatonFor(things)
    this.#headerLines = headerLines
    if (headerLines > 0 && things.length > 0) this.#header = new AskedLines([], automatonFor)
  }

  read(piece: Uint8Array): void {
    this.#readLines(this.#header && this.#headerLines > 0 ? this.#withoutHeader(piece, this.#header) : piece)
  }

  #withoutHeader(piece: Uint8Array, header: AskedLines<Thing>): Uint8Array {
    let end = 0
    while (this.#headerLines > 0 && end < piece.length) {
      const feed = piece.indexOf(LINE_FEED, end)
      if (feed >= 0) this.#headerLines--
      end = feed < 0 ? piece.length : feed + 1
    }
    header.read(piece.subarray(0, end))
    return piece.subarray(end)
  }

  #readLines(piece: Uint8Array): void {
    if (this.#things.length === 0) {
      this.#follow(piece)
      return
    }
    const [first, last] = [piece.indexOf(LINE_FEED), piece.lastIndexOf(LINE_FEED)]
    if (first >= 0) {
      this.#follow(Buffer.concat([...this.#unended, piece.subarray(0, first + 1)]))
      this.#follow(piece.subarray(first + 1, last + 1))
      this.#unended = []
    }
    this.#unended = [...this.#unended, Uint8Array.from(piece.subarray(last + 1))]
    if (this.#unended.reduce((bytes, { length }) => bytes + length, 0) > MOST_UNENDED) this.#ask([])
    if (this.#things.length === 0) this.#followUnended()
  }

  /** What holds for the whole text, once it is over. */
  end(): readonly Thing[] {
    this.#header?.end()
    if (this.#unended.some(({ length }) => length > 0)) this.#unended = [...this.#unended, END]
    this.#followUnended()
    if (this.#state !== LINE_BEGIN) this.#follow(END)
    return this.#things
  }

  /** Whether some line is, as far as the text has come. */
  get isOdd(): boolean {
    return this.#isOdd || (this.#header?.isOdd ?? false)
  }

  #followUnended(): void {
    this.#follow(Buffer.concat(this.#unended))
    this.#unended = []
  }

  /** Whole lines while there are things to ask them about: once for each that they speak against, and once more. */
  #follow(lines: Uint8Array): void {
    while (!this.#isOdd) {
      const state = this.#automaton.after(this.#state, lines)
      const count = this.#things.length
      if (state === LINE_BEGIN || state > oddLine(count)) {
        this.#state = state
        return
      }
      if (state === oddLine(count)) this.#isOdd = true
      this.#ask(state >= againstAny(count) ? [] : this.#things.filter((_, i) => state !== against(i)))
    }
  }

  #ask(things: readonly Thing[]): void {
    this.#things = things
    this.#automaton = this.#automatonFor(things)
  }
}

/** Of an automaton that is being made. */
export class States {
  readonly #rows: Uint16Array[] = []

  /** Those that any automaton for so many things has; what follows any byte at the beginning of a line is `first`. */
  constructor(things: number, first: number) {
    this.add(first)
    for (let state = LINE_BEGIN; state < oddLine(things); state++) this.add()
  }

  get rows(): Transitions {
    return this.#rows
  }

  /** One in which any byte leads to `otherwise`; without it, back. */
  add(otherwise = this.#rows.length): number {
    return this.#rows.push(new Uint16Array(256).fill(otherwise)) - 1
  }

  on(from: number, bytes: string | Uint8Array, to: number): void {
    for (const byte of Buffer.from(bytes)) this.#rows[from]![byte] = to
  }

  fill(from: number, to: number): void {
    this.#rows[from]!.fill(to)
  }

  copy(from: number, to: number): void {
    this.#rows[to]!.set(this.#rows[from]!)
  }
}

const LINE_FEED = 10
const END = Uint8Array.of(LINE_FEED)
