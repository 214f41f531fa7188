/** The values of partition keys, compared as their type says. Which types, and the texts: GetPartitions in the Glue API reference. */

/** Two of one type compare with `<` and `===`. */
export type Comparable = string | bigint

export interface KeyType {
  /** As in Glue's "Integral data type doesn't support operation 'LIKE'". */
  readonly family: 'String' | 'Integral' | 'Decimal' | 'Date' | 'Timestamp'
  /** Undefined for text that is no value of the type. */
  parse(text: string): Comparable | undefined
  /** Whether equal values have equal texts, so that one may be looked up by the other. */
  readonly exact: boolean
  complaint(text: string): string
}

/** Hive's name for the partition of a missing value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

const STRING: KeyType = { family: 'String', exact: true, parse: (text) => text, complaint: (text) => text }
const INTEGER: KeyType = {
  family: 'Integral',
  exact: false,
  parse: (text) => (/^[+-]?\d{1,40}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined),
  complaint: (text) => `"${text}" is not an integer.`,
}
const DECIMAL: KeyType = {
  family: 'Decimal',
  exact: false,
  parse: parseDecimal,
  complaint: (text) => `${text} is not a decimal.`,
}
const DATE: KeyType = { family: 'Date', exact: true, parse: parseDate, complaint: (text) => `${text} is not a date.` }
const TIMESTAMP: KeyType = {
  family: 'Timestamp',
  exact: false,
  parse: parseTimestamp,
  complaint: (text) => `Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] ${text} is not a timestamp.`,
}

const TYPES: ReadonlyMap<string, KeyType> = new Map([
  ['string', STRING],
  ['char', STRING],
  ['varchar', STRING],
  ['tinyint', INTEGER],
  ['smallint', INTEGER],
  ['int', INTEGER],
  ['bigint', INTEGER],
  ['long', INTEGER],
  ['decimal', DECIMAL],
  ['date', DATE],
  ['timestamp', TIMESTAMP],
])

/** Undefined for a type that expressions do not know (double, boolean, struct ...). */
export function keyType(hiveType: string): KeyType | undefined {
  return TYPES.get(hiveType.toLowerCase().replace(/\(.*$/s, '').trim())
}

/** Digits behind the point that are told apart: Hive's largest scale. */
const SCALE = 38

function parseDecimal(text: string): bigint | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (!parts) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  if (whole === '' && fraction === '') return undefined
  const shift = SCALE - fraction.length + Number(exponent)
  if (shift < 0) return undefined
  const digits = BigInt(whole + fraction) * 10n ** BigInt(shift)
  return sign === '-' ? -digits : digits
}

function parseDate(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text) ? text : undefined
}

/** Padded to nanoseconds: then the order of texts is the order of times. */
function parseTimestamp(text: string): string | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2}) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?$/.exec(text)
  if (!parts || parseDate(parts[1]!) === undefined) return undefined
  return `${parts[1]} ${parts[2]}.${(parts[3] ?? '').padEnd(9, '0')}`
}
