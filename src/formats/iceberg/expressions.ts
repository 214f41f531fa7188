/**
 * Conditions on rows as clients of the REST catalog write them, in terms of a table's fields.
 * https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml ("Predicate")
 */
import { type JsonValue, valueFromJson, valueToJson } from './json-values.ts'
import { fieldsById, type IcebergType, type LocatedField, type Schema } from './schema.ts'
import { parseTransform, type Transform, transformedType } from './transforms.ts'
import type { IcebergValue } from './values.ts'

export type Expression =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | Predicate

/** Of one field, or of what a partition transform makes of it. */
export interface Predicate {
  readonly kind: 'predicate'
  readonly operator: Operator
  readonly term: Term
  /** None, one, or of `in` and `not-in` any number: of the term's type. */
  readonly values: readonly IcebergValue[]
}

export interface Term {
  readonly fieldId: number
  /** With the names above it. */
  readonly name: string
  readonly source: IcebergType
  readonly transform: Transform
  /** As the client wrote it; undefined for the field itself. */
  readonly transformText?: string
  readonly type: IcebergType
}

/** Each with what is true where it is not. */
const NEGATIONS = {
  'is-null': 'not-null',
  'not-null': 'is-null',
  'is-nan': 'not-nan',
  'not-nan': 'is-nan',
  lt: 'gt-eq',
  'lt-eq': 'gt',
  gt: 'lt-eq',
  'gt-eq': 'lt',
  eq: 'not-eq',
  'not-eq': 'eq',
  'starts-with': 'not-starts-with',
  'not-starts-with': 'starts-with',
  in: 'not-in',
  'not-in': 'in',
} as const
export type Operator = keyof typeof NEGATIONS

/** A condition that is none, or is none of this table. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

export const TRUE: Expression = { kind: 'constant', value: true }
const FALSE: Expression = { kind: 'constant', value: false }
const constant = (value: boolean): Expression => (value ? TRUE : FALSE)

type Json = Readonly<Record<string, unknown>>

/** The engine's own stack is what bounds deeper ones. */
const MOST_DEPTH = 2000

/** `json`: as it was sent. Negations are gone in what is answered. Throws ExpressionError. */
export function expressionOf(json: unknown, schema: Schema, caseSensitive: boolean): Expression {
  const terms = termsOf(schema, caseSensitive)
  const parsed = (value: unknown, negated: boolean, depth: number): Expression => {
    if (depth > MOST_DEPTH) throw new ExpressionError('The filter is nested too deeply')
    if (typeof value === 'boolean') return constant(value !== negated)
    if (typeof value !== 'object' || value === null)
      throw new ExpressionError(`Cannot parse expression from non-object: ${String(value)}`)
    const node = value as Json
    const type = String(node.type).toLowerCase()
    const inside = (member: string) => parsed(node[member], negated, depth + 1)
    switch (type) {
      case 'true':
      case 'false':
        return constant((type === 'true') !== negated)
      case 'literal':
        return constant((node.value === true) !== negated)
      case 'not':
        return parsed(node.child, !negated, depth + 1)
      case 'and':
      case 'or':
        return joined((type === 'and') !== negated ? 'and' : 'or', inside('left'), inside('right'))
      default:
        return predicateOf(type.replaceAll('_', '-'), node, negated, terms)
    }
  }
  return parsed(json, false, 0)
}

/** What is known of one side may decide both. */
export function joined(kind: 'and' | 'or', left: Expression, right: Expression): Expression {
  const decides = kind === 'or'
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const)
    if (one.kind === 'constant') return one.value === decides ? one : other
  return { kind, left, right }
}

function predicateOf(type: string, node: Json, negated: boolean, terms: (term: unknown) => Term): Expression {
  if (!Object.hasOwn(NEGATIONS, type)) throw new ExpressionError(`Cannot parse expression of type ${type}`)
  const operator = negated ? NEGATIONS[type as Operator] : (type as Operator)
  const term = terms(node.child ?? node.left ?? node.term)
  const literals = literalsOf(type as Operator, node)
  if (/nan$/.test(operator) && term.type !== 'float' && term.type !== 'double')
    throw new ExpressionError(`${operator} cannot be used with a non-floating-point column: ${term.name}`)
  if (/starts-with$/.test(operator) && term.type !== 'string')
    throw new ExpressionError(`Term for starts-with or not-starts-with must produce a string: ${term.name}`)
  const values = literals.map((literal) => literalOf(term.type, literal))
  const [first] = values
  if (values.length === 0 && (operator === 'in' || operator === 'not-in')) return constant(operator === 'not-in')
  const beyond = operator !== 'in' && operator !== 'not-in' && first !== undefined && beyondType(operator, term, first)
  return beyond || { kind: 'predicate', operator, term, values }
}

