/** Trino's explicit and implicit casts. A cast that fails says so in Trino's words; a safe one yields NULL instead. */
import { SqlError } from '../position.ts'
import { quotedName } from '../quotation.ts'
import { type Type, typeName, VARCHAR } from '../types.ts'
import { bindOnce } from './bindings.ts'
import { type Cast, type Conversion, checked, plain } from './cast.ts'
import type { Printing } from './context.ts'
import { failureAs } from './failures.ts'
import { jsonOf, valueOfJson } from './json-casts.ts'
import { nullOf } from './literals.ts'
import { toDate, toTime, toTimestamp, toZoned, toZonedTime } from './moment-casts.ts'
import { textOf } from './texts.ts'
import { duckdbType, quote, rowFieldName } from './types.ts'
import { UTC, type Zone } from './zones.ts'

const INTEGER_NAMES: Readonly<Record<string, string>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  integer: 'INT',
  bigint: 'BIGINT',
}
const NUMBERS = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'real', 'double'])
const DOUBLE_TEXT = String.raw`\s*[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*`
/** Literals of Java: with the letter of their type, or hexadecimal. */
const JAVA_DOUBLE_TEXT = String.raw`\s*[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)[dDfF]?\s*`
const DECIMAL_TEXT = String.raw`[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?`

/** Where only the representation may differ (names of row fields), without the checks of an explicit cast. */
export function conform(printing: Printing, sql: string, from: Type, to: Type, zone: Zone = UTC): string {
  if (to.kind === 'function' || duckdbType(from) === duckdbType(to)) return sql
  return castValue({ printing, sql, from, to, safe: false, zone })
}

export function castValue(cast: Cast): string {
  const { from, to } = cast
  if (from.kind === 'unknown') return nullOf(to)
  const convert = CASTS[to.kind]
  const text = convert?.(cast)
  if (text !== undefined) return text
  throw new SqlError('TYPE_MISMATCH', `Cannot cast ${typeName(from)} to ${typeName(to)}`)
}

const toInteger: Conversion = (cast) => {
  const { sql, from, to } = cast
  const target = duckdbType(to)
  const name = INTEGER_NAMES[to.kind]!
  switch (from.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
      return from.kind === to.kind ? sql : plain(cast)
    case 'real':
    case 'double':
      // Half away from zero, where DuckDB's own cast rounds half to even.
      if (cast.safe) return `TRY_CAST(round(${sql}) AS ${target})`
      return bindOnce(cast.printing, [sql], (v) => {
        const nan = failureAs('INVALID_CAST_ARGUMENT', `Cannot cast ${from.kind} NaN to ${to.kind}`, target)
        return `CASE WHEN isnan(${v}) THEN ${nan} ELSE CAST(round(${v}) AS ${target}) END`
      })
    case 'varchar':
    case 'char':
      return checked(cast, '[+-]?[0-9]+', target, (v) => `'Cannot cast ''' || ${v} || ''' to ${name}'`)
    case 'json':
      return valueOfJson(cast, castValue)
    default:
      return undefined
  }
}

const toFloat: Conversion = (cast) => {
  const { from, to } = cast
  const target = duckdbType(to)
  if (from.kind === to.kind) return cast.sql
  if (NUMBERS.has(from.kind) || from.kind === 'boolean') return plain(cast)
  if (from.kind === 'json') return valueOfJson(cast, castValue)
  if (from.kind !== 'varchar' && from.kind !== 'char') return undefined
  return checked(cast, DOUBLE_TEXT, target, (v) => `'Cannot cast ''' || ${v} || ''' to ${to.kind.toUpperCase()}'`, {
    other: { pattern: JAVA_DOUBLE_TEXT, read: (v) => `CAST(js_java_double(${v}) AS ${target})` },
  })
}

