/** Segments of the plane: how they meet, and where a place is with respect to lines and rings. */
import type { Position, Ring, Rings } from './geometry.ts'

export type Segment = readonly [Position, Position]

/** Twice the area of the triangle, positive when it turns left. */
export const turn = (a: Position, b: Position, c: Position): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

/** Rounding of the products in `turn`, for places that were calculated. */
const ROUNDING = 1e-12

export function isOn([a, b]: Segment, at: Position): boolean {
  const scale = Math.max(Math.abs(a[0]), Math.abs(a[1]), Math.abs(b[0]), Math.abs(b[1]), 1)
  const reach = ROUNDING * scale
  const within = (low: number, high: number, value: number): boolean =>
    value >= Math.min(low, high) - reach && value <= Math.max(low, high) + reach
  if (!within(a[0], b[0], at[0]) || !within(a[1], b[1], at[1])) return false
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  return Math.abs(turn(a, b, at)) <= reach * Math.max(length, reach)
}

/** None, the one place where they cross or touch, or both ends of what they share. */
export function meeting([a, b]: Segment, [c, d]: Segment): readonly Position[] {
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return []
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])) return []
  const touching = [...[c, d].filter((end) => isOn([a, b], end)), ...[a, b].filter((end) => isOn([c, d], end))]
  if (touching.length > 0) return touching
  const [t1, t2, t3, t4] = [turn(c, d, a), turn(c, d, b), turn(a, b, c), turn(a, b, d)]
  if (t1 > 0 === t2 > 0 || t3 > 0 === t4 > 0) return []
  const part = t1 / (t1 - t2)
  return [[a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])]]
}

export function segmentsOf(line: readonly Position[]): readonly Segment[] {
  return line.slice(1).map((end, i) => [line[i]!, end] as const)
}

export type Place = 'inside' | 'boundary' | 'outside'

/** With respect to a polygon. */
export function placeInRings(at: Position, rings: Rings): Place {
  const [shell, ...holes] = rings
  const place = placeInRing(at, shell!)
  if (place !== 'inside') return place
  for (const hole of holes) {
    const within = placeInRing(at, hole)
    if (within !== 'outside') return within === 'boundary' ? 'boundary' : 'outside'
  }
  return 'inside'
}

function placeInRing(at: Position, ring: Ring): Place {
  let inside = false
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1]!, ring[i]!]
    if (isOn([a, b], at)) return 'boundary'
    const crosses = a[1] > at[1] !== b[1] > at[1]
    if (crosses && at[0] < ((b[0] - a[0]) * (at[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside
  }
  return inside ? 'inside' : 'outside'
}

/** Twice the signed area, positive when the ring runs against the clock. */
export const doubleArea = (ring: Ring): number =>
  ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0)

export function nearestOn([a, b]: Segment, at: Position): Position {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length = dx * dx + dy * dy
  const part = length === 0 ? 0 : Math.max(0, Math.min(1, ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / length))
  return [a[0] + part * dx, a[1] + part * dy]
}

export const distance = (a: Position, b: Position): number => Math.hypot(a[0] - b[0], a[1] - b[1])
