/** Operators and predicates on values that are already typed. */
import type { Comparison } from '../ast.ts'
import {
  canCast,
  canCoerce,
  commonType,
  isComparable,
  isInteger,
  isNumeric,
  isOrderable,
  isText,
  shareScale,
} from '../coercion.ts'
import { chooseOverload, findFunction, functionOf, signatureName } from '../functions/registry.ts'
import type { ResolvedFunction, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BIGINT, BOOLEAN, type Type, typeName, VARCHAR } from '../types.ts'
import { coerce, coerceAll, coerceTo, fieldByField, fit } from './coercions.ts'
import type { Context } from './context.ts'
import { constant } from './literals.ts'
import { located } from './located-errors.ts'
import { rowField } from './names.ts'
import { visitScalars } from './transform.ts'

export function call(fn: ResolvedFunction, args: readonly Scalar[], at?: Position): Scalar {
  const coerced = args.map((arg, i) => (arg.kind === 'lambda' ? arg : coerce(arg, fn.parameters[i]!)))
  return { kind: 'call', function: fn, args: coerced, type: fn.result, ...(at && { at }) }
}

const OPERATORS: Readonly<Record<string, string>> = {
  '+': '$add',
  '-': '$subtract',
  '*': '$multiply',
  '/': '$divide',
  '%': '$modulus',
  '=': '$eq',
  '<>': '$ne',
  '<': '$lt',
  '<=': '$le',
  '>': '$gt',
  '>=': '$ge',
}

/** The overload of an operator for these operands, or undefined. */
export function operatorFor(name: string, operands: readonly Scalar[]): ResolvedFunction | undefined {
  const definition = findFunction(name)
  return (
    definition &&
    chooseOverload(
      definition,
      operands.map(({ type }) => ({ kind: 'value', type })),
    )
  )
}

const cannotApply = (text: string, at: Position): SqlError =>
  new SqlError('TYPE_MISMATCH', `Cannot apply operator: ${text}`, at)

export function arithmetic(op: string, left: Scalar, right: Scalar, at: Position): Scalar {
  if (op === '||') return concatenation(left, right, at)
  // An operator that can not be chosen is reported without its place.
  const fn = operatorFor(OPERATORS[op]!, [left, right])
  if (!fn) throw cannotApply(`${typeName(left.type)} ${op} ${typeName(right.type)}`, at)
  return call(fn, [left, right], at)
}

function concatenation(left: Scalar, right: Scalar, at: Position): Scalar {
  const fn = located(() => operatorFor('$concat', [left, right]), at)
  if (fn) return call(fn, [left, right], at)
  const given = `${signatureName(left.type)}, ${signatureName(right.type)}`
  const expected =
    'concat(char(x), char(y)), concat(array(E), E) E, concat(E, array(E)) E, concat(array(E)) E, concat(varchar), concat(varbinary)'
  throw new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${given}) for function concat. Expected: ${expected}`,
    at,
  )
}

export function negation(of: Scalar, at: Position): Scalar {
  if (of.kind === 'constant') {
    const { value, type } = of
    if (typeof value === 'bigint' && isInteger(type)) return constant(-value, type, at)
    if (typeof value === 'bigint' && type.kind.startsWith('interval')) return constant(-value, type, at)
    if (typeof value === 'number') return constant(-value, type, at)
    if (typeof value === 'string' && type.kind === 'decimal')
      return constant(value.startsWith('-') ? value.slice(1) : `-${value}`, type, at)
  }
  const fn = operatorFor('$negate', [of])
  if (!fn) throw new SqlError('TYPE_MISMATCH', `Cannot negate ${typeName(of.type)}`, at)
  return call(fn, [of], at)
}

export function plus(of: Scalar, at: Position): Scalar {
  if (isNumeric(of.type)) return of
  throw new SqlError('TYPE_MISMATCH', `Unary '+' operator cannot by applied to ${typeName(of.type)} type`, at)
}

/** Trino has three comparisons; the others are made of them, and called so in messages, with the operands in place. */
const SHOWN_COMPARISONS: Partial<Record<Comparison, Comparison>> = { '<>': '=', '>': '<', '>=': '<=' }

export function comparison(op: Comparison, left: Scalar, right: Scalar, at: Position): Scalar {
  const common = commonType(left.type, right.type)
  const equality = op === '=' || op === '<>'
  if (!common || !(equality ? isComparable(common) : isOrderable(common)))
    throw cannotApply(`${typeName(left.type)} ${SHOWN_COMPARISONS[op] ?? op} ${typeName(right.type)}`, at)
  const [a, b] = [fit(left, right.type), fit(right, left.type)]
  const type = commonType(a.type, b.type) ?? common
  // No decimal(38) of one scale holds both: they are compared as they are.
  const types = shareScale(a.type, b.type) ? [type, type] : [a.type, b.type]
  return call(functionOf(OPERATORS[op]!, types, BOOLEAN), [a, b], at)
}

export function isDistinct(left: Scalar, right: Scalar, at: Position): Scalar {
  const common = commonType(left.type, right.type)
  if (!common || !isComparable(common))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Cannot check if ${typeName(left.type)} is distinct from ${typeName(right.type)}`,
      at,
    )
  const types = shareScale(left.type, right.type) ? [common, common] : [left.type, right.type]
  return call(functionOf('$is_distinct', types, BOOLEAN), [left, right], at)
}

