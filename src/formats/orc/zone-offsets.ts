/**
 * How far the clocks of a time zone are ahead of UTC. A file's timestamps are what a clock on the wall showed, written
 * down as instants of the writer's zone.
 */
const MINUTE = 60
const DAY = 86_400

export class ZoneOffsets {
  readonly #format: Intl.DateTimeFormat | undefined
  /** By day, where the whole day has one. */
  readonly #days = new Map<number, number | undefined>()

  /** A zone that is not known is taken for UTC. */
  constructor(zone: string) {
    if (/^(?:UTC|GMT|Z|Etc\/UTC|Etc\/GMT)$/i.test(zone)) return
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        era: 'short',
      })
    } catch {
      // Intl throws for names that it does not know.
    }
  }

  get isUtc(): boolean {
    return this.#format === undefined
  }

  /** Seconds at an instant, which is in seconds since 1970. */
  at(instant: number): number {
    if (!this.#format) return 0
    const day = Math.floor(instant / DAY)
    if (!this.#days.has(day)) {
      const [start, end] = [this.#exact(day * DAY), this.#exact((day + 1) * DAY - 1)]
      this.#days.set(day, start === end ? start : undefined)
    }
    return this.#days.get(day) ?? this.#exact(instant)
  }

  #exact(instant: number): number {
    const parts = new Map(this.#format!.formatToParts(instant * 1000).map(({ type, value }) => [type, value]))
    const number = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name))
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year')
    const wall = new Date(0)
    wall.setUTCFullYear(year, number('month') - 1, number('day'))
    wall.setUTCHours(number('hour'), number('minute'), number('second'))
    // Offsets of long ago have seconds; instants are whole ones here.
    return Math.round(wall.getTime() / 1000) - Math.floor(instant)
  }
}

/** When ORC's timestamps start to count: 2015 began, on a clock of the writer's zone. */
export const ORC_EPOCH = Date.UTC(2015, 0, 1) / 1000

export const epochIn = (zone: ZoneOffsets): number =>
  ORC_EPOCH - zone.at(ORC_EPOCH - Math.round(zone.at(ORC_EPOCH) / MINUTE) * MINUTE)
