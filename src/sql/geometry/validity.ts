/** Whether geometries keep the rules of simple features. */
import { type Geometry, isClosed, itemsOf, type Line, partsOf, type Rings, samePlace } from './geometry.ts'
import { doubleArea, meeting, placeInRings, segmentsOf } from './segments.ts'

/** Undefined for a valid geometry. */
export function invalidReason(geometry: Geometry): string | undefined {
  if (geometry.kind === 'GeometryCollection') return itemsOf(geometry).map(invalidReason).find(Boolean)
  const { lines, polygons } = partsOf(geometry)
  if (lines.some((line) => line.every((at) => samePlace(at, line[0]!)))) return 'Invalid number of points in LineString'
  return polygons.map(invalidPolygon).find(Boolean) ?? overlappingShells(polygons)
}

function invalidPolygon(rings: Rings): string | undefined {
  const [shell, ...holes] = rings
  if (rings.some((ring) => !isClosed(ring))) return 'Ring is not closed'
  if (rings.some((ring) => crossesItself(ring))) return 'Self-intersection'
  if (rings.some((ring) => ring.length < 4 || doubleArea(ring) === 0))
    return 'Too few distinct points in geometry component'
  const outside = holes.find((hole) => hole.some((at) => placeInRings(at, [shell!]) === 'outside'))
  return outside && 'Hole lies outside shell'
}

function overlappingShells(polygons: readonly Rings[]): string | undefined {
  const nested = polygons.some((rings, i) =>
    polygons.some((other, j) => i !== j && rings[0]!.some((at) => placeInRings(at, other) === 'inside')),
  )
  return nested ? 'Nested shells' : undefined
}

/** Whether a line meets itself elsewhere than at the ends of neighbouring segments, or where it closes. */
export function crossesItself(line: Line): boolean {
  const segments = segmentsOf(line).filter(([a, b]) => !samePlace(a, b))
  const last = segments.length - 1
  return segments.some((one, i) =>
    segments.slice(i + 1).some((other, offset) => {
      const meet = meeting(one, other)
      const neighbours = offset === 0 || (i === 0 && i + 1 + offset === last && isClosed(line))
      if (!neighbours) return meet.length > 0
      return meet.some((at) => !(samePlace(at, other[0]) || samePlace(at, other[1]))) || distinct(meet) > 1
    }),
  )
}

const distinct = (places: readonly (readonly [number, number])[]): number => new Set(places.map(String)).size

export function isSimple(geometry: Geometry): boolean {
  if (geometry.kind === 'GeometryCollection') return geometry.items.every(isSimple)
  const { points, lines } = partsOf(geometry)
  if (distinct(points) < points.length || lines.some(crossesItself)) return false
  return !lines.some((line, i) => lines.slice(i + 1).some((other) => meetInside(line, other)))
}

/** Lines of a simple geometry meet at their ends alone. */
function meetInside(a: Line, b: Line): boolean {
  const ends = (line: Line) => [line[0]!, line.at(-1)!]
  const isEnd = (at: readonly [number, number]): boolean =>
    ends(a).some((end) => samePlace(end, at)) && ends(b).some((end) => samePlace(end, at))
  return segmentsOf(a).some((one) => segmentsOf(b).some((other) => meeting(one, other).some((at) => !isEnd(at))))
}