const toDecimal: Conversion = (cast) => {
  const { from, to } = cast
  if (from.kind === 'json') return valueOfJson(cast, castValue)
  if (from.kind === 'double' && to.kind === 'decimal') return decimalOfDouble(cast, to.scale)
  if (NUMBERS.has(from.kind) || from.kind === 'boolean') {
    return duckdbType(from) === duckdbType(to) ? cast.sql : toNarrower(cast)
  }
  if (from.kind !== 'varchar' && from.kind !== 'char') return undefined
  const name = spacedName(to)
  return checked(
    cast,
    DECIMAL_TEXT,
    duckdbType(to),
    (v) => `'Cannot cast VARCHAR ''' || ${v} || ''' to ${name}. Value is not a number.'`,
  )
}

/**
 * Trino rounds the shortest decimal that is the double: 1.005 becomes 1.01, though the double lies below. Where the two
 * could differ, the text of the number is cast; elsewhere the number, which is eight times as fast.
 */
function decimalOfDouble(cast: Cast, scale: number): string {
  const target = duckdbType(cast.to)
  const name = spacedName(cast.to)
  return bindOnce(cast.printing, [cast.sql], (v) => {
    const scaled = scale === 0 ? v : `(${v} * 1e${scale})`
    const isTie = `abs(abs(${scaled} - trunc(${scaled})) - 0.5) <= 1e-9 + abs(${scaled}) * 1e-15`
    const refusal = failureAs(
      'INVALID_CAST_ARGUMENT',
      "Cannot cast DOUBLE '",
      target,
      `js_double_java(${v}) || ''' to ${name}'`,
    )
    const otherwise = cast.safe ? nullOf(cast.to) : `CASE WHEN ${v} IS NOT NULL THEN ${refusal} END`
    const ofText = `coalesce(TRY_CAST(CAST(${v} AS VARCHAR) AS ${target}), ${otherwise})`
    return `CASE WHEN ${isTie} THEN ${ofText} ELSE coalesce(TRY_CAST(${v} AS ${target}), ${otherwise}) END`
  })
}

/** Of a column the error can name the type that the value has; DuckDB's own does not know it. */
function toNarrower(cast: Cast): string {
  const { sql, from, to } = cast
  if (cast.safe || to.kind !== 'decimal' || !NAMED.test(sql)) return plain(cast)
  const digits =
    from.kind === 'decimal' ? from.precision - from.scale : (WHOLE_DIGITS[from.kind] ?? Number.POSITIVE_INFINITY)
  // A whole digit more is for what rounding may carry.
  if (digits + 1 <= to.precision - to.scale || from.kind === 'boolean') return plain(cast)
  const target = duckdbType(to)
  const source = spacedName(from)
  const text =
    from.kind === 'real' || from.kind === 'double'
      ? `js_${from.kind}_java(${sql})`
      : textOf(cast.printing, sql, from, cast.zone)
  const refusal = failureAs(
    'INVALID_CAST_ARGUMENT',
    `Cannot cast ${source} '`,
    target,
    `${text} || ''' to ${spacedName(to)}'`,
  )
  return `coalesce(TRY_CAST(${sql} AS ${target}), CASE WHEN ${sql} IS NOT NULL THEN ${refusal} END)`
}
/** A column or a literal, of which each row is as cheap as its first reading. */
const NAMED = /^(?:c\d+|CAST\('?[-+.\w]+'? AS [A-Z]+(?:\(\d+,\d+\))?\))$/
const WHOLE_DIGITS: Partial<Record<Type['kind'], number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }
/** `DECIMAL(38, 0)`. */
const spacedName = (type: Type): string => typeName(type).toUpperCase().replace(',', ', ')

