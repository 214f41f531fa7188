/** Expressions of the plan as DuckDB's. */
import { type Column, columnsOf, type ResolvedFunction, type Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import { quotedName } from '../quotation.ts'
import { sameType, type Type, typeName } from '../types.ts'
import { bindOnce } from './bindings.ts'
import { castValue, conform } from './casts.ts'
import { connected } from './conditions.ts'
import type { Call, Printing } from './context.ts'
import { compare, positiveZero } from './functions/comparison.ts'
import { lowerings } from './functions/table.ts'
import { literal, nullOf } from './literals.ts'
import { duckdbType, externalName, holdsZone, quote, rowFieldName } from './types.ts'
import { zoneOf } from './zone-inference.ts'
import { UTC } from './zones.ts'

export function printScalar(scalar: Scalar, printing: Printing): string {
  const print = (part: Scalar): string => printScalar(part, printing)
  const as = (part: Scalar, type: Type): string =>
    conform(printing, print(part), part.type, type, zoneOf(part, printing, print) ?? UTC)
  switch (scalar.kind) {
    case 'constant':
      return literal(scalar.value, scalar.type)
    case 'column':
      return printing.bound.get(scalar.id) ?? `c${scalar.id}`
    case 'call':
      return printCall(scalar.function, scalar.args, printing)
    case 'cast': {
      const zone = zoneOf(scalar.of, printing, print) ?? UTC
      // These have no safe form of their own: what fails anywhere inside makes the whole NULL.
      const nested = scalar.safe && isNested(scalar.type)
      const text = castValue({
        printing,
        sql: print(scalar.of),
        from: scalar.of.type,
        to: scalar.type,
        safe: scalar.safe && !nested,
        zone,
        ...(scalar.today && { today: scalar.today }),
      })
      return nested ? attempted(text) : text
    }
    case 'and':
    case 'or':
      return connected(scalar.kind === 'and' ? 'AND' : 'OR', scalar.terms.map(print))
    case 'not':
      return `(NOT ${print(scalar.of)})`
    case 'is-null':
      return `(${print(scalar.of)} IS NULL)`
    case 'case': {
      const whens = scalar.whens.map((arm) => `WHEN ${print(arm.when)} THEN ${as(arm.then, scalar.type)}`)
      return `CASE ${whens.join(' ')} ELSE ${scalar.otherwise ? as(scalar.otherwise, scalar.type) : nullOf(scalar.type)} END`
    }
    case 'coalesce':
      return `coalesce(${scalar.items.map((item) => as(item, scalar.type)).join(', ')})`
    case 'nullif':
      return bindOnce(printing, [print(scalar.left)], (left) => {
        const right = as(scalar.right, scalar.left.type)
        return `CASE WHEN ${compare('=', left, right, scalar.left.type)} THEN ${nullOf(scalar.type)} ELSE ${left} END`
      })
    case 'try':
      return printTry(scalar.of, printing)
    case 'in':
      return printIn(scalar.of, scalar.items, printing)
    case 'row':
      return printRow(scalar.items, scalar.type as Type & { kind: 'row' }, printing)
    case 'array': {
      const { element } = scalar.type as Type & { kind: 'array' }
      if (scalar.items.length === 0) return `CAST([] AS ${duckdbType(scalar.type)})`
      return `[${scalar.items.map((item) => as(item, element)).join(', ')}]`
    }
    case 'field': {
      const row = scalar.of.type as Type & { kind: 'row' }
      return `struct_extract(${print(scalar.of)}, ${quote(rowFieldName(row, scalar.index))})`
    }
    case 'lambda':
      throw new SqlError('SYNTAX_ERROR', 'Lambda expression is only allowed as a function argument', scalar.at)
    case 'scalar-query':
      return hoisted(`(${printing.query(scalar.query)})`, printing)
    case 'exists':
      return hoisted(`EXISTS (${printing.query(scalar.query)})`, printing)
    case 'in-query':
      return hoisted(
        `(${queryOperand(scalar.of, scalar.query, printing)} IN (${printing.query(scalar.query)}))`,
        printing,
      )
    case 'quantified': {
      const of = print(scalar.of)
      const isFloating = scalar.of.type.kind === 'double' || scalar.of.type.kind === 'real'
      const comparison = `${isFloating ? positiveZero(of) : of} ${scalar.op} ${scalar.all ? 'ALL' : 'ANY'}`
      return hoisted(`(${comparison} (${printing.query(scalar.query)}))`, printing)
    }
  }
}

/** A call of a scalar function. */
function printCall(fn: ResolvedFunction, args: readonly Scalar[], printing: Printing): string {
  if (fn.external) return `${externalName(fn.external)}(${callOf(fn, args, printing).args.join(', ')})`
  const lower = lowerings[fn.name]
  if (!lower) throw new SqlError('NOT_SUPPORTED', `Function ${fn.name} is not supported by this engine`)
  try {
    return lower(callOf(fn, args, printing))
  } catch (error) {
    // A call with a NULL is NULL, whatever its other arguments are.
    const isNull = args.some((arg) => arg.kind === 'constant' && arg.value === null)
    if (isNull && error instanceof SqlError && error.code === 'INVALID_FUNCTION_ARGUMENT') return nullOf(fn.result)
    throw error
  }
}

export function callOf(fn: ResolvedFunction, args: readonly Scalar[], printing: Printing): Call {
  const print = (part: Scalar): string => printScalar(part, printing)
  const zones = () => args.map((arg) => zoneOf(arg, printing, print))
  const types = args.map((arg, i) => parameterType(fn, i, arg.type))
  const texts = args.map((arg, i) =>
    arg.kind === 'lambda' ? '' : conform(printing, print(arg), arg.type, types[i]!, UTC),
  )
  return {
    function: fn,
    args: texts,
    scalars: args,
    types,
    result: fn.result,
    printing,
    zone: (index) => zoneOf(args[index]!, printing, print) ?? UTC,
    constant: (index) => constantOf(args[index]),
    lambda: (index, ...parameters) => {
      const lambda = lambdaAt(fn, args, index)
      const zone = zones().find((z) => z !== undefined)
      return bindParameters(lambda.parameters, parameters, printing, () => {
        for (const parameter of lambda.parameters)
          if (zone && holdsZone(parameter.type)) printing.zones.set(parameter.id, zone)
        return print(lambda.body)
      })
    },
    lambdaType: (index) => {
      const lambda = lambdaAt(fn, args, index)
      return { parameters: lambda.parameters, result: lambda.body.type }
    },
    cast: (sql, from, to, zone = UTC) => castValue({ printing, sql, from, to, safe: false, zone }),
    once: (values, build) => bindOnce(printing, values, build),
  }
}

function printTry(of: Scalar, printing: Printing): string {
  const outer = printing.hoisted
  const inner = { name: printing.fresh('v'), values: [] as string[] }
  printing.hoisted = inner
  const text = printScalar(of, printing)
  printing.hoisted = outer
  if (inner.values.length === 0) return attempted(text)
  const fields = inner.values.map((value, i) => `a${i} := ${hoisted(value, printing)}`)
  return `list_transform([struct_pack(${fields.join(', ')})], lambda ${inner.name}: ${attempted(text)})[1]`
}

/** A subquery in its place, or the name of its value where it has to be evaluated further out. */
function hoisted(text: string, printing: Printing): string {
  const { hoisted: outside } = printing
  return outside ? `${outside.name}.a${outside.values.push(text) - 1}` : text
}

/** What can not fail, or not be tried by DuckDB, is left as it is. */
function attempted(sql: string): string {
  return /^[cv]\d+(?:\.a\d+)?$/.test(sql) || /\b(?:random|uuid)\(/.test(sql) ? sql : `TRY(${sql})`
}

function constantOf(scalar: Scalar | undefined): ReturnType<Call['constant']> {
  if (scalar?.kind === 'constant') return scalar.value
  // A coercion of a literal is as good as the literal where a function reads it as a number or a text.
  if (
    scalar?.kind === 'cast' &&
    scalar.of.kind === 'constant' &&
    CARRIED.has(scalar.type.kind) &&
    CARRIED.has(scalar.of.type.kind)
  )
    return sameFamily(scalar.type, scalar.of.type) ? scalar.of.value : undefined
  return undefined
}
const CARRIED = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'varchar'])
const sameFamily = (a: Type, b: Type): boolean =>
  (a.kind === 'varchar') === (b.kind === 'varchar') && (a.kind !== 'varchar' || a.length === undefined)

