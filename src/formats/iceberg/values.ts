/**
 * Single values of primitive types: days and 32-bit numbers are numbers, 64-bit ones and unscaled decimals bigints
 * (microseconds for moments), text a string, bytes and UUIDs `Uint8Array`s.
 */
import { numberBytes } from '../number-bytes.ts'
import { invalidMetadata } from './iceberg-error.ts'
import { decimalOf, fixedLength, type IcebergType } from './schema.ts'

export type IcebergValue = boolean | number | bigint | string | Uint8Array

const DAY_MICROS = 86_400_000_000n

/** A bound to compare values with: that of a text may end in the middle of a letter. */
export const decodeBound = (type: IcebergType, bytes: Uint8Array): IcebergValue =>
  type === 'string' ? bytes : decodeValue(type, bytes)

/** Binary form of bounds. https://iceberg.apache.org/spec/#binary-single-value-serialization */
export function decodeValue(type: IcebergType, bytes: Uint8Array): IcebergValue {
  const view = viewOf(bytes)
  try {
    switch (type) {
      case 'boolean':
        return view.getUint8(0) !== 0
      case 'int':
      case 'date':
        return view.getInt32(0, true)
      // A bound may be from before the column was widened.
      case 'long':
        return bytes.length === 4 ? BigInt(view.getInt32(0, true)) : view.getBigInt64(0, true)
      case 'timestamp':
        return bytes.length === 4 ? BigInt(view.getInt32(0, true)) * DAY_MICROS : view.getBigInt64(0, true)
      case 'timestamp_ns':
        return bytes.length === 4 ? BigInt(view.getInt32(0, true)) * DAY_MICROS * 1000n : view.getBigInt64(0, true)
      case 'time':
      case 'timestamptz':
      case 'timestamptz_ns':
        return view.getBigInt64(0, true)
      case 'float':
        return view.getFloat32(0, true)
      case 'double':
        return bytes.length === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)
      case 'string':
        return Buffer.from(bytes).toString()
      default:
        return decimalOf(type) ? signedNumber(bytes) : Uint8Array.from(bytes)
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw invalidMetadata(`a value of ${bytes.length} bytes is none of type ${String(type)}`)
  }
}

const LONG = new DataView(new ArrayBuffer(8))

/** Bounds are looked at by the ten thousand, most are of eight bytes, and a view of each costs more than all else. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes.length !== 8) return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < 8; i++) LONG.setUint8(i, bytes[i]!)
  return LONG
}

export function encodeValue(type: IcebergType, value: IcebergValue): Uint8Array {
  const bytes = new Uint8Array(WIDTHS[String(type)] ?? 8)
  const view = new DataView(bytes.buffer)
  switch (type) {
    case 'boolean':
      view.setUint8(0, value ? 1 : 0)
      return bytes
    case 'int':
    case 'date':
      view.setInt32(0, Number(value), true)
      return bytes
    case 'float':
      view.setFloat32(0, Number(value), true)
      return bytes
    case 'double':
      view.setFloat64(0, Number(value), true)
      return bytes
    case 'string':
      return Buffer.from(String(value))
    default:
      if (decimalOf(type)) return numberBytes(BigInt(value as bigint))
      if (value instanceof Uint8Array) return value
      view.setBigInt64(0, BigInt(value as bigint), true)
      return bytes
  }
}

const WIDTHS: Readonly<Record<string, number>> = { boolean: 1, int: 4, date: 4, float: 4 }

/** A whole number in two's complement, big end first. */
function signedNumber(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return bytes.length > 0 ? BigInt.asIntN(bytes.length * 8, value) : 0n
}

/** Negative, zero or positive: text goes by its code points, bytes by their values. Not for NaN. */
export function compareValues(a: IcebergValue, b: IcebergValue): number {
  const [one, other] = [bytesIn(a), bytesIn(b)]
  if (one && other) return a === b ? 0 : Buffer.compare(one, other)
  return a < b ? -1 : a > b ? 1 : 0
}

function bytesIn(value: IcebergValue): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value)
  return value instanceof Uint8Array ? value : undefined
}

/** A value out of an Avro record, where a decimal and a UUID are bytes, and a long is whatever number holds it. */
export function fromAvro(type: IcebergType, value: unknown): IcebergValue | null {
  if (value === null || value === undefined) return null
  if (decimalOf(type)) return value instanceof Uint8Array ? signedNumber(value) : BigInt(value as number)
  if (LONGS.has(String(type))) return BigInt(value as number | bigint)
  if (type === 'uuid' || type === 'binary' || fixedLength(type) !== undefined) return value as Uint8Array
  return value as IcebergValue
}

const LONGS: ReadonlySet<string> = new Set([
  'long',
  'time',
  'timestamp',
  'timestamptz',
  'timestamp_ns',
  'timestamptz_ns',
])
