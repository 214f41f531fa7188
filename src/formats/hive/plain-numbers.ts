/**
 * Of which members of JSON's objects, one to a line, all values are numbers of which every reader makes the same: no text, no
 * boolean, no fraction where none may be, no more digits than a double keeps. What lies deeper and goes by the name of such
 * a member is taken for one.
 */
import { AskedLines, against, againstAny, LINE_BEGIN, oddLine, States } from './asked-lines.ts'
import { automatonOf, type Transitions } from './line-automaton.ts'

export interface NumberMember {
  /** Of a field of CSV, its place. */
  readonly key: string
  /** How many digits there may be before and behind the point, and none of an exponent; any of all where it is left out. */
  readonly digits?: { readonly whole: number; readonly fraction: number }
}

/** Tells members apart, and what is asked of them. */
export const numberName = ({ key, digits }: NumberMember): string => JSON.stringify([key, digits])

/** Of more, an automaton would not fit a processor's cache. */
const MOST_KEY_BYTES = 256
/** Keys that JSON may tell without an escape. */
const TOLD_AS_IT_IS = /^[^"\\\p{Cc}]+$/u

/** An odd line is blank, or begins with a blank. */
export function jsonLines(members: readonly NumberMember[]): AskedLines<NumberMember> {
  const keyBytes = members.reduce((bytes, { key }) => bytes + Buffer.byteLength(key), 0)
  const asked = keyBytes > MOST_KEY_BYTES ? [] : members.filter(({ key }) => TOLD_AS_IT_IS.test(key))
  return new AskedLines(asked, (left) => automatonOf(`json ${JSON.stringify(left)}`, () => transitions(left)))
}

const BLANKS = ' \t\r'
const DIGITS = '0123456789'
/** What follows a text that is no key. */
const AFTER_VALUE = ',]}'
/** What follows the number of a member. */
const ENDS = `,}${BLANKS}`

function transitions(members: readonly NumberMember[]): Transitions {
  const last = oddLine(members.length)
  // In no text and no number that matters.
  const outside = last + 1
  const states = new States(members.length, outside)
  const state = (otherwise?: number): number => states.add(otherwise)
  const on = (from: number, bytes: string | Uint8Array, to: number): void => states.on(from, bytes, to)
  state()
  const ended = () => {
    // No value goes over lines.
    for (const from of states.rows.keys()) if (from > last) on(from, '\n', LINE_BEGIN)
    on(LINE_BEGIN, `${BLANKS}\n`, last)
    return states.rows
  }
  if (members.length === 0) return ended()
  const [text, escaped] = [state(), state()]
  const [key, escaping, unknown] = [state(text), state(escaped), state(againstAny(members.length))]
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
        on(at, Uint8Array.of(byte), next)
      }
      at = next
    }
    const after = state(against(i))
    on(at, '"', after)
    on(after, BLANKS, after)
    on(after, AFTER_VALUE, outside)
    on(after, ':', value(against(i), member))
  }
  return ended()
}
