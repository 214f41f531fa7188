/** Geometries as GeoJSON (RFC 7946). */
import { type Geometry, GeometryError, type Position } from './geometry.ts'

export function writeGeoJson(geometry: Geometry): string {
  return JSON.stringify(shape(geometry))
}

function shape(geometry: Geometry): unknown {
  switch (geometry.kind) {
    case 'Point':
      return { type: geometry.kind, coordinates: geometry.at ?? [] }
    case 'LineString':
    case 'MultiPoint':
      return { type: geometry.kind, coordinates: geometry.points }
    case 'Polygon':
      return { type: geometry.kind, coordinates: geometry.rings }
    case 'MultiLineString':
      return { type: geometry.kind, coordinates: geometry.lines }
    case 'MultiPolygon':
      return { type: geometry.kind, coordinates: geometry.polygons }
    case 'GeometryCollection':
      return { type: geometry.kind, geometries: geometry.items.map(shape) }
  }
}

/** Throws GeometryError. */
export function parseGeoJson(text: string): Geometry {
  try {
    return read(JSON.parse(text) as unknown)
  } catch (error) {
    throw error instanceof GeometryError ? error : new GeometryError(`Invalid GeoJSON: ${text}`)
  }
}

function read(value: unknown): Geometry {
  const { type, coordinates, geometries } = value as { type?: unknown; coordinates?: unknown; geometries?: unknown }
  switch (type) {
    case 'Point':
      return (coordinates as unknown[]).length === 0 ? { kind: type } : { kind: type, at: position(coordinates) }
    case 'LineString':
    case 'MultiPoint':
      return { kind: type, points: list(coordinates, position) }
    case 'Polygon':
      return { kind: type, rings: list(coordinates, line) }
    case 'MultiLineString':
      return { kind: type, lines: list(coordinates, line) }
    case 'MultiPolygon':
      return { kind: type, polygons: list(coordinates, (rings) => list(rings, line)) }
    case 'GeometryCollection':
      return { kind: type, items: list(geometries, read) }
    default:
      throw new GeometryError(`Invalid GeoJSON: Could not parse Geometry from GeoJson: unknown type ${String(type)}`)
  }
}

function list<T>(value: unknown, item: (value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new GeometryError('Invalid GeoJSON: coordinates are missing')
  return value.map(item)
}

const line = (value: unknown): readonly Position[] => list(value, position)

function position(value: unknown): Position {
  const [x, y] = list(value, Number)
  if (x === undefined || y === undefined || Number.isNaN(x) || Number.isNaN(y))
    throw new GeometryError('Invalid GeoJSON: a position is not a pair of numbers')
  return [x, y]
}