const toBoolean: Conversion = (cast) => {
  const { sql, from } = cast
  if (from.kind === 'boolean') return sql
  if (NUMBERS.has(from.kind)) return `(${sql} <> 0)`
  if (from.kind === 'json') return valueOfJson(cast, castValue)
  if (from.kind !== 'varchar' && from.kind !== 'char') return undefined
  return bindOnce(cast.printing, [from.kind === 'char' ? `rtrim(${sql})` : sql], (v) => {
    const other = cast.safe
      ? 'CAST(NULL AS BOOLEAN)'
      : failureAs('INVALID_CAST_ARGUMENT', "Cannot cast '", 'BOOLEAN', `${v} || ''' to BOOLEAN'`)
    return `CASE WHEN ${v} IS NULL THEN CAST(NULL AS BOOLEAN) WHEN lower(${v}) IN ('t', 'true', '1') THEN TRUE WHEN lower(${v}) IN ('f', 'false', '0') THEN FALSE ELSE ${other} END`
  })
}

const toText: Conversion = (cast) => {
  const { from, to, printing } = cast
  if (to.kind !== 'varchar' && to.kind !== 'char') return undefined
  if (from.kind === 'json') return limited(cast, valueOfJson({ ...cast, to: VARCHAR }, castValue))
  if (from.kind === 'varchar' || from.kind === 'char') {
    if (to.kind === 'char') return `rpad(left(rtrim(${cast.sql}, ' '), ${to.length}), ${to.length}, ' ')`
    if (to.length === undefined || (from.length !== undefined && from.length <= to.length)) return cast.sql
    return `left(${cast.sql}, ${to.length})`
  }
  const text = textOf(printing, cast.sql, from, cast.zone)
  return text === undefined
    ? undefined
    : limited(cast, text, isFloat(from) ? `js_${from.kind}_java(${cast.sql})` : undefined)
}

const isFloat = ({ kind }: Type): boolean => kind === 'real' || kind === 'double'

/** `plainText`: how a floating-point number is shown beside its text. A number that does not fit a varchar(n) is an error, unlike text, which is cut. */
function limited(cast: Cast, text: string, plainText?: string): string {
  const { to, printing } = cast
  if (to.kind === 'char') return `rpad(left(${text}, ${to.length}), ${to.length}, ' ')`
  if (to.kind !== 'varchar' || to.length === undefined) return text
  return bindOnce(printing, [text], (v) => {
    const tooLong = cast.safe
      ? 'CAST(NULL AS VARCHAR)'
      : failureAs(
          'INVALID_CAST_ARGUMENT',
          'Value ',
          'VARCHAR',
          `${plainText ? `${plainText} || ' (' || ${v} || ')'` : v} || ' cannot be represented as ${typeName(to)}'`,
        )
    return `CASE WHEN length(${v}) > ${to.length} THEN ${tooLong} ELSE ${v} END`
  })
}

const toArray: Conversion = (cast) => {
  const { from, to, printing } = cast
  if (to.kind !== 'array') return undefined
  if (from.kind === 'json') return valueOfJson(cast, castValue)
  if (from.kind !== 'array') return undefined
  if (from.element.kind === 'unknown') return `CAST(${cast.sql} AS ${duckdbType(to)})`
  const item = printing.fresh('v')
  const body = castValue({ ...cast, sql: item, from: from.element, to: to.element })
  return body === item ? cast.sql : `list_transform(${cast.sql}, lambda ${item}: ${body})`
}

const toMap: Conversion = (cast) => {
  const { from, to, printing } = cast
  if (to.kind !== 'map') return undefined
  if (from.kind === 'json') return valueOfJson(cast, castValue)
  if (from.kind !== 'map') return undefined
  const entry = printing.fresh('v')
  const key = castValue({ ...cast, sql: `${entry}.key`, from: from.key, to: to.key })
  const value = castValue({ ...cast, sql: `${entry}.value`, from: from.value, to: to.value })
  const entries = `list_transform(map_entries(${cast.sql}), lambda ${entry}: struct_pack(key := ${key}, value := ${value}))`
  return bindOnce(
    printing,
    [cast.sql],
    (v) => `CASE WHEN ${v} IS NOT NULL THEN map_from_entries(${entries.replace(cast.sql, () => v)}) END`,
  )
}

