/** Microseconds since the epoch and the fields of the proleptic Gregorian calendar. */
export interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micros: number
  /** 0 is Sunday. */
  readonly weekday: number
}

export const two = (n: number): string => String(n).padStart(2, '0')
export const hour12 = (hour: number): number => hour % 12 || 12
const DAY_MS = 86_400_000

export function clockOf(micros: bigint): Clock {
  const ms = micros >= 0n ? micros / 1000n : -((-micros + 999n) / 1000n)
  const date = new Date(Number(ms))
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    micros: date.getUTCMilliseconds() * 1000 + Number(micros - ms * 1000n),
    weekday: date.getUTCDay(),
  }
}

/** Undefined when there is no such day. */
export function microsOf(clock: Omit<Clock, 'weekday'>): bigint | undefined {
  const date = new Date(0)
  date.setUTCFullYear(clock.year, clock.month - 1, clock.day)
  if (date.getUTCMonth() !== clock.month - 1 || date.getUTCDate() !== clock.day) return undefined
  date.setUTCHours(clock.hour, clock.minute, clock.second, 0)
  return BigInt(date.getTime()) * 1000n + BigInt(clock.micros)
}

export function dayOfYear(clock: Clock): number {
  return (Date.UTC(clock.year, clock.month - 1, clock.day) - Date.UTC(clock.year, 0, 1)) / DAY_MS + 1
}

export function isoWeek(clock: Clock): { readonly year: number; readonly week: number } {
  // The week belongs to the year of its Thursday.
  const thursday = new Date(Date.UTC(clock.year, clock.month - 1, clock.day + 3 - ((clock.weekday + 6) % 7)))
  const year = thursday.getUTCFullYear()
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1 }
}

/** Minutes east of UTC of a named zone at a wall clock; undefined for a name that is not one. */
export function offsetAt(localMicros: bigint, zone: string): number | undefined {
  const offset = offsetsOf(zone)
  if (!offset) return undefined
  const local = Number(localMicros / 1000n)
  const fitting = fittingOffsets(local, offset)
  // The first of two instants, where the clock is put back.
  return fitting.length > 0 ? Math.max(...fitting) : offset(local - offset(local) * 60_000)
}

/** Whether the clock of a zone never shows this: it is put forward over it. */
export function isSkipped(localMs: number, zone: string): boolean {
  const offset = offsetsOf(zone)
  return offset !== undefined && fittingOffsets(localMs, offset).length === 0
}

type OffsetAtInstant = (instantMs: number) => number

/** Of the instants at which the clock shows `local`. */
function fittingOffsets(local: number, offset: OffsetAtInstant): number[] {
  const around = [offset(local - DAY_MS), offset(local + DAY_MS)]
  return around.filter((minutes) => offset(local - minutes * 60_000) === minutes)
}

function offsetsOf(zone: string): OffsetAtInstant | undefined {
  const format = clockFormat(zone)
  return (
    format &&
    ((instant) => {
      const parts = Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, Number(part.value)]))
      const shown = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second)
      return Math.round((shown - Math.floor(instant / 1000) * 1000) / 60_000)
    })
  )
}

function clockFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = 'numeric'
  const fields = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  } as const
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields })
  } catch {
    return undefined
  }
}
