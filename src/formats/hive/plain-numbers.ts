/**
 * Of which members of JSON's objects, one to a line, all values are numbers of which every reader makes the same: no text, no
 * boolean, no fraction where none may be, no more digits than a double keeps. What lies deeper and goes by the name of such
 * a member is taken for one. The text comes in pieces.
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
  #automaton: LineAutomaton | undefined
  /** The beginning of a line. */
  #unended: readonly Uint8Array[] = []

  constructor(members: readonly NumberMember[]) {
    const keyBytes = members.reduce((bytes, { key }) => bytes + Buffer.byteLength(key), 0)
    if (keyBytes <= MOST_KEY_BYTES) this.#keep(members.filter(({ key }) => TOLD_AS_IT_IS.test(key)))
  }

  read(piece: Uint8Array): void {
    if (!this.#automaton) return
    const [first, last] = [piece.indexOf(LINE_FEED), piece.lastIndexOf(LINE_FEED)]
    if (first >= 0) {
      this.#check(Buffer.concat([...this.#unended, piece.subarray(0, first + 1)]))
      this.#check(piece.subarray(first + 1, last + 1))
      this.#unended = []
    }
    this.#unended = [...this.#unended, Uint8Array.from(piece.subarray(last + 1))]
    if (this.#unended.reduce((bytes, { length }) => bytes + length, 0) > MOST_UNENDED) this.#keep([])
  }

  /** Of the text, once it is over. */
  end(): readonly NumberMember[] {
    this.#check(Buffer.concat(this.#unended))
    return this.#plain
  }

  /** Each that some line speaks against is left out, and the lines are asked about the others. */
  #check(lines: Uint8Array): void {
    while (this.#automaton) {
      const state = this.#automaton.after(OUTSIDE, lines)
      if (state === OUTSIDE || state > this.#plain.length + 1) return
      // Whose a key with an escape is, is not known.
      this.#keep(state > this.#plain.length ? [] : this.#plain.filter((_, i) => state !== oddOf(i)))
    }
  }

  #keep(members: readonly NumberMember[]): void {
    this.#plain = members
    this.#automaton =
      members.length === 0 ? undefined : automatonOf(`numbers ${JSON.stringify(members)}`, () => transitions(members))
  }
}

/** The state in no text and no number that matters; a line begins so. */
const OUTSIDE = 0
/** The state, for good, after a value of the member that is not plain; after those of all members that of an unknown key. */
const oddOf = (member: number): number => 1 + member

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
  state(OUTSIDE)
  for (let i = 0; i <= members.length; i++) state()
  const unknownKey = oddOf(members.length)
  const [text, escaped] = [state(), state()]
  const [key, escaping, unknown] = [state(text), state(escaped), state(unknownKey)]
  on(OUTSIDE, '"', key)
  for (const from of [text, key]) on(from, '"', OUTSIDE)
  on(escaped, '"', unknown)
  for (const from of [text, escaped, key]) on(from, '\\', escaping)
  on(unknown, BLANKS, unknown)
  on(unknown, AFTER_VALUE, OUTSIDE)

  /** Of a value of a member: whose it is, and whether it is plain. Answers the state before it. */
  const value = (odd: number, { digits }: NumberMember): number => {
    const before = state(odd)
    const [sign, no] = [state(odd), state(odd)]
    on(before, BLANKS, before)
    on(before, '-', sign)
    on(before, 'n', no)
    on(no, 'u', OUTSIDE)
    if (!digits) {
      const number = state(odd)
      for (const from of [before, sign, number]) on(from, DIGITS, number)
      on(number, '.eE+-', number)
      on(number, ENDS, OUTSIDE)
      return before
    }
    const places = (count: number, from: readonly number[]): number[] => {
      let last = from
      return Array.from({ length: count }, () => {
        const place = state(odd)
        for (const one of last) on(one, DIGITS, place)
        on(place, ENDS, OUTSIDE)
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
        on(next, '"', OUTSIDE)
        on(next, '\\', escaping)
        on(at, byte, next)
      }
      at = next
    }
    const after = state(oddOf(i))
    on(at, '"', after)
    on(after, BLANKS, after)
    on(after, AFTER_VALUE, OUTSIDE)
    on(after, ':', value(oddOf(i), member))
  }
  // No value goes over lines.
  for (const [from, row] of rows.entries()) if (from === OUTSIDE || from > unknownKey) row[LINE_FEED] = OUTSIDE
  return rows
}
