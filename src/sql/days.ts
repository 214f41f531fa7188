/** Days since 1970 and the dates that they are, where a year has four digits. */
const DAY_MS = 86_400_000
/** 0001-01-01 and 9999-12-31. */
const [FIRST, LAST] = [-719_162, 2_932_896]

/** Undefined for a day that four digits of year do not tell. */
export const dateOfDay = (day: number): string | undefined =>
  day >= FIRST && day <= LAST ? new Date(day * DAY_MS).toISOString().slice(0, 10) : undefined

/** Undefined for what is no such date. */
export function dayOfDate(date: string): number | undefined {
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(date) / DAY_MS : Number.NaN
  return Number.isNaN(day) ? undefined : day
}
