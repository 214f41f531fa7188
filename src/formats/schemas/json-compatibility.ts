/**
 * Whether every document that one JSON Schema allows is allowed by another. Where that cannot be told, the answer is no:
 * the registry is to let nothing through that breaks a reader. docs: glue dg, schema-registry.
 */
import { areApart, both } from './json-branches.ts'
import { isObject, type JsonSchema, pointedAt } from './json-definition.ts'
import {
  atLeast,
  atMost,
  type Keywords,
  numbersFault,
  same,
  stringsFault,
  typesFault,
  typesOf,
  valuesFault,
} from './json-keywords.ts'

/** Why not, with where in the reader's schema; undefined when it can. */
export function jsonIncompatibility(reader: JsonSchema, writer: JsonSchema): string | undefined {
  return new Comparison(reader, writer).of(reader, writer, '#')
}

class Comparison {
  readonly #readerRoot: JsonSchema
  readonly #writerRoot: JsonSchema
  /** Pairs under way: a schema that refers to itself is compatible as far as the rest of it is. */
  readonly #assumed = new Map<unknown, Set<unknown>>()
  /** Those pairs in their order: what was found on the way to a fault may rest on what was not so. */
  readonly #trail: [reader: unknown, writer: unknown][] = []

  constructor(readerRoot: JsonSchema, writerRoot: JsonSchema) {
    this.#readerRoot = readerRoot
    this.#writerRoot = writerRoot
  }

