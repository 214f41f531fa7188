/**
 * Single values of primitive types as JSON has them: moments in ISO 8601, decimals as text, bytes in hexadecimal digits.
 * https://iceberg.apache.org/spec/#json-single-value-serialization
 */
import { floorDivision } from '../floor-division.ts'
import { decimalOf, fixedLength, type IcebergType } from './schema.ts'
import type { IcebergValue } from './values.ts'

/** A long may be a bigint: whoever writes it keeps it a number. */
export type JsonValue = boolean | number | bigint | string

export function valueToJson(type: IcebergType, value: IcebergValue): JsonValue {
  const digits = decimalOf(type)
  if (digits) return decimalText(value as bigint, digits.scale)
  if (value instanceof Uint8Array) return type === 'uuid' ? uuidText(value) : hex(value).toUpperCase()
  switch (type) {
    case 'long':
      return Number.isSafeInteger(Number(value)) ? Number(value) : (value as bigint)
    case 'date':
      return isoDay(BigInt(value as number))
    case 'time':
      return clockText(value as bigint, MICROS)
    case 'timestamp':
      return isoMoment(value as bigint, MICROS)
    case 'timestamptz':
      return `${isoMoment(value as bigint, MICROS)}+00:00`
    case 'timestamp_ns':
      return isoMoment(value as bigint, NANOS)
    case 'timestamptz_ns':
      return `${isoMoment(value as bigint, NANOS)}+00:00`
    default:
      return value as boolean | number | string
  }
}

/**
 * Undefined for what is no value of the type. Numbers stand for moments too, as clients send those that they have counted
 * already: days, microseconds or nanoseconds.
 */
export function valueFromJson(type: IcebergType, json: unknown): IcebergValue | undefined {
  const digits = decimalOf(type)
  if (digits) return unscaled(json, digits.scale)
  if (fixedLength(type) !== undefined) return bytesIn(json)
  switch (type) {
    case 'boolean':
      return typeof json === 'boolean' ? json : undefined
    case 'int':
    case 'long':
      return wholeNumber(type, json)
    case 'float':
    case 'double':
      return fraction(type, json)
    case 'string':
      return typeof json === 'string' ? json : undefined
    case 'uuid':
      return uuidIn(json)
    case 'binary':
      return bytesIn(json)
    case 'date':
      return typeof json === 'string' ? dayIn(json) : (wholeNumber('int', json) as number | undefined)
    case 'time':
      return typeof json === 'string' ? clockIn(json, MICROS) : wholeNumber('long', json)
    case 'timestamp':
    case 'timestamptz':
      return typeof json === 'string' ? momentIn(json, type, MICROS) : wholeNumber('long', json)
    case 'timestamp_ns':
    case 'timestamptz_ns':
      return typeof json === 'string' ? momentIn(json, type, NANOS) : wholeNumber('long', json)
    default:
      return undefined
  }
}

/** Parts of a second, and how many digits say them. */
interface Precision {
  readonly second: bigint
  readonly digits: number
}
const MICROS: Precision = { second: 1_000_000n, digits: 6 }
const NANOS: Precision = { second: 1_000_000_000n, digits: 9 }
const DAY_SECONDS = 86_400n
const DAY_MS = 86_400_000

/** Beyond the years that `Date` knows there are none that a client would ask for; they stay what they can be shown as. */
function isoDay(days: bigint): string {
  const date = new Date(Number(days) * DAY_MS)
  return Number.isNaN(date.getTime()) ? `+${days}` : date.toISOString().slice(0, -'T00:00:00.000Z'.length)
}

function clockText(parts: bigint, { second, digits }: Precision): string {
  const seconds = Number(parts / second)
  const pair = (value: number) => String(Math.trunc(value)).padStart(2, '0')
  const clock = `${pair(seconds / 3600)}:${pair((seconds / 60) % 60)}:${pair(seconds % 60)}`
  return `${clock}.${String(parts % second).padStart(digits, '0')}`
}

function isoMoment(parts: bigint, precision: Precision): string {
  const day = precision.second * DAY_SECONDS
  const days = floorDivision(parts, day)
  return `${isoDay(days)}T${clockText(parts - days * day, precision)}`
}

function dayIn(text: string): number | undefined {
  const ms = /^[+-]?\d{4,6}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms / DAY_MS
}

function clockIn(text: string, { second, digits }: Precision): bigint | undefined {
  const [, hours, minutes, seconds = '0', rest = ''] = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/.exec(text) ?? []
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  // What is finer than the type is left out, as the Java library does.
  const parts = BigInt(rest.slice(0, digits).padEnd(digits, '0'))
  return BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * second + parts
}

/** One with a zone says so; some clients leave it out where UTC is meant. */
function momentIn(text: string, type: string, precision: Precision): bigint | undefined {
  const [, day = '', clock = '', zone] = /^([^T ]+)[T ]([\d:.]+)(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? []
  const [days, parts] = [dayIn(day), clockIn(clock, precision)]
  if (days === undefined || parts === undefined || (zone !== undefined && !type.startsWith('timestamptz')))
    return undefined
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60)
  return (BigInt(days) * DAY_SECONDS - BigInt(offset)) * precision.second + parts
}

function wholeNumber(type: 'int' | 'long', json: unknown): number | bigint | undefined {
  const isWhole =
    typeof json === 'bigint' || Number.isInteger(json) || (typeof json === 'string' && /^-?\d+$/.test(json))
  if (!isWhole) return undefined
  return type === 'int' ? Number(json) : BigInt(json as number | bigint | string)
}

function fraction(type: 'float' | 'double', json: unknown): number | undefined {
  if (typeof json !== 'number' && typeof json !== 'bigint' && typeof json !== 'string') return undefined
  const value = json === '' ? Number.NaN : Number(json)
  if (Number.isNaN(value)) return undefined
  return type === 'float' ? Math.fround(value) : value
}

function unscaled(json: unknown, scale: number): bigint | undefined {
  if (typeof json !== 'number' && typeof json !== 'bigint' && typeof json !== 'string') return undefined
  const [, sign, whole = '', rest = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(json)) ?? []
  if (sign === undefined || /[1-9]/.test(rest.slice(scale))) return undefined
  const digits = BigInt(`${whole}${rest.slice(0, scale).padEnd(scale, '0')}`)
  return sign === '-' ? -digits : digits
}

function decimalText(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : ''
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const uuidText = (bytes: Uint8Array): string =>
  hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const bytesIn = (json: unknown): Uint8Array | undefined =>
  typeof json === 'string' && /^(?:[\da-f]{2})*$/i.test(json) ? Buffer.from(json, 'hex') : undefined

const uuidIn = (json: unknown): Uint8Array | undefined =>
  typeof json === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(json)
    ? Buffer.from(json.replaceAll('-', ''), 'hex')
    : undefined
