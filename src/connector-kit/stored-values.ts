/** An author's values as vectors hold them: this is where they are looked at, and compared. */
import { fitDecimal } from '../formats/value-fitting.ts'
import type {
  Builder,
  BytesBuilder,
  ListBuilder,
  LongBuilder,
  MapBuilder,
  NumberBuilder,
  StructBuilder,
  WideBuilder,
} from '../formats/vector-builders.ts'
import { type ColumnType, LONG_DECIMAL_DIGITS } from '../formats/vectors.ts'
import { DefinitionError, type Value } from './definition.ts'

/** Of a type without others inside: numbers, days and truths; longs, microseconds and decimals; text and bytes. */
export type Stored = number | bigint | Uint8Array

const MS_PER_DAY = 86_400_000
const DECIMAL = /^([+-]?)(\d*)\.?(\d*)$/
const RANGES = { tinyint: 7, smallint: 15, int: 31 } as const

/** Undefined for no value, and for types that are made of others. Throws DefinitionError for a value of another type. */
export function storedValue(type: ColumnType, value: Value): Stored | undefined {
  if (value === null || value === undefined) return undefined
  switch (type.kind) {
    case 'boolean':
      if (typeof value === 'boolean') return Number(value)
      if (value === 'true' || value === 'false') return Number(value === 'true')
      return wrong(type, value)
    case 'tinyint':
    case 'smallint':
    case 'int': {
      const whole = Number(wholeOf(type, value))
      const limit = 2 ** RANGES[type.kind]
      return whole >= -limit && whole < limit ? whole : wrong(type, value)
    }
    case 'long': {
      const whole = wholeOf(type, value)
      return BigInt.asIntN(64, whole) === whole ? whole : wrong(type, value)
    }
    case 'float':
      return Math.fround(numberOf(type, value))
    case 'double':
      return numberOf(type, value)
    case 'decimal':
      return decimalOf(type, value)
    case 'date':
      return Math.floor(momentOf(type, value) / MS_PER_DAY)
    case 'timestamp':
    case 'instant':
      return BigInt(Math.floor(momentOf(type, value))) * 1000n
    case 'binary':
      return value instanceof Uint8Array ? value : wrong(type, value)
    case 'string':
      return typeof value === 'object' ? wrong(type, value) : Buffer.from(String(value))
    default:
      return undefined
  }
}

/** Throws DefinitionError. */
export function addValue(builder: Builder, type: ColumnType, value: Value): void {
  if (value === null || value === undefined) builder.missing()
  else if (type.kind === 'list') addList(builder as ListBuilder, type, value)
  else if (type.kind === 'map') addMap(builder as MapBuilder, type, value)
  else if (type.kind === 'struct') addStruct(builder as StructBuilder, type, value)
  else addStored(builder, type, storedValue(type, value)!)
}

type TypeOf<Kind extends ColumnType['kind']> = Extract<ColumnType, { readonly kind: Kind }>

function addList(builder: ListBuilder, type: TypeOf<'list'>, value: Value): void {
  if (!Array.isArray(value)) wrong(type, value)
  for (const item of value) addValue(builder.element, type.element, item)
  builder.add(value.length)
}

function addMap(builder: MapBuilder, type: TypeOf<'map'>, value: Value): void {
  const entries = value instanceof Map ? [...value] : isObject(value) ? Object.entries(value) : wrong(type, value)
  for (const [key, item] of entries) {
    addValue(builder.key, type.key, key)
    addValue(builder.value, type.value, item)
  }
  builder.add(entries.length)
}

function addStruct(builder: StructBuilder, type: TypeOf<'struct'>, value: Value): void {
  if (!isObject(value)) wrong(type, value)
  type.fields.forEach((field, i) => {
    addValue(builder.fields[i]!, field.type, value[field.name])
  })
  builder.add()
}

function addStored(builder: Builder, type: ColumnType, stored: Stored): void {
  if (stored instanceof Uint8Array) (builder as BytesBuilder).add(stored)
  else if (typeof stored === 'number') (builder as NumberBuilder).add(stored)
  else if (type.kind === 'decimal' && type.precision > LONG_DECIMAL_DIGITS) (builder as WideBuilder).add(stored)
  else (builder as LongBuilder).addBig(stored)
}

/** Text by its bytes, as Athena orders it. */
export function compare(a: Stored, b: Stored): number {
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array)
  return a === b ? 0 : a < (b as typeof a) ? -1 : 1
}

const isObject = (value: Value): value is { readonly [member: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

function wholeOf(type: ColumnType, value: Value): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : wrong(type, value)
}

function numberOf(type: ColumnType, value: Value): number {
  if (typeof value === 'number') return value
  const number = typeof value === 'bigint' || (typeof value === 'string' && value !== '') ? Number(value) : Number.NaN
  return Number.isNaN(number) ? wrong(type, value) : number
}

function decimalOf(type: ColumnType & { readonly kind: 'decimal' }, value: Value): bigint {
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(String(value)) ?? []
  if (whole + fraction === '') return wrong(type, value)
  const digits = BigInt(whole + fraction)
  return fitDecimal(sign === '-' ? -digits : digits, fraction.length, type) ?? wrong(type, value)
}

/** Milliseconds. Text that says no zone is of UTC. */
function momentOf(type: ColumnType, value: Value): number {
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string') return wrong(type, value)
  const text = value.replace(' ', 'T')
  const isZoned = !text.includes('T') || /(Z|[+-]\d\d:?\d\d)$/.test(text)
  const ms = Date.parse(isZoned ? text : `${text}Z`)
  return Number.isNaN(ms) ? wrong(type, value) : ms
}

function wrong(type: ColumnType, value: Value): never {
  throw new DefinitionError(`${typeof value === 'string' ? `'${value}'` : String(value)} is no ${type.kind}`)
}
