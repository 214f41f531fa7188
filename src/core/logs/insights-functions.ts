/** Functions of Logs Insights: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { formatDate, parseDate } from './insights-dates.ts'
import { periodOf } from './insights-periods.ts'
import { isStructure, listIn, parsed, type Structure } from './insights-structures.ts'
import { InsightsError } from './insights-text.ts'

export type Cell = string | number | boolean | undefined | Structure
type Reckon = (...values: Cell[]) => Cell

export const isTrue = (value: Cell): boolean => value !== undefined && value !== false && value !== 0 && value !== ''

/** `2026-11-26 10:52:52.000`, as results show times. */
export const timeText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')

export const asNumber = (value: Cell): number | undefined => {
  // "Maps and lists are treated as null for string, number, and datetime functions" (the page above).
  if (value === undefined || value === '' || isStructure(value)) return undefined
  const number =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d/.test(value)
      ? Date.parse(`${value.replace(' ', 'T')}Z`)
      : Number(value)
  return Number.isNaN(number) ? undefined : number
}

export const numeric =
  (of: (...values: number[]) => number): Reckon =>
  (...values) => {
    const numbers = values.map(asNumber)
    if (numbers.some((value) => value === undefined)) return undefined
    const found = of(...(numbers as number[]))
    return Number.isFinite(found) ? found : undefined
  }
const textual =
  (of: (text: string, ...rest: string[]) => Cell): Reckon =>
  (...values) =>
    values.some((value) => value === undefined || isStructure(value))
      ? undefined
      : of(...(values.map(String) as [string, ...string[]]))

const rounded =
  (way: 'floor' | 'ceil'): Reckon =>
  (time, period) => {
    const [ms, size] = [asNumber(time), periodOf(period)]
    return ms === undefined ? undefined : timeText(size[way](ms))
  }

const asFlag = (holds: boolean): number => (holds ? 1 : 0)

const OF_NUMBERS: Readonly<Record<string, Reckon>> = {
  abs: numeric(Math.abs),
  ceil: numeric(Math.ceil),
  floor: numeric(Math.floor),
  round: numeric((value, places = 0) => Number(`${Math.round(Number(`${value}e${places}`))}e${-places}`)),
  sqrt: numeric(Math.sqrt),
  log: numeric(Math.log),
  greatest: numeric(Math.max),
  least: numeric(Math.min),
  haversine: numeric(greatCircleKm),
  tonumber: numeric((value) => value),
  todouble: numeric((value) => value),
  tolong: numeric(Math.trunc),
  toint: numeric((value) => (Math.abs(value) < 2 ** 31 ? Math.trunc(value) : Number.NaN)),
  hextodec: textual((text) => asNumber(`0x${text.replace(/^0x/i, '')}`)),
  dectohex: numericText((value) => `${value < 0 ? '-' : ''}0x${Math.abs(Math.trunc(value)).toString(16)}`),
}

function numericText(of: (value: number) => string): Reckon {
  return (value) => (asNumber(value) === undefined ? undefined : of(asNumber(value)!))
}

/** Of a sphere of the earth's mean radius. */
function greatCircleKm(...degrees: number[]): number {
  const [lat1 = 0, lon1 = 0, lat2 = 0, lon2 = 0] = degrees.map((angle) => (angle * Math.PI) / 180)
  const half = (angle: number) => Math.sin(angle / 2) ** 2
  const chord = half(lat2 - lat1) + Math.cos(lat1) * Math.cos(lat2) * half(lon2 - lon1)
  return 2 * 6371 * Math.asin(Math.sqrt(chord))
}

const OF_TEXTS: Readonly<Record<string, Reckon>> = {
  strlen: textual((text) => [...text].length),
  toupper: textual((text) => text.toUpperCase()),
  upper: textual((text) => text.toUpperCase()),
  tolower: textual((text) => text.toLowerCase()),
  lower: textual((text) => text.toLowerCase()),
  trim: textual((text, letters) =>
    letters === undefined ? text.trim() : strip(strip(text, letters, true), letters, false),
  ),
  ltrim: textual((text, letters) => (letters === undefined ? text.trimStart() : strip(text, letters, true))),
  rtrim: textual((text, letters) => (letters === undefined ? text.trimEnd() : strip(text, letters, false))),
  concat: textual((...texts) => texts.join('')),
  replace: textual((text, part, by = '') => text.replaceAll(part ?? '', by)),
  substr: textual((text, from, length) =>
    text.slice(Number(from), length === undefined ? undefined : Number(from) + Number(length)),
  ),
  strcontains: textual((text, part = '', folded = 'false') =>
    asFlag(folded === 'true' ? text.toLowerCase().includes(part.toLowerCase()) : text.includes(part)),
  ),
  startswith: textual((text, part = '') => asFlag(text.startsWith(part))),
  endswith: textual((text, part = '') => asFlag(text.endsWith(part))),
  urlencode: textual(encodeURIComponent),
  urldecode: textual((text) => {
    try {
      return decodeURIComponent(text)
    } catch {
      return undefined // Percent signs that begin no byte.
    }
  }),
  base64encode: textual((text) => Buffer.from(text).toString('base64')),
  base64decode: textual((text) => Buffer.from(text, 'base64').toString()),
  hextoascii: textual((text) => Buffer.from(text, 'hex').toString('latin1')),
  messagesize: textual((text) => Buffer.byteLength(text)),
}

