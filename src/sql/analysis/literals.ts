/** Literals and the values that are constant for a statement. */
import type { CurrentValue, Expr, IntervalField, TypeName } from '../ast.ts'
import type { Constant, Scalar, Today } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BIGINT, BOOLEAN, DATE, DOUBLE, INTEGER, type Type, UNKNOWN, VARBINARY, VARCHAR, varchar } from '../types.ts'
import type { Context } from './context.ts'
import { isSkippedMoment } from './instants.ts'
import { dateText, isZone, localText, timestampText, timeText } from './moment-text.ts'
import { resolveType } from './type-resolution.ts'

export const constant = (value: Constant, type: Type, at?: Position): Scalar =>
  at ? { kind: 'constant', value, type, at } : { kind: 'constant', value, type }

/** The expressions that are literals; undefined for any other. */
export function literal(expr: Expr): Scalar | undefined {
  switch (expr.kind) {
    case 'null':
      return constant(null, UNKNOWN, expr.at)
    case 'boolean':
      return constant(expr.value, BOOLEAN, expr.at)
    case 'number':
      return numberLiteral(expr.text, expr.at)
    case 'string':
      return constant(expr.value, varchar([...expr.value].length), expr.at)
    case 'binary':
      return constant(Uint8Array.from(Buffer.from(expr.hex, 'hex')), VARBINARY, expr.at)
    case 'typed-literal':
      return typedLiteral(expr.type, expr.value, expr.at)
    case 'interval':
      return intervalLiteral(expr)
    default:
      return undefined
  }
}

/**
 * With a point or an exponent. Trino's own default for a point is decimal; Athena runs it with
 * `parse_decimal_literals_as_double`: docs/sql.md says how that is known.
 */
export const isDouble = (text: string): boolean => /[.eE]/.test(text) && !/^0[xX]/.test(text)

/** Digits alone are integer or bigint by their size. */
function numberLiteral(text: string, at: Position): Scalar {
  const plain = text.replaceAll('_', '')
  if (isDouble(plain)) return constant(Number(plain), DOUBLE, at)
  const value = BigInt(plain)
  if (value !== BigInt.asIntN(64, value)) throw new SqlError('SYNTAX_ERROR', `Invalid numeric literal: ${text}`, at)
  return constant(value, value === BigInt.asIntN(32, value) ? INTEGER : BIGINT, at)
}

function decimalLiteral(text: string, at: Position): Scalar {
  const m = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim())
  if (!m || `${m[2]}${m[3] ?? ''}` === '') throw invalid(text, 'DECIMAL', at)
  const whole = m[2]!.replace(/^0+/, '')
  const fraction = m[3] ?? ''
  const precision = Math.max(1, whole.length + fraction.length)
  if (precision > 38) throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `Value too large: ${text}`, at)
  const value = `${m[1] === '-' ? '-' : ''}${whole || '0'}${fraction ? `.${fraction}` : ''}`
  return constant(value, { kind: 'decimal', precision, scale: fraction.length }, at)
}

function typedLiteral(name: TypeName, text: string, at: Position): Scalar {
  switch (name.name) {
    case 'timestamp':
    case 'timestamp with time zone': {
      const moment = timestampText(text)
      if (!moment || isSkippedMoment(moment.text)) throw invalid(text, 'TIMESTAMP', at)
      checkDigits('TIMESTAMP', moment.precision, at)
      checkOffset(moment.zone, at)
      const kind = moment.zone === undefined ? 'timestamp' : 'timestamp with time zone'
      return constant(moment.text, { kind, precision: moment.precision }, at)
    }
    case 'time': {
      const moment = timeText(text)
      if (!moment) throw invalid(text, 'TIME', at)
      checkDigits('TIME', moment.precision, at)
      const kind = moment.zone === undefined ? 'time' : 'time with time zone'
      return constant(moment.text, { kind, precision: moment.precision }, at)
    }
    case 'decimal':
      return decimalLiteral(text, at)
    case 'json':
      return jsonLiteral(text, at)
  }
  const type = resolveType(name)
  const value = fromText(text, type)
  if (value === undefined) throw invalid(text, name.name.toUpperCase(), at)
  return constant(value, type, at)
}

/** Offsets end at fourteen hours. */
function checkOffset(zone: string | undefined, at: Position): void {
  const [, hours, minutes = '0'] = /^[+-](\d{1,2}):?(\d{2})?$/.exec(zone ?? '') ?? []
  if (hours !== undefined && Number(hours) * 60 + Number(minutes) > 14 * 60)
    throw new SqlError('NOT_SUPPORTED', `Time zone not supported: ${zone}`, at)
}

function checkDigits(kind: string, digits: number, at?: Position): void {
  if (digits > 12)
    throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `${kind} precision must be in range [0, 12]: ${digits}`, at)
}

function jsonLiteral(text: string, at: Position): Scalar {
  try {
    JSON.parse(text)
  } catch {
    throw invalid(text, 'JSON', at)
  }
  return constant(text, { kind: 'json' }, at)
}

