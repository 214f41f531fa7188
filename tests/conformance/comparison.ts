/** Equality of what was sent and what arrived, past what no wire can carry. */

/** Dates, bytes and wrapped values as text, without members that have no value. */
export function canonical(value: unknown): unknown {
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('base64')}`
  if (value instanceof String) return String(value)
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(canonical)
  const numeric = value as { string?: unknown; type?: unknown }
  if (numeric.type === 'bigDecimal') return Number(numeric.string)
  const entries = Object.entries(value).map(([key, item]) => [key, canonical(item)] as const)
  return new Map(entries.filter(([, item]) => item !== undefined))
}

/** Where two canonical values first differ; undefined where they do not. */
export const difference = (expected: unknown, actual: unknown, path: string) => compare(expected, actual, path, false)

/** The same, but what is there on one side only does not count: for clients older than the model. */
export const differenceOfShared = (expected: unknown, actual: unknown, path: string) =>
  compare(expected, actual, path, true)

function compare(expected: unknown, actual: unknown, path: string, sharedOnly: boolean): string | undefined {
  if (expected instanceof Map && actual instanceof Map) {
    for (const key of new Set([...expected.keys(), ...actual.keys()])) {
      if (sharedOnly && !(expected.has(key) && actual.has(key))) continue
      const found = compare(expected.get(key), actual.get(key), `${path}.${key}`, sharedOnly)
      if (found) return found
    }
    return undefined
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    for (const [index, item] of expected.entries()) {
      const found = compare(item, actual[index], `${path}[${index}]`, sharedOnly)
      if (found) return found
    }
    return undefined
  }
  return Object.is(expected, actual) ? undefined : `${path}: expected ${show(expected)}, got ${show(actual)}`
}

const show = (value: unknown) =>
  JSON.stringify(value, (_, item) => (item instanceof Map ? Object.fromEntries(item) : item)) ?? 'nothing'
