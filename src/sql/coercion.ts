/**
 * Trino's coercion lattice: which types turn into which without being asked, what two types have in common, and which
 * may be cast explicitly. It decides about types only; how a value is converted is the engine's matter.
 */
import { type RowField, type SimpleKind, sameType, type Type } from './types.ts'

export const MAX_DECIMAL_PRECISION = 38
/** The length that stands for an unbounded varchar in arithmetic on lengths. */
export const UNBOUNDED_LENGTH = 2147483647
export const MAX_CHAR_LENGTH = 65536

const INTEGER_DIGITS: Partial<Record<Type['kind'], number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }
const NUMERIC_RANK: readonly Type['kind'][] = ['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'real', 'double']
const TEMPORAL_RANK: readonly Type['kind'][] = ['date', 'timestamp', 'timestamp with time zone']
const TIME_RANK: readonly Type['kind'][] = ['time', 'time with time zone']

export const isInteger = (type: Type): boolean => INTEGER_DIGITS[type.kind] !== undefined
export const isNumeric = (type: Type): boolean => NUMERIC_RANK.includes(type.kind)
export const isText = (type: Type): boolean => type.kind === 'varchar' || type.kind === 'char'

/** The narrowest type that both coerce to, or undefined. */
export function commonType(a: Type, b: Type): Type | undefined {
  if (a.kind === 'unknown') return b
  if (b.kind === 'unknown') return a
  if (a.kind === b.kind) return commonOfKind(a, b)
  const widened = widen(a, b.kind)
  if (widened) return commonOfKind(widened, b)
  const other = widen(b, a.kind)
  return other ? commonOfKind(a, other) : undefined
}

/** Whether a decimal(38) of the larger scale has room for every value of both; of other types there is no doubt. */
export function shareScale(a: Type, b: Type): boolean {
  if (a.kind !== 'decimal' || b.kind !== 'decimal') return true
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
  return whole + Math.max(a.scale, b.scale) <= MAX_DECIMAL_PRECISION
}

/** Whether `from` becomes `to` silently, as an argument or in a comparison does. */
export function canCoerce(from: Type, to: Type): boolean {
  const common = commonType(from, to)
  return common !== undefined && sameType(common, to)
}

/** Whether the coercion changes nothing but the declared type, so that no engine has work to do. */
export function isTypeOnlyCoercion(from: Type, to: Type): boolean {
  if (sameType(from, to)) return sameFieldNames(from, to)
  return (
    from.kind === 'varchar' &&
    to.kind === 'varchar' &&
    (to.length ?? UNBOUNDED_LENGTH) >= (from.length ?? UNBOUNDED_LENGTH)
  )
}

/** The decimal that holds every value of an integer type. */
function decimalOf(type: Type): (Type & { readonly kind: 'decimal' }) | undefined {
  if (type.kind === 'decimal') return type
  const digits = INTEGER_DIGITS[type.kind]
  return digits === undefined ? undefined : { kind: 'decimal', precision: digits, scale: 0 }
}

/** One step across kinds: `type` as the kind `kind`, if Trino coerces that way. */
export function widen(type: Type, kind: Type['kind']): Type | undefined {
  const numeric = NUMERIC_RANK.indexOf(type.kind)
  if (numeric >= 0) {
    if (NUMERIC_RANK.indexOf(kind) <= numeric) return undefined
    return kind === 'decimal' ? decimalOf(type) : ({ kind } as Type)
  }
  for (const rank of [TEMPORAL_RANK, TIME_RANK]) {
    const at = rank.indexOf(type.kind)
    if (at >= 0 && rank.indexOf(kind) > at) return { kind, precision: precisionOf(type) } as Type
  }
  // VARCHAR turns into CHAR and never the other way round, so that literals compare with CHAR columns.
  if (type.kind === 'varchar' && kind === 'char')
    return { kind: 'char', length: Math.min(type.length ?? MAX_CHAR_LENGTH, MAX_CHAR_LENGTH) }
  if (type.kind === 'P4HyperLogLog' && kind === 'HyperLogLog') return { kind: 'HyperLogLog' }
  return undefined
}

function commonOfKind(a: Type, b: Type): Type | undefined {
  if (a.kind === 'decimal' && b.kind === 'decimal') {
    const scale = Math.max(a.scale, b.scale)
    const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale
    return { kind: 'decimal', precision: Math.min(MAX_DECIMAL_PRECISION, precision), scale }
  }
  if (a.kind === 'varchar' && b.kind === 'varchar') {
    if (a.length === undefined || b.length === undefined) return { kind: 'varchar' }
    return a.length >= b.length ? a : b
  }
  if (a.kind === 'char' && b.kind === 'char') return a.length >= b.length ? a : b
  if ('precision' in a && 'precision' in b) return a.precision >= b.precision ? a : b
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.element, b.element)
    return element && { kind: 'array', element }
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = commonType(a.key, b.key)
    const value = commonType(a.value, b.value)
    return key && value && { kind: 'map', key, value }
  }
  if (a.kind === 'row' && b.kind === 'row') return commonRow(a.fields, b.fields)
  return sameType(a, b) ? a : undefined
}

