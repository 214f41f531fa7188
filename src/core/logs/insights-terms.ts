/** Terms of Logs Insights, made into functions of a row. What cannot be told of a row is undefined. */
import { guardedPattern } from './guarded-pattern.ts'
import { asNumber, type Cell, FUNCTIONS, isTrue, numeric, timeText } from './insights-functions.ts'
import { periodOf } from './insights-periods.ts'
import { inside, isStructure } from './insights-structures.ts'
import { InsightsError, type Term } from './insights-text.ts'

export interface Row {
  get(name: string): Cell
}
export type Told = (row: Row) => Cell

export function tell(term: Term): Told {
  switch (term.kind) {
    case 'value':
      return () => term.value
    case 'field':
      return tellField(term.name, term.path ?? [])
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

/** What its name does not find may lie in a structure that the beginning of the name does. */
function tellField(name: string, path: readonly (string | number)[]): Told {
  const steps = name.split('.')
  return (row) => {
    const found = row.get(name)
    if (found !== undefined) return path.length === 0 ? found : inside(found, path)
    for (let length = steps.length - 1; length > 0; length--) {
      const outer = row.get(steps.slice(0, length).join('.'))
      if (isStructure(outer)) return inside(outer, [...steps.slice(length), ...path])
    }
    return undefined
  }
}

function tellCall(name: string, asked: readonly Term[]): Told {
  const values = asked.map(tell)
  if (name === 'bin') {
    const [period] = asked
    const size = periodOf(period?.kind === 'value' ? period.value : undefined)
    return (row) => {
      const at = asNumber(row.get('@timestamp'))
      return at === undefined ? undefined : timeText(size.floor(at))
    }
  }
  const of = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
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
    if (isStructure(a) || isStructure(b)) return false
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
