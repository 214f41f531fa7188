/** Bing's map tiles (learn.microsoft.com, "Bing Maps Tile System"). A tile is kept as its quadkey. */
import { type Box, boxOf, type Geometry, GeometryError, type Position, positionsOf } from './geometry.ts'
import { holds } from './predicates.ts'
import { degrees, EARTH_RADIUS_KM, greatCircleKm, radians } from './sphere.ts'

const MAX_ZOOM = 23
const TILE_PIXELS = 256
const MAX_LATITUDE = 85.05112878
const MAX_TILES = 1_000_000

export interface Tile {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

function checkZoom(zoom: number): void {
  if (zoom > MAX_ZOOM) throw new GeometryError(`Zoom level must be <= ${MAX_ZOOM}`)
  if (zoom <= 0) throw new GeometryError('Zoom level must be > 0')
}

export function tileAt(x: number, y: number, zoom: number): Tile {
  checkZoom(zoom)
  const count = 2 ** zoom
  if (x < 0 || y < 0 || x >= count || y >= count)
    throw new GeometryError(`XY coordinates for a Bing tile at zoom level ${zoom} must be within [0, ${count}) range`)
  return { x, y, zoom }
}

export function quadkeyOf({ x, y, zoom }: Tile): string {
  return Array.from({ length: zoom }, (_, i) => {
    const bit = zoom - 1 - i
    return ((x >> bit) & 1) + 2 * ((y >> bit) & 1)
  }).join('')
}

/** Throws GeometryError when the text is no quadkey. */
export function tileOf(quadkey: string): Tile {
  if (quadkey.length > MAX_ZOOM) throw new GeometryError(`QuadKey must be ${MAX_ZOOM} characters or less`)
  if (!/^[0-3]*$/.test(quadkey)) throw new GeometryError(`Invalid QuadKey digit sequence: ${quadkey}`)
  let [x, y] = [0, 0]
  for (const digit of quadkey) {
    x = 2 * x + (Number(digit) & 1)
    y = 2 * y + (Number(digit) >> 1)
  }
  return { x, y, zoom: quadkey.length }
}

export function tileOfPlace(latitude: number, longitude: number, zoom: number): Tile {
  if (!(latitude >= -MAX_LATITUDE && latitude <= MAX_LATITUDE))
    throw new GeometryError(`Latitude must be between -${MAX_LATITUDE} and ${MAX_LATITUDE}`)
  if (!(longitude >= -180 && longitude <= 180)) throw new GeometryError('Longitude must be between -180.0 and 180.0')
  checkZoom(zoom)
  return { ...pixelTile(latitude, longitude, zoom), zoom }
}

function pixelTile(latitude: number, longitude: number, zoom: number): { readonly x: number; readonly y: number } {
  const size = TILE_PIXELS * 2 ** zoom
  const sine = Math.sin((latitude * Math.PI) / 180)
  const tile = (part: number): number => Math.floor(Math.max(0, Math.min(size - 1, part * size)) / TILE_PIXELS)
  return {
    x: tile((longitude + 180) / 360),
    y: tile(0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)),
  }
}

/** The upper left one. */
function cornerOf(x: number, y: number, zoom: number): Position {
  const size = 2 ** zoom
  return [360 * (x / size - 0.5), 90 - (360 * Math.atan(Math.exp(-(0.5 - y / size) * 2 * Math.PI))) / Math.PI]
}

function boxOfTile({ x, y, zoom }: Tile): Box {
  const [minX, maxY] = cornerOf(x, y, zoom)
  const [maxX, minY] = cornerOf(x + 1, y + 1, zoom)
  return { minX, maxX, minY, maxY }
}

export function polygonOf(tile: Tile): Geometry {
  const { minX, minY, maxX, maxY } = boxOfTile(tile)
  return {
    kind: 'Polygon',
    rings: [
      [
        [minX, minY],
        [minX, maxY],
        [maxX, maxY],
        [maxX, minY],
        [minX, minY],
      ],
    ],
  }
}