  of(readerAsked: unknown, writerAsked: unknown, path: string): string | undefined {
    const reader = resolved(this.#readerRoot, readerAsked)
    const writer = resolved(this.#writerRoot, writerAsked)
    if (writer === false || reader === true || isTrivial(reader)) return undefined
    if (reader === false) return `${path}: nothing is allowed`
    const seen = this.#assumed.get(reader) ?? new Set()
    if (seen.has(writer)) return undefined
    this.#assumed.set(reader, seen.add(writer))
    const begun = this.#trail.push([reader, writer]) - 1
    const fault = this.#branches(reader as Keywords, isObject(writer) ? writer : {}, path)
    if (fault !== undefined)
      for (const [assumed, written] of this.#trail.splice(begun)) this.#assumed.get(assumed)?.delete(written)
    return fault
  }

  #branches(told: Keywords, writer: Keywords, path: string): string | undefined {
    // Of the same branches the same one is met, whatever they overlap.
    const { oneOf, ...others } = told
    const reader = Array.isArray(oneOf) && this.#alike(oneOf, writer.oneOf) ? others : told
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = writer[keyword]
      if (!Array.isArray(branches)) continue
      const { [keyword]: _, ...rest } = writer
      // Each branch with what is said beside it.
      return firstOf(branches, (branch) => this.of(reader, branch === false ? false : this.#both(rest, branch), path))
    }
    if (Array.isArray(reader.anyOf) && !reader.anyOf.some((branch) => this.of(branch, writer, path) === undefined))
      return `${path}/anyOf: no branch allows what was allowed`
    if (Array.isArray(reader.oneOf) && !this.#isOfOne(reader.oneOf, writer, path))
      return `${path}/oneOf: no branch alone allows what was allowed`
    if (Array.isArray(reader.allOf)) {
      const fault = firstOf(reader.allOf, (branch) => this.of(branch, writer, `${path}/allOf`))
      if (fault !== undefined) return fault
    }
    if (Array.isArray(writer.allOf)) {
      const { allOf, ...rest } = writer
      return this.of(reader, (allOf as unknown[]).reduce(this.#both, rest), path)
    }
    for (const keyword of ['not', 'if', 'then', 'else', 'dependencies', 'contains', 'propertyNames'])
      if (reader[keyword] !== undefined && !this.#alike(reader[keyword], writer[keyword]))
        return `${path}/${keyword}: it has changed`
    return this.#keywords(reader, writer, path)
  }

  /** One branch allows all of it, and no other allows any. */
  #isOfOne(branches: readonly unknown[], writer: Keywords, path: string): boolean {
    return branches.some(
      (branch, i) =>
        this.of(branch, writer, path) === undefined &&
        branches.every((other, j) => i === j || areApart(this.#read, other, this.#written, writer)),
    )
  }

  readonly #read = (schema: unknown): unknown => resolved(this.#readerRoot, schema)
  readonly #written = (schema: unknown): unknown => resolved(this.#writerRoot, schema)
  readonly #both = (a: unknown, b: unknown): Keywords => both(this.#written(a), this.#written(b))

  /** Whether they are spelled alike, and what they refer to too. */
  #alike(reader: unknown, writer: unknown): boolean {
    if (!same(reader, writer)) return false
    return !JSON.stringify(reader).includes('"$ref"') || same(this.#readerRoot, this.#writerRoot)
  }

  #keywords(reader: Keywords, writer: Keywords, path: string): string | undefined {
    const fault = valuesFault(reader, writer, path) ?? typesFault(reader, writer, path)
    if (fault !== undefined) return fault
    const may = typesOf(writer)
    return (
      (may.has('number') ? numbersFault(reader, writer, path) : undefined) ??
      (may.has('string') ? stringsFault(reader, writer, path) : undefined) ??
      (may.has('array') ? this.#arrays(reader, writer, path) : undefined) ??
      (may.has('object') ? this.#objects(reader, writer, path) : undefined)
    )
  }

  #arrays(reader: Keywords, writer: Keywords, path: string): string | undefined {
    const fault = atLeast(reader, writer, 'minItems', path) ?? atMost(reader, writer, 'maxItems', path)
    if (fault !== undefined) return fault
    if (reader.uniqueItems === true && writer.uniqueItems !== true) return `${path}/uniqueItems: items were not unique`
    const places = Math.max(listed(reader).length, listed(writer).length)
    for (let i = 0; i <= places; i++) {
      const found = this.of(itemAt(reader, i), itemAt(writer, i), `${path}/items`)
      if (found !== undefined) return found
    }
    return undefined
  }

  #objects(reader: Keywords, writer: Keywords, path: string): string | undefined {
    const fault = atLeast(reader, writer, 'minProperties', path) ?? atMost(reader, writer, 'maxProperties', path)
    if (fault !== undefined) return fault
    const written = new Set(names(writer.required))
    const missing = names(reader.required).find((name) => !written.has(name))
    if (missing !== undefined) return `${path}/required: the property ${missing} was not required`
    const own = new Set([...Object.keys(properties(reader)), ...Object.keys(properties(writer))])
    const found = firstOf([...own], (name) =>
      this.of(propertyAt(reader, name, 'reader'), propertyAt(writer, name, 'writer'), `${path}/properties/${name}`),
    )
    if (found !== undefined) return found
    const patterns = new Set([...Object.keys(patternsOf(reader)), ...Object.keys(patternsOf(writer))])
    return (
      firstOf([...patterns], (pattern) =>
        this.of(
          patternsOf(reader)[pattern] ?? additional(reader),
          patternsOf(writer)[pattern] ?? additional(writer),
          `${path}/patternProperties/${pattern}`,
        ),
      ) ?? this.of(additional(reader), additional(writer), `${path}/additionalProperties`)
    )
  }
}

function resolved(root: JsonSchema, schema: unknown): unknown {
  let found = schema ?? true
  for (let i = 0; i < 100 && isObject(found) && typeof found.$ref === 'string'; i++)
    found = pointedAt(root, found.$ref) ?? true
  return found
}

/** Keywords that say nothing of what is allowed. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  'id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'definitions',
  'readOnly',
  'writeOnly',
])
const isTrivial = (schema: unknown): boolean =>
  isObject(schema) && Object.keys(schema).every((key) => ANNOTATIONS.has(key))

function firstOf<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item)
    if (fault !== undefined) return fault
  }
  return undefined
}

const names = (list: unknown): string[] => (Array.isArray(list) ? (list as string[]) : [])
const listed = ({ items }: Keywords): readonly unknown[] => (Array.isArray(items) ? items : [])
const itemAt = (schema: Keywords, i: number): unknown =>
  Array.isArray(schema.items)
    ? i < schema.items.length
      ? schema.items[i]
      : (schema.additionalItems ?? true)
    : (schema.items ?? true)
const properties = (schema: Keywords): Keywords => (isObject(schema.properties) ? schema.properties : {})
const patternsOf = (schema: Keywords): Keywords => (isObject(schema.patternProperties) ? schema.patternProperties : {})
const additional = (schema: Keywords): unknown => schema.additionalProperties ?? true

/**
 * Whether a pattern fits the name is not tried, for a caller's pattern may take for ever: what the writer allows is any of
 * what it may be, what the reader does is all of it.
 */
function propertyAt(schema: Keywords, name: string, role: 'reader' | 'writer'): unknown {
  const own = properties(schema)
  if (Object.hasOwn(own, name)) return own[name]
  const patterns = Object.values(patternsOf(schema))
  if (patterns.length === 0) return additional(schema)
  return { [role === 'reader' ? 'allOf' : 'anyOf']: [...patterns, additional(schema)] }
}
