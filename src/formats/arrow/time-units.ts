/** Arrow's points in time, and microseconds, in which vectors hold them. */
import { floorDivision } from '../floor-division.ts'
import type { ArrowType, TimeUnit } from './types.ts'

type PointInTime = Extract<ArrowType, { kind: 'date' | 'timestamp' }>

/** How many of them are a second. */
const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  SECOND: 1n,
  MILLISECOND: 1000n,
  MICROSECOND: 1_000_000n,
  NANOSECOND: 1_000_000_000n,
}
const MICROSECONDS = PER_SECOND.MICROSECOND

/**
 * Athena's connectors tell an instant in milliseconds as one number with its time zone: the zone's key is the lowest
 * twelve bits, and zero is UTC (the SDK's `DateTimeFormatterUtil`).
 */
const ZONE_BITS = 12n
const isPacked = (type: PointInTime): boolean =>
  type.kind === 'timestamp' && type.timezone !== undefined && type.unit === 'MILLISECOND'

export const microseconds = {
  from(type: PointInTime, values: BigInt64Array): BigInt64Array {
    const unit = PER_SECOND[type.unit === 'DAY' ? 'MILLISECOND' : type.unit]
    const packed = isPacked(type)
    return values.map((value) => scaled(packed ? value >> ZONE_BITS : value, unit, MICROSECONDS))
  },

  /** What is finer than the type's unit is cut off. */
  to(type: PointInTime, values: BigInt64Array): BigInt64Array {
    const unit = PER_SECOND[type.unit === 'DAY' ? 'MILLISECOND' : type.unit]
    const packed = isPacked(type)
    return values.map((value) => {
      const told = scaled(value, MICROSECONDS, unit)
      return packed ? told << ZONE_BITS : told
    })
  },
}

function scaled(value: bigint, from: bigint, to: bigint): bigint {
  return to >= from ? value * (to / from) : floorDivision(value, from / to)
}
