/** Geometries as well-known binary, the form in which they are kept. Written little-endian, read in either order. */
import { type Geometry, GeometryError, type GeometryKind, type Line, type Position, type Rings } from './geometry.ts'

const CODES: Readonly<Record<GeometryKind, number>> = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
  GeometryCollection: 7,
}
const KINDS = Object.keys(CODES) as GeometryKind[]
const MAX_DEPTH = 100

export function writeWkb(geometry: Geometry): Uint8Array {
  const writer = new WkbWriter()
  writer.geometry(geometry)
  return writer.bytes()
}

class WkbWriter {
  private view = new DataView(new ArrayBuffer(256))
  private at = 0

  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.at)
  }

  geometry(geometry: Geometry): void {
    this.room(5)
    this.view.setUint8(this.at++, 1)
    this.uint32(CODES[geometry.kind])
    this.body(geometry)
  }

  private body(geometry: Geometry): void {
    switch (geometry.kind) {
      case 'Point':
        this.position(geometry.at ?? [Number.NaN, Number.NaN])
        break
      case 'LineString':
        this.line(geometry.points)
        break
      case 'Polygon':
        this.list(geometry.rings, (ring) => this.line(ring))
        break
      case 'MultiPoint':
        this.list(geometry.points, (at) => this.geometry({ kind: 'Point', at }))
        break
      case 'MultiLineString':
        this.list(geometry.lines, (points) => this.geometry({ kind: 'LineString', points }))
        break
      case 'MultiPolygon':
        this.list(geometry.polygons, (rings) => this.geometry({ kind: 'Polygon', rings }))
        break
      case 'GeometryCollection':
        this.list(geometry.items, (item) => this.geometry(item))
    }
  }

  private line(line: Line): void {
    this.list(line, (position) => this.position(position))
  }

  private list<T>(items: readonly T[], write: (item: T) => void): void {
    this.uint32(items.length)
    for (const item of items) write(item)
  }

  private position([x, y]: Position): void {
    this.room(16)
    this.view.setFloat64(this.at, x, true)
    this.view.setFloat64(this.at + 8, y, true)
    this.at += 16
  }

  private uint32(value: number): void {
    this.room(4)
    this.view.setUint32(this.at, value, true)
    this.at += 4
  }

  private room(size: number): void {
    if (this.at + size <= this.view.byteLength) return
    const grown = new Uint8Array(Math.max(2 * this.view.byteLength, this.at + size))
    grown.set(new Uint8Array(this.view.buffer))
    this.view = new DataView(grown.buffer)
  }
}

/** Throws GeometryError. */
export function parseWkb(bytes: Uint8Array): Geometry {
  const reader = new WkbReader(bytes)
  const geometry = reader.geometry(0)
  reader.end()
  return geometry
}

class WkbReader {
  private readonly view: DataView
  private at = 0
  private little = true

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  geometry(depth: number): Geometry {
    this.need(5)
    this.little = this.view.getUint8(this.at++) === 1
    const kind = KINDS[this.uint32() - 1]
    if (!kind || depth > MAX_DEPTH) throw refusal()
    const inner = () => this.geometry(depth + 1)
    switch (kind) {
      case 'Point': {
        const at = this.position()
        return Number.isNaN(at[0]) && Number.isNaN(at[1]) ? { kind } : { kind, at }
      }
      case 'LineString':
        return { kind, points: this.line() }
      case 'Polygon':
        return { kind, rings: this.rings() }
      case 'MultiPoint':
        return { kind, points: this.list(inner).map(pointAt) }
      case 'MultiLineString':
        return { kind, lines: this.list(inner).map(lineOf) }
      case 'MultiPolygon':
        return { kind, polygons: this.list(inner).map(ringsOf) }
      case 'GeometryCollection':
        return { kind, items: this.list(inner) }
    }
  }

  end(): void {
    if (this.at !== this.view.byteLength) throw refusal()
  }

  private rings(): Rings {
    return this.list(() => this.line())
  }

  private line(): Line {
    return this.list(() => this.position())
  }

  private list<T>(item: () => T): T[] {
    const count = this.uint32()
    // Every item takes some bytes: a count beyond them is a lie that would fill the memory.
    this.need(count)
    return Array.from({ length: count }, item)
  }

  private position(): Position {
    this.need(16)
    const position: Position = [
      this.view.getFloat64(this.at, this.little),
      this.view.getFloat64(this.at + 8, this.little),
    ]
    this.at += 16
    return position
  }

  private uint32(): number {
    this.need(4)
    const value = this.view.getUint32(this.at, this.little)
    this.at += 4
    return value
  }

  private need(size: number): void {
    if (this.at + size > this.view.byteLength) throw refusal()
  }
}

const refusal = (): GeometryError => new GeometryError('Invalid WKB')

function pointAt(geometry: Geometry): Position {
  if (geometry.kind !== 'Point' || !geometry.at) throw refusal()
  return geometry.at
}

function lineOf(geometry: Geometry): Line {
  if (geometry.kind !== 'LineString') throw refusal()
  return geometry.points
}

function ringsOf(geometry: Geometry): Rings {
  if (geometry.kind !== 'Polygon') throw refusal()
  return geometry.rings
}
