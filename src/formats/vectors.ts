/**
 * Columns of rows as decoders make them and encoders take them. A vector holds the values of the rows that have one,
 * without gaps: ORC and Parquet store them so. What is inside a list, a map or a struct has rows only for those that are
 * there.
 */
export type ColumnType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** Unicode characters; a char is padded with blanks by whoever reads it. */
  | { readonly kind: 'char' | 'varchar'; readonly length: number }
  | { readonly kind: 'list'; readonly element: ColumnType }
  | { readonly kind: 'map'; readonly key: ColumnType; readonly value: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly ColumnField[] }

export interface ColumnField {
  readonly name: string
  readonly type: ColumnType
}

export type ScalarKind =
  | 'boolean'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  /** Days since 1970. */
  | 'date'
  /** Microseconds since 1970, of a clock on the wall or of an instant. */
  | 'timestamp'
  | 'instant'
  /** Microseconds since midnight. */
  | 'time'
  /** 16 bytes, as they are written. */
  | 'uuid'

export interface Bytes {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
  readonly lengths: Int32Array
}

export type Values =
  /** A byte each, 0 or 1. */
  | { readonly kind: 'bits'; readonly values: Uint8Array }
  | { readonly kind: 'int32'; readonly values: Int32Array }
  | { readonly kind: 'int64'; readonly values: BigInt64Array }
  | { readonly kind: 'float'; readonly values: Float32Array }
  | { readonly kind: 'double'; readonly values: Float64Array }
  /** Whole numbers of 16 bytes, big end first, signed; and UUIDs. */
  | { readonly kind: 'int128'; readonly values: Uint8Array }
  | Bytes
  | { readonly kind: 'dictionary'; readonly entries: Bytes; readonly indexes: Int32Array }
  | { readonly kind: 'list'; readonly lengths: Int32Array; readonly element: Vector }
  | { readonly kind: 'map'; readonly lengths: Int32Array; readonly key: Vector; readonly value: Vector }
  | { readonly kind: 'struct'; readonly fields: readonly Vector[] }

export interface Vector {
  readonly rows: number
  /** A byte for each row, 0 for one without a value; absent when all have one. */
  readonly valid: Uint8Array | undefined
  readonly values: Values
}

/** The largest precision of a decimal whose digits fit 64 bits. */
export const LONG_DECIMAL_DIGITS = 18

/** What holds values of a type. Text may also come as a dictionary. */
export function valuesKind(type: ColumnType): Exclude<Values['kind'], 'dictionary'> {
  switch (type.kind) {
    case 'boolean':
      return 'bits'
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
      return 'int32'
    case 'long':
    case 'timestamp':
    case 'instant':
    case 'time':
      return 'int64'
    case 'float':
    case 'double':
    case 'list':
    case 'map':
    case 'struct':
      return type.kind
    case 'decimal':
      return type.precision <= LONG_DECIMAL_DIGITS ? 'int64' : 'int128'
    case 'uuid':
      return 'int128'
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
      return 'bytes'
  }
}

/** A vector of a type in which no row has a value. */
export function allNull(type: ColumnType, rows: number): Vector {
  return { rows, valid: new Uint8Array(rows), values: emptyValues(type) }
}

function emptyValues(type: ColumnType): Values {
  const kind = valuesKind(type)
  const none = new Int32Array(0)
  switch (kind) {
    case 'bits':
    case 'int128':
      return { kind, values: new Uint8Array(0) }
    case 'int32':
      return { kind, values: none }
    case 'int64':
      return { kind, values: new BigInt64Array(0) }
    case 'float':
      return { kind, values: new Float32Array(0) }
    case 'double':
      return { kind, values: new Float64Array(0) }
    case 'bytes':
      return { kind, bytes: new Uint8Array(0), lengths: none }
    case 'list':
      return { kind, lengths: none, element: allNull((type as { element: ColumnType }).element, 0) }
    case 'map': {
      const { key, value } = type as { key: ColumnType; value: ColumnType }
      return { kind, lengths: none, key: allNull(key, 0), value: allNull(value, 0) }
    }
    case 'struct':
      return {
        kind,
        fields: (type as { fields: readonly ColumnField[] }).fields.map((field) => allNull(field.type, 0)),
      }
  }
}