const toRow: Conversion = (cast) => {
  const { from, to, printing } = cast
  if (to.kind !== 'row') return undefined
  if (from.kind === 'json') return valueOfJson(cast, castValue)
  if (from.kind !== 'row' || from.fields.length !== to.fields.length) return undefined
  return bindOnce(printing, [cast.sql], (v) => {
    const fields = to.fields.map((field, i) => {
      const value = `struct_extract(${v}, ${quote(rowFieldName(from, i))})`
      return `${quotedName(rowFieldName(to, i))} := ${castValue({ ...cast, sql: value, from: from.fields[i]!.type, to: field.type })}`
    })
    return `CASE WHEN ${v} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`
  })
}

const CASTS: Partial<Record<Type['kind'], Conversion>> = {
  unknown: (cast) => nullOf(cast.to),
  boolean: toBoolean,
  tinyint: toInteger,
  smallint: toInteger,
  integer: toInteger,
  bigint: toInteger,
  real: toFloat,
  double: toFloat,
  decimal: toDecimal,
  varchar: toText,
  char: toText,
  date: (cast) => (cast.from.kind === 'json' ? valueOfJson(cast, castValue) : toDate(cast)),
  timestamp: (cast) => (cast.from.kind === 'json' ? valueOfJson(cast, castValue) : toTimestamp(cast)),
  'timestamp with time zone': toZoned,
  time: toTime,
  'time with time zone': toZonedTime,
  'interval day to second': same,
  'interval year to month': same,
  varbinary: ({ sql, from }) =>
    from.kind === 'varbinary'
      ? sql
      : from.kind === 'uuid'
        ? `unhex(replace(CAST(${sql} AS VARCHAR), '-', ''))`
        : from.kind === 'ipaddress'
          ? `js_ip_bytes(${sql})`
          : from.kind === 'varchar'
            ? `encode(${sql})`
            : SKETCHES.has(from.kind)
              ? sql
              : undefined,
  HyperLogLog: sketch,
  P4HyperLogLog: (cast) => (cast.from.kind === 'HyperLogLog' ? `js_dense_set(${cast.sql})` : sketch(cast)),
  tdigest: sketch,
  qdigest: sketch,
  uuid: (cast) =>
    cast.from.kind === 'uuid'
      ? cast.sql
      : cast.from.kind === 'varchar' || cast.from.kind === 'char'
        ? checked(
            cast,
            '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
            'UUID',
            (v) => `'Cannot cast value to UUID: ' || ${v}`,
          )
        : cast.from.kind === 'varbinary'
          ? uuidOfBytes(cast)
          : undefined,
  ipaddress: ({ sql, from }) =>
    from.kind === 'ipaddress'
      ? sql
      : from.kind === 'varchar' || from.kind === 'char'
        ? `js_ip_address(${sql})`
        : from.kind === 'varbinary'
          ? `js_ip_of_bytes(${sql})`
          : undefined,
  json: (cast) => (cast.from.kind === 'json' ? cast.sql : jsonOf(cast.printing, cast.sql, cast.from, cast.zone)),
  array: toArray,
  map: toMap,
  row: toRow,
}

function uuidOfBytes({ sql, safe, printing }: Cast): string {
  return bindOnce(printing, [sql], (v) => {
    const refusal = failureAs('INVALID_CAST_ARGUMENT', 'Invalid UUID binary length: ', 'UUID', `octet_length(${v})`)
    const otherwise = safe ? 'CAST(NULL AS UUID)' : refusal
    return `CASE WHEN ${v} IS NULL OR octet_length(${v}) = 16 THEN CAST(lower(hex(${v})) AS UUID) ELSE ${otherwise} END`
  })
}

/** A sketch is its bytes. */
const SKETCHES: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  'HyperLogLog',
  'P4HyperLogLog',
  'tdigest',
  'qdigest',
])

function sketch({ sql, from }: Cast): string | undefined {
  return from.kind === 'varbinary' || SKETCHES.has(from.kind) ? sql : undefined
}

function same(cast: Cast): string | undefined {
  return cast.from.kind === cast.to.kind ? cast.sql : undefined
}
