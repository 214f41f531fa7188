/**
 * Avro schemas: from JSON to types whose names are resolved, so that a type that holds itself is a cycle.
 * https://avro.apache.org/docs/1.12.0/specification/
 */
import { CorruptData } from '../corrupt-data.ts'

export type AvroType =
  | { readonly kind: PrimitiveKind; readonly logical?: Logical }
  | { readonly kind: 'fixed'; readonly name: string; readonly size: number; readonly logical?: Logical }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[]; readonly fallback?: string }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | AvroRecord

export interface AvroRecord {
  readonly kind: 'record'
  readonly name: string
  readonly aliases: readonly string[]
  readonly fields: readonly AvroField[]
}

export interface AvroField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: AvroType
  /** As JSON; absent when the field has none. */
  readonly fallback?: { readonly json: unknown }
  /** What else the schema says of it, `field-id` for instance. */
  readonly attributes: Readonly<Record<string, unknown>>
}

export type PrimitiveKind = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

export type Logical =
  | { readonly name: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly name: Exclude<LogicalName, 'decimal'> }

const PRIMITIVES: ReadonlySet<string> = new Set([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
] satisfies PrimitiveKind[])

/** With the types that each may annotate; elsewhere a logical type is passed over, as the specification says. */
const LOGICAL = {
  decimal: ['bytes', 'fixed'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
} as const
type LogicalName = keyof typeof LOGICAL

const MOST_DEPTH = 128

export function parseAvroSchema(text: string): AvroType {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new CorruptData(`the Avro schema is not JSON: ${(error as Error).message}`)
  }
  return new SchemaReader().type(json, '', 0)
}

type Json = Readonly<Record<string, unknown>>
type Filled<T> = { -readonly [Key in keyof T]: T[Key] }

class SchemaReader {
  readonly #named = new Map<string, AvroType>()

  type(json: unknown, namespace: string, depth: number): AvroType {
    if (depth > MOST_DEPTH) throw new CorruptData('the Avro schema is nested too deeply')
    if (typeof json === 'string') return this.#byName(json, namespace)
    if (Array.isArray(json)) {
      const branches = json.map((branch) => this.type(branch, namespace, depth + 1))
      if (branches.some((branch) => branch.kind === 'union')) throw new CorruptData('an Avro union holds a union')
      return { kind: 'union', branches }
    }
    if (typeof json !== 'object' || json === null) throw new CorruptData('the Avro schema has a type that is none')
    return this.#complex(json as Json, namespace, depth)
  }

  #byName(name: string, namespace: string): AvroType {
    if (PRIMITIVES.has(name)) return { kind: name as PrimitiveKind }
    const found = this.#named.get(fullName(name, namespace)) ?? this.#named.get(name)
    if (!found) throw new CorruptData(`the Avro schema names an unknown type: ${name}`)
    return found
  }

  #complex(json: Json, namespace: string, depth: number): AvroType {
    const { type } = json
    switch (type) {
      case 'array':
        return { kind: 'array', items: this.type(json.items, namespace, depth + 1) }
      case 'map':
        return { kind: 'map', values: this.type(json.values, namespace, depth + 1) }
      case 'record':
      case 'error':
        return this.#record(json, namespace, depth)
      case 'enum':
        return this.#enum(json, namespace)
      case 'fixed':
        return this.#fixed(json, namespace)
    }
    if (typeof type !== 'string' || !PRIMITIVES.has(type)) return this.type(type, namespace, depth + 1)
    const kind = type as PrimitiveKind
    return { kind, ...logicalOf(json, kind) }
  }

  #record(json: Json, outer: string, depth: number): AvroRecord {
    const name = nameOf(json, outer)
    const record: Filled<AvroRecord> = { kind: 'record', name, aliases: texts(json.aliases), fields: [] }
    this.#named.set(name, record)
    if (!Array.isArray(json.fields)) throw new CorruptData(`the Avro record ${name} has no fields`)
    record.fields = json.fields.map((field: unknown) => this.#field(field as Json, namespaceOf(name), depth))
    return record
  }

  #field(json: Json, namespace: string, depth: number): AvroField {
    if (typeof json?.name !== 'string') throw new CorruptData('the Avro schema has a field without a name')
    const { name, aliases, type, default: fallback, ...attributes } = json
    return {
      name: name as string,
      aliases: texts(aliases),
      type: this.type(type, namespace, depth + 1),
      ...(fallback !== undefined && { fallback: { json: fallback } }),
      attributes,
    }
  }

  #enum(json: Json, outer: string): AvroType {
    const name = nameOf(json, outer)
    const fallback = typeof json.default === 'string' ? { fallback: json.default } : {}
    const type: AvroType = { kind: 'enum', name, symbols: texts(json.symbols), ...fallback }
    this.#named.set(name, type)
    return type
  }

  #fixed(json: Json, outer: string): AvroType {
    const [name, { size }] = [nameOf(json, outer), json]
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw new CorruptData(`the Avro type ${name} has no size`)
    const type: AvroType = { kind: 'fixed', name, size, ...logicalOf(json, 'fixed') }
    this.#named.set(name, type)
    return type
  }
}

function logicalOf(json: Json, kind: PrimitiveKind | 'fixed'): { readonly logical?: Logical } {
  const name = json.logicalType
  if (typeof name !== 'string' || !Object.hasOwn(LOGICAL, name)) return {}
  if (!(LOGICAL[name as LogicalName] as readonly string[]).includes(kind)) return {}
  if (name !== 'decimal') return { logical: { name: name as Exclude<LogicalName, 'decimal'> } }
  const [precision, scale] = [Number(json.precision), Number(json.scale ?? 0)]
  const sound =
    Number.isInteger(precision) && Number.isInteger(scale) && scale >= 0 && precision >= scale && precision > 0
  return sound ? { logical: { name, precision, scale } } : {}
}

const texts = (json: unknown): string[] => (Array.isArray(json) ? json.filter((item) => typeof item === 'string') : [])
const fullName = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')))

function nameOf(json: Json, outer: string): string {
  if (typeof json.name !== 'string') throw new CorruptData('the Avro schema has a named type without a name')
  return fullName(json.name, typeof json.namespace === 'string' ? json.namespace : outer)
}
