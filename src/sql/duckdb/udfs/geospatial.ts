/** Geospatial functions over geometries as well-known binary and Bing tiles as quadkeys. */
import {
  polygonOf,
  quadkeyOf,
  type Tile,
  tileAt,
  tileOf,
  tileOfPlace,
  tilesAround,
  tilesOf,
  tilesWithin,
} from '../../geometry/bing-tiles.ts'
import { buffer } from '../../geometry/buffer.ts'
import { parseGeoJson, writeGeoJson } from '../../geometry/geojson.ts'
import {
  assembled,
  boxOf,
  dimensionOf,
  type Geometry,
  GeometryError,
  isClosed,
  isEmpty,
  itemsOf,
  type Line,
  type Parts,
  type Position,
  partsOf,
  point,
  positionsOf,
  type Rings,
  samePlace,
} from '../../geometry/geometry.ts'
import { decodePolyline, encodePolyline, interpolate, interpolateAll, locate } from '../../geometry/lines.ts'
import { area, centroid, convexHull, envelope, lineLength, nearest, separation } from '../../geometry/measures.ts'
import { type Operation, overlay, unionOf } from '../../geometry/overlay.ts'
import { holds, type Relation } from '../../geometry/predicates.ts'
import { fits, relate } from '../../geometry/relation.ts'
import { simplified } from '../../geometry/simplification.ts'
import {
  asGeography,
  greatCircleKm,
  sphereArea,
  sphereCentroid,
  sphereDistance,
  sphereLength,
} from '../../geometry/sphere.ts'
import { crossesItself, invalidReason, isSimple } from '../../geometry/validity.ts'
import { parseWkb, writeWkb } from '../../geometry/wkb.ts'
import { parseWkt, writeWkt } from '../../geometry/wkt.ts'
import { FunctionFailure } from '../failures.ts'
import { type Udf, type UdfType, type UdfValue, udf } from './udf.ts'

type Answer = UdfValue | Geometry | readonly Geometry[] | null | undefined

/** The geometries read last: in a join one of two sides stays the same for many rows. */
const KEPT = 8
const lastRead: { readonly bytes: Uint8Array; readonly geometry: Geometry }[] = []

function read(bytes: Uint8Array): Geometry {
  const found = lastRead.findIndex((one) => one.bytes.length === bytes.length && Buffer.compare(one.bytes, bytes) === 0)
  if (found >= 0) return lastRead[found]!.geometry
  const geometry = parseWkb(bytes)
  lastRead.unshift({ bytes: Uint8Array.from(bytes), geometry })
  lastRead.length = Math.min(lastRead.length, KEPT)
  return geometry
}

const isGeometry = (value: unknown): value is Geometry => typeof value === 'object' && value !== null && 'kind' in value

function written(answer: Answer): UdfValue | null {
  if (answer === undefined || answer === null) return null
  if (isGeometry(answer)) return writeWkb(answer)
  if (Array.isArray(answer)) return answer.map((item) => (isGeometry(item) ? writeWkb(item) : item))
  return answer as UdfValue
}

/** A function named after Trino's, in which bytes are read as geometries and geometries are written as bytes. */
function geo(name: string, parameters: readonly UdfType[], result: UdfType, apply: (...args: never[]) => Answer): Udf {
  return udf(`js_${name}`, parameters, result, (...args: unknown[]) => {
    try {
      const values = args.map((arg, i) => {
        if (parameters[i] === 'BLOB') return read(arg as Uint8Array)
        return parameters[i] === 'BLOB[]' ? (arg as (Uint8Array | null)[]).map((bytes) => bytes && read(bytes)) : arg
      })
      return written((apply as (...values: unknown[]) => Answer)(...values))
    } catch (error) {
      if (error instanceof GeometryError) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', error.message)
      throw error
    }
  })
}

const measure = (name: string, apply: (geometry: Geometry) => Answer, result: UdfType = 'DOUBLE'): Udf =>
  geo(name, ['BLOB'], result, apply)