/** The value that a cast from varchar gives; undefined when it fails. For types without parameters, and varchar. */
function fromText(text: string, type: Type): Constant | undefined {
  switch (type.kind) {
    case 'varchar':
      return type.length === undefined ? text : [...text].slice(0, type.length).join('')
    case 'char':
      return [...text].slice(0, type.length).join('')
    case 'date':
      return dateText(text)
    case 'boolean':
      return /^(true|t|1)$/i.test(text) ? true : /^(false|f|0)$/i.test(text) ? false : undefined
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint': {
      if (!/^[+-]?\d+$/.test(text)) return undefined
      const value = BigInt(text.replace(/^\+/, ''))
      return value === BigInt.asIntN(INTEGER_BITS[type.kind], value) ? value : undefined
    }
    case 'real':
    case 'double':
      return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : SPECIAL_DOUBLES[text.trim()]
    case 'uuid':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined
    case 'ipaddress':
      return /^[0-9a-fA-F.:]+$/.test(text) ? text : undefined
    default:
      return undefined
  }
}
const INTEGER_BITS = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 } as const
const SPECIAL_DOUBLES: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '+Infinity': Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const invalid = (text: string, kind: string, at: Position): SqlError =>
  new SqlError('INVALID_LITERAL', `'${text}' is not a valid ${kind} literal`, at)

const MONTHS: Partial<Record<IntervalField, bigint>> = { year: 12n, month: 1n }
const MILLIS: Partial<Record<IntervalField, bigint>> = {
  day: 86_400_000n,
  hour: 3_600_000n,
  minute: 60_000n,
  second: 1_000n,
}
const FIELDS: readonly IntervalField[] = ['year', 'month', 'day', 'hour', 'minute', 'second']

function intervalLiteral(expr: Expr & { kind: 'interval' }): Scalar {
  const { from, to, value, negative, at } = expr
  const months = MONTHS[from] !== undefined
  const fail = () => new SqlError('INVALID_LITERAL', `'${value}' is not a valid INTERVAL literal`, at)
  const fields = FIELDS.slice(FIELDS.indexOf(from), FIELDS.indexOf(to ?? from) + 1)
  const pieces = /^([+-]?)([\d\s:.-]+)$/.exec(value.trim())
  const numbers = pieces ? pieces[2]!.trim().split(/[\s:-]+/) : []
  if (fields.length === 0 || numbers.length !== fields.length || numbers.some((n) => !/^\d+(\.\d{0,3})?$/.test(n)))
    throw fail()
  let total = 0n
  for (const [i, field] of fields.entries()) {
    const unit = (months ? MONTHS : MILLIS)[field]
    const [whole, fraction] = numbers[i]!.split('.')
    if (unit === undefined || (fraction !== undefined && field !== 'second')) throw fail()
    total += BigInt(whole!) * unit + BigInt((fraction ?? '').padEnd(3, '0'))
  }
  const signed = negative !== (pieces?.[1] === '-') ? -total : total
  return constant(signed, { kind: months ? 'interval year to month' : 'interval day to second' }, at)
}

type Current = CurrentValue | 'now' | 'current_timezone'

/** What those are is the same for as long as the statement is. */
const LASTING: ReadonlySet<Current> = new Set(['current_timezone', 'current_catalog', 'current_schema', 'current_path'])

/** Of the session's zone: `2024-01-02`. */
const currentDay = (session: Context['session']): string => localText(session.now, session.timeZone, 0).slice(0, 10)

/** The day for what depends on it without saying so. */
export function todayOf({ session, findings }: Pick<Context, 'session' | 'findings'>): Today {
  findings.isOfTheMoment = true
  return { day: currentDay(session), instant: localText(session.now, 'UTC', 0) }
}

const WITH_DIGITS: Partial<Record<Current, string>> = {
  current_timestamp: 'TIMESTAMP WITH TIME ZONE',
  localtimestamp: 'TIMESTAMP',
  current_time: 'TIME WITH TIME ZONE',
  localtime: 'TIME',
}

/** `current_timestamp` and its like: one value for the whole statement. */
export function currentValue(
  what: Current,
  precision: number | undefined,
  { session, findings }: Pick<Context, 'session' | 'findings'>,
  at: Position,
): Scalar {
  if (!LASTING.has(what)) findings.isOfTheMoment = true
  const digits = precision ?? 3
  if (WITH_DIGITS[what]) checkDigits(WITH_DIGITS[what], digits)
  const zone = session.timeZone
  const local = () => localText(session.now, zone, digits)
  switch (what) {
    case 'current_date':
      return constant(currentDay(session), DATE, at)
    case 'now':
    case 'current_timestamp':
      return constant(`${local()} ${zone}`, { kind: 'timestamp with time zone', precision: digits }, at)
    case 'localtimestamp':
      return constant(local(), { kind: 'timestamp', precision: digits }, at)
    case 'localtime':
      return constant(local().slice(11), { kind: 'time', precision: digits }, at)
    case 'current_time':
      return constant(
        `${local().slice(11)}${offsetOf(session.now, zone)}`,
        { kind: 'time with time zone', precision: digits },
        at,
      )
    case 'current_timezone':
      return constant(zone, VARCHAR, at)
    case 'current_user':
      return constant(session.user, VARCHAR, at)
    case 'current_catalog':
      return constant(session.catalog, VARCHAR, at)
    case 'current_schema':
      return constant(session.database, VARCHAR, at)
    case 'current_path':
      return constant('', VARCHAR, at)
  }
}

function offsetOf(instant: Date, zone: string): string {
  if (!isZone(zone)) return '+00:00'
  const local = Date.parse(`${localText(instant, zone, 3).replace(' ', 'T')}Z`)
  const minutes = Math.round((local - instant.getTime()) / 60_000)
  const pad = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`
}
