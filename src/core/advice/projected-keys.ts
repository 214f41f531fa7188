/** Table properties by which partitions are reckoned instead of looked up, where the values there are follow a rule. */

/** docs: athena ug, partition-projection-supported-types. */
const MOST_ENUMERATED = 100

/**
 * `values`: of each registered partition. Undefined where a key follows no rule, and where nothing is known. Dates go on
 * to `now`, and as far beyond it as they already do: a partition that comes tomorrow is found.
 */
export function projectedKeys(
  keys: readonly { readonly name: string; readonly type: string }[],
  values: readonly (readonly string[])[],
  now: Date,
): Readonly<Record<string, string>> | undefined {
  if (keys.length === 0 || values.length === 0) return undefined
  const properties: Record<string, string> = { 'projection.enabled': 'true' }
  for (const [i, { name, type }] of keys.entries()) {
    const rule = ruleOf(type, [...new Set(values.map((one) => one[i] ?? ''))], now)
    if (!rule) return undefined
    for (const [property, value] of Object.entries(rule)) properties[`projection.${name}.${property}`] = value
  }
  return properties
}

function ruleOf(type: string, values: readonly string[], now: Date): Readonly<Record<string, string>> | undefined {
  const sorted = values.toSorted()
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)]
  if (values.every((value) => /^\d{4}-\d\d-\d\d$/.test(value)))
    return { type: 'date', format: 'yyyy-MM-dd', range: `${first},${endOfDates(last, now)}` }
  if (values.every((value) => /^\d{1,15}$/.test(value))) return integerRule(values)
  const plain = values.every((value) => value !== '' && !/[,'\\]/.test(value) && value !== '__HIVE_DEFAULT_PARTITION__')
  if (type !== 'string' || !plain || values.length > MOST_ENUMERATED) return undefined
  return { type: 'enum', values: first === last ? first : sorted.join(',') }
}

/** docs: athena ug, partition-projection-supported-types: a range may end at `NOW+3DAYS`. Days are those of UTC. */
function endOfDates(last: string, now: Date): string {
  const days = (Date.parse(last) - Date.parse(now.toISOString().slice(0, 10))) / 86_400_000
  return days > 0 ? `NOW+${days}DAYS` : 'NOW'
}

/** `01`, `02` ... have so many digits; where the lengths differ and zeros lead there is no rule. */
function integerRule(values: readonly string[]): Readonly<Record<string, string>> | undefined {
  const numbers = values.map(Number)
  const range = `${Math.min(...numbers)},${Math.max(...numbers)}`
  if (!values.some((value) => value.length > 1 && value.startsWith('0'))) return { type: 'integer', range }
  const digits = new Set(values.map((value) => value.length))
  return digits.size === 1 ? { type: 'integer', range, digits: String([...digits][0]) } : undefined
}