function strip(text: string, letters: string, start: boolean): string {
  let [from, to] = [0, text.length]
  if (start) while (from < to && letters.includes(text[from]!)) from++
  else while (to > from && letters.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}

const OF_ADDRESSES: Readonly<Record<string, Reckon>> = {
  isvalidip: textual((text) => isIP(text) !== 0),
  isvalidipv4: textual((text) => isIPv4(text)),
  isvalidipv6: textual((text) => isIPv6(text)),
  isipinsubnet: textual((text, subnet = '') => liesIn(text, subnet)),
  isipv4insubnet: textual((text, subnet = '') => isIPv4(text) && liesIn(text, subnet)),
  isipv6insubnet: textual((text, subnet = '') => isIPv6(text) && liesIn(text, subnet)),
  isprivateip: textual((text) => ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some((net) => liesIn(text, net))),
  ipv4tonumber: textual((text) =>
    isIPv4(text) ? text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) : undefined,
  ),
}

function liesIn(address: string, subnet: string): boolean {
  const [net = '', bits = ''] = subnet.split('/')
  const family = isIPv4(net) ? 'ipv4' : 'ipv6'
  const most = family === 'ipv4' ? 32 : 128
  if (isIP(net) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most)
    throw new InsightsError(`${subnet} is no subnet`, 0)
  if (isIP(address) !== isIP(net)) return false
  const list = new BlockList()
  list.addSubnet(net, Number(bits), family)
  return list.check(address, family)
}

const OF_STRUCTURES: Readonly<Record<string, Reckon>> = {
  jsonparse: parsed,
  jsonstringify: (value) => (isStructure(value) ? JSON.stringify(value) : undefined),
  jsonarraysize: (value) => listIn(value)?.length,
  jsonarraycontains: (value, wanted) =>
    asFlag(listIn(value)?.some((item) => !isStructure(item) && String(item) === String(wanted)) ?? false),
  split: (text, delimiter) =>
    text === undefined || isStructure(text) || delimiter === undefined
      ? undefined
      : String(text).split(String(delimiter)),
}

const asTexts = (values: readonly Cell[]): string[] =>
  values.flatMap((value) => (value === undefined || isStructure(value) ? [] : [String(value)]))

const written: Reckon = (time, ...rest) => {
  const [ms, [format, zone]] = [asNumber(time), asTexts(rest)]
  return ms === undefined || format === undefined ? undefined : formatDate(ms, format, zone)
}

const OF_DATES: Readonly<Record<string, Reckon>> = {
  parsedate: textual((text, pattern = '', zone) => parseDate(text, pattern, zone)),
  formatdate: written,
  strftime: written,
}

export const FUNCTIONS: Readonly<Record<string, Reckon>> = {
  ...OF_NUMBERS,
  ...OF_TEXTS,
  ...OF_ADDRESSES,
  ...OF_STRUCTURES,
  ...OF_DATES,
  isempty: (value) => value === undefined || value === '',
  isblank: (value) => value === undefined || String(value).trim() === '',
  ispresent: (value) => value !== undefined,
  isnumeric: (value) => value !== undefined && value !== '' && Number.isFinite(Number(value)),
  coalesce: (...values) => values.find((value) => value !== undefined),
  if: (condition, then, otherwise) => (isTrue(condition) ? then : otherwise),
  case: (...branches) => {
    for (let i = 0; i + 1 < branches.length; i += 2) if (isTrue(branches[i])) return branches[i + 1]
    return branches.length % 2 === 1 ? branches.at(-1) : undefined
  },
  datefloor: rounded('floor'),
  dateceil: rounded('ceil'),
  frommillis: (value) => (asNumber(value) === undefined ? undefined : timeText(asNumber(value)!)),
  tomillis: (value) => asNumber(value),
}
