/** Places along lines, and lines as text. */
import { GeometryError, type Line, type Position } from './geometry.ts'
import { lineLength } from './measures.ts'
import { distance, nearestOn, segmentsOf } from './segments.ts'

/** The place at a fraction of the length. */
export function interpolate(line: Line, fraction: number): Position {
  if (!(fraction >= 0 && fraction <= 1)) throw new GeometryError('fraction must be between 0 and 1')
  let left = fraction * lineLength(line)
  for (const [from, to] of segmentsOf(line)) {
    const length = distance(from, to)
    if (left <= length) {
      const part = length === 0 ? 0 : left / length
      return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]
    }
    left -= length
  }
  return line.at(-1)!
}

/** Places at every multiple of a fraction of the length. */
export function interpolateAll(line: Line, fraction: number): readonly Position[] {
  if (!(fraction > 0 && fraction <= 1)) return [interpolate(line, fraction)]
  return Array.from({ length: Math.floor(1 / fraction + 1e-12) }, (_, i) =>
    interpolate(line, Math.min(1, (i + 1) * fraction)),
  )
}

/** The fraction of the length of all lines at which they are nearest to a place. */
export function locate(lines: readonly Line[], at: Position): number {
  let [passed, best, least] = [0, 0, Infinity]
  for (const segment of lines.flatMap(segmentsOf)) {
    const near = nearestOn(segment, at)
    const away = distance(near, at)
    if (away < least) [best, least] = [passed + distance(segment[0], near), away]
    passed += distance(...segment)
  }
  return passed === 0 ? 0 : best / passed
}

const POLYLINE_SCALE = 1e5

/** Google's encoded polyline: latitude first, five decimal places. */
export function encodePolyline(line: Line): string {
  let [y, x] = [0, 0]
  return line
    .map((at) => {
      const [nextY, nextX] = [Math.round(at[1] * POLYLINE_SCALE), Math.round(at[0] * POLYLINE_SCALE)]
      const text = encodeNumber(nextY - y) + encodeNumber(nextX - x)
      ;[y, x] = [nextY, nextX]
      return text
    })
    .join('')
}

function encodeNumber(value: number): string {
  let rest = value < 0 ? ~(value << 1) : value << 1
  let text = ''
  for (; rest >= 0x20; rest >>>= 5) text += String.fromCharCode((0x20 | (rest & 0x1f)) + 63)
  return text + String.fromCharCode(rest + 63)
}

export function decodePolyline(text: string): Line {
  const numbers: number[] = []
  let [value, shift] = [0, 0]
  for (const character of text) {
    const bits = character.charCodeAt(0) - 63
    if (bits < 0 || bits > 63) throw new GeometryError(`Invalid encoded polyline: ${text}`)
    value |= (bits & 0x1f) << shift
    shift += 5
    if (bits >= 0x20) continue
    numbers.push(value & 1 ? ~(value >> 1) : value >> 1)
    ;[value, shift] = [0, 0]
  }
  let [y, x] = [0, 0]
  return Array.from({ length: numbers.length >> 1 }, (_, i): Position => {
    y += numbers[2 * i]!
    x += numbers[2 * i + 1]!
    return [x / POLYLINE_SCALE, y / POLYLINE_SCALE]
  })
}
