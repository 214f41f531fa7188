/** Ranges of values, combined. Their ends are compared by whoever knows the type. */
import type { Constant } from '../../sql/plan.ts'
import type { Domain, RangeEnd, ValueRange } from './domain.ts'

/** Negative, zero or positive. Throws `Incomparable`. */
export type Order = (a: Constant, b: Constant) => number

/** Two values whose order can not be told. */
export class Incomparable extends Error {}

type Ranges = readonly ValueRange[]

const ALL: Ranges = [{}]

export const within = (ranges: Ranges): Domain => ({ ranges, nullAllowed: false })

/** Any value, but not NULL; and NULL alone. */
export const ANY_VALUE: Domain = within(ALL)
export const ONLY_NULL: Domain = { ranges: [], nullAllowed: true }

export const pointAt = (value: Constant): ValueRange => ({
  low: { value, included: true },
  high: { value, included: true },
})

export const intersection = (a: Domain, b: Domain, order: Order): Domain => ({
  ranges: intersect(a.ranges, b.ranges, order),
  nullAllowed: a.nullAllowed && b.nullAllowed,
})

export const union = (a: Domain, b: Domain, order: Order): Domain => ({
  ranges: unite(a.ranges, b.ranges, order),
  nullAllowed: a.nullAllowed || b.nullAllowed,
})

/** Of values: what is said of NULL stays. */
export const valuesOutside = ({ ranges }: Domain): Domain => within(outside(ranges))

export const unite = (a: Ranges, b: Ranges, order: Order): Ranges => outside(intersect(outside(a), outside(b), order))

function intersect(a: Ranges, b: Ranges, order: Order): Ranges {
  const found: ValueRange[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [one, other] = [a[i]!, b[j]!]
    const low = tighter(one.low, other.low, order, 1)
    const high = tighter(one.high, other.high, order, -1)
    if (!isEmpty(low, high, order)) found.push({ ...(low && { low }), ...(high && { high }) })
    if (high === one.high) i++
    else j++
  }
  return found
}

/** Of two lower ends (`side` 1) the one further up, of two upper ends (-1) the one further down. */
function tighter(a: RangeEnd | undefined, b: RangeEnd | undefined, order: Order, side: 1 | -1): RangeEnd | undefined {
  if (!a || !b) return a ?? b
  const by = order(a.value, b.value) * side
  if (by === 0) return a.included ? b : a
  return by > 0 ? a : b
}

function isEmpty(low: RangeEnd | undefined, high: RangeEnd | undefined, order: Order): boolean {
  if (!low || !high) return false
  const by = order(low.value, high.value)
  return by > 0 || (by === 0 && !(low.included && high.included))
}

/** What lies between, before and behind ranges that are in order. */
function outside(ranges: Ranges): Ranges {
  const found: ValueRange[] = []
  let low: RangeEnd | undefined
  for (const range of ranges) {
    if (range.low) found.push({ ...(low && { low }), high: opposite(range.low) })
    if (!range.high) return found
    low = opposite(range.high)
  }
  return [...found, low ? { low } : {}]
}

const opposite = ({ value, included }: RangeEnd): RangeEnd => ({ value, included: !included })
