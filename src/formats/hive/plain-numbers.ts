/**
 * Of which members of JSON's objects, one to a line, all values are numbers of which every reader makes the same: no text, no
 * boolean, no fraction where none may be, no more digits than a double keeps. What lies deeper and goes by the name of such
 * a member is taken for one. With that comes whether a line is blank, or begins so. The text comes in pieces.
 */
import { automatonOf, type LineAutomaton, type Transitions } from './line-automaton.ts'

export interface NumberMember {
  readonly key: string
  /** How many digits there may be before and behind the point, and none of an exponent; any of all where it is left out. */
  readonly digits?: { readonly whole: number; readonly fraction: number }
}

/** Tells members apart, and what is asked of them. */
export const numberName = ({ key, digits }: NumberMember): string => JSON.stringify([key, digits])

/** A line without an end is not kept for longer. */
const MOST_UNENDED = 1 << 22
/** Of more, an automaton would not fit a processor's cache. */
const MOST_KEY_BYTES = 256
/** Keys that JSON may tell without an escape. */
const TOLD_AS_IT_IS = /^[^"\\\p{Cc}]+$/u

export class PlainNumbers {
  #plain: readonly NumberMember[] = []
  #automaton: LineAutomaton = automatonFor([])
  /** The beginning of a line. */
  #unended: readonly Uint8Array[] = []
  /** After all that is not kept as such. */
  #state = LINE_BEGIN
  #beginsBlank = false

  constructor(members: readonly NumberMember[]) {
    const keyBytes = members.reduce((bytes, { key }) => bytes + Buffer.byteLength(key), 0)
    if (keyBytes <= MOST_KEY_BYTES) this.#keep(members.filter(({ key }) => TOLD_AS_IT_IS.test(key)))
  }

  read(piece: Uint8Array): void {
    if (this.#plain.length === 0) return this.#follow(piece)
    const [first, last] = [piece.indexOf(LINE_FEED), piece.lastIndexOf(LINE_FEED)]
    if (first >= 0) {
      this.#follow(Buffer.concat([...this.#unended, piece.subarray(0, first + 1)]))
      this.#follow(piece.subarray(first + 1, last + 1))
      this.#unended = []
    }
    this.#unended = [...this.#unended, Uint8Array.from(piece.subarray(last + 1))]
    if (this.#unended.reduce((bytes, { length }) => bytes + length, 0) > MOST_UNENDED) this.#keep([])
    if (this.#plain.length === 0) this.#followUnended()
  }

  /** Of the text, once it is over. */
  end(): readonly NumberMember[] {
    this.#followUnended()
    return this.#plain
  }

  /** Whether so far some line is blank, or begins with a blank. */
  get beginsBlank(): boolean {
    return this.#beginsBlank
  }

  #followUnended(): void {
    this.#follow(Buffer.concat(this.#unended))
    this.#unended = []
  }

  /** Each member that some line speaks against is left out, and the lines are asked about the others. */
  #follow(lines: Uint8Array): void {
    while (!this.#beginsBlank) {
      const state = this.#automaton.after(this.#state, lines)
      const members = this.#plain.length
      if (state === LINE_BEGIN || state > oddLine(members)) {
        this.#state = state
        return
      }
      if (state === oddLine(members)) this.#beginsBlank = true
      // Whose a key with an escape is, is not known.
      this.#keep(state >= unknownKey(members) ? [] : this.#plain.filter((_, i) => state !== oddOf(i)))
    }
  }

  #keep(members: readonly NumberMember[]): void {
    this.#plain = members
    this.#automaton = automatonFor(members)
  }
}

const automatonFor = (members: readonly NumberMember[]): LineAutomaton =>
  automatonOf(`numbers ${JSON.stringify(members)}`, () => transitions(members))

/** The state at the beginning of a line. */
const LINE_BEGIN = 0
// States for good: after a value of the member that is not plain, after an unknown key, after a line that begins with a blank.
const oddOf = (member: number): number => 1 + member
const unknownKey = (members: number): number => 1 + members
const oddLine = (members: number): number => 2 + members

const LINE_FEED = 10
const BLANKS = ' \t\r'
const DIGITS = '0123456789'
/** What follows a text that is no key. */
const AFTER_VALUE = ',]}'
/** What follows the number of a member. */
const ENDS = `,}${BLANKS}`

function transitions(members: readonly NumberMember[]): Transitions {
  const rows: Uint16Array[] = []
  const state = (otherwise = rows.length): number => rows.push(new Uint16Array(256).fill(otherwise)) - 1
  const on = (from: number, bytes: string | number, to: number): void => {
    for (const byte of typeof bytes === 'number' ? [bytes] : Buffer.from(bytes)) rows[from]![byte] = to
  }
  const last = oddLine(members.length)
  // In no text and no number that matters.
  const outside = last + 1
  state(outside)
  for (let i = LINE_BEGIN + 1; i <= last; i++) state()
  state(outside)
  const ended = () => {
    // No value goes over lines.
    for (const [from, row] of rows.entries()) if (from === LINE_BEGIN || from > last) row[LINE_FEED] = LINE_BEGIN
    on(LINE_BEGIN, `${BLANKS}\n`, last)
    return rows
  }
  if (members.length === 0) return ended()
  const [text, escaped] = [state(), state()]
  const [key, escaping, unknown] = [state(text), state(escaped), state(unknownKey(members.length))]
  for (const from of [LINE_BEGIN, outside]) on(from, '"', key)
  for (const from of [text, key]) on(from, '"', outside)
  on(escaped, '"', unknown)
  for (const from of [text, escaped, key]) on(from, '\\', escaping)
  on(unknown, BLANKS, unknown)
  on(unknown, AFTER_VALUE, outside)

  /** Of a value of a member: whose it is, and whether it is plain. Answers the state before it. */
  const value = (odd: number, { digits }: NumberMember): number => {
    const before = state(odd)
    const [sign, no] = [state(odd), state(odd)]
    on(before, BLANKS, before)
    on(before, '-', sign)
    on(before, 'n', no)
    on(no, 'u', outside)
    if (!digits) {
      const number = state(odd)
      for (const from of [before, sign, number]) on(from, DIGITS, number)
      on(number, '.eE+-', number)
      on(number, ENDS, outside)
      return before
    }
    const places = (count: number, from: readonly number[]): number[] => {
      let last = from
      return Array.from({ length: count }, () => {
        const place = state(odd)
        for (const one of last) on(one, DIGITS, place)
        on(place, ENDS, outside)
        last = [place]
        return place
      })
    }
    const whole = places(digits.whole, [before, sign])
    if (digits.fraction === 0) return before
    const point = state(odd)
    for (const one of whole) on(one, '.', point)
    places(digits.fraction, [point])
    return before
  }

  const tries = new Map<string, number>([['', key]])
  for (const [i, member] of members.entries()) {
    let [at, path] = [key, '']
    for (const byte of Buffer.from(member.key)) {
      path += ` ${byte}`
      const next = tries.get(path) ?? state(text)
      if (!tries.has(path)) {
        tries.set(path, next)
        on(next, '"', outside)
        on(next, '\\', escaping)
        on(at, byte, next)
      }
      at = next
    }
    const after = state(oddOf(i))
    on(at, '"', after)
    on(after, BLANKS, after)
    on(after, AFTER_VALUE, outside)
    on(after, ':', value(oddOf(i), member))
  }
  return ended()
}