/** Column by column. */
function tilesBetween(from: { x: number; y: number }, to: { x: number; y: number }, zoom: number): Tile[] {
  const [width, height] = [to.x - from.x + 1, to.y - from.y + 1]
  return Array.from({ length: width * height }, (_, i) => ({
    x: from.x + Math.floor(i / height),
    y: from.y + (i % height),
    zoom,
  }))
}

/** The tile of a place and its neighbours. */
export function tilesAround(latitude: number, longitude: number, zoom: number): Tile[] {
  const { x, y } = tileOfPlace(latitude, longitude, zoom)
  const last = 2 ** zoom - 1
  return tilesBetween(
    { x: Math.max(0, x - 1), y: Math.max(0, y - 1) },
    { x: Math.min(last, x + 1), y: Math.min(last, y + 1) },
    zoom,
  )
}

const MAX_RADIUS_KM = 1000

/** The tiles that cover a circle, which may reach over the date line. First the row and the column of its middle. */
export function tilesWithin(latitude: number, longitude: number, zoom: number, radiusKm: number): Tile[] {
  const middle = tileOfPlace(latitude, longitude, zoom)
  if (!(radiusKm >= 0)) throw new GeometryError('Radius must be >= 0')
  if (radiusKm > MAX_RADIUS_KM) throw new GeometryError('Radius must be <= 1,000 km')
  const count = 2 ** zoom
  const { north, south, east, west } = reach(latitude, longitude, radiusKm)
  const [top, bottom] = [pixelTile(north, longitude, zoom).y, pixelTile(south, longitude, zoom).y]
  const [left, right] = [pixelTile(latitude, west, zoom).x, pixelTile(latitude, east, zoom).x]
  const width = (right < left ? right + count : right) - left + 1
  const total = width * (bottom - top + 1)
  if (total > MAX_TILES)
    throw new GeometryError(
      `The number of tiles covering input rectangle exceeds the limit of 1M. Number of tiles: ${total}. Radius: ${radiusKm.toFixed(1)} km. Zoom level: ${zoom}.`,
    )
  const isWithin = (at: Position) => greatCircleKm(latitude, longitude, at[1], at[0]) <= radiusKm
  /** The tiles of a column from the outside inwards, from the first whose inner corner lies in the circle. */
  const column = (x: number, inner: 0 | 1): Tile[] => {
    const above = Array.from({ length: middle.y - top }, (_, i) => top + i)
    const below = Array.from({ length: bottom - middle.y }, (_, i) => bottom - i)
    const first = above.findIndex((y) => isWithin(cornerOf(x + inner, y + 1, zoom)))
    const last = below.findIndex((y) => isWithin(cornerOf(x + inner, y, zoom)))
    const rows = [...(first < 0 ? [] : above.slice(first)), ...(last < 0 ? [] : below.slice(last))]
    return rows.map((y) => ({ x, y, zoom }))
  }
  const fromEast = Array.from({ length: (right - middle.x + count) % count }, (_, i) => (right - i + count) % count)
  const fromWest = Array.from({ length: (middle.x - left + count) % count }, (_, i) => (left + i) % count)
  return [
    ...Array.from({ length: width }, (_, i) => ({ x: (left + i) % count, y: middle.y, zoom })),
    ...Array.from({ length: bottom - top + 1 }, (_, i) => ({ x: middle.x, y: top + i, zoom })).filter(
      ({ y }) => y !== middle.y,
    ),
    ...fromEast.flatMap((x) => column(x, 0)),
    ...fromWest.flatMap((x) => column(x, 1)),
  ]
}

/** How far a circle goes, on the meridian of its middle and on the parallel. */
function reach(latitude: number, longitude: number, radiusKm: number) {
  const [phi, angle] = [radians(latitude), radiusKm / EARTH_RADIUS_KM]
  const limited = (value: number): number => Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, degrees(value)))
  const risen = (side: 1 | -1) =>
    limited(Math.asin(Math.sin(phi) * Math.cos(angle) + side * Math.cos(phi) * Math.sin(angle)))
  const turn = degrees(Math.atan2(Math.sin(angle) * Math.cos(phi), Math.cos(angle) - Math.sin(phi) ** 2))
  const [east, west] = [longitude + turn, longitude - turn]
  return {
    north: risen(1),
    south: risen(-1),
    east: east > 180 ? east - 360 : east,
    west: west < -180 ? west + 360 : west,
  }
}

