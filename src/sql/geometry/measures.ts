/** Lengths, areas, centres and hulls in the plane. */
import {
  boxOf,
  dimensionOf,
  type Geometry,
  isEmpty,
  type Line,
  type Position,
  partsOf,
  positionsOf,
  type Rings,
} from './geometry.ts'
import { holds } from './predicates.ts'
import { distance, doubleArea, nearestOn, type Segment, segmentsOf, turn } from './segments.ts'

export function area(geometry: Geometry): number {
  return partsOf(geometry).polygons.reduce((sum, rings) => sum + areaOf(rings), 0)
}

function areaOf([shell, ...holes]: Rings): number {
  const size = (ring: Line) => Math.abs(doubleArea(ring)) / 2
  return size(shell!) - holes.reduce((sum, hole) => sum + size(hole), 0)
}

export const lineLength = (line: Line): number => segmentsOf(line).reduce((sum, [a, b]) => sum + distance(a, b), 0)

/** Undefined for an empty geometry. */
export function centroid(geometry: Geometry): Position | undefined {
  const { points, lines, polygons } = partsOf(geometry)
  switch (positionsOf(geometry).length === 0 ? -1 : dimensionOf(geometry)) {
    case 0:
      return weightedMean(points.map((at) => [at, 1]))
    case 1:
      return weightedMean(lines.flatMap(segmentsOf).map(([a, b]) => [middle(a, b), distance(a, b)])) ?? lines[0]![0]!
    case 2:
      return weightedMean(polygons.flatMap(triangleMeans)) ?? polygons[0]![0]![0]!
    default:
      return undefined
  }
}

const middle = (a: Position, b: Position): Position => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]

/** Triangles between a corner of the shell and every edge; those of holes count against. */
function triangleMeans(rings: Rings): (readonly [Position, number])[] {
  const corner = rings[0]![0]!
  return rings.flatMap((ring, i) => {
    const sign = Math.sign(doubleArea(ring)) * (i === 0 ? 1 : -1)
    return segmentsOf(ring).map(([a, b]): readonly [Position, number] => [
      [(corner[0] + a[0] + b[0]) / 3, (corner[1] + a[1] + b[1]) / 3],
      sign * turn(corner, a, b),
    ])
  })
}

function weightedMean(items: readonly (readonly [Position, number])[]): Position | undefined {
  let [x, y, total] = [0, 0, 0]
  for (const [at, weight] of items) {
    x += at[0] * weight
    y += at[1] * weight
    total += weight
  }
  return total === 0 ? undefined : [x / total, y / total]
}

/** The places of two geometries that are nearest to each other; undefined when one is empty. */
export function nearest(a: Geometry, b: Geometry): Segment | undefined {
  const [first, second] = [edgesOf(a), edgesOf(b)]
  let best: Segment | undefined
  let least = Infinity
  const consider = (from: Position, to: Position) => {
    const found = distance(from, to)
    if (found < least) [best, least] = [[from, to], found]
  }
  for (const one of first)
    for (const other of second) {
      for (const at of one) consider(at, nearestOn(other, at))
      for (const at of other) consider(nearestOn(one, at), at)
    }
  return best
}

/** A point counts as an edge of no length. */
function edgesOf(geometry: Geometry): readonly Segment[] {
  const { points, lines, polygons } = partsOf(geometry)
  return [
    ...points.map((at): Segment => [at, at]),
    ...lines.flatMap(segmentsOf),
    ...polygons.flat().flatMap(segmentsOf),
  ]
}

/** Undefined when one is empty. */
export function separation(a: Geometry, b: Geometry): number | undefined {
  const found = nearest(a, b)
  if (!found) return undefined
  return holds('intersects', a, b) ? 0 : distance(...found)
}

export function envelope(geometry: Geometry): Geometry {
  const box = boxOf(positionsOf(geometry))
  if (!box) return { kind: 'Polygon', rings: [] }
  const { minX, minY, maxX, maxY } = box
  if (minX === maxX && minY === maxY) return { kind: 'Point', at: [minX, minY] }
  if (minX === maxX || minY === maxY)
    return {
      kind: 'LineString',
      points: [
        [minX, minY],
        [maxX, maxY],
      ],
    }
  const ring: Line = [
    [minX, minY],
    [minX, maxY],
    [maxX, maxY],
    [maxX, minY],
    [minX, minY],
  ]
  return { kind: 'Polygon', rings: [ring] }
}

/** Andrew's monotone chain. */
export function convexHull(geometry: Geometry): Geometry {
  if (isEmpty(geometry)) return geometry
  const sorted = positionsOf(geometry).toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (positions: readonly Position[]): Position[] => {
    const chain: Position[] = []
    for (const at of positions) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, at) <= 0) chain.pop()
      chain.push(at)
    }
    return chain.slice(0, -1)
  }
  const around = [...half(sorted), ...half(sorted.toReversed())]
  const distinct = around.filter((at, i) => i === 0 || at[0] !== around[i - 1]![0] || at[1] !== around[i - 1]![1])
  const [first, second] = distinct.length > 0 ? distinct : sorted
  if (!second || distinct.length < 2) return { kind: 'Point', at: first! }
  if (distinct.length === 2) return { kind: 'LineString', points: [first!, second] }
  // With the clock, from the lowest place, as shells are written.
  return { kind: 'Polygon', rings: [[first!, ...distinct.slice(1).toReversed(), first!]] }
}