const relation = (name: Relation): Udf =>
  geo(`st_${name}`, ['BLOB', 'BLOB'], 'BOOLEAN', (a: Geometry, b: Geometry) => holds(name, a, b))
const combination = (name: string, operation: Operation): Udf =>
  geo(name, ['BLOB', 'BLOB'], 'BLOB', (a: Geometry, b: Geometry) => overlay(operation, a, b))

/** In Trino's words: `LINE_STRING`. */
const typeName = (geometry: Geometry): string => geometry.kind.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

function only<K extends Geometry['kind']>(name: string, geometry: Geometry, ...kinds: K[]): Geometry & { kind: K } {
  if ((kinds as string[]).includes(geometry.kind)) return geometry as Geometry & { kind: K }
  const names = kinds.map((kind) => typeName({ kind } as Geometry)).join(' or ')
  throw new GeometryError(`${name} only applies to ${names}. Input type is: ${typeName(geometry)}`)
}

const lineOf = (name: string, geometry: Geometry): Line => only(name, geometry, 'LineString').points
const NO_PARTS: Parts = { points: [], lines: [], polygons: [] }

function coordinate(name: string, axis: 0 | 1) {
  return (geometry: Geometry) => only(name, geometry, 'Point').at?.[axis]
}

const side = (pick: 'minX' | 'minY' | 'maxX' | 'maxY') => (geometry: Geometry) => boxOf(positionsOf(geometry))?.[pick]

function lineThrough(points: readonly (Geometry | null)[]): Geometry {
  const places = places_('ST_LineString', points)
  const repeated = places.findIndex((at, i) => i > 0 && samePlace(at, places[i - 1]!))
  if (repeated > 0)
    throw new GeometryError(`Invalid input to ST_LineString: consecutive duplicate points at index ${repeated + 1}`)
  return { kind: 'LineString', points: places.length > 1 ? places : [] }
}

function places_(name: string, points: readonly (Geometry | null)[]): readonly Position[] {
  return points.map((geometry, i) => {
    if (geometry?.kind === 'Point' && geometry.at) return geometry.at
    const what = geometry === null ? 'null' : geometry.kind === 'Point' ? 'empty point' : 'geometry that is no point'
    throw new GeometryError(`Invalid input to ${name}: ${what} at index ${i + 1}`)
  })
}

/** Of lines their ends, of polygons their rings. */
function boundary(geometry: Geometry): Geometry {
  const { lines, polygons } = partsOf(geometry)
  const ends = lines.filter((line) => !isClosed(line)).flatMap((line) => [line[0]!, line.at(-1)!])
  const odd = ends.filter((end) => ends.filter((other) => samePlace(other, end)).length % 2 === 1)
  if (dimensionOf(geometry) < 2) return { kind: 'MultiPoint', points: odd }
  return assembled({ ...NO_PARTS, lines: polygons.flat() })
}

function ringsOf(name: string, geometry: Geometry): Rings {
  return only(name, geometry, 'Polygon').rings
}

function bounds(geometry: Geometry): readonly Geometry[] | undefined {
  const box = boxOf(positionsOf(geometry))
  return box && [point([box.minX, box.minY]), point([box.maxX, box.maxY])]
}

function within(geometry: Geometry, distance: number): Answer {
  if (Number.isNaN(distance)) throw new GeometryError('distance is NaN')
  if (distance < 0) throw new GeometryError('distance is negative')
  if (distance === 0) return geometry
  return distance === Number.POSITIVE_INFINITY ? { kind: 'MultiPolygon', polygons: [] } : buffer(geometry, distance)
}

const tileTexts = (tiles: readonly Tile[]): string[] => tiles.map(quadkeyOf)
const number = (value: bigint): number => Number(value)