export const not = (of: Scalar, at?: Position): Scalar => ({ kind: 'not', of, type: BOOLEAN, ...(at && { at }) })

/** Flattens nested conjunctions of the same kind. */
export function logical(op: 'and' | 'or', terms: readonly Scalar[], at?: Position): Scalar {
  const flat = terms.flatMap((term) => (term.kind === op ? term.terms : [term]))
  return flat.length === 1 ? flat[0]! : { kind: op, terms: flat, type: BOOLEAN, ...(at && { at }) }
}

export function between(context: Context, of: Scalar, low: Scalar, high: Scalar, at: Position): Scalar {
  const lowType = commonType(of.type, low.type)
  const highType = commonType(of.type, high.type)
  if (!lowType || !highType || !isOrderable(lowType) || !isOrderable(highType))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Cannot check if ${typeName(of.type)} is BETWEEN ${typeName(low.type)} and ${typeName(high.type)}`,
      at,
    )
  return once(context, of, [low, high], (value) =>
    logical('and', [comparison('>=', value, low, at), comparison('<=', value, high, at)], at),
  )
}

export function inList(of: Scalar, items: readonly Scalar[], at: Position): Scalar {
  const { type, items: coerced } = coerceAll([of, ...fitAll(items, of.type)], 'IN value and list items', at)
  const [value, ...rest] = coerced
  if (!isComparable(type)) throw cannotApply(`${typeName(of.type)} = ${typeName(items[0]!.type)}`, at)
  return { kind: 'in', of: value!, items: rest, type: BOOLEAN, at }
}

/** All or none: one that does not fit makes the value be cast anyway. */
function fitAll(items: readonly Scalar[], type: Type): readonly Scalar[] {
  const fitted = items.map((item) => fit(item, type))
  return fitted.every((item) => canCoerce(item.type, type)) ? fitted : items
}

export function like(of: Scalar, pattern: Scalar, escapeWith: Scalar | undefined, at: Position): Scalar {
  const text = (scalar: Scalar, what: string) =>
    isText(scalar.type) ? scalar : coerceTo(scalar, VARCHAR, what, scalar.at ?? at)
  const args = [text(of, 'Left side of LIKE expression'), text(pattern, 'Pattern for LIKE expression')]
  if (escapeWith) args.push(text(escapeWith, 'Escape for LIKE expression'))
  return call(
    functionOf(
      '$like',
      args.map((arg) => arg.type),
      BOOLEAN,
    ),
    args,
    at,
  )
}

export function subscript(of: Scalar, index: Scalar, at: Position): Scalar {
  if (of.type.kind === 'row') {
    if (index.kind !== 'constant' || typeof index.value !== 'bigint')
      throw new SqlError('EXPRESSION_NOT_CONSTANT', 'Subscript expression on ROW requires a constant index', index.at)
    const place = Number(index.value)
    const count = of.type.fields.length
    const refuse = (text: string) => new SqlError('INVALID_FUNCTION_ARGUMENT', text, index.at)
    if (place < 1) throw refuse(`Invalid subscript index: ${place}. ROW indices start at 1`)
    if (place > count) throw refuse(`Subscript index out of bounds: ${place}, max value is ${count}`)
    return rowField(of, place - 1, at)
  }
  const fn = operatorFor('$subscript', [of, index])
  if (!fn || of.type.kind === 'unknown') throw cannotApply(`${typeName(of.type)}[${typeName(index.type)}]`, at)
  return call(fn, [of, index], at)
}

export function atTimeZone(of: Scalar, zone: Scalar, at: Position): Scalar {
  const { type } = of
  if (type.kind !== 'timestamp' && type.kind !== 'time' && !type.kind.endsWith('with time zone'))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Type of value must be a time or timestamp with or without time zone (actual ${typeName(type)})`,
      at,
    )
  const zoned: Type =
    type.kind === 'timestamp' || type.kind === 'time'
      ? { kind: `${type.kind} with time zone`, precision: type.precision }
      : type
  const value = coerce(of, zoned)
  const fn = operatorFor('$at_timezone', [value, zone])
  if (!fn) throw cannotApply(`${typeName(type)} AT TIME ZONE ${typeName(zone.type)}`, at)
  return call(fn, [value, zone], at)
}

