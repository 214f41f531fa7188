/** Distances and areas on the Earth as a sphere. Longitude is x, latitude is y, both in degrees. */
import {
  type Geometry,
  GeometryError,
  type Line,
  type Position,
  partsOf,
  positionsOf,
  type Ring,
  samePlace,
} from './geometry.ts'

export const EARTH_RADIUS_KM = 6371.01
const EARTH_RADIUS_M = EARTH_RADIUS_KM * 1000
export const radians = (degrees: number): number => (degrees * Math.PI) / 180
export const degrees = (angle: number): number => (angle * 180) / Math.PI

function checkLatitude(latitude: number): void {
  if (!(latitude >= -90 && latitude <= 90)) throw new GeometryError('Latitude must be between -90 and 90')
}

function checkLongitude(longitude: number): void {
  if (!(longitude >= -180 && longitude <= 180)) throw new GeometryError('Longitude must be between -180 and 180')
}

/** Kilometres. */
export function greatCircleKm(latitude1: number, longitude1: number, latitude2: number, longitude2: number): number {
  for (const latitude of [latitude1, latitude2]) checkLatitude(latitude)
  for (const longitude of [longitude1, longitude2]) checkLongitude(longitude)
  const [a, b, delta] = [radians(latitude1), radians(latitude2), radians(longitude2 - longitude1)]
  const across = Math.cos(b) * Math.sin(delta)
  const along = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(delta)
  const towards = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(delta)
  return Math.atan2(Math.sqrt(across * across + along * along), towards) * EARTH_RADIUS_KM
}

const metres = (a: Position, b: Position): number => greatCircleKm(a[1], a[0], b[1], b[0]) * 1000

export function asGeography(geometry: Geometry): Geometry {
  for (const [longitude, latitude] of positionsOf(geometry)) {
    checkLatitude(latitude)
    checkLongitude(longitude)
  }
  return geometry
}

/** Metres between two points; undefined when one is empty. */
export function sphereDistance(a: Geometry, b: Geometry): number | undefined {
  if (positionsOf(a).length === 0 || positionsOf(b).length === 0) return undefined
  for (const { kind } of [a, b])
    if (kind !== 'Point')
      throw new GeometryError(
        `When applied to SphericalGeography inputs, ST_Distance only supports POINT. Input type is: ${typeName(kind)}`,
      )
  return metres(positionsOf(a)[0]!, positionsOf(b)[0]!)
}

const typeName = (kind: Geometry['kind']): string => kind.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

/** Metres. */
export function sphereLength(geometry: Geometry): number {
  if (!geometry.kind.endsWith('LineString'))
    throw new GeometryError(
      `When applied to SphericalGeography inputs, ST_Length only supports LINE_STRING or MULTI_LINE_STRING. Input type is: ${typeName(geometry.kind)}`,
    )
  const length = (line: Line) => line.slice(1).reduce((sum, end, i) => sum + metres(line[i]!, end), 0)
  return partsOf(geometry).lines.reduce((sum, line) => sum + length(line), 0)
}

/** Square metres. */
export function sphereArea(geometry: Geometry): number {
  if (!geometry.kind.endsWith('Polygon'))
    throw new GeometryError(
      `When applied to SphericalGeography inputs, ST_Area only supports POLYGON or MULTI_POLYGON. Input type is: ${typeName(geometry.kind)}`,
    )
  return partsOf(geometry).polygons.reduce((total, [shell, ...holes]) => {
    const excess = Math.abs(excessOf(shell!)) - holes.reduce((sum, hole) => sum + Math.abs(excessOf(hole)), 0)
    return total + excess * EARTH_RADIUS_M ** 2
  }, 0)
}

/** The spherical excess of a ring: of each edge, that of the trapezium between it and the equator. */
function excessOf(ring: Ring): number {
  if (ring.length < 4) throw new GeometryError('Polygon is not valid: a loop contains less then 3 vertices.')
  if (ring.some((at, i) => i > 0 && samePlace(at, ring[i - 1]!)))
    throw new GeometryError('Polygon is not valid: it has two identical consecutive vertices')
  let total = 0
  let turns = 0
  for (let i = 1; i < ring.length; i++) {
    const [from, to] = [ring[i - 1]!, ring[i]!]
    let delta = radians(to[0] - from[0])
    if (delta > Math.PI) delta -= 2 * Math.PI
    if (delta < -Math.PI) delta += 2 * Math.PI
    turns += delta
    const [a, b] = [Math.tan(radians(from[1]) / 2), Math.tan(radians(to[1]) / 2)]
    total += 2 * Math.atan2(Math.tan(delta / 2) * (a + b), 1 + a * b)
  }
  // A ring around a pole leaves out what is between it and the equator.
  return Math.abs(turns) > Math.PI ? 2 * Math.PI - Math.abs(total) : total
}

/** The middle of points on the sphere. */
export function sphereCentroid(geometry: Geometry): Geometry {
  if (!geometry.kind.endsWith('Point'))
    throw new GeometryError(
      `When applied to SphericalGeography inputs, ST_Centroid only supports POINT or MULTI_POINT. Input type is: ${typeName(geometry.kind)}`,
    )
  const points = positionsOf(geometry)
  if (points.length < 2) return points[0] ? { kind: 'Point', at: points[0] } : { kind: 'Point' }
  let [x, y, z] = [0, 0, 0]
  for (const [longitude, latitude] of points) {
    x += Math.cos(radians(latitude)) * Math.cos(radians(longitude))
    y += Math.cos(radians(latitude)) * Math.sin(radians(longitude))
    z += Math.sin(radians(latitude))
  }
  return { kind: 'Point', at: [degrees(Math.atan2(y, x)), degrees(Math.atan2(z, Math.hypot(x, y)))] }
}