const READING: readonly Udf[] = [
  geo('st_geometryfromtext', ['VARCHAR'], 'BLOB', parseWkt),
  geo('st_linefromtext', ['VARCHAR'], 'BLOB', (text: string) => only('ST_LineFromText', parseWkt(text), 'LineString')),
  geo('st_polygon', ['VARCHAR'], 'BLOB', (text: string) => only('ST_Polygon', parseWkt(text), 'Polygon')),
  geo('st_geomfrombinary', ['BLOB'], 'BLOB', (geometry: Geometry) => geometry),
  geo('from_geojson_geometry', ['VARCHAR'], 'BLOB', (text: string) => asGeography(parseGeoJson(text))),
  geo('from_encoded_polyline', ['VARCHAR'], 'BLOB', (text: string) => ({
    kind: 'LineString',
    points: decodePolyline(text),
  })),
  geo('st_point', ['DOUBLE', 'DOUBLE'], 'BLOB', (x: number, y: number) => point([x, y])),
  geo('st_linestring', ['BLOB[]'], 'BLOB', lineThrough),
  geo('st_multipoint', ['BLOB[]'], 'BLOB', (points: readonly (Geometry | null)[]) =>
    points.length === 0 ? null : { kind: 'MultiPoint', points: places_('ST_MultiPoint', points) },
  ),
  geo('to_spherical_geography', ['BLOB'], 'BLOB', asGeography),
  geo('to_geometry', ['BLOB'], 'BLOB', (geometry: Geometry) => geometry),
  measure('st_astext', writeWkt, 'VARCHAR'),
  measure('st_asbinary', writeWkb, 'BLOB'),
  measure('to_geojson_geometry', writeGeoJson, 'VARCHAR'),
  measure(
    'to_encoded_polyline',
    (geometry) => encodePolyline(only('to_encoded_polyline', geometry, 'LineString', 'MultiPoint').points),
    'VARCHAR',
  ),
]

const ACCESSING: readonly Udf[] = [
  measure('st_x', coordinate('ST_X', 0)),
  measure('st_y', coordinate('ST_Y', 1)),
  measure('st_xmin', side('minX')),
  measure('st_ymin', side('minY')),
  measure('st_xmax', side('maxX')),
  measure('st_ymax', side('maxY')),
  measure('st_area', area),
  measure('st_length', (geometry) =>
    partsOf(only('ST_Length', geometry, 'LineString', 'MultiLineString')).lines.reduce(
      (sum, line) => sum + lineLength(line),
      0,
    ),
  ),
  measure('st_centroid', (geometry) => ({ kind: 'Point', ...at(centroid(geometry)) }), 'BLOB'),
  measure('st_convexhull', convexHull, 'BLOB'),
  measure('st_coorddim', () => 2n, 'BIGINT'),
  measure('st_dimension', (geometry) => BigInt(dimensionOf(geometry)), 'BIGINT'),
  measure(
    'st_geometrytype',
    (geometry) => `ST_${geometry.kind === 'GeometryCollection' ? 'GeomCollection' : geometry.kind}`,
    'VARCHAR',
  ),
  measure(
    'st_isclosed',
    (geometry) => partsOf(only('ST_IsClosed', geometry, 'LineString', 'MultiLineString')).lines.every(isClosed),
    'BOOLEAN',
  ),
  measure('st_isempty', isEmpty, 'BOOLEAN'),
  measure('st_issimple', isSimple, 'BOOLEAN'),
  measure(
    'st_isring',
    (geometry) => isClosed(lineOf('ST_IsRing', geometry)) && !crossesItself(lineOf('ST_IsRing', geometry)),
    'BOOLEAN',
  ),
  measure('st_isvalid', (geometry) => invalidReason(geometry) === undefined, 'BOOLEAN'),
  measure('geometry_invalid_reason', invalidReason, 'VARCHAR'),
  measure('st_numgeometries', (geometry) => BigInt(isEmpty(geometry) ? 0 : itemsOf(geometry).length), 'BIGINT'),
  measure('st_numpoints', (geometry) => BigInt(pointCount(geometry)), 'BIGINT'),
  measure(
    'st_numinteriorring',
    (geometry) => {
      const rings = ringsOf('ST_NumInteriorRing', geometry)
      return rings.length === 0 ? null : BigInt(rings.length - 1)
    },
    'BIGINT',
  ),
  measure('st_startpoint', (geometry) => lineOf('ST_StartPoint', geometry).slice(0, 1).map(point)[0], 'BLOB'),
  measure('st_endpoint', (geometry) => lineOf('ST_EndPoint', geometry).slice(-1).map(point)[0], 'BLOB'),
  measure('st_points', (geometry) => (isEmpty(geometry) ? null : positionsOf(geometry).map(point)), 'BLOB[]'),
  measure('st_geometries', (geometry) => (isEmpty(geometry) ? null : itemsOf(geometry)), 'BLOB[]'),
  measure('st_exteriorring', (geometry) => ringsOf('ST_ExteriorRing', geometry).slice(0, 1).map(ringLine)[0], 'BLOB'),
  measure(
    'st_interiorrings',
    (geometry) => (isEmpty(geometry) ? null : ringsOf('ST_InteriorRings', geometry).slice(1).map(ringLine)),
    'BLOB[]',
  ),
  geo('st_interiorringn', ['BLOB', 'BIGINT'], 'BLOB', (geometry: Geometry, n: bigint) =>
    n < 1n
      ? null
      : ringsOf('ST_InteriorRingN', geometry)
          .slice(number(n), number(n) + 1)
          .map(ringLine)[0],
  ),
  geo('st_geometryn', ['BLOB', 'BIGINT'], 'BLOB', (geometry: Geometry, n: bigint) =>
    n < 1n || isEmpty(geometry) ? null : itemsOf(geometry)[number(n) - 1],
  ),
  geo('st_pointn', ['BLOB', 'BIGINT'], 'BLOB', (geometry: Geometry, n: bigint) =>
    n < 1n
      ? null
      : lineOf('ST_PointN', geometry)
          .slice(number(n) - 1, number(n))
          .map(point)[0],
  ),
  geo('line_interpolate_point', ['BLOB', 'DOUBLE'], 'BLOB', (geometry: Geometry, fraction: number) =>
    isEmpty(geometry) ? null : point(interpolate(lineOf('line_interpolate_point', geometry), fraction)),
  ),
  geo('line_interpolate_points', ['BLOB', 'DOUBLE'], 'BLOB[]', (geometry: Geometry, fraction: number) =>
    isEmpty(geometry) ? null : interpolateAll(lineOf('line_interpolate_point', geometry), fraction).map(point),
  ),
  geo('line_locate_point', ['BLOB', 'BLOB'], 'DOUBLE', located),
  geo('simplify_geometry', ['BLOB', 'DOUBLE'], 'BLOB', simplified),
]