function parameterType(fn: ResolvedFunction, index: number, actual: Type): Type {
  const declared = fn.parameters[Math.min(index, fn.parameters.length - 1)]
  if (!declared || declared.kind === 'function') return actual
  // A lone NULL is given the parameter's type; otherwise the argument's own is as exact or more so.
  return declared.kind === actual.kind || actual.kind === 'unknown' ? declared : actual
}

function lambdaAt(fn: ResolvedFunction, args: readonly Scalar[], index: number): Scalar & { kind: 'lambda' } {
  const lambda = args[index]
  if (lambda?.kind !== 'lambda')
    throw new SqlError('NOT_SUPPORTED', `Function ${fn.name} needs a lambda as argument ${index + 1}`)
  return lambda
}

function bindParameters(
  parameters: readonly Column[],
  texts: readonly string[],
  printing: Printing,
  build: () => string,
): string {
  for (const [i, parameter] of parameters.entries()) printing.bound.set(parameter.id, texts[i]!)
  try {
    return build()
  } finally {
    for (const parameter of parameters) printing.bound.delete(parameter.id)
  }
}

function printIn(of: Scalar, items: readonly Scalar[], printing: Printing): string {
  const texts = items.map((item) => conform(printing, printScalar(item, printing), item.type, of.type))
  const value = printScalar(of, printing)
  if (!['row', 'array', 'map'].includes(of.type.kind)) {
    // One number is a value that is compared, as DuckDB sees it too.
    const isOne = texts.length === 1 && (of.type.kind === 'double' || of.type.kind === 'real')
    if (!isOne) return `(${value} IN (${texts.join(', ')}))`
  }
  return bindOnce(printing, [value], (v) =>
    joined(
      texts.map((text) => compare('=', v, text, of.type)),
      'OR',
    ),
  )
}

