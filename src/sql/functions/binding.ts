/**
 * Matching arguments against one signature, as Trino's function binder does: type variables take what the arguments
 * have in common, numbers in parametric types take the arguments' sizes, lambdas are asked for their result once the
 * types of their parameters are known.
 */
import { canCoerce, commonType, isComparable, isOrderable, UNBOUNDED_LENGTH, widen } from '../coercion.ts'
import { sameType, type Type, UNKNOWN } from '../types.ts'
import { type Pattern, type Signature, type Size, type SizedKind, sizedType } from './signature.ts'

/** A lambda tells its result for given parameter types; undefined when it cannot be typed so. */
export type Argument =
  | { readonly kind: 'value'; readonly type: Type }
  | { readonly kind: 'lambda'; readonly arity: number; readonly resultOf: (parameters: readonly Type[]) => Type }

export interface Binding {
  readonly parameters: readonly Type[]
  readonly result: Type
}

interface Bindings {
  readonly types: Map<string, Type>
  readonly sizes: Map<string, number>
  /** Sizes that belong together: `decimal(p,s)` met twice must stay one type. */
  readonly sized: Map<string, Type>
  readonly coerce: boolean
}

/** Undefined when the arguments do not fit. `coerce`: silent coercions are allowed. */
export function bindSignature(signature: Signature, args: readonly Argument[], coerce: boolean): Binding | undefined {
  const patterns = expand(signature, args.length)
  if (!patterns) return undefined
  const bound: Bindings = { types: new Map(), sizes: new Map(), sized: new Map(), coerce }
  for (const [i, arg] of args.entries()) {
    if (arg.kind === 'lambda') {
      const pattern = patterns[i]!
      if (pattern.kind !== 'function' || pattern.parameters.length !== arg.arity) return undefined
    } else if (!unify(patterns[i]!, arg.type, bound)) return undefined
  }
  if (!bindLambdas(patterns, args, bound)) return undefined
  for (const [name, constraint] of signature.constraints) {
    const type = bound.types.get(name) ?? UNKNOWN
    if (constraint === 'comparable' ? !isComparable(type) : !isOrderable(type)) return undefined
  }
  const parameters = patterns.map((pattern, i) => parameterType(pattern, args[i]!, bound))
  return { parameters, result: resolve(signature.result, bound) }
}

function expand(signature: Signature, count: number): readonly Pattern[] | undefined {
  const { parameters, variadic } = signature
  if (!variadic) return parameters.length === count ? parameters : undefined
  if (count < parameters.length - 1) return undefined
  const last = parameters.at(-1)!
  return Array.from({ length: count }, (_, i) => parameters[i] ?? last)
}

/** A result may widen a variable that another lambda's parameter depends on (`reduce`): repeated until it stands still. */
function bindLambdas(patterns: readonly Pattern[], args: readonly Argument[], bound: Bindings): boolean {
  if (!args.some((arg) => arg.kind === 'lambda')) return true
  for (let round = 0; round < 8; round++) {
    const before = JSON.stringify([...bound.types])
    for (const [i, arg] of args.entries()) {
      const pattern = patterns[i]!
      if (arg.kind !== 'lambda' || pattern.kind !== 'function') continue
      const result = arg.resultOf(pattern.parameters.map((p) => resolve(p, bound)))
      // A lambda's result coerces even where arguments must match exactly.
      if (!unify(pattern.result, result, { ...bound, coerce: true })) return false
    }
    if (JSON.stringify([...bound.types]) === before) return true
  }
  return false
}

function parameterType(pattern: Pattern, arg: Argument, bound: Bindings): Type {
  if (pattern.kind === 'any') return arg.kind === 'value' ? arg.type : UNKNOWN
  return resolve(pattern, bound)
}

function unify(pattern: Pattern, type: Type, bound: Bindings): boolean {
  switch (pattern.kind) {
    case 'any':
      return true
    case 'variable':
      return unifyVariable(pattern.name, type, bound)
    case 'fixed':
      return bound.coerce ? canCoerce(type, pattern.type) : sameType(type, pattern.type)
    case 'sized':
      return unifySized(pattern, type, bound)
    case 'function':
      return false
  }
  if (type.kind === 'unknown') return bound.coerce
  if (pattern.kind === 'array') return type.kind === 'array' && unify(pattern.element, type.element, bound)
  if (pattern.kind === 'qdigest') return type.kind === 'qdigest' && unify(pattern.value, type.value, bound)
  if (pattern.kind === 'map')
    return type.kind === 'map' && unify(pattern.key, type.key, bound) && unify(pattern.value, type.value, bound)
  return (
    type.kind === 'row' &&
    type.fields.length === pattern.fields.length &&
    pattern.fields.every((field, i) => unify(field.pattern, type.fields[i]!.type, bound))
  )
}

