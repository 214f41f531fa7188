/**
 * AWS's cron expressions, `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, in UTC: which moments one names.
 * docs: eventbridge ug, eb-scheduled-rule-pattern; glue dg, monitor-data-warehouse-schedule. Runs nothing.
 */

export interface Cron {
  /** The first moment after `after`; undefined when there is none any more. */
  next(after: Date): Date | undefined
}

interface Field {
  readonly name: string
  readonly low: number
  readonly high: number
  readonly names?: readonly string[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const LAST_YEAR = 2199
const FIELDS = {
  minute: { name: 'Minutes', low: 0, high: 59 },
  hour: { name: 'Hours', low: 0, high: 23 },
  day: { name: 'Day-of-month', low: 1, high: 31 },
  month: { name: 'Month', low: 1, high: 12, names: MONTHS },
  weekday: { name: 'Day-of-week', low: 1, high: 7, names: WEEKDAYS },
  year: { name: 'Year', low: 1970, high: LAST_YEAR },
} as const satisfies Record<string, Field>

const DAY_MS = 86_400_000
/** Days that are tried: a leap day comes at least every eight years. */
const MOST_DAYS = 366 * 9

/** Throws Error with what is wrong. */
export function parseCron(expression: string): Cron {
  const [, body] = /^\s*cron\((.*)\)\s*$/.exec(expression) ?? []
  const fields = body?.trim().split(/\s+/) ?? []
  if (fields.length !== 6)
    throw new Error(`'${expression}' is not cron(Minutes Hours Day-of-month Month Day-of-week Year)`)
  const [minute, hour, day, month, weekday, year] = fields as [string, string, string, string, string, string]
  if ((day === '?') === (weekday === '?'))
    throw new Error('One of Day-of-month and Day-of-week must be ?, and one must not')
  const minutes = valuesOf(minute, FIELDS.minute)
  const hours = valuesOf(hour, FIELDS.hour)
  const months = new Set(valuesOf(month, FIELDS.month))
  const years = new Set(valuesOf(year, FIELDS.year))
  const onDay = day === '?' ? weekdayTest(weekday) : dayTest(day)
  const lastYear = Math.max(...years)

  return {
    next(after) {
      const from = Math.floor(after.getTime() / 60_000) * 60_000 + 60_000
      let start = Math.floor(from / DAY_MS) * DAY_MS
      for (let tried = 0; tried < MOST_DAYS; tried++, start += DAY_MS) {
        const date = new Date(start)
        if (date.getUTCFullYear() > lastYear) return undefined
        if (!years.has(date.getUTCFullYear()) || !months.has(date.getUTCMonth() + 1) || !onDay(date)) continue
        for (const h of hours)
          for (const m of minutes) {
            const moment = start + h * 3_600_000 + m * 60_000
            if (moment >= from) return new Date(moment)
          }
      }
      return undefined
    },
  }
}

/** `*`, `5`, `1-5`, `0/15`, `MON-FRI`, and lists of them, in ascending order. */
function valuesOf(text: string, field: Field): number[] {
  const found = new Set<number>()
  for (const part of text.toUpperCase().split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
    const [first = '', last] = range === '*' ? [String(field.low), String(field.high)] : range.split('-')
    const low = fieldValue(first, field)
    const high = last !== undefined ? fieldValue(last, field) : step !== undefined ? field.high : low
    if (low > high || step === '0') throw wrong(text, field)
    for (let value = low; value <= high; value += Number(step ?? 1)) found.add(value)
  }
  return [...found].sort((a, b) => a - b)
}

function fieldValue(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1
  const value = named >= 0 ? named + field.low : /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= field.low && value <= field.high)) throw wrong(text, field)
  return value
}

const wrong = (text: string, field: Field): Error => new Error(`'${text}' is no value of ${field.name}`)

type DayTest = (date: Date) => boolean

const lastDay = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()

/** Also `L`, the last day, and `15W`, the weekday nearest to the 15th. */
function dayTest(text: string): DayTest {
  if (text === 'L') return (date) => date.getUTCDate() === lastDay(date)
  const nearest = /^(\d+)W$/.exec(text)
  if (nearest) {
    const wanted = fieldValue(nearest[1]!, FIELDS.day)
    return (date) => date.getUTCDate() === nearestWeekday(date, wanted)
  }
  const days = new Set(valuesOf(text, FIELDS.day))
  return (date) => days.has(date.getUTCDate())
}

function nearestWeekday(date: Date, day: number): number {
  const last = lastDay(date)
  if (day > last) return -1
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay()
  if (weekday === 6) return day > 1 ? day - 1 : day + 2
  if (weekday === 0) return day < last ? day + 1 : day - 2
  return day
}

/** Also `5L`, the last Thursday, and `3#2`, the second Tuesday. Sunday is 1. */
function weekdayTest(text: string): DayTest {
  const last = /^([A-Z\d]+)L$/.exec(text.toUpperCase())
  if (last) {
    const wanted = fieldValue(last[1]!, FIELDS.weekday)
    return (date) => date.getUTCDay() + 1 === wanted && date.getUTCDate() + 7 > lastDay(date)
  }
  const counted = /^([A-Z\d]+)#([1-5])$/.exec(text.toUpperCase())
  if (counted) {
    const wanted = fieldValue(counted[1]!, FIELDS.weekday)
    return (date) => date.getUTCDay() + 1 === wanted && Math.ceil(date.getUTCDate() / 7) === Number(counted[2])
  }
  const days = new Set(valuesOf(text, FIELDS.weekday))
  return (date) => days.has(date.getUTCDay() + 1)
}