export function cast(of: Scalar, type: Type, safe: boolean, at: Position): Scalar {
  if (of.type.kind === 'unknown' && of.kind === 'constant') return constant(null, type, at)
  if (!canCast(of.type, type))
    throw new SqlError('TYPE_MISMATCH', `Cannot cast ${typeName(of.type)} to ${typeName(type)}`, at)
  // A field that can not be what it should makes all of the row NULL, where that is asked.
  const told = safe ? undefined : fieldByField(of, type, (field, to) => cast(field, to, false, at))
  return told ?? { kind: 'cast', of, type, safe, at }
}

/** CASE with every condition typed; `otherwise` absent yields NULL. */
export function searchedCase(
  whens: readonly { readonly when: Scalar; readonly then: Scalar }[],
  otherwise: Scalar | undefined,
  at: Position,
): Scalar {
  const results = whens.map((w) => w.then)
  const { type, items } = coerceAll(otherwise ? [...results, otherwise] : results, 'All CASE results', at)
  // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
  const branches = whens.map((w, i) => ({ when: w.when, then: items[i]! }))
  return { kind: 'case', whens: branches, ...(otherwise && { otherwise: items.at(-1)! }), type, at }
}

/**
 * Builds something that mentions `value` several times but evaluates it once. Where that matters (a volatile call, a
 * subquery) the value goes through a lambda over an array of one; `others` must then hold no subquery themselves.
 */
export function once(
  context: Context,
  value: Scalar,
  others: readonly Scalar[],
  build: (value: Scalar) => Scalar,
): Scalar {
  if (!mustNotRepeat(value) || others.some(holdsQuery)) return build(value)
  const parameter = context.ids.column(value.type)
  const body = build({ kind: 'column', id: parameter.id, type: value.type })
  const items: Scalar = { kind: 'array', items: [value], type: { kind: 'array', element: value.type } }
  const functionType: Type = { kind: 'function', parameters: [value.type], result: body.type }
  const results: Type = { kind: 'array', element: body.type }
  const lambda: Scalar = { kind: 'lambda', parameters: [parameter], body, type: functionType }
  const mapped = call(functionOf('transform', [items.type, functionType], results), [items, lambda])
  return call(functionOf('element_at', [results, BIGINT], body.type), [mapped, constant(1n, BIGINT)])
}

function mustNotRepeat(scalar: Scalar): boolean {
  return isVolatile(scalar) || holdsQuery(scalar) || asksElsewhere(scalar)
}

/** Whether two evaluations may differ. */
export function isVolatile(scalar: Scalar): boolean {
  let found = false
  visitScalars(scalar, (s) => {
    if (s.kind === 'call' && findFunction(s.function.name)?.deterministic === false) found = true
  })
  return found
}

/** Each evaluation is a request. */
function asksElsewhere(scalar: Scalar): boolean {
  let found = false
  visitScalars(scalar, (s) => {
    if (s.kind === 'call' && s.function.external) found = true
  })
  return found
}

function holdsQuery(scalar: Scalar): boolean {
  let found = false
  visitScalars(scalar, (s) => {
    if ('query' in s) found = true
  })
  return found
}
