/**
 * Whether every document that one JSON Schema allows is allowed by another. Where that cannot be told, the answer is no:
 * the registry is to let nothing through that breaks a reader. docs: glue dg, schema-registry.
 */
import { isObject, type JsonSchema, pointedAt } from './json-definition.ts'

/** Why not, with where in the reader's schema; undefined when it can. */
export function jsonIncompatibility(reader: JsonSchema, writer: JsonSchema): string | undefined {
  return new Comparison(reader, writer).of(reader, writer, '#')
}

type Keywords = Readonly<Record<string, unknown>>
const TYPES = ['null', 'boolean', 'object', 'array', 'string', 'number'] as const

class Comparison {
  readonly #readerRoot: JsonSchema
  readonly #writerRoot: JsonSchema
  /** Pairs under way: a schema that refers to itself is compatible as far as the rest of it is. */
  readonly #assumed = new Map<unknown, Set<unknown>>()

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
    return this.#branches(reader as Keywords, isObject(writer) ? writer : {}, path)
  }

  #branches(reader: Keywords, writer: Keywords, path: string): string | undefined {
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = writer[keyword]
      if (!Array.isArray(branches)) continue
      const { [keyword]: _, ...rest } = writer
      // Each branch with what is said beside it.
      return firstOf(branches, (branch) => this.of(reader, isObject(branch) ? { ...rest, ...branch } : branch, path))
    }
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = reader[keyword]
      if (!Array.isArray(branches)) continue
      const some = branches.some((branch) => this.of(branch, writer, path) === undefined)
      if (!some) return `${path}/${keyword}: no branch allows what was allowed`
    }
    if (Array.isArray(reader.allOf)) {
      const fault = firstOf(reader.allOf, (branch) => this.of(branch, writer, `${path}/allOf`))
      if (fault !== undefined) return fault
    }
    if (Array.isArray(writer.allOf)) {
      const { allOf, ...rest } = writer
      return this.of(
        reader,
        Object.assign({}, ...(allOf as object[]).map((one) => resolved(this.#writerRoot, one)), rest),
        path,
      )
    }
    for (const keyword of ['not', 'if', 'then', 'else', 'dependencies', 'contains', 'propertyNames'])
      if (reader[keyword] !== undefined && !same(reader[keyword], writer[keyword]))
        return `${path}/${keyword}: it has changed`
    return this.#keywords(reader, writer, path)
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

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function firstOf<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item)
    if (fault !== undefined) return fault
  }
  return undefined
}

function valuesOf(schema: Keywords): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const]
  return Array.isArray(schema.enum) ? schema.enum : undefined
}

function valuesFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  const allowed = valuesOf(reader)
  if (!allowed) return undefined
  const written = valuesOf(writer)
  if (!written) return `${path}/enum: any value was allowed`
  const unknown = written.find((value) => !allowed.some((one) => same(one, value)))
  return unknown === undefined ? undefined : `${path}/enum: ${JSON.stringify(unknown)} was allowed`
}

/** The types it allows; whole numbers are numbers here. */
function typesOf(schema: Keywords): Set<string> {
  const { type } = schema
  if (type === undefined) {
    const values = valuesOf(schema)
    return new Set(values ? values.map(typeOf) : TYPES)
  }
  return new Set((Array.isArray(type) ? type : [type]).map((one) => (one === 'integer' ? 'number' : String(one))))
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function typesFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  if (reader.type === undefined) return undefined
  const allowed = typesOf(reader)
  const more = [...typesOf(writer)].find((type) => !allowed.has(type))
  if (more !== undefined) return `${path}/type: ${more} was allowed`
  const fractions = (schema: Keywords) => (Array.isArray(schema.type) ? schema.type : [schema.type]).includes('number')
  const whole = allowed.has('number') && !fractions(reader)
  const writesFractions =
    typesOf(writer).has('number') && (writer.type === undefined ? !valuesOf(writer) : fractions(writer))
  return whole && writesFractions ? `${path}/type: numbers that are not whole were allowed` : undefined
}

function numbersFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  const { multipleOf } = reader
  if (
    typeof multipleOf === 'number' &&
    !(typeof writer.multipleOf === 'number' && writer.multipleOf % multipleOf === 0)
  )
    return `${path}/multipleOf: other numbers were allowed`
  const low = boundOf(reader, 'minimum', 'exclusiveMinimum')
  const high = boundOf(reader, 'maximum', 'exclusiveMaximum')
  const [writtenLow, writtenHigh] = [
    boundOf(writer, 'minimum', 'exclusiveMinimum'),
    boundOf(writer, 'maximum', 'exclusiveMaximum'),
  ]
  if (
    low &&
    !(writtenLow && (writtenLow.at > low.at || (writtenLow.at === low.at && (writtenLow.exclusive || !low.exclusive))))
  )
    return `${path}/minimum: smaller numbers were allowed`
  if (
    high &&
    !(
      writtenHigh &&
      (writtenHigh.at < high.at || (writtenHigh.at === high.at && (writtenHigh.exclusive || !high.exclusive)))
    )
  )
    return `${path}/maximum: larger numbers were allowed`
  return undefined
}

/** Draft 4 says by a boolean that a bound is exclusive, later ones by a bound of its own. */
function boundOf(
  schema: Keywords,
  inclusive: string,
  exclusive: string,
): { readonly at: number; readonly exclusive: boolean } | undefined {
  if (typeof schema[exclusive] === 'number') return { at: schema[exclusive], exclusive: true }
  if (typeof schema[inclusive] === 'number') return { at: schema[inclusive], exclusive: schema[exclusive] === true }
  return undefined
}

function stringsFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  const changed = ['pattern', 'format', 'contentEncoding', 'contentMediaType'].find(
    (keyword) => reader[keyword] !== undefined && !same(reader[keyword], writer[keyword]),
  )
  if (changed !== undefined) return `${path}/${changed}: other texts were allowed`
  return atLeast(reader, writer, 'minLength', path) ?? atMost(reader, writer, 'maxLength', path)
}

const atLeast = (reader: Keywords, writer: Keywords, keyword: string, path: string): string | undefined =>
  Number(writer[keyword] ?? 0) >= Number(reader[keyword] ?? 0) ? undefined : `${path}/${keyword}: fewer were allowed`

const atMost = (reader: Keywords, writer: Keywords, keyword: string, path: string): string | undefined =>
  Number(writer[keyword] ?? Number.POSITIVE_INFINITY) <= Number(reader[keyword] ?? Number.POSITIVE_INFINITY)
    ? undefined
    : `${path}/${keyword}: more were allowed`

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