/** The tiles that a geometry meets; from this level on, those inside of a larger tile that it covers are not looked at. */
const LARGE_ZOOM = 10
const MAX_COMPLEXITY = 25_000_000
const TOO_COMPLEX =
  'The zoom level is too high or the geometry is too complex to compute a set of covering Bing tiles. Please use a lower zoom level or convert the geometry to its bounding box using the ST_Envelope function.'

export function tilesOf(geometry: Geometry, zoom: number): Tile[] {
  checkZoom(zoom)
  const box = boxOf(positionsOf(geometry))
  if (!box) return []
  if (box.minY < -MAX_LATITUDE || box.maxY > MAX_LATITUDE)
    throw new GeometryError('Latitude span for the geometry must be in [-85.05, 85.05] range')
  if (box.minX < -180 || box.maxX > 180)
    throw new GeometryError('Longitude span for the geometry must be in [-180.00, 180.00] range')
  const from = tileOfPlace(box.maxY, box.minX, zoom)
  const last = tileOfPlace(box.minY, box.maxX, zoom)
  // A geometry that ends at the edge of a tile does not reach into the next one.
  const beyond = boxOfTile(last)
  const to = {
    x: beyond.minX === box.maxX ? last.x - 1 : last.x,
    y: beyond.maxY === box.minY ? last.y - 1 : last.y,
  }
  const total = (to.x - from.x + 1) * (to.y - from.y + 1)
  if (isPointOrRectangle(geometry, box)) {
    checkRectangle(box, total, zoom)
    return tilesBetween(from, to, zoom)
  }
  if (total * positionsOf(geometry).length > MAX_COMPLEXITY) throw new GeometryError(TOO_COMPLEX)
  const meets = (tile: Tile): boolean => holds('intersects', polygonOf(tile), geometry)
  if (zoom <= LARGE_ZOOM) return tilesBetween(from, to, zoom).filter(meets)
  const up = 2 ** (zoom - LARGE_ZOOM)
  const large = ({ x, y }: { x: number; y: number }) => ({ x: Math.floor(x / up), y: Math.floor(y / up) })
  return tilesBetween(large(from), large(to), LARGE_ZOOM).flatMap((tile) => tilesInside(tile, geometry, zoom))
}

/** The tiles of a level inside of a larger tile that a geometry meets. */
function tilesInside(tile: Tile, geometry: Geometry, zoom: number): readonly Tile[] {
  const square = polygonOf(tile)
  if (!holds('intersects', square, geometry)) return []
  if (tile.zoom === zoom) return [tile]
  if (holds('contains', geometry, square)) return partsOfTile(tile, zoom)
  return partsOfTile(tile, tile.zoom + 1).flatMap((part) => tilesInside(part, geometry, zoom))
}

function partsOfTile({ x, y, zoom: own }: Tile, zoom: number): Tile[] {
  const scale = 2 ** (zoom - own)
  return tilesBetween({ x: x * scale, y: y * scale }, { x: (x + 1) * scale - 1, y: (y + 1) * scale - 1 }, zoom)
}

function checkRectangle({ minX, minY, maxX, maxY }: Box, total: number, zoom: number): void {
  if (total <= MAX_TILES) return
  const edges = { xMin: minX, yMin: minY, xMax: maxX, yMax: maxY }
  const listed = Object.entries(edges).map(([name, value]) => `${name}=${value.toFixed(2)}`)
  throw new GeometryError(
    `The number of tiles covering input rectangle exceeds the limit of 1M. Number of tiles: ${total}. Rectangle: ${listed.join(', ')}. Zoom level: ${zoom}.`,
  )
}

/** Of which every tile between is met. */
function isPointOrRectangle(geometry: Geometry, { minX, minY, maxX, maxY }: Box): boolean {
  if (geometry.kind === 'Point') return true
  if (geometry.kind !== 'Polygon' || geometry.rings.length !== 1 || geometry.rings[0]!.length !== 5) return false
  const corners = new Set(geometry.rings[0]!.map((at) => at.join(' ')))
  return [minX, maxX].every((x) => [minY, maxY].every((y) => corners.has(`${x} ${y}`)))
}
