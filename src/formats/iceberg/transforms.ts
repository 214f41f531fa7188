/**
 * From the value of a column to that of a partition field, and from what is known of the one to what is known of the other.
 * https://iceberg.apache.org/spec/#partition-transforms
 */
import { floorDivision } from '../floor-division.ts'
import { numberBytes } from '../number-bytes.ts'
import { unsupported } from './iceberg-error.ts'
import { murmur3 } from './murmur3.ts'
import { decimalOf, type IcebergType } from './schema.ts'
import type { IcebergValue } from './values.ts'

export type Transform =
  | { readonly kind: 'identity' | 'void' | 'year' | 'month' | 'day' | 'hour' }
  | { readonly kind: 'bucket'; readonly count: number }
  | { readonly kind: 'truncate'; readonly width: number }
  /** Of a later version of the format: nothing is known of what it does. */
  | { readonly kind: 'unknown'; readonly text: string }

export function parseTransform(text: string): Transform {
  if (/^(?:identity|void|year|month|day|hour)$/.test(text)) return { kind: text as 'identity' }
  const [, name, width] = /^(bucket|truncate)\[(\d+)\]$/.exec(text) ?? []
  if (name === 'bucket' && Number(width) > 0) return { kind: 'bucket', count: Number(width) }
  if (name === 'truncate' && Number(width) > 0) return { kind: 'truncate', width: Number(width) }
  return { kind: 'unknown', text }
}

export function transformText(transform: Transform): string {
  if (transform.kind === 'bucket') return `bucket[${transform.count}]`
  if (transform.kind === 'truncate') return `truncate[${transform.width}]`
  return transform.kind === 'unknown' ? transform.text : transform.kind
}

const DAYS: ReadonlySet<IcebergType> = new Set(['date', 'timestamp', 'timestamptz', 'timestamp_ns', 'timestamptz_ns'])
const UNHASHED: ReadonlySet<IcebergType> = new Set(['float', 'double', 'boolean'])
const TRUNCATED: ReadonlySet<IcebergType> = new Set(['int', 'long', 'string', 'binary'])

/** Whether a source of the type can be transformed so. */
export function transformApplies(transform: Transform, source: IcebergType): boolean {
  if (typeof source !== 'string') return false
  switch (transform.kind) {
    case 'year':
    case 'month':
    case 'day':
      return DAYS.has(source)
    case 'hour':
      return source !== 'date' && DAYS.has(source)
    case 'bucket':
      return !UNHASHED.has(source)
    case 'truncate':
      return TRUNCATED.has(source) || decimalOf(source) !== undefined
    default:
      return true
  }
}

/** The type of a partition field that a transform makes of a source. */
export function transformedType(transform: Transform, source: IcebergType): IcebergType {
  switch (transform.kind) {
    case 'identity':
    case 'truncate':
    case 'void':
      return source
    case 'day':
      return 'date'
    case 'unknown':
      return 'string'
    default:
      return 'int'
  }
}

const MICROS = { year: 0n, month: 0n, day: 86_400_000_000n, hour: 3_600_000_000n } as const

/** The field's value for a row whose source has this one. NULL stays NULL in every transform. */
export function transformed(transform: Transform, type: IcebergType, value: IcebergValue): IcebergValue | null {
  switch (transform.kind) {
    case 'identity':
      return value
    case 'void':
      return null
    case 'bucket':
      return (murmur3(hashedBytes(type, value)) & 0x7fff_ffff) % transform.count
    case 'truncate':
      return truncated(transform.width, type, value)
    case 'unknown':
      throw unsupported(`Iceberg partition transform ${transform.text} is not supported`)
    default:
      return timePart(transform.kind, type, value)
  }
}

function timePart(unit: 'year' | 'month' | 'day' | 'hour', type: IcebergType, value: IcebergValue): number {
  const nanos = typeof type === 'string' && type.endsWith('_ns')
  const micros =
    type === 'date' ? BigInt(value as number) * MICROS.day : nanos ? floorDivision(value as bigint, 1000n) : value
  if (unit === 'day' || unit === 'hour') return Number(floorDivision(micros as bigint, MICROS[unit]))
  const date = new Date(Number(floorDivision(micros as bigint, 1000n)))
  const years = date.getUTCFullYear() - 1970
  return unit === 'year' ? years : years * 12 + date.getUTCMonth()
}

function truncated(width: number, type: IcebergType, value: IcebergValue): IcebergValue {
  if (typeof value === 'string') return [...value].slice(0, width).join('')
  if (value instanceof Uint8Array) return value.slice(0, width)
  if (typeof value === 'bigint') return wrapped(type, floorDivision(value, BigInt(width)) * BigInt(width))
  return wrapped(type, Math.floor(Number(value) / width) * width)
}

/** What is truncated to less than its type's smallest number goes on at the largest, as in the arithmetic of Java. */
export function wrapped<T extends number | bigint>(type: IcebergType, value: T): T {
  if (type === 'int') return (Number(value) | 0) as T
  return (type === 'long' ? BigInt.asIntN(64, value as bigint) : value) as T
}

/** The one partition whose rows come before all others although its number does not; undefined where there is none. */
export function wrappedPartition(transform: Transform, type: IcebergType): IcebergValue | undefined {
  if (transform.kind !== 'truncate' || (type !== 'int' && type !== 'long')) return undefined
  const least = type === 'int' ? -(2 ** 31) : -(2n ** 63n)
  const value = truncated(transform.width, type, least)
  return value === least ? undefined : value
}

/** Numbers are hashed as longs, so that a column may be widened; text as UTF-8; decimals as their unscaled digits. */
function hashedBytes(type: IcebergType, value: IcebergValue): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return value
  if (decimalOf(type)) return numberBytes(value as bigint)
  const bytes = new Uint8Array(8)
  const nanos = typeof type === 'string' && type.endsWith('_ns')
  new DataView(bytes.buffer).setBigInt64(
    0,
    nanos ? floorDivision(value as bigint, 1000n) : BigInt(value as number),
    true,
  )
  return bytes
}

/** What is known of a value: bounds are inclusive, and one that is not there is open. NULL is never meant. */
export type Known =
  | { readonly kind: 'values'; readonly values: readonly IcebergValue[] }
  | { readonly kind: 'range'; readonly low?: IcebergValue; readonly high?: IcebergValue }

/** What follows for the partition field; undefined where nothing does. */
export function projected(transform: Transform, type: IcebergType, known: Known): Known | undefined {
  if (transform.kind === 'void' || transform.kind === 'unknown') return undefined
  const of = (value: IcebergValue) => transformed(transform, type, value)!
  if (known.kind === 'values')
    return { kind: 'values', values: known.values.flatMap((value) => [of(value), ...misplaced(transform, of(value))]) }
  if (transform.kind === 'bucket') return undefined
  // Every other transform keeps the order, but for what wraps: as a lower bound it would leave out all above.
  const low = known.low === undefined ? undefined : of(known.low)
  return {
    kind: 'range',
    ...(low !== undefined && low !== wrappedPartition(transform, type) && { low }),
    ...(known.high !== undefined && { high: misplaced(transform, of(known.high))[0] ?? of(known.high) }),
  }
}

const TIMES: ReadonlySet<Transform['kind']> = new Set(['year', 'month', 'day', 'hour'])

/** Old writers put moments before 1970 into the partition after theirs, and Java reads their tables by looking there too. */
const misplaced = ({ kind }: Transform, value: IcebergValue): readonly number[] =>
  TIMES.has(kind) && Number(value) < 0 ? [Number(value) + 1] : []
