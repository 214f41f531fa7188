/** Scalars as text, the way headers, labels, queries and XML write them; and the timestamps of every wire. */
import { exactNumber } from '../../core/exact-json.ts'
import type { Member, TimestampFormat } from '../schema.ts'

/** A value that does not have the type the model says. Each wire answers it by its own error. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

const maximumDepth = 200

/** Values may nest as deep as the model's recursive shapes let a client make them. */
export function deeper(depth: number): number {
  if (depth >= maximumDepth) throw new Malformed('Structure is nested too deeply')
  return depth + 1
}

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const isoDate = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?)?$/i
const httpDate = /^[A-Za-z]{3,9}, \d\d[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d(\.\d+)? (GMT|UTC|[+-]\d{4})$/

/** Any of AWS's formats, whichever the model names: clients differ, and none of them can be taken for another. */
export function parseTimestamp(value: unknown): Date {
  if (typeof value === 'number' || (typeof value === 'string' && decimal.test(value))) {
    const time = new Date(Math.round(Number(value) * 1000))
    if (!Number.isNaN(time.getTime())) return time
  } else if (typeof value === 'string' && (isoDate.test(value) || httpDate.test(value))) {
    const time = new Date(value)
    if (!Number.isNaN(time.getTime())) return time
  }
  throw new Malformed(`Timestamp cannot be parsed: ${brief(value)}`)
}

/** Seconds with three decimals at most for `unixTimestamp`, else text. */
export function formatTimestamp(value: unknown, format: TimestampFormat): string | number {
  const time = value instanceof Date ? value : new Date(value as string | number)
  if (format === 'unixTimestamp') return time.getTime() / 1000
  if (format === 'rfc822') return time.toUTCString()
  const text = time.toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

function parseDouble(text: string): number {
  if (decimal.test(text) || text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text)
  throw new Malformed(`${brief(text)} is not a valid number`)
}

function parseWhole(text: string, type: 'integer' | 'long'): number | bigint {
  const value = decimal.test(text) ? exactNumber(text) : Number.NaN
  if (typeof value === 'bigint') return type === 'long' && isLong(value) ? value : Number(value)
  if (Number.isInteger(value)) return value
  throw new Malformed(`${brief(text)} is not a valid integer`)
}

/** Of 64 bits with a sign. Longs beyond 2^53 are bigints, all others numbers. */
export const isLong = (value: bigint): boolean => BigInt.asIntN(64, value) === value

function parseBoolean(text: string): boolean {
  const lower = text.toLowerCase()
  if (lower === 'true') return true
  if (lower === 'false') return false
  throw new Malformed(`${brief(text)} is not a valid boolean`)
}

export function parseBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  // Node skips what is not base64; the length tells that something was skipped.
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (bytes.length !== Math.floor(((text.length - padding) * 3) / 4)) throw new Malformed('Invalid base64')
  return bytes
}

/** Text from a header, a label, a query, a form or XML. */
export function parseText(member: Member, text: string): unknown {
  switch (member.shape.type) {
    case 'string':
      return text
    case 'integer':
    case 'long':
      return parseWhole(text.trim(), member.shape.type)
    case 'double':
      return parseDouble(text.trim())
    case 'boolean':
      return parseBoolean(text.trim())
    case 'timestamp':
      return parseTimestamp(text.trim())
    case 'blob':
      return parseBase64(text.trim())
    default:
      throw new Malformed(`Unexpected text where ${member.shape.type} was expected`)
  }
}

export function formatText(member: Member, value: unknown, format: TimestampFormat): string {
  switch (member.shape.type) {
    case 'timestamp':
      return String(formatTimestamp(value, member.timestampFormat ?? format))
    case 'blob':
      return bytesOf(value).toString('base64')
    default:
      return String(value)
  }
}

export function bytesOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Buffer.from(String(value))
}

/** Sets a key that came from outside: `__proto__` too is only a key. */
export function setEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  else target[key] = value
}

function brief(value: unknown): string {
  const text = String(value)
  return text.length > 100 ? `${text.slice(0, 100)}...` : text
}
