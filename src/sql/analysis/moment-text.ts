/** Dates and times as Trino writes and reads them in literals and casts. */

export interface Moment {
  /** Canonical, as plan constants have it: `2024-01-02 03:04:05.600`, with the zone behind when there is one. */
  readonly text: string
  /** Fractional digits of the second. */
  readonly precision: number
  readonly zone?: string
}

const DATE_TEXT = /^\s*([+-]?\d{1,9})-(\d{1,2})-(\d{1,2})\s*$/
const TIMESTAMP_TEXT =
  /^\s*([+-]?\d{4,9})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(\S(?:.*\S)?)?\s*$/s
const TIME_TEXT = /^\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?(?:\s*([+-]\d{1,2}(?::?\d{2})?))?\s*$/

/** `2024-01-02`, or undefined when it is no date. */
export function dateText(text: string): string | undefined {
  const m = DATE_TEXT.exec(text)
  return m ? canonicalDate(m[1]!, m[2]!, m[3]!) : undefined
}

export function timestampText(text: string): Moment | undefined {
  const m = TIMESTAMP_TEXT.exec(text)
  if (!m) return undefined
  const date = canonicalDate(m[1]!, m[2]!, m[3]!)
  const clock = clockText(m[4] ?? '0', m[5] ?? '0', m[6] ?? '0', m[7])
  const zone = m[8]
  if (!date || !clock || (zone !== undefined && !isZone(zone))) return undefined
  const precision = m[7]?.length ?? 0
  return zone === undefined
    ? { text: `${date} ${clock}`, precision }
    : { text: `${date} ${clock} ${zone}`, precision, zone }
}

export function timeText(text: string): Moment | undefined {
  const m = TIME_TEXT.exec(text)
  if (!m) return undefined
  const clock = clockText(m[1]!, m[2]!, m[3] ?? '0', m[4])
  if (!clock) return undefined
  const zone = m[5] === undefined ? undefined : offsetText(m[5])
  const precision = m[4]?.length ?? 0
  return zone === undefined ? { text: clock, precision } : { text: `${clock}${zone}`, precision, zone }
}

function canonicalDate(year: string, month: string, day: string): string | undefined {
  const y = Number(year)
  const m = Number(month)
  const d = Number(day)
  const lastDay = [
    31,
    y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0) ? 29 : 28,
    31,
    30,
    31,
    30,
    31,
    31,
    30,
    31,
    30,
    31,
  ]
  if (m < 1 || m > 12 || d < 1 || d > lastDay[m - 1]!) return undefined
  return `${y < 0 ? '-' : ''}${String(Math.abs(y)).padStart(4, '0')}-${two(m)}-${two(d)}`
}

function clockText(hour: string, minute: string, second: string, fraction: string | undefined): string | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return `${two(Number(hour))}:${two(Number(minute))}:${two(Number(second))}${fraction ? `.${fraction}` : ''}`
}

function offsetText(text: string): string {
  const digits = text.slice(1).replace(':', '')
  const [hour, minute] = digits.length <= 2 ? [digits, '00'] : [digits.slice(0, -2), digits.slice(-2)]
  return `${text[0]}${hour!.padStart(2, '0')}:${minute}`
}

/** A region that the platform knows, or an offset. */
export function isZone(zone: string): boolean {
  if (/^[+-]\d{1,2}(:?\d{2})?$/.test(zone) || zone === 'Z') return true
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** An instant as local text in a zone: `2024-01-02 03:04:05.600`. */
export function localText(instant: Date, zone: string, precision: number): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(instant)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? ''
  const millis = String(instant.getUTCMilliseconds()).padStart(3, '0')
  const fraction = precision > 0 ? `.${millis.padEnd(precision, '0').slice(0, precision)}` : ''
  const date = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
  return `${date} ${part('hour')}:${part('minute')}:${part('second')}${fraction}`
}

const two = (value: number): string => String(value).padStart(2, '0')
