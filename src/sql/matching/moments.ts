/** Arithmetic of moments, which are whole numbers of microseconds, or of picoseconds where their type is finer. */
import type { Type } from '../types.ts'

export const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

/** How many units of a type's values a millisecond has. */
export const perMilli = (type: Type): bigint => ('precision' in type && type.precision > 6 ? 1_000_000_000n : 1000n)

/** The interval from the second moment to the first in milliseconds, rounded as Trino rounds it. */
export function millisBetween(type: Type): (a: bigint, b: bigint) => bigint {
  const unit = perMilli(type)
  const half = unit / 2n
  if (type.kind !== 'timestamp with time zone') return (a, b) => floorDivide(a - b + half, unit)
  // Whole milliseconds and the rest are taken apart, the rest rounded half away from zero.
  return (a, b) => {
    const [x, y] = [floorDivide(a, unit), floorDivide(b, unit)]
    const rest = a - x * unit - (b - y * unit)
    return x - y + (rest < 0n ? rest - half : rest + half) / unit
  }
}

/** Units of `from`'s values as those of `to`, which is as precise or more. */
export function refined(from: Type, to: Type): (value: bigint) => bigint {
  const factor = perMilli(to) / perMilli(from)
  return (value) => value * factor
}