function located(line: Geometry, place: Geometry): number | null {
  if (isEmpty(line) || isEmpty(place)) return null
  if (line.kind !== 'LineString' && line.kind !== 'MultiLineString')
    throw new GeometryError(
      `First argument to line_locate_point must be a LineString or a MultiLineString. Got: ${line.kind}`,
    )
  if (place.kind !== 'Point')
    throw new GeometryError(`Second argument to line_locate_point must be a Point. Got: ${place.kind}`)
  return locate(partsOf(line).lines, place.at!)
}

const at = (position: Position | undefined): { readonly at?: Position } => (position ? { at: position } : {})
const ringLine = (points: Line): Geometry => ({ kind: 'LineString', points })

/** The first of a ring's points is not counted twice. */
function pointCount(geometry: Geometry): number {
  const { points, lines, polygons } = partsOf(geometry)
  return points.length + lines.flat().length + polygons.flat().reduce((sum, ring) => sum + ring.length - 1, 0)
}

const RELATING: readonly Udf[] = [
  ...(['equals', 'disjoint', 'intersects', 'touches', 'contains', 'within', 'crosses', 'overlaps'] as const).map(
    relation,
  ),
  geo('st_relate', ['BLOB', 'BLOB', 'VARCHAR'], 'BOOLEAN', (a: Geometry, b: Geometry, pattern: string) => {
    if (!/^[TF*012]{9}$/.test(pattern)) throw new GeometryError(`Invalid relation pattern: ${pattern}`)
    return fits(relate(a, b), pattern)
  }),
  geo('st_distance', ['BLOB', 'BLOB'], 'DOUBLE', separation),
  geo('geometry_nearest_points', ['BLOB', 'BLOB'], 'BLOB[]', (a: Geometry, b: Geometry) => nearest(a, b)?.map(point)),
  geo('st_buffer', ['BLOB', 'DOUBLE'], 'BLOB', within),
  measure('st_envelope', envelope, 'BLOB'),
  measure('st_envelopeaspts', bounds, 'BLOB[]'),
  measure('st_boundary', boundary, 'BLOB'),
  combination('st_union', 'union'),
  combination('st_intersection', 'intersection'),
  combination('st_difference', 'difference'),
  combination('st_symdifference', 'sym-difference'),
  geo('geometry_union', ['BLOB[]'], 'BLOB', (items: readonly (Geometry | null)[]) =>
    unionOf(items.filter((item) => item !== null)),
  ),
  geo('convex_hull', ['BLOB[]'], 'BLOB', (items: readonly (Geometry | null)[]) => {
    const present = items.filter((item) => item !== null)
    return present.length > 0 ? convexHull({ kind: 'GeometryCollection', items: present }) : null
  }),
]

