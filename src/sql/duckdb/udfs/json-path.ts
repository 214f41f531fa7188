/** What SQL's JSON paths find in a JSON value. */
import type { PathExpr, PathMethod, PathPredicate, PathRange } from '../../json-path/path.ts'
import { calculate, doubleItem, exactNumber, integerItem, type JsonNumber, mapped, numberType } from './json-numbers.ts'
import type { Json } from './json-text.ts'

/** The path does not fit the value; what that means is up to the ON ERROR clause. */
export class PathError extends Error {}

/** A date or time, which only a parameter can be; `type` as the method type() names it. */
export interface Moment {
  readonly kind: 'moment'
  readonly type: string
  readonly text: string
}
export type Item = Json | Moment

export interface PathContext {
  readonly strict: boolean
  readonly root: Json
  readonly variables: ReadonlyMap<string, readonly Item[]>
  readonly current?: Item
  /** The greatest index of the innermost array whose subscript is evaluated. */
  readonly last?: number
  /** Objects whose keyvalue() was asked, for their ids. */
  readonly identified: Item[]
}

export function evaluate(expr: PathExpr, context: PathContext): readonly Item[] {
  switch (expr.kind) {
    case 'root':
      return [context.root]
    case 'current':
      if (!context.current) throw new PathError('accessing current filter item with no enclosing filter')
      return [context.current]
    case 'last':
      if (context.last === undefined) throw new PathError('accessing the last array index with no enclosing array')
      return [integerItem(BigInt(context.last))]
    case 'variable':
      return context.variables.get(expr.name) ?? []
    case 'text':
      return [{ kind: 'string', value: expr.value }]
    case 'number':
      return [exactNumber(expr.text)]
    case 'boolean':
    case 'null':
      return [{ kind: expr.kind, text: expr.text }]
    case 'negate':
      return unwrapped(evaluate(expr.of, context), context).map((item) =>
        known(mapped(numeric(item), (x) => -x, 'negate')),
      )
    case 'arithmetic':
      return [arithmetic(expr, context)]
    default:
      return evaluate(expr.of, context).flatMap((item) => access(expr, item, context))
  }
}

type Accessor = Extract<PathExpr, { readonly kind: 'member' | 'descendant' | 'elements' | 'filter' | 'method' }>

function access(expr: Accessor, item: Item, context: PathContext): readonly Item[] {
  const { strict } = context
  switch (expr.kind) {
    case 'member':
      if (item.kind === 'array' && !strict)
        return item.items.flatMap((one) => (one.kind === 'array' ? [] : access(expr, one, context)))
      return members(item, expr.name, strict)
    case 'descendant':
      return descendants(item, expr.name)
    case 'elements':
      return elements(item, expr.ranges, context)
    case 'filter': {
      const items = item.kind === 'array' && !strict ? item.items : [item]
      return items.filter((one) => holds(expr.test, { ...context, current: one }) === true)
    }
    case 'method':
      return method(item, expr.name, context)
  }
}

function members(item: Item, name: string | undefined, strict: boolean): readonly Item[] {
  if (item.kind !== 'object') return nothing(strict, wrongType('OBJECT', item))
  if (name === undefined) return item.members.map(([, value]) => value)
  const found = item.members.filter(([key]) => key === name).map(([, value]) => value)
  return found.length > 0 ? found : nothing(strict, `structural error: missing member '${name}' in JSON object`)
}

function descendants(item: Item, name: string): readonly Item[] {
  if (item.kind === 'array') return item.items.flatMap((one) => descendants(one, name))
  if (item.kind !== 'object') return []
  const own = item.members.filter(([key]) => key === name).map(([, value]) => value)
  return [...own, ...item.members.flatMap(([, value]) => descendants(value, name))]
}

function elements(item: Item, ranges: readonly PathRange[] | undefined, context: PathContext): readonly Item[] {
  const { strict } = context
  if (item.kind !== 'array' && strict) throw new PathError(wrongType('ARRAY', item))
  const items: readonly Item[] = item.kind === 'array' ? item.items : [item]
  if (!ranges) return items
  const inside = { ...context, last: items.length - 1 }
  return ranges.flatMap(({ from, to }) => {
    const low = subscript(from, inside)
    const high = to ? subscript(to, inside) : low
    if (strict && (low < 0 || high >= items.length || low > high))
      throw new PathError(
        `structural error: invalid array subscript: [${low}, ${high}] for array of size ${items.length}`,
      )
    return items.slice(Math.max(0, low), Math.max(0, high + 1))
  })
}

/** Fractions are rounded half up. */
function subscript(expr: PathExpr, context: PathContext): number {
  const [item, ...more] = unwrapped(evaluate(expr, context), context)
  if (!item || more.length > 0) throw new PathError('array subscript must evaluate to a singleton')
  const value = Number(numeric(item).text)
  return Math.sign(value) * Math.round(Math.abs(value))
}

function arithmetic(expr: PathExpr & { readonly kind: 'arithmetic' }, context: PathContext): Item {
  const left = unwrapped(evaluate(expr.left, context), context)
  const right = unwrapped(evaluate(expr.right, context), context)
  if (left.length !== 1 || right.length !== 1)
    throw new PathError('arithmetic binary expression requires singleton operands')
  return known(calculate(expr.op, numeric(left[0]!), numeric(right[0]!)))
}

function numeric(item: Item): JsonNumber {
  if (item.kind === 'number' && numberType(item) !== undefined) return item as JsonNumber
  throw new PathError(wrongType('NUMBER', item))
}

