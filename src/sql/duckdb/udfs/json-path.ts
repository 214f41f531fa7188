/**
 * SQL's JSON path language: members, wildcards, subscripts, filters with comparisons, and the methods type, size, double,
 * ceiling, floor and abs. In lax mode arrays are unwrapped and what is missing yields nothing; in strict mode it is an error.
 */
import { FunctionFailure } from '../failures.ts'
import type { Json } from './json-text.ts'

/** The path does not fit the value; what that means is up to the ON ERROR clause. */
export class PathError extends Error {}

type Step =
  | { readonly kind: 'member'; readonly name?: string }
  | { readonly kind: 'index'; readonly ranges?: readonly (readonly [Place, Place])[] }
  | { readonly kind: 'filter'; readonly test: Predicate }
  | { readonly kind: 'method'; readonly name: string }
type Place = { readonly last: boolean; readonly offset: number }
type Operand = { readonly steps?: readonly Step[]; readonly root?: boolean; readonly literal?: Json }
type Predicate =
  | { readonly kind: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly kind: 'not'; readonly of: Predicate }
  | { readonly kind: 'exists'; readonly of: Operand }
  | { readonly kind: 'compare'; readonly op: string; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'starts with'; readonly left: Operand; readonly prefix: string }

interface Path {
  readonly strict: boolean
  readonly steps: readonly Step[]
}

const CACHE_SIZE = 64
const parsed = new Map<string, Path>()

export function evaluatePath(json: Json, text: string): readonly Json[] {
  let path = parsed.get(text)
  if (!path) {
    path = new PathParser(text).path()
    if (parsed.size >= CACHE_SIZE) parsed.delete(parsed.keys().next().value!)
    parsed.set(text, path)
  }
  return walk([json], path.steps, path.strict, json)
}

function walk(start: readonly Json[], steps: readonly Step[], strict: boolean, root: Json): readonly Json[] {
  let current = start
  for (const step of steps) current = current.flatMap((json) => apply(json, step, strict, root))
  return current
}

function apply(json: Json, step: Step, strict: boolean, root: Json): readonly Json[] {
  switch (step.kind) {
    case 'member': {
      if (json.kind === 'array' && !strict)
        return json.items.flatMap((item) => (item.kind === 'array' ? [] : apply(item, step, strict, root)))
      if (json.kind !== 'object') return missing(strict, 'invalid item type. Expected: OBJECT')
      if (step.name === undefined) return json.members.map(([, value]) => value)
      const found = json.members.filter(([key]) => key === step.name).map(([, value]) => value)
      return found.length ? found : missing(strict, `missing member '${step.name}' in JSON object`)
    }
    case 'index': {
      const items =
        json.kind === 'array' ? json.items : strict ? missing(strict, 'invalid item type. Expected: ARRAY') : [json]
      if (!step.ranges) return items
      return step.ranges.flatMap(([from, to]) => {
        const [low, high] = [placeIn(from, items.length), placeIn(to, items.length)]
        if (strict && (low < 0 || high >= items.length || low > high))
          throw new PathError(`invalid array subscript for array of size ${items.length}`)
        return items.slice(Math.max(0, low), high + 1)
      })
    }
    case 'filter': {
      const items = json.kind === 'array' && !strict ? json.items : [json]
      return items.filter((item) => holds(step.test, item, strict, root) === true)
    }
    case 'method':
      return method(json, step.name, strict)
  }
}

const placeIn = (place: Place, length: number): number => (place.last ? length - 1 - place.offset : place.offset)

function missing(strict: boolean, reason: string): readonly Json[] {
  if (strict) throw new PathError(reason)
  return []
}

function method(json: Json, name: string, strict: boolean): readonly Json[] {
  const number = (value: number): Json => ({ kind: 'number', text: String(value) })
  if (name === 'type') return [{ kind: 'string', value: json.kind }]
  if (name === 'size') {
    if (json.kind === 'array') return [number(json.items.length)]
    return strict ? missing(strict, 'invalid item type. Expected: ARRAY') : [number(1)]
  }
  if (json.kind === 'array' && !strict) return json.items.flatMap((item) => method(item, name, strict))
  const value =
    json.kind === 'number'
      ? Number(json.text)
      : name === 'double' && json.kind === 'string'
        ? Number(json.value)
        : Number.NaN
  if (Number.isNaN(value)) throw new PathError(`invalid item type. Expected: NUMBER, actual: ${json.kind}`)
  const functions: Readonly<Record<string, (x: number) => number>> = {
    double: (x) => x,
    ceiling: Math.ceil,
    floor: Math.floor,
    abs: Math.abs,
  }
  return [number(functions[name]!(value))]
}

/** True, false, or undefined for SQL's unknown. */
function holds(test: Predicate, item: Json, strict: boolean, root: Json): boolean | undefined {
  switch (test.kind) {
    case 'and': {
      const [l, r] = [holds(test.left, item, strict, root), holds(test.right, item, strict, root)]
      return l === false || r === false ? false : l && r
    }
    case 'or': {
      const [l, r] = [holds(test.left, item, strict, root), holds(test.right, item, strict, root)]
      return l || r ? true : l === undefined || r === undefined ? undefined : false
    }
    case 'not': {
      const value = holds(test.of, item, strict, root)
      return value === undefined ? undefined : !value
    }
    case 'exists':
      return operand(test.of, item, strict, root).length > 0
    case 'starts with':
      return operand(test.left, item, strict, root).some(
        (value) => value.kind === 'string' && value.value.startsWith(test.prefix),
      )
    case 'compare': {
      let unknown = false
      for (const left of operand(test.left, item, strict, root))
        for (const right of operand(test.right, item, strict, root)) {
          const result = compare(test.op, left, right)
          if (result) return true
          if (result === undefined) unknown = true
        }
      return unknown ? undefined : false
    }
  }
}

