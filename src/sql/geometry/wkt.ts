/** Geometries as well-known text. */
import {
  type Geometry,
  GeometryError,
  type GeometryKind,
  type Line,
  type Position,
  type Rings,
  samePlace,
} from './geometry.ts'

const KINDS: readonly GeometryKind[] = [
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
]
const MAX_DEPTH = 100

/** Throws GeometryError. */
export function parseWkt(text: string): Geometry {
  const reader = new WktReader(text)
  const geometry = reader.geometry(0)
  reader.end()
  return geometry
}

class WktReader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  geometry(depth: number): Geometry {
    const word = this.take(/[A-Za-z]+/y)?.toUpperCase()
    const kind = KINDS.find((name) => name.toUpperCase() === word)
    if (!kind || depth > MAX_DEPTH) throw this.refusal()
    if (this.take(/EMPTY\b/iy)) return emptyOf(kind)
    switch (kind) {
      case 'Point':
        return { kind, at: this.parenthesized(() => this.position()) }
      case 'LineString':
        return { kind, points: this.line(2) }
      case 'Polygon':
        return { kind, rings: this.rings() }
      case 'MultiPoint':
        return {
          kind,
          points: this.list(() => (this.peek('(') ? this.parenthesized(() => this.position()) : this.position())),
        }
      case 'MultiLineString':
        return { kind, lines: this.list(() => this.line(2)) }
      case 'MultiPolygon':
        return { kind, polygons: this.list(() => this.rings()) }
      case 'GeometryCollection':
        return { kind, items: this.list(() => this.geometry(depth + 1)) }
    }
  }

  end(): void {
    if (this.text.slice(this.at).trim() !== '') throw this.refusal()
  }

  private rings(): Rings {
    return this.list(() => {
      // A ring that is not closed is closed, as Trino does.
      const ring = this.line(3)
      return samePlace(ring[0]!, ring.at(-1)!) ? ring : [...ring, ring[0]!]
    })
  }

  private line(least: number): Line {
    const line = this.list(() => this.position())
    if (line.length < least) throw this.refusal()
    return line
  }

  private position(): Position {
    return [this.number(), this.number()]
  }

  private number(): number {
    const text = this.take(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]?Inf(?:inity)?/iy)
    if (text === undefined) throw this.refusal()
    return /^nan$/i.test(text) ? Number.NaN : Number(text.replace(/inf(inity)?$/i, 'Infinity'))
  }

  private list<T>(item: () => T): T[] {
    return this.parenthesized(() => {
      const items = [item()]
      while (this.take(/,/y)) items.push(item())
      return items
    })
  }

  private parenthesized<T>(inner: () => T): T {
    if (!this.take(/\(/y)) throw this.refusal()
    const value = inner()
    if (!this.take(/\)/y)) throw this.refusal()
    return value
  }

  private peek(text: string): boolean {
    return this.text.slice(this.at).trimStart().startsWith(text)
  }

  private take(pattern: RegExp): string | undefined {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (match) this.at = pattern.lastIndex
    return match?.[0]
  }

  private refusal(): GeometryError {
    return new GeometryError(`Invalid WKT: ${this.text}`)
  }
}

function emptyOf(kind: GeometryKind): Geometry {
  switch (kind) {
    case 'Point':
      return { kind }
    case 'LineString':
    case 'MultiPoint':
      return { kind, points: [] }
    case 'Polygon':
      return { kind, rings: [] }
    case 'MultiLineString':
      return { kind, lines: [] }
    case 'MultiPolygon':
      return { kind, polygons: [] }
    case 'GeometryCollection':
      return { kind, items: [] }
  }
}

export function writeWkt(geometry: Geometry): string {
  return `${geometry.kind.toUpperCase()} ${bodyOf(geometry)}`
}

function bodyOf(geometry: Geometry): string {
  switch (geometry.kind) {
    case 'Point':
      return geometry.at ? `(${positionText(geometry.at)})` : 'EMPTY'
    case 'LineString':
      return listText(geometry.points, positionText)
    case 'Polygon':
      return listText(geometry.rings, lineText)
    case 'MultiPoint':
      return listText(geometry.points, (at) => `(${positionText(at)})`)
    case 'MultiLineString':
      return listText(geometry.lines, lineText)
    case 'MultiPolygon':
      return listText(geometry.polygons, (rings) => listText(rings, lineText))
    case 'GeometryCollection':
      return listText(geometry.items, writeWkt)
  }
}

const listText = <T>(items: readonly T[], text: (item: T) => string): string =>
  items.length === 0 ? 'EMPTY' : `(${items.map(text).join(', ')})`
const lineText = (line: Line): string => listText(line, positionText)
const positionText = ([x, y]: Position): string => `${numberText(x)} ${numberText(y)}`
const numberText = (value: number): string =>
  Object.is(value, -0) ? '0' : String(value).replace('e+', 'E').replace('e-', 'E-')