/** A calculation that failed says no more in Trino. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new PathError('')
  return value
}

function method(item: Item, name: PathMethod, context: PathContext): readonly Item[] {
  if (name === 'type') return [{ kind: 'string', value: item.kind === 'moment' ? item.type : item.kind }]
  if (name === 'size') {
    if (item.kind === 'array') return [integerItem(BigInt(item.items.length))]
    return context.strict ? nothing(true, wrongType('ARRAY', item)) : [integerItem(1n)]
  }
  if (item.kind === 'array' && !context.strict)
    return item.items.flatMap((one) =>
      one.kind === 'array' ? nothing(true, wrongType(EXPECTED[name] ?? 'NUMBER', one)) : method(one, name, context),
    )
  switch (name) {
    case 'keyvalue':
      return keyValues(item, context)
    case 'double':
      return [asDouble(item)]
    default:
      return [known(mapped(numeric(item), ROUNDINGS[name], name))]
  }
}
const EXPECTED: Partial<Record<PathMethod, string>> = { keyvalue: 'OBJECT', double: 'NUMBER or TEXT' }
const ROUNDINGS = { ceiling: Math.ceil, floor: Math.floor, abs: Math.abs }

function asDouble(item: Item): Item {
  if (item.kind === 'number') return doubleItem(Number(item.text))
  if (item.kind !== 'string') throw new PathError(wrongType('NUMBER or TEXT', item))
  const value = item.value.trim() === '' ? Number.NaN : Number(item.value)
  return doubleItem(known(Number.isNaN(value) ? undefined : value))
}

function keyValues(item: Item, { identified }: PathContext): readonly Item[] {
  if (item.kind !== 'object') throw new PathError(wrongType('OBJECT', item))
  const id = identified.push(item) - 1
  return item.members.map(([name, value]) => ({
    kind: 'object',
    members: [
      ['name', { kind: 'string', value: name }],
      ['value', value],
      ['id', integerItem(BigInt(id))],
    ],
  }))
}

/** True, false, or undefined for SQL's unknown. */
function holds(test: PathPredicate, context: PathContext): boolean | undefined {
  switch (test.kind) {
    case 'and': {
      const [l, r] = [holds(test.left, context), holds(test.right, context)]
      return l === false || r === false ? false : l && r
    }
    case 'or': {
      const [l, r] = [holds(test.left, context), holds(test.right, context)]
      return l || r ? true : l === undefined || r === undefined ? undefined : false
    }
    case 'not': {
      const value = holds(test.of, context)
      return value === undefined ? undefined : !value
    }
    case 'unknown':
      return holds(test.of, context) === undefined
    case 'exists': {
      const found = attempted(test.of, context)
      return found && found.length > 0
    }
    case 'starts with':
      return startsWith(attempted(test.of, context), attempted(test.prefix, context), context)
    case 'compare':
      return someFits(attempted(test.left, context), attempted(test.right, context), context, (l, r) =>
        compare(test.op, l, r),
      )
  }
}

/** Undefined when the path fails. */
function attempted(expr: PathExpr, context: PathContext): readonly Item[] | undefined {
  try {
    return evaluate(expr, context)
  } catch (error) {
    if (error instanceof PathError) return undefined
    throw error
  }
}

function startsWith(
  texts: readonly Item[] | undefined,
  prefixes: readonly Item[] | undefined,
  context: PathContext,
): boolean | undefined {
  const [prefix, ...more] = prefixes ?? []
  if (prefix?.kind !== 'string' || more.length > 0) return undefined
  return someFits(texts, [prefix], context, (item) =>
    item.kind === 'string' ? item.value.startsWith(prefix.value) : undefined,
  )
}

/** Whether some pair fits. In strict mode a pair that can not be judged makes the whole unknown. */
function someFits(
  left: readonly Item[] | undefined,
  right: readonly Item[] | undefined,
  context: PathContext,
  fits: (left: Item, right: Item) => boolean | undefined,
): boolean | undefined {
  if (!left || !right) return undefined
  const results = unwrapped(left, context).flatMap((l) => unwrapped(right, context).map((r) => fits(l, r)))
  if (context.strict && results.includes(undefined)) return undefined
  return results.includes(true) ? true : results.includes(undefined) ? undefined : false
}

function compare(op: string, left: Item, right: Item): boolean | undefined {
  if (left.kind === 'null' || right.kind === 'null') {
    const same = left.kind === right.kind
    return op === '==' ? same : op === '<>' || op === '!=' ? !same : undefined
  }
  if (left.kind !== right.kind || left.kind === 'array' || left.kind === 'object') return undefined
  const [a, b] = [comparable(left), comparable(right)]
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

function comparable(item: Item): string | number {
  if (item.kind === 'string') return item.value
  if (item.kind === 'number') return Number(item.text)
  return 'text' in item ? item.text : ''
}

const unwrapped = (items: readonly Item[], { strict }: PathContext): readonly Item[] =>
  strict ? items : items.flatMap((item): readonly Item[] => (item.kind === 'array' ? item.items : [item]))

function nothing(strict: boolean, reason: string): readonly Item[] {
  if (strict) throw new PathError(reason)
  return []
}

const wrongType = (expected: string, item: Item): string =>
  `invalid item type. Expected: ${expected}, actual: ${item.kind === 'moment' ? item.type : item.kind.toUpperCase()}`
