/** Trino's type system, as data. A type is compared with `sameType` and spelled with `typeName`. */
import { quotedName } from './quotation.ts'

export type Type =
  | { readonly kind: SimpleKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** `length` absent means unbounded. */
  | { readonly kind: 'varchar'; readonly length?: number }
  | { readonly kind: 'char'; readonly length: number }
  /** Fractional digits of a second, 0 to 12. */
  | {
      readonly kind: 'time' | 'time with time zone' | 'timestamp' | 'timestamp with time zone'
      readonly precision: number
    }
  | { readonly kind: 'array'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  /** A quantile digest of values of a type. */
  | { readonly kind: 'qdigest'; readonly value: Type }
  | { readonly kind: 'row'; readonly fields: readonly RowField[] }
  /** Only ever the type of a lambda argument. */
  | { readonly kind: 'function'; readonly parameters: readonly Type[]; readonly result: Type }

export interface RowField {
  /** Absent for an anonymous field, as in `ROW(1, 2)`. */
  readonly name?: string
  readonly type: Type
}

/** `unknown` is the type of a bare NULL. */
export type SimpleKind =
  | 'unknown'
  | 'boolean'
  | 'tinyint'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'real'
  | 'double'
  | 'varbinary'
  | 'date'
  | 'interval year to month'
  | 'interval day to second'
  | 'json'
  | 'uuid'
  | 'ipaddress'
  | 'HyperLogLog'
  | 'P4HyperLogLog'
  | 'tdigest'
  | 'Geometry'
  | 'SphericalGeography'
  | 'BingTile'

const simple = (kind: SimpleKind): Type => ({ kind })
export const UNKNOWN = simple('unknown')
export const BOOLEAN = simple('boolean')
export const TINYINT = simple('tinyint')
export const SMALLINT = simple('smallint')
export const INTEGER = simple('integer')
export const BIGINT = simple('bigint')
export const REAL = simple('real')
export const DOUBLE = simple('double')
export const VARBINARY = simple('varbinary')
export const DATE = simple('date')
export const JSON_TYPE = simple('json')
export const VARCHAR: Type = { kind: 'varchar' }
export const TIMESTAMP: Type = { kind: 'timestamp', precision: 3 }
export const TIMESTAMP_TZ: Type = { kind: 'timestamp with time zone', precision: 3 }
export const decimal = (precision: number, scale: number): Type => ({ kind: 'decimal', precision, scale })
export const varchar = (length?: number): Type => (length === undefined ? VARCHAR : { kind: 'varchar', length })
export const array = (element: Type): Type => ({ kind: 'array', element })
export const map = (key: Type, value: Type): Type => ({ kind: 'map', key, value })
export const row = (fields: readonly RowField[]): Type => ({ kind: 'row', fields })

/** As Trino displays it in errors and `typeof`: `decimal(10,2)`, `timestamp(3) with time zone`, `row(a integer, varchar)`. */
export const typeName = (type: Type): string => spelled(type, (name) => name)

/** As Trino keeps types: one that can be read again, whatever the fields of its rows are called. */
export const typeSignature = (type: Type): string => spelled(type, quotedName)

function spelled(type: Type, field: (name: string) => string): string {
  const inner = (one: Type): string => spelled(one, field)
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'varchar':
      return type.length === undefined ? 'varchar' : `varchar(${type.length})`
    case 'char':
      return `char(${type.length})`
    case 'time':
    case 'timestamp':
      return `${type.kind}(${type.precision})`
    case 'time with time zone':
      return `time(${type.precision}) with time zone`
    case 'timestamp with time zone':
      return `timestamp(${type.precision}) with time zone`
    case 'array':
      return `array(${inner(type.element)})`
    case 'map':
      return `map(${inner(type.key)}, ${inner(type.value)})`
    case 'qdigest':
      return `qdigest(${inner(type.value)})`
    case 'row':
      return `row(${type.fields.map((f) => (f.name ? `${field(f.name)} ${inner(f.type)}` : inner(f.type))).join(', ')})`
    case 'function':
      return `function(${[...type.parameters, type.result].map(inner).join(', ')})`
    default:
      return type.kind
  }
}

/** Equality of types, at any depth; names of row fields do not count. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true
  if (a.kind !== b.kind) return false
  if (a.kind === 'row' && b.kind === 'row')
    return a.fields.length === b.fields.length && a.fields.every((f, i) => sameType(f.type, b.fields[i]!.type))
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.key, b.key) && sameType(a.value, b.value)
  return typeName(a) === typeName(b)
}

/** Whether the type or one inside it is of a kind. */
export function holdsKind(type: Type, kind: Type['kind']): boolean {
  switch (type.kind) {
    case 'array':
      return kind === 'array' || holdsKind(type.element, kind)
    case 'map':
      return kind === 'map' || holdsKind(type.key, kind) || holdsKind(type.value, kind)
    case 'row':
      return kind === 'row' || type.fields.some((field) => holdsKind(field.type, kind))
    default:
      return type.kind === kind
  }
}

/** Whole numbers, from the narrowest to the widest. */
export const INTEGERS = ['tinyint', 'smallint', 'integer', 'bigint'] as const

export const isInteger = (type: Type): boolean => INTEGERS.some((kind) => kind === type.kind)
