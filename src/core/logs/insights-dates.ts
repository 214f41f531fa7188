/** Dates of Logs Insights as texts: read by Java's patterns, written by those of strftime. */
import { ZoneOffsets } from '../../formats/orc/zone-offsets.ts'
import { MONTHS, WEEKDAYS } from '../../sql/calendar-names.ts'
import { type DatePattern, datePattern } from '../queries/date-pattern.ts'
import { InsightsError } from './insights-text.ts'

const ZONES = new Map<string, ZoneOffsets>()
const PATTERNS = new Map<string, DatePattern>()

function zoneNamed(name: string): ZoneOffsets {
  const known = ZONES.get(name)
  if (known) return known
  const zone = new ZoneOffsets(name)
  if (zone.isUtc && !/^(?:UTC|GMT|Z|Etc\/UTC|Etc\/GMT)$/i.test(name))
    throw new InsightsError(`${name} is no time zone`, 0)
  ZONES.set(name, zone)
  return zone
}

function patternNamed(text: string): DatePattern {
  try {
    const pattern = PATTERNS.get(text) ?? datePattern(text)
    PATTERNS.set(text, pattern)
    return pattern
  } catch (error) {
    throw new InsightsError((error as Error).message, 0)
  }
}

/** Milliseconds since 1970; undefined of a text that does not fit. */
export function parseDate(text: string, pattern: string, zone = 'UTC'): number | undefined {
  const wallMs = patternNamed(pattern).parse(text)?.getTime()
  if (wallMs === undefined) return undefined
  const offsets = zoneNamed(zone)
  const guess = wallMs - offsets.at(Math.floor(wallMs / 1000)) * 1000
  return wallMs - offsets.at(Math.floor(guess / 1000)) * 1000
}

const DIRECTIVE = /%(.)/gs

export function formatDate(ms: number, format: string, zone = 'UTC'): string | undefined {
  if (Math.abs(ms) > 8.64e15) return undefined
  const offset = zoneNamed(zone).at(Math.floor(ms / 1000))
  const told = { wall: new Date(ms + offset * 1000), offset, zone, ms }
  return format.replaceAll(DIRECTIVE, (directive, letter: string) => {
    const of = Object.hasOwn(DIRECTIVES, letter) ? DIRECTIVES[letter] : undefined
    if (!of) throw new InsightsError(`${directive} is not known in a format of dates`, 0)
    return of(told)
  })
}

interface Told {
  /** What the clock on the wall shows, as if that were in UTC. */
  readonly wall: Date
  readonly offset: number
  readonly zone: string
  readonly ms: number
}

const digits = (value: number, width = 2): string => String(value).padStart(width, '0')
const hour12 = (wall: Date): number => wall.getUTCHours() % 12 || 12
const dayOfYear = (wall: Date): number =>
  Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0)) / 86_400_000) + 1
const date = ({ wall }: Told): string =>
  `${wall.getUTCFullYear()}-${digits(wall.getUTCMonth() + 1)}-${digits(wall.getUTCDate())}`
const time = ({ wall }: Told): string =>
  `${digits(wall.getUTCHours())}:${digits(wall.getUTCMinutes())}:${digits(wall.getUTCSeconds())}`
const minutes = (offset: number): string =>
  `${offset < 0 ? '-' : '+'}${digits(Math.floor(Math.abs(offset) / 3600))}${digits(Math.floor(Math.abs(offset) / 60) % 60)}`

const DIRECTIVES: Readonly<Record<string, (told: Told) => string>> = {
  Y: ({ wall }) => String(wall.getUTCFullYear()),
  y: ({ wall }) => digits(wall.getUTCFullYear() % 100),
  m: ({ wall }) => digits(wall.getUTCMonth() + 1),
  d: ({ wall }) => digits(wall.getUTCDate()),
  e: ({ wall }) => String(wall.getUTCDate()).padStart(2, ' '),
  j: ({ wall }) => digits(dayOfYear(wall), 3),
  H: ({ wall }) => digits(wall.getUTCHours()),
  I: ({ wall }) => digits(hour12(wall)),
  M: ({ wall }) => digits(wall.getUTCMinutes()),
  S: ({ wall }) => digits(wall.getUTCSeconds()),
  f: ({ wall }) => digits(wall.getUTCMilliseconds() * 1000, 6),
  p: ({ wall }) => (wall.getUTCHours() < 12 ? 'AM' : 'PM'),
  A: ({ wall }) => WEEKDAYS[wall.getUTCDay()]!,
  a: ({ wall }) => WEEKDAYS[wall.getUTCDay()]!.slice(0, 3),
  B: ({ wall }) => MONTHS[wall.getUTCMonth()]!,
  b: ({ wall }) => MONTHS[wall.getUTCMonth()]!.slice(0, 3),
  u: ({ wall }) => String(wall.getUTCDay() || 7),
  w: ({ wall }) => String(wall.getUTCDay()),
  s: ({ ms }) => String(Math.floor(ms / 1000)),
  z: ({ offset }) => minutes(offset),
  Z: ({ zone }) => zone,
  F: date,
  T: time,
  R: (told) => time(told).slice(0, 5),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}
