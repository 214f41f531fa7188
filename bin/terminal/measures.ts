/** Numbers as people read them. */

/** Decimal units, as AWS bills them: `1.21 GB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(value >= 10 ? 1 : 2)} ${units[unit]}`
}

export const durationText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`

const LEAST_DOLLARS = 1e-8

/** Two digits that say something, however small the sum: `$0.00005`. */
export function costText(dollars: number): string {
  if (dollars === 0) return '$0'
  if (dollars < LEAST_DOLLARS) return `<$${LEAST_DOLLARS.toFixed(8)}`
  const digits = dollars >= 1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(dollars)))
  return `$${halfUp(dollars, digits).replace(/(\.\d\d\d*?)0+$/, '$1')}`
}

/** A sum of what is billed is a little less than its half cent: 0.0013499999999999999 of nine times 0.00015. */
const halfUp = (sum: number, digits: number): string => (sum * (1 + 1e-12)).toFixed(digits)