const EARTH: readonly Udf[] = [
  geo('great_circle_distance', ['DOUBLE', 'DOUBLE', 'DOUBLE', 'DOUBLE'], 'DOUBLE', greatCircleKm),
  geo('sphere_st_distance', ['BLOB', 'BLOB'], 'DOUBLE', sphereDistance),
  measure('sphere_st_area', (geometry) => (isEmpty(geometry) ? null : sphereArea(geometry))),
  measure('sphere_st_length', (geometry) => (isEmpty(geometry) ? null : sphereLength(geometry))),
  measure('sphere_st_centroid', sphereCentroid, 'BLOB'),
  geo('bing_tile', ['BIGINT', 'BIGINT', 'BIGINT'], 'VARCHAR', (x: bigint, y: bigint, zoom: bigint) =>
    quadkeyOf(tileAt(number(x), number(y), number(zoom))),
  ),
  geo('bing_tile', ['VARCHAR'], 'VARCHAR', (quadkey: string) => {
    if (quadkey === '') throw new GeometryError('QuadKey must not be empty string')
    return quadkeyOf(tileOf(quadkey))
  }),
  geo('bing_tile_at', ['DOUBLE', 'DOUBLE', 'BIGINT'], 'VARCHAR', (latitude: number, longitude: number, zoom: bigint) =>
    quadkeyOf(tileOfPlace(latitude, longitude, number(zoom))),
  ),
  geo(
    'bing_tiles_around',
    ['DOUBLE', 'DOUBLE', 'BIGINT'],
    'VARCHAR[]',
    (latitude: number, longitude: number, zoom: bigint) => tileTexts(tilesAround(latitude, longitude, number(zoom))),
  ),
  geo(
    'bing_tiles_around',
    ['DOUBLE', 'DOUBLE', 'BIGINT', 'DOUBLE'],
    'VARCHAR[]',
    (latitude: number, longitude: number, zoom: bigint, radius: number) =>
      tileTexts(tilesWithin(latitude, longitude, number(zoom), radius)),
  ),
  geo('bing_tile_axis', ['VARCHAR', 'VARCHAR'], 'BIGINT', (quadkey: string, axis: 'x' | 'y' | 'zoom') =>
    BigInt(tileOf(quadkey)[axis]),
  ),
  geo('bing_tile_text', ['VARCHAR'], 'VARCHAR', (quadkey: string) => {
    const { x, y, zoom } = tileOf(quadkey)
    return `BingTile{x=${x}, y=${y}, zoom_level=${zoom}}`
  }),
  geo('bing_tile_polygon', ['VARCHAR'], 'BLOB', (quadkey: string) => polygonOf(tileOf(quadkey))),
  geo('geometry_to_bing_tiles', ['BLOB', 'BIGINT'], 'VARCHAR[]', (geometry: Geometry, zoom: bigint) =>
    tileTexts(tilesOf(geometry, number(zoom))),
  ),
]

export const geospatialUdfs: readonly Udf[] = [...READING, ...ACCESSING, ...RELATING, ...EARTH]
