/**
 * How two geometries lie to each other: the DE-9IM matrix of OGC 06-103r4, 6.1.15. Each one's lines and rings are cut
 * where they meet the other; what a piece is to both follows from its middle.
 */
import {
  type Geometry,
  isClosed,
  type Line,
  type Parts,
  type Position,
  partsOf,
  type Rings,
  samePlace,
} from './geometry.ts'
import { isOn, meeting, type Place, placeInRings, type Segment, segmentsOf } from './segments.ts'

/** Nine characters, `F` or a dimension: interior, boundary and exterior of the first by those of the second. */
export type Matrix = string

const ROWS: Readonly<Record<Place, number>> = { inside: 0, boundary: 3, outside: 6 }
const COLUMNS: Readonly<Record<Place, number>> = { inside: 0, boundary: 1, outside: 2 }

class MatrixBuilder {
  private readonly dimensions = Array<number>(9).fill(-1)

  meet(first: Place, second: Place, dimension: number): void {
    const at = ROWS[first] + COLUMNS[second]
    this.dimensions[at] = Math.max(this.dimensions[at]!, dimension)
  }

  text(): Matrix {
    return this.dimensions.map((dimension) => (dimension < 0 ? 'F' : String(dimension))).join('')
  }
}

export function relate(a: Geometry, b: Geometry): Matrix {
  const [first, second] = [partsOf(a), partsOf(b)]
  const matrix = new MatrixBuilder()
  matrix.meet('outside', 'outside', 2)
  relatePieces(first, second, (mine, other, dimension) => matrix.meet(mine, other, dimension))
  relatePieces(second, first, (mine, other, dimension) => matrix.meet(other, mine, dimension))
  return matrix.text()
}

type Meet = (mine: Place, other: Place, dimension: number) => void

/** What the points, lines and polygons of `mine` tell; the other half comes from the same question the other way round. */
function relatePieces(mine: Parts, other: Parts, meet: Meet): void {
  for (const at of mine.points) meet(placeIn(at, mine), placeIn(at, other), 0)
  const others = segmentsIn(other)
  for (const line of mine.lines) {
    for (const at of [line[0]!, line.at(-1)!]) meet(placeIn(at, mine), placeIn(at, other), 0)
    for (const segment of segmentsOf(line)) cut(segment, others, other.points, mine, other, meet)
  }
  for (const rings of mine.polygons) relatePolygon(rings, mine, other, others, meet)
}

function relatePolygon(rings: Rings, mine: Parts, other: Parts, others: readonly Segment[], meet: Meet): void {
  const areas = other.polygons.length > 0
  if (!areas) meet('inside', 'outside', 2)
  else meet('inside', placeIn(pointInside(rings), { points: [], lines: [], polygons: other.polygons }), 2)
  const seen: Meet = (own, place, dimension) => {
    meet(own, place, dimension)
    if (own !== 'boundary' || dimension !== 1) return
    // The interior is beside its boundary, on one side; beyond the other side is the exterior.
    if (place === 'outside') meet('inside', 'outside', 2)
    if (place === 'inside' && areas) {
      meet('inside', 'inside', 2)
      meet('outside', 'inside', 2)
    }
  }
  for (const segment of rings.flatMap(segmentsOf)) cut(segment, others, other.points, mine, other, seen)
}

function cut(
  segment: Segment,
  others: readonly Segment[],
  points: readonly Position[],
  mine: Parts,
  other: Parts,
  meet: Meet,
): void {
  const [from, to] = segment
  const cuts = [...others.flatMap((one) => meeting(segment, one)), ...points.filter((at) => isOn(segment, at))]
  for (const at of cuts) meet(placeIn(at, mine), placeIn(at, other), 0)
  const along = ([x, y]: Position): number => (x - from[0]) * (to[0] - from[0]) + (y - from[1]) * (to[1] - from[1])
  const nodes = [from, ...cuts, to].toSorted((p, q) => along(p) - along(q))
  for (const [i, end] of nodes.slice(1).entries()) {
    const start = nodes[i]!
    if (samePlace(start, end)) continue
    const middle: Position = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2]
    meet(placeIn(middle, mine), placeIn(middle, other), 1)
  }
}

const segmentsIn = ({ lines, polygons }: Parts): readonly Segment[] => [
  ...lines.flatMap(segmentsOf),
  ...polygons.flat().flatMap(segmentsOf),
]

/** Inside wins over boundary where parts disagree. */
export function placeIn(at: Position, { points, lines, polygons }: Parts): Place {
  let place: Place = 'outside'
  for (const rings of polygons) {
    const found = placeInRings(at, rings)
    if (found === 'inside') return found
    if (found === 'boundary') place = found
  }
  if (points.some((point) => samePlace(point, at))) return 'inside'
  const onLines = placeOnLines(at, lines)
  return onLines === 'outside' ? place : onLines
}

/** An end of an odd number of lines is on their boundary. */
function placeOnLines(at: Position, lines: readonly Line[]): Place {
  const ends = lines.filter((line) => !isClosed(line)).flatMap((line) => [line[0]!, line.at(-1)!])
  if (ends.filter((end) => samePlace(end, at)).length % 2 === 1) return 'boundary'
  return lines.some((line) => segmentsOf(line).some((segment) => isOn(segment, at))) ? 'inside' : 'outside'
}

/** A place in the interior, in the middle of the widest span of a level that no vertex is on. */
function pointInside(rings: Rings): Position {
  const levels = [...new Set(rings.flat().map(([, y]) => y))].toSorted((p, q) => p - q)
  const middle = Math.max(1, levels.length >> 1)
  const y = levels.length > 1 ? (levels[middle - 1]! + levels[middle]!) / 2 : levels[0]!
  const crossings = rings
    .flatMap(segmentsOf)
    .filter(([a, b]) => a[1] > y !== b[1] > y)
    .map(([a, b]) => a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]))
    .toSorted((p, q) => p - q)
  let [best, width] = [rings[0]![0]![0], -1]
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const span = crossings[i + 1]! - crossings[i]!
    if (span > width) [best, width] = [(crossings[i]! + crossings[i + 1]!) / 2, span]
  }
  return [best, y]
}

/** `pattern` of `T`, `F`, `*` and dimensions. */
export function fits(matrix: Matrix, pattern: string): boolean {
  return [...pattern].every((wanted, i) => {
    const found = matrix[i]!
    return wanted === '*' || (wanted === 'T' ? found !== 'F' : wanted === found)
  })
}
