/**
 * Lines and rings with fewer corners: Douglas and Peucker's reduction, which leaves a corner where without it the geometry
 * would meet itself in another way than before. As `TopologyPreservingSimplifier` of JTS 1.16, which Trino calls.
 */
import { type Geometry, GeometryError, type Line, type Position, type Ring, samePlace } from './geometry.ts'
import { distance, isOn, nearestOn, type Segment, turn } from './segments.ts'

/** No corner is left out that is farther than `tolerance` from the line without it. */
export function simplified(geometry: Geometry, tolerance: number): Geometry {
  if (Number.isNaN(tolerance)) throw new GeometryError('distanceTolerance is NaN')
  if (tolerance < 0) throw new GeometryError('distanceTolerance is negative')
  if (tolerance === 0) return geometry
  const simplification = new Simplification(geometry, tolerance)
  const reduced = (line: Line): Line => simplification.reduced(line)
  const replaced = (one: Geometry): Geometry => {
    switch (one.kind) {
      case 'LineString':
        return { ...one, points: reduced(one.points) }
      case 'MultiLineString':
        return { ...one, lines: one.lines.map(reduced) }
      case 'Polygon':
        return { ...one, rings: one.rings.map(reduced) }
      case 'MultiPolygon':
        return { ...one, polygons: one.polygons.map((rings) => rings.map(reduced)) }
      case 'GeometryCollection':
        return { ...one, items: one.items.map(replaced) }
      default:
        return one
    }
  }
  return replaced(geometry)
}

function linesOf(geometry: Geometry): readonly (Line | Ring)[] {
  switch (geometry.kind) {
    case 'LineString':
      return [geometry.points]
    case 'MultiLineString':
      return geometry.lines
    case 'Polygon':
      return geometry.rings
    case 'MultiPolygon':
      return geometry.polygons.flat()
    case 'GeometryCollection':
      return geometry.items.flatMap(linesOf)
    default:
      return []
  }
}

/** A segment as it was, number `index` of its line, or one that has replaced some. */
interface Piece {
  readonly segment: Segment
  readonly line?: Line
  readonly index: number
}

class Simplification {
  readonly #tolerance: number
  /** What the geometry consists of by now. */
  readonly #pieces = new Set<Piece>()
  readonly #original = new Map<Line, readonly Piece[]>()

  constructor(geometry: Geometry, tolerance: number) {
    this.#tolerance = tolerance
    for (const line of linesOf(geometry)) {
      const pieces = line.slice(1).map((end, index): Piece => ({ segment: [line[index]!, end], line, index }))
      this.#original.set(line, pieces)
      for (const piece of pieces) this.#pieces.add(piece)
    }
  }

  /** Each line of the geometry once, in their order. */
  reduced(line: Line): Line {
    if (line.length < 2) return line
    const least = samePlace(line[0]!, line.at(-1)!) ? 4 : 2
    const kept = [line[0]!]
    const spans = [{ from: 0, to: line.length - 1, depth: 1 }]
    for (let span = spans.pop(); span; span = spans.pop()) {
      const { from, to, depth } = span
      const enough = kept.length > 1 ? kept.length : 0
      const far = farthest(line, from, to)
      const isTooFew = enough < least && depth + 1 < least
      if (from + 1 === to || (!isTooFew && far.away <= this.#tolerance && this.#flatten(line, from, to))) {
        kept.push(line[to]!)
        continue
      }
      spans.push({ from: far.index, to, depth: depth + 1 }, { from, to: far.index, depth: depth + 1 })
    }
    return kept
  }

  /** Puts one segment in the place of those from corner to corner, unless it would meet others in their inside. */
  #flatten(line: Line, from: number, to: number): boolean {
    const segment: Segment = [line[from]!, line[to]!]
    const isReplaced = (piece: Piece) => piece.line === line && piece.index >= from && piece.index < to
    for (const piece of this.#pieces) if (meetInside(piece.segment, segment) && !isReplaced(piece)) return false
    for (const piece of this.#original.get(line)!.slice(from, to)) this.#pieces.delete(piece)
    this.#pieces.add({ segment, index: -1 })
    return true
  }
}

function farthest(line: Line, from: number, to: number): { readonly index: number; readonly away: number } {
  let [index, away] = [from, -1]
  for (let i = from + 1; i < to; i++) {
    const one = distance(nearestOn([line[from]!, line[to]!], line[i]!), line[i]!)
    if (one > away) [index, away] = [i, one]
  }
  return { index, away }
}

/** Whether they meet anywhere but in an end of both. */
function meetInside([a, b]: Segment, [c, d]: Segment): boolean {
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return false
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])) return false
  const isEnd = (at: Position, [p, q]: Segment) => samePlace(at, p) || samePlace(at, q)
  const touches = (at: Position, segment: Segment) => !isEnd(at, segment) && isOn(segment, at)
  if (touches(a, [c, d]) || touches(b, [c, d]) || touches(c, [a, b]) || touches(d, [a, b])) return true
  if (isEnd(a, [c, d]) || isEnd(b, [c, d])) return false
  return turn(a, b, c) > 0 !== turn(a, b, d) > 0 && turn(c, d, a) > 0 !== turn(c, d, b) > 0
}
