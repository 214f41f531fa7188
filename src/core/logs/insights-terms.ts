/** Terms of Logs Insights, made into functions of a row. What cannot be told of a row is undefined. */
import { guardedPattern } from './guarded-pattern.ts'
import { InsightsError, type Term } from './insights-text.ts'

export type Cell = string | number | boolean | undefined
export interface Row {
  get(name: string): Cell
}
export type Told = (row: Row) => Cell

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

function periodMs(text: Cell): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(String(text))
  if (!match) throw new InsightsError(`${text} is no period`, 0)
  return Number(match[1]) * unitsMs[match[2]!]!
}

/** `2026-11-26 10:52:52.000`, as results show times. */
export const timeText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')

const asNumber = (value: Cell): number | undefined => {
  if (value === undefined || value === '') return undefined
  const number =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d/.test(value)
      ? Date.parse(`${value.replace(' ', 'T')}Z`)
      : Number(value)
  return Number.isNaN(number) ? undefined : number
}

const numeric =
  (of: (...values: number[]) => number) =>
  (...values: Cell[]): Cell => {
    const numbers = values.map(asNumber)
    if (numbers.some((value) => value === undefined)) return undefined
    const found = of(...(numbers as number[]))
    return Number.isFinite(found) ? found : undefined
  }
const textual =
  (of: (text: string, ...rest: string[]) => Cell) =>
  (...values: Cell[]): Cell =>
    values.some((value) => value === undefined) ? undefined : of(...(values.map(String) as [string, ...string[]]))

const rounded = (round: (value: number) => number) => (time: Cell, period: Cell) => {
  const [ms, size] = [asNumber(time), periodMs(period)]
  return ms === undefined ? undefined : timeText(round(ms / size) * size)
}

const FUNCTIONS: Readonly<Record<string, (...values: Cell[]) => Cell>> = {
  abs: numeric(Math.abs),
  ceil: numeric(Math.ceil),
  floor: numeric(Math.floor),
  sqrt: numeric(Math.sqrt),
  log: numeric(Math.log),
  greatest: numeric(Math.max),
  least: numeric(Math.min),
  strlen: textual((text) => text.length),
  toupper: textual((text) => text.toUpperCase()),
  upper: textual((text) => text.toUpperCase()),
  tolower: textual((text) => text.toLowerCase()),
  lower: textual((text) => text.toLowerCase()),
  trim: textual((text, letters) =>
    letters === undefined ? text.trim() : strip(strip(text, letters, true), letters, false),
  ),
  ltrim: textual((text, letters) => (letters === undefined ? text.trimStart() : strip(text, letters, true))),
  rtrim: textual((text, letters) => (letters === undefined ? text.trimEnd() : strip(text, letters, false))),
  concat: textual((...texts) => texts.join('')),
  replace: textual((text, part, by = '') => text.replaceAll(part ?? '', by)),
  substr: textual((text, from, length) =>
    text.slice(Number(from), length === undefined ? undefined : Number(from) + Number(length)),
  ),
  strcontains: textual((text, part = '') => (text.includes(part) ? 1 : 0)),
  isempty: (value) => value === undefined || value === '',
  isblank: (value) => value === undefined || String(value).trim() === '',
  ispresent: (value) => value !== undefined,
  coalesce: (...values) => values.find((value) => value !== undefined),
  datefloor: rounded(Math.floor),
  dateceil: rounded(Math.ceil),
  frommillis: (value) => (asNumber(value) === undefined ? undefined : timeText(asNumber(value)!)),
  tomillis: (value) => asNumber(value),
}

function strip(text: string, letters: string, start: boolean): string {
  let [from, to] = [0, text.length]
  if (start) while (from < to && letters.includes(text[from]!)) from++
  else while (to > from && letters.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}

export function tell(term: Term): Told {
  switch (term.kind) {
    case 'value':
      return () => term.value
    case 'field':
      return (row) => row.get(term.name)
    case 'not': {
      const of = tell(term.of)
      return (row) => !isTrue(of(row))
    }
    case 'call':
      return tellCall(term.name, term.arguments)
    case 'operation':
      return tellOperation(term.operator, term.left, term.right)
    default:
      throw new InsightsError('A pattern or a list stands where a value is wanted', 0)
  }
}

export const isTrue = (value: Cell): boolean => value !== undefined && value !== false && value !== 0 && value !== ''

function tellCall(name: string, asked: readonly Term[]): Told {
  const values = asked.map(tell)
  if (name === 'bin') {
    const [period] = asked
    const size = periodMs(period?.kind === 'value' ? period.value : undefined)
    return (row) => {
      const at = asNumber(row.get('@timestamp'))
      return at === undefined ? undefined : timeText(Math.floor(at / size) * size)
    }
  }
  const of = FUNCTIONS[name]
  if (!of) throw new InsightsError(`invalid function ${name}`, 0)
  return (row) => of(...values.map((value) => value(row)))
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}

function tellOperation(operator: string, left: Term, right: Term): Told {
  const first = tell(left)
  if (operator === 'like' || operator === '=~') {
    const test = likeness(right)
    return (row) => {
      const value = first(row)
      return value !== undefined && test(String(value))
    }
  }
  if (operator === 'in') {
    if (right.kind !== 'list') throw new InsightsError('in wants a list', 0)
    const items = right.items.map(tell)
    return (row) => items.some((item) => compareCells(first(row), item(row)) === 0)
  }
  const second = tell(right)
  if (operator === 'and') return (row) => isTrue(first(row)) && isTrue(second(row))
  if (operator === 'or') return (row) => isTrue(first(row)) || isTrue(second(row))
  const arithmetic = ARITHMETIC[operator]
  if (arithmetic) {
    const reckon = numeric(arithmetic)
    return (row) => reckon(first(row), second(row))
  }
  return (row) => {
    const [a, b] = [first(row), second(row)]
    if (a === undefined || b === undefined) return operator === '!=' && a !== b
    const order = compareCells(a, b)
    switch (operator) {
      case '=':
        return order === 0
      case '!=':
        return order !== 0
      case '<':
        return order < 0
      case '<=':
        return order <= 0
      case '>':
        return order > 0
      default:
        return order >= 0
    }
  }
}

function likeness(term: Term): (text: string) => boolean {
  if (term.kind === 'pattern') {
    const exec = guardedPattern(term.source, term.flags.replace(/[^i]/g, ''))
    return (text) => exec(text) !== null
  }
  if (term.kind !== 'value') throw new InsightsError('like wants a text or a pattern', 0)
  const part = String(term.value)
  return (text) => text.includes(part)
}

/** As numbers where both are. */
export function compareCells(a: Cell, b: Cell): number {
  const [x, y] = [asNumber(a), asNumber(b)]
  if (x !== undefined && y !== undefined) return x - y
  const [s, t] = [String(a ?? ''), String(b ?? '')]
  return s < t ? -1 : s > t ? 1 : 0
}