/** Fields meet by place; a name survives when both sides agree on it. */
function commonRow(a: readonly RowField[], b: readonly RowField[]): Type | undefined {
  if (a.length !== b.length) return undefined
  const fields: RowField[] = []
  for (const [i, field] of a.entries()) {
    const other = b[i]!
    const type = commonType(field.type, other.type)
    if (!type) return undefined
    fields.push(field.name !== undefined && field.name === other.name ? { name: field.name, type } : { type })
  }
  return { kind: 'row', fields }
}

function sameFieldNames(a: Type, b: Type): boolean {
  if (a.kind === 'row' && b.kind === 'row')
    return a.fields.every((f, i) => f.name === b.fields[i]!.name && sameFieldNames(f.type, b.fields[i]!.type))
  if (a.kind === 'array' && b.kind === 'array') return sameFieldNames(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return sameFieldNames(a.key, b.key) && sameFieldNames(a.value, b.value)
  return true
}

const precisionOf = (type: Type): number => ('precision' in type ? type.precision : 0)

/** Whether `=` exists for the type. */
export function isComparable(type: Type): boolean {
  switch (type.kind) {
    case 'array':
      return isComparable(type.element)
    case 'map':
      return isComparable(type.key) && isComparable(type.value)
    case 'row':
      return type.fields.every((f) => isComparable(f.type))
    default:
      return !OPAQUE.has(type.kind)
  }
}

/** Whether `<` exists for the type. */
export function isOrderable(type: Type): boolean {
  switch (type.kind) {
    case 'array':
      return isOrderable(type.element)
    case 'row':
      return type.fields.every((f) => isOrderable(f.type))
    default:
      return type.kind !== 'map' && type.kind !== 'json' && !OPAQUE.has(type.kind)
  }
}
const OPAQUE: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  'function',
  'HyperLogLog',
  'P4HyperLogLog',
  'tdigest',
  'qdigest',
  'Geometry',
  'SphericalGeography',
])

// ---- explicit casts

