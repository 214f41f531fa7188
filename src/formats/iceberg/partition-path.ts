/** What a partition is called for people: `day=2024-01-15/bucket=3`. */
import { decimalOf } from './schema.ts'
import type { BoundField } from './specs.ts'
import type { Transform } from './transforms.ts'
import type { IcebergValue } from './values.ts'

export const partitionPath = (
  fields: readonly BoundField[],
  partition: readonly (IcebergValue | null | undefined)[],
): string =>
  fields
    .map(({ field, transform, type }, i) => `${field.name}=${shownValue(transform, type, partition[i] ?? null)}`)
    .join('/')

/** As the Java library shows values in names of folders. */
function shownValue(transform: Transform, type: BoundField['type'], value: IcebergValue | null): string {
  if (value === null) return 'null'
  const at = Number(value)
  switch (transform.kind) {
    case 'year':
      return String(1970 + at)
    case 'month':
      return `${Math.floor(at / 12) + 1970}-${String((((at % 12) + 12) % 12) + 1).padStart(2, '0')}`
    case 'day':
      return dayText(at)
    case 'hour':
      return `${dayText(Math.floor(at / 24))}-${String(((at % 24) + 24) % 24).padStart(2, '0')}`
    default:
      return valueText(type, value)
  }
}

const DAY_MS = 86_400_000
const DAY_MICROS = 86_400_000_000n
/** The calendar begins anew after so many days: what JavaScript's dates do not reach is told by one that they do. */
const CYCLE = { days: 146_097, years: 400 } as const

function dayText(day: number): string {
  const cycles = Math.floor(day / CYCLE.days)
  const like = new Date((day - cycles * CYCLE.days) * DAY_MS)
  const year = like.getUTCFullYear() + cycles * CYCLE.years
  const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
  return `${sign}${String(Math.abs(year)).padStart(4, '0')}${like.toISOString().slice(4, 10)}`
}

/** A value as text: moments in ISO 8601, decimals with their point, bytes in base 64. */
export function valueText(type: BoundField['type'], value: IcebergValue): string {
  const digits = decimalOf(type)
  if (digits) return decimalText(value as bigint, digits.scale)
  if (value instanceof Uint8Array) {
    if (type !== 'uuid') return Buffer.from(value).toString('base64')
    return Buffer.from(value)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }
  if (type === 'date') return dayText(Number(value))
  if (type === 'time') return timeText(value as bigint)
  if (type === 'timestamp_ns' || type === 'timestamptz_ns') return nanosText(value as bigint, type)
  if (type === 'timestamp' || type === 'timestamptz') return momentText(value as bigint, type === 'timestamptz')
  return Object.is(value, -0) ? '-0' : String(value)
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function nanosText(nanos: bigint, type: string): string {
  const rest = ((nanos % 1000n) + 1000n) % 1000n
  const micros = momentText((nanos - rest) / 1000n, false)
  return `${micros}${String(rest).padStart(3, '0')}${type === 'timestamptz_ns' ? '+00:00' : ''}`
}

const timeText = (micros: bigint): string => momentText(micros, false).slice('1970-01-01T'.length)

function momentText(micros: bigint, isInstant: boolean): string {
  const inDay = ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS
  const day = dayText(Number((micros - inDay) / DAY_MICROS))
  const time = new Date(Number(inDay / 1000n)).toISOString().slice(11, -1)
  return `${day}T${time}${String(inDay % 1000n).padStart(3, '0')}${isInstant ? '+00:00' : ''}`
}
