/** What a condition says of single partition keys before any partition is looked at. */
import type { Comparable } from './partition-value.ts'

/** Both inclusive, and possibly wider than the condition, which is asked again of every partition found. */
export interface KeyBounds {
  readonly low?: Comparable
  readonly high?: Comparable
}

/** By the place of the key. */
export type PartitionBounds = readonly (KeyBounds | undefined)[]

/** What both allow; of two bounds that do not compare the first holds. */
export function narrowed(a: KeyBounds | undefined, b: KeyBounds): KeyBounds {
  const low = a?.low === undefined || (b.low !== undefined && b.low > a.low) ? b.low : a.low
  const high = a?.high === undefined || (b.high !== undefined && b.high < a.high) ? b.high : a.high
  return { ...(low !== undefined && { low }), ...(high !== undefined && { high }) }
}

/** The one value that a key must have. */
export function fixedValue(bounds: KeyBounds | undefined): Comparable | undefined {
  return bounds?.low !== undefined && bounds.low === bounds.high ? bounds.low : undefined
}
