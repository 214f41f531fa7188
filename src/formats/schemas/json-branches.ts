/** JSON Schemas beside each other: what both say, and whether they have no document in common. */
import { isObject } from './json-definition.ts'
import { type Keywords, same, typesOf, valuesOf } from './json-keywords.ts'

/** Keywords that say together what they say. */
const TOGETHER = [
  ['properties', 'patternProperties', 'additionalProperties'],
  ['items', 'additionalItems'],
  ['if', 'then', 'else'],
  ['minimum', 'exclusiveMinimum'],
  ['maximum', 'exclusiveMaximum'],
]

/** A schema that allows at least what both allow: of what both say, the second's, but properties of both where nothing else is told of names. */
export function both(a: unknown, b: unknown): Keywords {
  const [first, second] = [isObject(a) ? a : {}, isObject(b) ? b : {}]
  const lost = TOGETHER.filter((group) => group.some((keyword) => second[keyword] !== undefined)).flat()
  const kept = Object.fromEntries(Object.entries(first).filter(([keyword]) => !lost.includes(keyword)))
  return { ...kept, ...second, ...propertiesOfBoth(first, second) }
}

const isOpen = ({ patternProperties, additionalProperties }: Keywords): boolean =>
  patternProperties === undefined && additionalProperties === undefined

function propertiesOfBoth(first: Keywords, second: Keywords): Keywords | undefined {
  const [a, b] = [first.properties, second.properties]
  if (!isObject(a) || !isObject(b) || !isOpen(first) || !isOpen(second)) return undefined
  const shared = Object.keys(a).filter((name) => Object.hasOwn(b, name) && !same(a[name], b[name]))
  return {
    properties: { ...a, ...b, ...Object.fromEntries(shared.map((name) => [name, { allOf: [a[name], b[name]] }])) },
  }
}

type Resolve = (schema: unknown) => unknown
const MOST_DEPTH = 8

/** Whether it can be told, by types, by values or by a property that one of them needs, that no document is allowed by both. */
export function areApart(inA: Resolve, a: unknown, inB: Resolve, b: unknown, depth = 0): boolean {
  const [one, other] = [inA(a), inB(b)]
  if (one === false || other === false) return true
  if (!isObject(one) || !isObject(other) || depth > MOST_DEPTH) return false
  const types = [typesOf(one), typesOf(other)] as const
  if (types[0].isDisjointFrom(types[1])) return true
  const values = [valuesOf(one), valuesOf(other)] as const
  if (values[0] && values[1] && !values[0].some((value) => values[1]!.some((known) => same(value, known)))) return true
  if (!types.some((allowed) => allowed.size === 1 && allowed.has('object'))) return false
  const needed = [one, other].flatMap(({ required }) => (Array.isArray(required) ? (required as string[]) : []))
  return needed.some(
    (name) =>
      hasOwn(one.properties, name) &&
      hasOwn(other.properties, name) &&
      areApart(inA, one.properties[name], inB, other.properties[name], depth + 1),
  )
}

const hasOwn = (schemas: unknown, name: string): schemas is Keywords =>
  isObject(schemas) && Object.hasOwn(schemas, name)