function unifyVariable(name: string, type: Type, bound: Bindings): boolean {
  const known = bound.types.get(name)
  if (!known) {
    bound.types.set(name, type)
    return true
  }
  if (!bound.coerce) return sameType(known, type)
  const common = commonType(known, type)
  if (!common) return false
  bound.types.set(name, common)
  return true
}

function unifySized(pattern: Pattern & { kind: 'sized' }, type: Type, bound: Bindings): boolean {
  if (type.kind === 'unknown') {
    // A NULL is the smallest of its kind, unless another argument says more.
    for (const [i, size] of pattern.sizes.entries())
      if (size.kind === 'name' && !bound.sizes.has(size.name)) bound.sizes.set(size.name, smallest(pattern.base, i))
    return bound.coerce
  }
  const actual = type.kind === pattern.base ? type : bound.coerce ? widen(type, pattern.base) : undefined
  if (!actual) return false
  const key = `${pattern.base}(${pattern.sizes.map((size) => (size.kind === 'name' ? size.name : '')).join()})`
  const known = bound.sized.get(key)
  if (known && !bound.coerce && !sameType(known, actual)) return false
  const common = known ? commonType(known, actual) : actual
  if (!common) return false
  bound.sized.set(key, common)
  for (const [i, size] of sizesOf(common).entries()) {
    const name = pattern.sizes[i]
    if (name?.kind === 'name') bound.sizes.set(name.name, size)
    else if (name?.kind === 'number' && name.value !== size) return false
  }
  return true
}

function sizesOf(type: Type): readonly number[] {
  if (type.kind === 'decimal') return [type.precision, type.scale]
  if (type.kind === 'varchar') return [type.length ?? UNBOUNDED_LENGTH]
  if (type.kind === 'char') return [type.length]
  return 'precision' in type ? [type.precision] : []
}

/** The pattern with everything bound put in; what nothing was bound to is `unknown`, or the smallest of its kind. */
function resolve(pattern: Pattern, bound: Bindings): Type {
  switch (pattern.kind) {
    case 'any':
      return UNKNOWN
    case 'variable':
      return bound.types.get(pattern.name) ?? UNKNOWN
    case 'fixed':
      return pattern.type
    case 'sized':
      return sizedType(
        pattern.base,
        pattern.sizes.map((size, i) => calculate(size, bound, smallest(pattern.base, i))),
      )
    case 'array':
      return { kind: 'array', element: resolve(pattern.element, bound) }
    case 'qdigest':
      return { kind: 'qdigest', value: resolve(pattern.value, bound) }
    case 'map':
      return { kind: 'map', key: resolve(pattern.key, bound), value: resolve(pattern.value, bound) }
    case 'row':
      return {
        kind: 'row',
        fields: pattern.fields.map((field) => {
          const type = resolve(field.pattern, bound)
          return field.name === undefined ? { type } : { name: field.name, type }
        }),
      }
    case 'function':
      return {
        kind: 'function',
        parameters: pattern.parameters.map((p) => resolve(p, bound)),
        result: resolve(pattern.result, bound),
      }
  }
}

function smallest(base: SizedKind, place: number): number {
  if (base === 'decimal') return place === 0 ? 1 : 0
  if (base === 'varchar') return 0
  return base === 'char' ? 1 : 3
}

function calculate(size: Size, bound: Bindings, absent: number): number {
  switch (size.kind) {
    case 'number':
      return size.value
    case 'name':
      return bound.sizes.get(size.name) ?? absent
    case 'operation': {
      const values = size.args.map((arg) => calculate(arg, bound, absent))
      if (size.op === 'min') return Math.min(...values)
      if (size.op === 'max') return Math.max(...values)
      if (size.op === '*') return values[0]! * values[1]!
      if (size.op === '/') return Math.trunc(values[0]! / values[1]!)
      return size.op === '+' ? values[0]! + values[1]! : values[0]! - values[1]!
    }
  }
}