function operand(of: Operand, item: Json, strict: boolean, root: Json): readonly Json[] {
  if (of.literal) return [of.literal]
  try {
    const found = walk([of.root ? root : item], of.steps ?? [], strict, root)
    return strict ? found : found.flatMap((json) => (json.kind === 'array' ? json.items : [json]))
  } catch (error) {
    if (error instanceof PathError) return []
    throw error
  }
}

function compare(op: string, left: Json, right: Json): boolean | undefined {
  if (left.kind === 'null' || right.kind === 'null') {
    const same = left.kind === right.kind
    return op === '==' ? same : op === '<>' || op === '!=' ? !same : undefined
  }
  if (left.kind !== right.kind || left.kind === 'array' || left.kind === 'object') return undefined
  const value = (json: Json): string | number =>
    json.kind === 'string' ? json.value : json.kind === 'number' ? Number(json.text) : 'text' in json ? json.text : ''
  const [a, b] = [value(left), value(right)]
  switch (op) {
    case '==':
      return a === b
    case '<>':
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

class PathParser {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  path(): Path {
    const mode = this.take(/(lax|strict)\b/y)?.[1]
    if (!this.take(/\$/y)) throw this.refuse()
    const steps = this.steps()
    if (this.text.slice(this.at).trim() !== '') throw this.refuse()
    return { strict: mode === 'strict', steps }
  }

  steps(): Step[] {
    const steps: Step[] = []
    for (;;) {
      const named = this.take(
        /\.\s*(?:"((?:[^"\\]|\\.)*)"|(type|size|double|ceiling|floor|abs)\s*\(\s*\)|([A-Za-z_][\w]*)|(\*))/y,
      )
      if (named) {
        if (named[2]) steps.push({ kind: 'method', name: named[2] })
        else if (named[4]) steps.push({ kind: 'member' })
        else steps.push({ kind: 'member', name: named[3] ?? named[1]!.replaceAll(/\\(.)/g, '$1') })
      } else if (this.take(/\[\s*\*\s*\]/y)) steps.push({ kind: 'index' })
      else if (this.take(/\[/y)) steps.push({ kind: 'index', ranges: this.ranges() })
      else if (this.take(/\?\s*\(/y)) {
        steps.push({ kind: 'filter', test: this.disjunction() })
        this.need(/\)/y)
      } else return steps
    }
  }

  ranges(): (readonly [Place, Place])[] {
    const ranges: (readonly [Place, Place])[] = []
    do {
      const from = this.place()
      ranges.push([from, this.take(/to\b/y) ? this.place() : from])
    } while (this.take(/,/y))
    this.need(/\]/y)
    return ranges
  }

  place(): Place {
    const last = this.take(/last(?:\s*-\s*(\d+))?/y)
    if (last) return { last: true, offset: Number(last[1] ?? 0) }
    return { last: false, offset: Number(this.need(/(\d+)/y)[1]) }
  }

  disjunction(): Predicate {
    let left = this.conjunction()
    while (this.take(/\|\|/y)) left = { kind: 'or', left, right: this.conjunction() }
    return left
  }

  conjunction(): Predicate {
    let left = this.negation()
    while (this.take(/&&/y)) left = { kind: 'and', left, right: this.negation() }
    return left
  }

  negation(): Predicate {
    if (this.take(/!\s*(?=\(|exists)/y)) return { kind: 'not', of: this.negation() }
    if (this.take(/exists\s*\(/y)) {
      const of = this.operand()
      this.need(/\)/y)
      return { kind: 'exists', of }
    }
    if (this.take(/\(/y)) {
      const inner = this.disjunction()
      this.need(/\)/y)
      return inner
    }
    const left = this.operand()
    if (this.take(/starts\s+with\b/y)) {
      const prefix = this.operand().literal
      if (prefix?.kind !== 'string') throw this.refuse()
      return { kind: 'starts with', left, prefix: prefix.value }
    }
    return { kind: 'compare', op: this.need(/(==|<>|!=|<=|>=|<|>)/y)[1]!, left, right: this.operand() }
  }

  operand(): Operand {
    const start = this.take(/([@$])/y)
    if (start) return { root: start[1] === '$', steps: this.steps() }
    const literal = this.need(/"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false)|(null)/y)
    if (literal[1] !== undefined) return { literal: { kind: 'string', value: literal[1].replaceAll(/\\(.)/g, '$1') } }
    if (literal[2] !== undefined) return { literal: { kind: 'number', text: literal[2] } }
    return {
      literal: literal[3] !== undefined ? { kind: 'boolean', text: literal[3] } : { kind: 'null', text: 'null' },
    }
  }

  take(pattern: RegExp): RegExpExecArray | null {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (match) this.at = pattern.lastIndex
    return match
  }

  need(pattern: RegExp): RegExpExecArray {
    const match = this.take(pattern)
    if (!match) throw this.refuse()
    return match
  }

  refuse(): FunctionFailure {
    return new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Invalid JSON path: '${this.text}' at ${this.at + 1}`)
  }
}