function printRow(items: readonly Scalar[], type: Type & { readonly kind: 'row' }, printing: Printing): string {
  const fields = items.map((item, i) => {
    const target = type.fields[i]!.type
    return `${quotedName(rowFieldName(type, i))} := ${conform(printing, printScalar(item, printing), item.type, target)}`
  })
  return `struct_pack(${fields.join(', ')})`
}

/** `(a, b) IN (SELECT x, y)` compares a row with rows of columns. */
function queryOperand(of: Scalar, query: Parameters<Printing['query']>[0], printing: Printing): string {
  const columns = columnsOf(query)
  if (columns.length < 2) {
    const target = columns[0]!.type
    const text = printScalar(of, printing)
    if (of.type.kind === 'double' || of.type.kind === 'real') return positiveZero(text)
    return sameType(of.type, target) ? conform(printing, text, of.type, target) : text
  }
  if (of.kind === 'row') return `(${of.items.map((item) => printScalar(item, printing)).join(', ')})`
  if (of.type.kind !== 'row')
    throw new SqlError('NOT_SUPPORTED', `Cannot compare ${typeName(of.type)} with several columns`)
  const row = of.type
  const text = printScalar(of, printing)
  return `(${columns.map((_, i) => `struct_extract(${text}, ${quote(rowFieldName(row, i))})`).join(', ')})`
}

/** DuckDB reads a chain of one word as one flat conjunction, however long. */
function joined(terms: readonly string[], word: string): string {
  return terms.length === 1 ? terms[0]! : `(${terms.join(` ${word} `)})`
}

function isNested(type: Type): boolean {
  return ['array', 'map', 'row', 'ipaddress', 'uuid'].includes(type.kind)
}
