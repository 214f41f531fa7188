/** Text. */
import { escapesSigns, likeMatcher } from '../../like.ts'
import { FunctionFailure } from '../failures.ts'
import { formatJava } from './format.ts'
import { type Udf, udf } from './udf.ts'

const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
const MAX_LENGTH = 2147483647n

function pad(text: string, size: bigint, filler: string, left: boolean): string {
  if (size < 0n || size > MAX_LENGTH) throw wrong(`Target length must be in the range [0..${MAX_LENGTH}]`)
  if (filler === '') throw wrong('Padding string must not be empty')
  const points = [...text]
  const length = Number(size)
  if (points.length >= length) return points.slice(0, length).join('')
  const fill = [...filler]
  const missing = length - points.length
  const added = Array.from({ length: missing }, (_, i) => fill[i % fill.length]).join('')
  return left ? added + text : text + added
}

function strpos(text: string, part: string, instance: bigint): bigint {
  if (instance === 0n) throw wrong("'instance' must not be a positive or negative number.")
  const points = (end: number): bigint => BigInt([...text.slice(0, end)].length + 1)
  if (part === '') return 1n
  let at = instance > 0n ? -1 : text.length
  for (let n = instance < 0n ? -instance : instance; n > 0n; n--) {
    if (instance < 0n && at === 0) return 0n
    at = instance > 0n ? text.indexOf(part, at + 1) : text.lastIndexOf(part, at - 1)
    if (at < 0) return 0n
  }
  return points(at)
}

function split(text: string, delimiter: string, limit: bigint): string {
  if (limit <= 0n) throw wrong('Limit must be positive')
  if (limit > 2147483647n) throw wrong('Limit is too large')
  if (delimiter === '') throw wrong('The delimiter may not be the empty string')
  const parts = text.split(delimiter)
  const count = Number(limit)
  if (parts.length <= count) return JSON.stringify(parts)
  return JSON.stringify([...parts.slice(0, count - 1), parts.slice(count - 1).join(delimiter)])
}

function entriesOf(
  text: string,
  entryDelimiter: string,
  keyDelimiter: string,
  exactlyOnce: boolean,
): [string, string][] {
  if (entryDelimiter === '') throw wrong('entryDelimiter is empty')
  if (keyDelimiter === '') throw wrong('keyValueDelimiter is empty')
  if (entryDelimiter === keyDelimiter) throw wrong('entryDelimiter and keyValueDelimiter must not be the same')
  const entries = text.split(entryDelimiter)
  if (entries.at(-1) === '') entries.pop()
  return entries.map((entry) => {
    const at = entry.indexOf(keyDelimiter)
    if (at < 0 || (exactlyOnce && entry.indexOf(keyDelimiter, at + keyDelimiter.length) >= 0))
      throw wrong(`Key-value delimiter must appear exactly once in each entry. Bad input: '${entry}'`)
    return [entry.slice(0, at), entry.slice(at + keyDelimiter.length)]
  })
}

function splitToMap(text: string, entryDelimiter: string, keyDelimiter: string): string {
  const map = new Map<string, string>()
  for (const [key, value] of entriesOf(text, entryDelimiter, keyDelimiter, true)) {
    if (map.has(key)) throw wrong(`Duplicate keys (${key}) are not allowed`)
    map.set(key, value)
  }
  return JSON.stringify([...map].map(([key, value]) => ({ key, value })))
}

function splitToMultimap(text: string, entryDelimiter: string, keyDelimiter: string): string {
  const map = new Map<string, string[]>()
  for (const [key, value] of entriesOf(text, entryDelimiter, keyDelimiter, true))
    map.set(key, [...(map.get(key) ?? []), value])
  return JSON.stringify([...map].map(([key, value]) => ({ key, value })))
}

function levenshtein(left: string, right: string): bigint {
  const a = [...left]
  const b = [...right]
  if (a.length * b.length > 1_000_000) throw wrong(`The combined inputs for Levenshtein distance are too large`)
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, x] of a.entries()) {
    const next = [i + 1]
    for (const [j, y] of b.entries()) next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (x === y ? 0 : 1)))
    row = next
  }
  return BigInt(row[b.length]!)
}

function hamming(left: string, right: string): bigint {
  const a = [...left]
  const b = [...right]
  if (a.length !== b.length) throw wrong('The input strings to hamming_distance function must have the same length')
  return BigInt(a.filter((x, i) => x !== b[i]).length)
}

function luhn(text: string): boolean {
  if (text === '') return false
  if (!/^\d+$/.test(text)) throw wrong('Input contains non-digit character')
  const sum = [...text].reverse().reduce((total, digit, i) => {
    const n = Number(digit) * (i % 2 ? 2 : 1)
    return total + (n > 9 ? n - 9 : n)
  }, 0)
  return sum % 10 === 0
}

const SOUNDEX: Readonly<Record<string, string>> = {
  ...group('BFPV', '1'),
  ...group('CGJKQSXZ', '2'),
  ...group('DT', '3'),
  ...group('L', '4'),
  ...group('MN', '5'),
  ...group('R', '6'),
}
function group(letters: string, code: string): Record<string, string> {
  return Object.fromEntries([...letters].map((letter) => [letter, code]))
}

