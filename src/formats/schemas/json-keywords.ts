/** What the keywords of a JSON Schema say of a value by itself. What is compared are reader and writer, of which the reader is to allow more. */
export type Keywords = Readonly<Record<string, unknown>>
const TYPES = ['null', 'boolean', 'object', 'array', 'string', 'number'] as const

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Undefined where it may be any. */
export function valuesOf(schema: Keywords): readonly unknown[] | undefined {
  const listed = Array.isArray(schema.enum) ? (schema.enum as readonly unknown[]) : undefined
  if (schema.const === undefined) return listed
  return listed ? listed.filter((value) => same(value, schema.const)) : [schema.const]
}

export function valuesFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  const allowed = valuesOf(reader)
  if (!allowed) return undefined
  const written = valuesOf(writer)
  if (!written) return `${path}/enum: any value was allowed`
  const unknown = written.find((value) => !allowed.some((one) => same(one, value)))
  return unknown === undefined ? undefined : `${path}/enum: ${JSON.stringify(unknown)} was allowed`
}

/** The types it allows; whole numbers are numbers here. */
export function typesOf(schema: Keywords): Set<string> {
  const { type } = schema
  if (type === undefined) {
    const values = valuesOf(schema)
    return new Set(values ? values.map(typeOf) : TYPES)
  }
  return new Set((Array.isArray(type) ? type : [type]).map((one) => (one === 'integer' ? 'number' : String(one))))
}

const namesOf = ({ type }: Keywords): readonly unknown[] => (Array.isArray(type) ? type : [type])

/** Whether it allows numbers that are not whole. */
function fractions(schema: Keywords): boolean {
  if (schema.type !== undefined) return namesOf(schema).includes('number')
  const values = valuesOf(schema)
  return !values || values.some((value) => typeof value === 'number' && !Number.isInteger(value))
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export function typesFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  if (reader.type === undefined) return undefined
  const allowed = typesOf(reader)
  const more = [...typesOf(writer)].find((type) => !allowed.has(type))
  if (more !== undefined) return `${path}/type: ${more} was allowed`
  const whole = allowed.has('number') && !namesOf(reader).includes('number')
  return whole && fractions(writer) ? `${path}/type: numbers that are not whole were allowed` : undefined
}

export function numbersFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  const { multipleOf } = reader
  if (
    typeof multipleOf === 'number' &&
    !(typeof writer.multipleOf === 'number' && writer.multipleOf % multipleOf === 0)
  )
    return `${path}/multipleOf: other numbers were allowed`
  if (!isWithin(lowOf(reader), lowOf(writer), 1)) return `${path}/minimum: smaller numbers were allowed`
  if (!isWithin(highOf(reader), highOf(writer), -1)) return `${path}/maximum: larger numbers were allowed`
  return undefined
}

interface Bound {
  readonly at: number
  readonly exclusive: boolean
}

const lowOf = (schema: Keywords): Bound | undefined => boundOf(schema, ['minimum', 'exclusiveMinimum'], 1)
const highOf = (schema: Keywords): Bound | undefined => boundOf(schema, ['maximum', 'exclusiveMaximum'], -1)

/** Draft 4 says by a boolean that a bound is exclusive, later ones by a bound of its own; of two the tighter. `up`: 1 of a low end. */
function boundOf(schema: Keywords, [inclusive, exclusive]: readonly [string, string], up: 1 | -1): Bound | undefined {
  const { [inclusive]: own, [exclusive]: other } = schema
  const bounds: Bound[] = []
  if (typeof own === 'number') bounds.push({ at: own, exclusive: other === true })
  if (typeof other === 'number') bounds.push({ at: other, exclusive: true })
  return bounds.toSorted((a, b) => (b.at - a.at) * up || Number(b.exclusive) - Number(a.exclusive))[0]
}

function isWithin(reader: Bound | undefined, writer: Bound | undefined, up: 1 | -1): boolean {
  if (!reader) return true
  if (!writer) return false
  const further = (writer.at - reader.at) * up
  return further > 0 || (further === 0 && (writer.exclusive || !reader.exclusive))
}

export function stringsFault(reader: Keywords, writer: Keywords, path: string): string | undefined {
  const changed = ['pattern', 'format', 'contentEncoding', 'contentMediaType'].find(
    (keyword) => reader[keyword] !== undefined && !same(reader[keyword], writer[keyword]),
  )
  if (changed !== undefined) return `${path}/${changed}: other texts were allowed`
  return atLeast(reader, writer, 'minLength', path) ?? atMost(reader, writer, 'maxLength', path)
}

export const atLeast = (reader: Keywords, writer: Keywords, keyword: string, path: string): string | undefined =>
  Number(writer[keyword] ?? 0) >= Number(reader[keyword] ?? 0) ? undefined : `${path}/${keyword}: fewer were allowed`

export const atMost = (reader: Keywords, writer: Keywords, keyword: string, path: string): string | undefined =>
  Number(writer[keyword] ?? Number.POSITIVE_INFINITY) <= Number(reader[keyword] ?? Number.POSITIVE_INFINITY)
    ? undefined
    : `${path}/${keyword}: more were allowed`