const NUMBERS: readonly Type['kind'][] = NUMERIC_RANK
const CASTS: Partial<Record<Type['kind'], readonly Type['kind'][]>> = {
  boolean: ['boolean', ...NUMBERS, 'varchar', 'json'],
  tinyint: ['boolean', ...NUMBERS, 'varchar', 'json'],
  smallint: ['boolean', ...NUMBERS, 'varchar', 'json'],
  integer: ['boolean', ...NUMBERS, 'varchar', 'json'],
  bigint: ['boolean', ...NUMBERS, 'varchar', 'json'],
  decimal: ['boolean', ...NUMBERS, 'varchar', 'json'],
  real: ['boolean', ...NUMBERS, 'varchar', 'json'],
  double: ['boolean', ...NUMBERS, 'varchar', 'json'],
  varchar: [
    ...['boolean', ...NUMBERS, 'varchar', 'char', 'varbinary', 'date', 'time', 'time with time zone'],
    ...['timestamp', 'timestamp with time zone', 'json', 'uuid', 'ipaddress'],
  ] as Type['kind'][],
  char: ['char', 'varchar'],
  varbinary: ['varbinary', 'uuid', 'ipaddress', 'HyperLogLog', 'tdigest', 'qdigest'],
  date: ['date', 'timestamp', 'timestamp with time zone', 'varchar', 'json'],
  time: ['time', 'time with time zone', 'timestamp', 'timestamp with time zone', 'varchar'],
  'time with time zone': ['time', 'time with time zone', 'timestamp', 'timestamp with time zone', 'varchar'],
  timestamp: ['date', 'time', 'time with time zone', 'timestamp', 'timestamp with time zone', 'varchar', 'json'],
  'timestamp with time zone': [
    ...(['date', 'time', 'time with time zone', 'timestamp', 'timestamp with time zone', 'varchar'] as const),
  ],
  'interval year to month': ['interval year to month', 'varchar'],
  'interval day to second': ['interval day to second', 'varchar'],
  json: ['boolean', ...NUMBERS, 'varchar', 'json'],
  uuid: ['uuid', 'varchar', 'varbinary'],
  ipaddress: ['ipaddress', 'varchar', 'varbinary'],
  HyperLogLog: ['HyperLogLog', 'P4HyperLogLog', 'varbinary'],
  P4HyperLogLog: ['HyperLogLog', 'P4HyperLogLog'],
  tdigest: ['tdigest', 'varbinary'],
  qdigest: ['qdigest', 'varbinary'],
}
const JSON_MAP_KEYS: ReadonlySet<Type['kind']> = new Set<Type['kind']>(['boolean', ...NUMBERS, 'varchar'])

/** Whether `CAST(from AS to)` exists. */
export function canCast(from: Type, to: Type): boolean {
  if (from.kind === 'unknown') return true
  if (to.kind === 'varchar' && to.length !== undefined && UNLIMITED_TEXT.has(from.kind)) return false
  if (from.kind === 'json' && isNested(to)) return castsFromJson(to)
  if (to.kind === 'json' && isNested(from)) return castsToJson(from)
  if (from.kind === 'array' && to.kind === 'array') return canCast(from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map') return canCast(from.key, to.key) && canCast(from.value, to.value)
  if (from.kind === 'row' && to.kind === 'row')
    return from.fields.length === to.fields.length && from.fields.every((f, i) => canCast(f.type, to.fields[i]!.type))
  return CASTS[from.kind]?.includes(to.kind) ?? false
}

/** Their text is never cut. */
const UNLIMITED_TEXT: ReadonlySet<Type['kind']> = new Set<Type['kind']>(['uuid', 'ipaddress'])

const isNested = (type: Type): boolean => type.kind === 'array' || type.kind === 'map' || type.kind === 'row'

function castsFromJson(to: Type): boolean {
  switch (to.kind) {
    case 'array':
      return castsFromJson(to.element)
    case 'map':
      return JSON_MAP_KEYS.has(to.key.kind) && castsFromJson(to.value)
    case 'row':
      return to.fields.every((f) => castsFromJson(f.type))
    default:
      return canCast({ kind: 'json' }, to)
  }
}

function castsToJson(from: Type): boolean {
  switch (from.kind) {
    case 'unknown':
      return true
    case 'array':
      return castsToJson(from.element)
    case 'map':
      return JSON_MAP_KEYS.has(from.key.kind) && castsToJson(from.value)
    case 'row':
      return from.fields.every((f) => castsToJson(f.type))
    default:
      return canCast(from, { kind: 'json' })
  }
}

/** Names under which a simple type may be written. */
export const SIMPLE_TYPES: Readonly<Record<string, SimpleKind>> = {
  unknown: 'unknown',
  boolean: 'boolean',
  tinyint: 'tinyint',
  smallint: 'smallint',
  int: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  real: 'real',
  double: 'double',
  'double precision': 'double',
  varbinary: 'varbinary',
  date: 'date',
  'interval year to month': 'interval year to month',
  'interval day to second': 'interval day to second',
  json: 'json',
  uuid: 'uuid',
  ipaddress: 'ipaddress',
  hyperloglog: 'HyperLogLog',
  p4hyperloglog: 'P4HyperLogLog',
  tdigest: 'tdigest',
  geometry: 'Geometry',
  sphericalgeography: 'SphericalGeography',
  bingtile: 'BingTile',
}
