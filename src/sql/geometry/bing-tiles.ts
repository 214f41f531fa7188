/** Bing's map tiles (learn.microsoft.com, "Bing Maps Tile System"). A tile is kept as its quadkey. */
import { type Box, boxOf, type Geometry, GeometryError, positionsOf } from './geometry.ts'
import { holds } from './predicates.ts'
import { greatCircleKm } from './sphere.ts'

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
  if (zoom < 0) throw new GeometryError('Zoom level must be >= 0')
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

function boxOfTile({ x, y, zoom }: Tile): Box {
  const size = 2 ** zoom
  const longitude = (tile: number): number => 360 * (tile / size - 0.5)
  const latitude = (tile: number): number =>
    90 - (360 * Math.atan(Math.exp(-(0.5 - tile / size) * 2 * Math.PI))) / Math.PI
  return { minX: longitude(x), maxX: longitude(x + 1), minY: latitude(y + 1), maxY: latitude(y) }
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

function tilesBetween(from: { x: number; y: number }, to: { x: number; y: number }, zoom: number): Tile[] {
  const [width, height] = [to.x - from.x + 1, to.y - from.y + 1]
  if (width * height > MAX_TILES)
    throw new GeometryError(
      `The number of input tiles is too large (more than ${MAX_TILES / 1_000_000}M) to compute a set of covering Bing tiles.`,
    )
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
const KM_PER_DEGREE = 111.195

/** The tiles that a circle meets. */
export function tilesWithin(latitude: number, longitude: number, zoom: number, radiusKm: number): Tile[] {
  if (radiusKm < 0) throw new GeometryError('Radius must be >= 0')
  if (radiusKm > MAX_RADIUS_KM) throw new GeometryError(`Radius must be <= ${MAX_RADIUS_KM} km`)
  tileOfPlace(latitude, longitude, zoom)
  const rise = radiusKm / KM_PER_DEGREE
  const run = rise / Math.max(0.01, Math.cos((latitude * Math.PI) / 180))
  const clip = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value))
  const from = pixelTile(clip(latitude + rise, MAX_LATITUDE), clip(longitude - run, 180), zoom)
  const to = pixelTile(clip(latitude - rise, MAX_LATITUDE), clip(longitude + run, 180), zoom)
  return tilesBetween(from, to, zoom).filter((tile) => {
    const { minX, minY, maxX, maxY } = boxOfTile(tile)
    const [y, x] = [Math.max(minY, Math.min(maxY, latitude)), Math.max(minX, Math.min(maxX, longitude))]
    return greatCircleKm(latitude, longitude, y, x) <= radiusKm
  })
}

/** The tiles that a geometry meets. */
export function tilesOf(geometry: Geometry, zoom: number): Tile[] {
  checkZoom(zoom)
  const box = boxOf(positionsOf(geometry))
  if (!box) return []
  const from = tileOfPlace(box.maxY, box.minX, zoom)
  const last = tileOfPlace(box.minY, box.maxX, zoom)
  // A geometry that ends at the edge of a tile does not reach into the next one.
  const beyond = boxOfTile(last)
  const to = {
    x: last.x > from.x && beyond.minX === box.maxX ? last.x - 1 : last.x,
    y: last.y > from.y && beyond.maxY === box.minY ? last.y - 1 : last.y,
  }
  const all = tilesBetween(from, to, zoom)
  return geometry.kind === 'Point' ? all : all.filter((tile) => holds('intersects', polygonOf(tile), geometry))
}
