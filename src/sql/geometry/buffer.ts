/**
 * Everything within a distance of a geometry, round at corners and ends. Circles have 96 corners that lie on them, as in
 * the library that Trino calls, with one more where a straight side begins.
 */
import { type Geometry, type Line, type Position, partsOf, type Ring, samePlace } from './geometry.ts'
import { unionOf } from './overlay.ts'
import { segmentsOf } from './segments.ts'

const CORNERS = 96
const STEP = (2 * Math.PI) / CORNERS
/** Of a corner: the side begins on it. */
const NEAR = 1e-9

/** `distance` is above zero and finite. Undefined for an empty geometry. */
export function buffer(geometry: Geometry, distance: number): Geometry | undefined {
  const { points, lines, polygons } = partsOf(geometry)
  const around = (line: Line): Geometry[] =>
    line.length === 1 || line.every((at) => samePlace(at, line[0]!))
      ? [polygon(circle(line[0]!, distance))]
      : segmentsOf(line).flatMap(([from, to]) => (samePlace(from, to) ? [] : [polygon(capsule(from, to, distance))]))
  return unionOf([
    ...points.map((at) => polygon(circle(at, distance))),
    ...lines.flatMap(around),
    ...polygons.flatMap((rings): Geometry[] => [{ kind: 'Polygon', rings }, ...rings.flatMap(around)]),
  ])
}

const polygon = (ring: Ring): Geometry => ({ kind: 'Polygon', rings: [ring] })

/** The circle's corner of a number, exact where an axis is met. */
function corner(center: Position, distance: number, n: number): Position {
  const angle = n * STEP
  const onAxis = n % (CORNERS / 4) === 0
  const [x, y] = [Math.cos(angle), Math.sin(angle)].map((value) => (onAxis ? Math.round(value) : value)) as [
    number,
    number,
  ]
  return [center[0] + distance * x, center[1] + distance * y]
}

function circle(center: Position, distance: number): Ring {
  const ring = Array.from({ length: CORNERS }, (_, n) => corner(center, distance, n))
  return [...ring, ring[0]!]
}

/** A side to the right of the segment, half a circle around its end, the other side, and half a circle back. */
function capsule(from: Position, to: Position, distance: number): Ring {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  const [dx, dy] = [((to[1] - from[1]) / length) * distance, (-(to[0] - from[0]) / length) * distance]
  const start: Position = [from[0] + dx, from[1] + dy]
  const angle = Math.atan2(dy, dx)
  return [
    start,
    [to[0] + dx, to[1] + dy],
    ...halfCircle(to, distance, angle),
    [to[0] - dx, to[1] - dy],
    [from[0] - dx, from[1] - dy],
    ...halfCircle(from, distance, angle + Math.PI),
    start,
  ]
}

/** The corners strictly between an angle and the one across, against the clock. */
function halfCircle(center: Position, distance: number, angle: number): Position[] {
  const first = Math.floor(angle / STEP + NEAR) + 1
  const last = Math.ceil((angle + Math.PI) / STEP - NEAR) - 1
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => corner(center, distance, first + i))
}
