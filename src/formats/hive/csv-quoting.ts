/**
 * Whether all readers of CSV would agree about the lines of a text: none is blank, and quotes are around whole fields, within
 * a line, and inside them doubled or escaped. With that comes which fields are plain whole numbers wherever a line has them.
 */
import { AskedLines, against, LINE_BEGIN, oddLine, States } from './asked-lines.ts'
import type { CsvDialect } from './csv-line.ts'
import { automatonOf, type Transitions } from './line-automaton.ts'
import type { NumberMember } from './plain-numbers.ts'

/** Of more, an automaton would not fit a processor's cache, and takes long to be made. */
const MOST_STATES = 512
const DIGITS = '0123456789'

/** An odd line is one about which readers may not agree. `fields`: whole numbers, but in the first `headerLines`. */
export function csvLines(
  { separator, quote, escape: escapes }: CsvDialect,
  fields: readonly NumberMember[],
  headerLines = 0,
): AskedLines<NumberMember> {
  const marks = [separator, quote, escapes]
  const isTold = statesOf(fields) <= MOST_STATES && !/[-0-9]/.test(marks.join(''))
  return new AskedLines(
    isTold ? fields : [],
    (left) => automatonOf(`csv ${JSON.stringify([marks, left])}`, () => transitions(marks, left)),
    headerLines,
  )
}

/** At most. */
function statesOf(fields: readonly NumberMember[]): number {
  const digits = fields.reduce((sum, field) => sum + 2 * field.digits!.whole, 0)
  return digits + 5 * (widthOf(fields) + 2)
}

const widthOf = (fields: readonly NumberMember[]): number => Math.max(0, ...fields.map(({ key }) => Number(key) + 1))

/** `marks`: the separator, the quote and the escape. What comes last is what a byte is. */
function transitions(marks: readonly string[], fields: readonly NumberMember[]): Transitions {
  const odd = oddLine(fields.length)
  const states = new States(fields.length, odd)
  // A character of several bytes is left to those who read by characters.
  if (marks.some((mark) => Buffer.byteLength(mark) > 1)) return states.rows
  const [separator, quote, escapes] = marks as [string, string, string]
  const afterReturn = states.add()
  // Where fields begin; those beyond the ones that are asked after are alike.
  const last = Math.max(1, widthOf(fields))
  const begins = [LINE_BEGIN, ...Array.from({ length: last }, () => states.add())]
  const endsField = (from: number, place: number): void => {
    states.on(from, separator, begins[Math.min(place + 1, last)]!)
    states.on(from, '\r', afterReturn)
    states.on(from, '\n', LINE_BEGIN)
  }

  const text = (begin: number, place: number): void => {
    const [bare, quoted, closed, escaped] = [states.add(), states.add(), states.add(odd), states.add(odd)]
    states.fill(begin, bare)
    for (const from of [begin, bare]) states.on(from, escapes, odd)
    states.on(begin, quote, quoted)
    states.on(bare, quote, odd)
    states.on(quoted, escapes, escaped)
    states.on(quoted, quote, closed)
    states.on(quoted, separator, quoted)
    states.on(quoted, '\r\n', odd)
    states.on(closed, quote, quoted)
    states.on(escaped, escapes + quote, quoted)
    for (const from of [begin, bare, closed]) endsField(from, place)
  }

  const number = (begin: number, place: number, field: number): void => {
    const wrong = against(field)
    const [open, closed] = [states.add(wrong), states.add(wrong)]
    states.fill(begin, wrong)
    states.on(begin, quote, open)
    endsField(closed, place)
    for (const first of [begin, open]) {
      const sign = states.add(wrong)
      states.on(first, '-', sign)
      let before = [first, sign]
      for (let digits = 0; digits < fields[field]!.digits!.whole; digits++) {
        const digit = states.add(wrong)
        for (const from of before) states.on(from, DIGITS, digit)
        if (first === open) states.on(digit, quote, closed)
        else endsField(digit, place)
        before = [digit]
      }
    }
  }

  for (const [place, begin] of begins.entries()) {
    const field = fields.findIndex(({ key }) => Number(key) === place)
    if (field < 0) text(begin, place)
    else number(begin, place, field)
  }
  states.on(LINE_BEGIN, '\r\n', odd)
  states.copy(LINE_BEGIN, afterReturn)
  states.on(afterReturn, '\n', LINE_BEGIN)
  return states.rows
}