function literalsOf(operator: Operator, node: Json): readonly unknown[] {
  if (/null$|nan$/.test(operator)) return []
  if (operator !== 'in' && operator !== 'not-in') {
    const value = node.right ?? node.value
    if (value === undefined || value === null)
      throw new ExpressionError(`Cannot parse ${operator} predicate: missing value`)
    return [value]
  }
  const { values } = node
  const list = Array.isArray(values) ? values : (values as Json | undefined)?.values
  if (Array.isArray(list)) return list
  throw new ExpressionError(`Cannot parse ${operator} predicate: missing values`)
}

function literalOf(type: IcebergType, json: unknown): IcebergValue {
  const bare = typeof json === 'object' && json !== null ? (json as Json).value : json
  const value = valueFromJson(type, bare)
  if (value !== undefined) return value
  throw new ExpressionError(`Invalid value for conversion to type ${typeText(type)}: ${String(bare)}`)
}

const typeText = (type: IcebergType): string => (typeof type === 'string' ? type : type.type)

/** A whole number that no field of the type can have decides the comparison, and is no bound to transform. */
function beyondType(operator: Operator, term: Term, value: IcebergValue): Expression | undefined {
  const { type } = term
  const bits = type === 'int' || type === 'date' ? 32 : type === 'long' ? 64 : undefined
  if (bits === undefined || BigInt.asIntN(bits, BigInt(value as number)) === BigInt(value as number)) return undefined
  if (operator === 'eq') return FALSE
  if (operator === 'not-eq') return TRUE
  const isAbove = BigInt(value as number) > 0n
  // Nothing compares with NULL, not even with what is beyond all.
  return isAbove === operator.startsWith('lt') ? { kind: 'predicate', operator: 'not-null', term, values: [] } : FALSE
}

function termsOf(schema: Schema, caseSensitive: boolean): (term: unknown) => Term {
  const folded = (name: string) => (caseSensitive ? name : name.toLowerCase())
  const byId = fieldsById(schema)
  const byName = new Map([...byId.values()].map((found) => [folded(found.path.join('.')), found]))
  const field = (located: LocatedField | undefined, asked: unknown): Term => {
    if (!located) throw new ExpressionError(`Cannot find field '${String(asked)}' in the table's schema`)
    const { field: found, path, repeated } = located
    if (repeated) throw new ExpressionError(`Cannot filter by a field inside a list or map: ${String(asked)}`)
    const { id: fieldId, type } = found
    return { fieldId, name: path.join('.'), source: type, type, transform: { kind: 'identity' } }
  }
  const named = (name: string): Term => field(byName.get(folded(name)), name)
  return (term) => {
    if (typeof term === 'string') return named(term)
    const node = (term ?? {}) as Json
    if (node.type === 'reference')
      return node.id === undefined ? named(String(node.name ?? node.term)) : field(byId.get(Number(node.id)), node.id)
    if (node.type !== 'transform') throw new ExpressionError(`Cannot parse reference of type ${String(node.type)}`)
    const inner = typeof node.term === 'object' ? ((node.term ?? {}) as Json).term : node.term
    const of = named(String(inner))
    const transform = parseTransform(String(node.transform))
    if (transform.kind === 'unknown') throw new ExpressionError(`Unknown transform: ${String(node.transform)}`)
    return { ...of, transform, transformText: String(node.transform), type: transformedType(transform, of.source) }
  }
}

/** As a client can parse it again. */
export function expressionJson(expression: Expression): unknown {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'predicate':
      return predicateJson(expression)
    default:
      return {
        type: expression.kind,
        left: expressionJson(expression.left),
        right: expressionJson(expression.right),
      }
  }
}

function predicateJson({ operator, term, values }: Predicate): unknown {
  const { name, transformText } = term
  const literals = values.map((value): JsonValue => valueToJson(term.type, value))
  const of = transformText === undefined ? name : { type: 'transform', transform: transformText, term: name }
  if (operator === 'in' || operator === 'not-in') return { type: operator, term: of, values: literals }
  return { type: operator, term: of, ...(literals.length > 0 && { value: literals[0] }) }
}

/** The fields that it names. */
export function fieldsIn(expression: Expression, into = new Set<number>()): ReadonlySet<number> {
  if (expression.kind === 'predicate') into.add(expression.term.fieldId)
  if (expression.kind === 'and' || expression.kind === 'or') {
    fieldsIn(expression.left, into)
    fieldsIn(expression.right, into)
  }
  return into
}
