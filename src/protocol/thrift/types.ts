/**
 * Thrift's types as data, each carrying the TypeScript type of its values: one reader and one writer serve every struct,
 * and what a struct holds is said once, as the interface definition says it (number, name, type).
 */

export type ScalarKind = 'bool' | 'byte' | 'i16' | 'i32' | 'i64' | 'double' | 'string' | 'binary'
export type AnyType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'list' | 'set'; readonly of: AnyType }
  | { readonly kind: 'map'; readonly key: AnyType; readonly value: AnyType }
  /** A map whose keys are strings is an object. */
  | { readonly kind: 'record'; readonly value: AnyType }
  | AnyStruct
export interface AnyStruct {
  readonly kind: 'struct'
  readonly fields: readonly StructField[]
  readonly byId: ReadonlyMap<number, StructField>
}
export interface StructField {
  readonly id: number
  readonly name: string
  readonly type: AnyType
  readonly required: boolean
}

declare const holds: unique symbol
export type Type<T> = AnyType & { readonly [holds]?: T }
export type Struct<T> = AnyStruct & { readonly [holds]?: T }
/** What a type's values are. */
export type Value<T> = T extends { readonly [holds]?: infer V } ? V : never

export const bool: Type<boolean> = { kind: 'bool' }
export const byte: Type<number> = { kind: 'byte' }
export const i16: Type<number> = { kind: 'i16' }
export const i32: Type<number> = { kind: 'i32' }
/** A bigint beyond 2^53, as the longs of every wire are. */
export const i64: Type<number | bigint> = { kind: 'i64' }
export const double: Type<number> = { kind: 'double' }
export const string: Type<string> = { kind: 'string' }
export const binary: Type<Uint8Array> = { kind: 'binary' }

export const list = <T>(of: Type<T>): Type<readonly T[]> => ({ kind: 'list', of })
export const record = <T>(value: Type<T>): Type<Readonly<Record<string, T>>> => ({ kind: 'record', value })
export const mapOf = <K, V>(key: Type<K>, value: Type<V>): Type<ReadonlyMap<K, V>> => ({ kind: 'map', key, value })

type FieldSpec = readonly [id: number, type: AnyType] | readonly [id: number, type: AnyType, required: 'required']
export type FieldSpecs = Readonly<Record<string, FieldSpec>>
type Requires<F> = F extends readonly [number, AnyType, 'required'] ? true : false
export type StructValue<F extends FieldSpecs> = {
  readonly [K in keyof F as Requires<F[K]> extends true ? K : never]: Value<F[K][1]>
} & { readonly [K in keyof F as Requires<F[K]> extends true ? never : K]?: Value<F[K][1]> }

/** Fields by name, with the numbers that the wire knows them by. */
export function struct<const F extends FieldSpecs>(specs: F): Struct<StructValue<F>> {
  const fields = Object.entries(specs).map(([name, [id, type, required]]) => ({
    id,
    name,
    type,
    required: required !== undefined,
  }))
  return { kind: 'struct', fields, byId: new Map(fields.map((field) => [field.id, field])) }
}

/** The numbers of the binary protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
export const TYPE_CODES: Readonly<Record<AnyType['kind'], number>> = {
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  binary: 11,
  struct: 12,
  map: 13,
  record: 13,
  set: 14,
  list: 15,
}

/** Bytes of the types that have a fixed size, by their numbers. */
export const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [TYPE_CODES.bool, 1],
  [TYPE_CODES.byte, 1],
  [TYPE_CODES.double, 8],
  [TYPE_CODES.i16, 2],
  [TYPE_CODES.i32, 4],
  [TYPE_CODES.i64, 8],
])

/** What was read is no Thrift, or more of it than is taken. */
export class ThriftError extends Error {
  override readonly name = 'ThriftError'
}