function soundex(text: string): string {
  const letters = text.toUpperCase().replaceAll(/[^A-Z]/g, '')
  if (letters === '') return ''
  let code = letters[0]!
  let last = SOUNDEX[code]
  for (const letter of letters.slice(1)) {
    const next = SOUNDEX[letter]
    if (next && next !== last) code += next
    // H and W do not part letters of one code; vowels do.
    if (letter !== 'H' && letter !== 'W') last = next
  }
  return code.padEnd(4, '0').slice(0, 4)
}

function translate(text: string, from: string, to: string): string {
  const targets = [...to]
  const map = new Map<string, string>()
  for (const [i, point] of [...from].entries()) if (!map.has(point)) map.set(point, targets[i] ?? '')
  return [...text].map((point) => map.get(point) ?? point).join('')
}

function chr(code: bigint): string {
  if (code < 0n || code > 0x10ffffn) throw wrong(`Not a valid Unicode code point: ${code}`)
  return String.fromCodePoint(Number(code))
}

function codepoint(text: string): number {
  const points = [...text]
  if (points.length !== 1) throw wrong('Input string must be a single character string')
  return points[0]!.codePointAt(0)!
}

function humanReadable(value: number): string {
  if (!Number.isFinite(value)) throw wrong(`Invalid argument found: ${value}`)
  let rest = BigInt(Math.round(Math.abs(value)))
  const parts: string[] = []
  for (const [noun, size] of [
    ['week', 604800n],
    ['day', 86400n],
    ['hour', 3600n],
    ['minute', 60n],
    ['second', 1n],
  ] as const) {
    const count = rest / size
    rest %= size
    if (count > 0n) parts.push(`${count} ${noun}${count === 1n ? '' : 's'}`)
  }
  return parts.join(', ') || '0 seconds'
}

function formatNumber(value: number): string {
  const sign = value < 0 ? '-' : ''
  let size = Math.abs(value)
  if (Number.isNaN(value)) return '0'
  if (!Number.isFinite(value)) return value < 0 ? '-9223.37Q' : '9223Q'
  let unit = 0
  const units = ['', 'K', 'M', 'B', 'T', 'Q']
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  if (unit === 0) return size < 1 ? '0' : `${sign}${Math.trunc(size)}`
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return `${sign}${Number(size.toFixed(digits))}${units[unit]}`
}

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
function dataSize(text: string): string {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]+)$/.exec(text)
  const unit = SIZE_UNITS.indexOf(match?.[2] ?? '')
  if (!match || unit < 0) throw wrong(`Invalid data size: '${text}'`)
  const [whole, fraction = ''] = match[1]!.split('.') as [string, string?]
  const scaled = BigInt(whole + fraction) * 1024n ** BigInt(unit)
  return (scaled / 10n ** BigInt(fraction.length)).toString()
}

function like(text: string, pattern: string, mark: string): boolean {
  if ([...mark].length !== 1) throw wrong('Escape string must be a single character')
  if (!escapesSigns(pattern, mark))
    throw wrong("Escape character must be followed by '%', '_' or the escape character itself")
  return likeMatcher(pattern, mark)(text)
}

const DURATIONS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
function parseDuration(text: string): bigint {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*$/.exec(text)
  const unit = match && DURATIONS[match[2]!]
  if (!match || unit === undefined || unit === null)
    throw wrong(`duration is not a valid data duration string: ${text}`)
  return BigInt(Math.round(Number(match[1]) * unit))
}

export const textUdfs: readonly Udf[] = [
  udf('js_lpad', ['VARCHAR', 'BIGINT', 'VARCHAR'], 'VARCHAR', (s: string, n: bigint, p: string) => pad(s, n, p, true)),
  udf('js_rpad', ['VARCHAR', 'BIGINT', 'VARCHAR'], 'VARCHAR', (s: string, n: bigint, p: string) => pad(s, n, p, false)),
  udf('js_strpos', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'BIGINT', strpos),
  udf('js_split', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', split),
  udf('js_split_to_map', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', splitToMap),
  udf('js_split_to_multimap', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', splitToMultimap),
  udf('js_levenshtein_distance', ['VARCHAR', 'VARCHAR'], 'BIGINT', levenshtein),
  udf('js_hamming_distance', ['VARCHAR', 'VARCHAR'], 'BIGINT', hamming),
  udf('js_luhn_check', ['VARCHAR'], 'BOOLEAN', luhn),
  udf('js_soundex', ['VARCHAR'], 'VARCHAR', soundex),
  udf('js_translate', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', translate),
  udf('js_chr', ['BIGINT'], 'VARCHAR', chr),
  udf('js_codepoint', ['VARCHAR'], 'INTEGER', codepoint),
  udf('js_human_readable_seconds', ['DOUBLE'], 'VARCHAR', humanReadable),
  udf('js_format_number', ['DOUBLE'], 'VARCHAR', formatNumber),
  udf('js_format', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', formatJava),
  udf('js_normalize', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (s: string, form: string) => {
    if (!/^NFK?[CD]$/.test(form)) throw wrong(`Normalization form must be one of [NFD, NFC, NFKD, NFKC]`)
    return s.normalize(form)
  }),
  udf('js_replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', (s: string, search: string, by: string) =>
    search === '' ? by + [...s].map((point) => point + by).join('') : s.replaceAll(search, () => by),
  ),
  udf('js_parse_data_size', ['VARCHAR'], 'VARCHAR', dataSize),
  udf('js_like', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'BOOLEAN', like),
  udf('js_parse_duration', ['VARCHAR'], 'BIGINT', parseDuration),
]
