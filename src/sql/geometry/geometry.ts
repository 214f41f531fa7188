/** Simple features of the plane (OGC 06-103r4), in two dimensions: points, lines, polygons and collections of them. */

export type Position = readonly [x: number, y: number]
export type Line = readonly Position[]
/** Closed: the last position is the first. */
export type Ring = readonly Position[]
/** The shell, then the holes. */
export type Rings = readonly Ring[]

export type Geometry =
  /** Without a position it is empty. */
  | { readonly kind: 'Point'; readonly at?: Position }
  | { readonly kind: 'LineString'; readonly points: Line }
  | { readonly kind: 'Polygon'; readonly rings: Rings }
  | { readonly kind: 'MultiPoint'; readonly points: readonly Position[] }
  | { readonly kind: 'MultiLineString'; readonly lines: readonly Line[] }
  | { readonly kind: 'MultiPolygon'; readonly polygons: readonly Rings[] }
  | { readonly kind: 'GeometryCollection'; readonly items: readonly Geometry[] }
export type GeometryKind = Geometry['kind']

/** What an operation can not do with the geometry at hand; told to the user. */
export class GeometryError extends Error {}

/** A geometry as what it is made of. */
export interface Parts {
  readonly points: readonly Position[]
  readonly lines: readonly Line[]
  readonly polygons: readonly Rings[]
}

export function partsOf(geometry: Geometry): Parts {
  const none: Parts = { points: [], lines: [], polygons: [] }
  switch (geometry.kind) {
    case 'Point':
      return { ...none, points: geometry.at ? [geometry.at] : [] }
    case 'MultiPoint':
      return { ...none, points: geometry.points }
    case 'LineString':
      return { ...none, lines: geometry.points.length > 0 ? [geometry.points] : [] }
    case 'MultiLineString':
      return { ...none, lines: geometry.lines.filter((line) => line.length > 0) }
    case 'Polygon':
      return { ...none, polygons: geometry.rings.length > 0 ? [geometry.rings] : [] }
    case 'MultiPolygon':
      return { ...none, polygons: geometry.polygons.filter((rings) => rings.length > 0) }
    case 'GeometryCollection': {
      const all = geometry.items.map(partsOf)
      return {
        points: all.flatMap(({ points }) => points),
        lines: all.flatMap(({ lines }) => lines),
        polygons: all.flatMap(({ polygons }) => polygons),
      }
    }
  }
}

/** The items of a collection or multi-geometry; a single geometry is its only item. */
export function itemsOf(geometry: Geometry): readonly Geometry[] {
  switch (geometry.kind) {
    case 'MultiPoint':
      return geometry.points.map(point)
    case 'MultiLineString':
      return geometry.lines.map((points) => ({ kind: 'LineString', points }))
    case 'MultiPolygon':
      return geometry.polygons.map((rings) => ({ kind: 'Polygon', rings }))
    case 'GeometryCollection':
      return geometry.items
    default:
      return [geometry]
  }
}

export function positionsOf(geometry: Geometry): readonly Position[] {
  const { points, lines, polygons } = partsOf(geometry)
  return [...points, ...lines.flat(), ...polygons.flat(2)]
}

export const isEmpty = (geometry: Geometry): boolean => positionsOf(geometry).length === 0

/** 0 for points, 1 for lines, 2 for polygons; of a collection the greatest. */
export function dimensionOf(geometry: Geometry): number {
  if (geometry.kind === 'GeometryCollection') return Math.max(0, ...geometry.items.map(dimensionOf))
  return geometry.kind.endsWith('Point') ? 0 : geometry.kind.endsWith('LineString') ? 1 : 2
}

export const point = (at: Position): Geometry => ({ kind: 'Point', at })
export const samePlace = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]
export const isClosed = (line: Line): boolean => line.length > 0 && samePlace(line[0]!, line.at(-1)!)

/** The simplest geometry that holds all of `parts`: of several dimensions a collection of one item for each. */
export function assembled({ points, lines, polygons }: Parts): Geometry {
  const items: Geometry[] = []
  if (points.length > 0) items.push(points.length === 1 ? point(points[0]!) : { kind: 'MultiPoint', points })
  if (lines.length > 0)
    items.push(lines.length === 1 ? { kind: 'LineString', points: lines[0]! } : { kind: 'MultiLineString', lines })
  if (polygons.length > 0)
    items.push(polygons.length === 1 ? { kind: 'Polygon', rings: polygons[0]! } : { kind: 'MultiPolygon', polygons })
  return items.length === 1 ? items[0]! : { kind: 'GeometryCollection', items }
}

/** What nothing is called, as Trino names it by its dimension. */
export function emptyOf(dimension: number): Geometry {
  if (dimension === 0) return { kind: 'Point' }
  return dimension === 1 ? { kind: 'MultiLineString', lines: [] } : { kind: 'MultiPolygon', polygons: [] }
}

export interface Box {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
}

/** Undefined for an empty geometry. */
export function boxOf(positions: readonly Position[]): Box | undefined {
  if (positions.length === 0) return undefined
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of positions) {
    minX = Math.min(minX, x)
    minY = Math.min(minY, y)
    maxX = Math.max(maxX, x)
    maxY = Math.max(maxY, y)
  }
  return { minX, minY, maxX, maxY }
}
