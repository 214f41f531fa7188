/** Rows of vectors as Ion documents, by the mapping of types of the Ion Hive SerDe. */
import { UnsupportedData } from '../corrupt-data.ts'
import { type TextValues, textCells } from '../text-cells.ts'
import type { ColumnField, ColumnType, Values, Vector } from '../vectors.ts'
import type { IonType, IonValue } from './values.ts'

/** https://docs.aws.amazon.com/athena/latest/ug/ion-serde-using-ion-serde-properties.html */
export interface IonSerialization {
  readonly encoding: 'BINARY' | 'TEXT'
  /** Fields without a value are left out, `null`, or null of their type. */
  readonly nulls: 'OMIT' | 'UNTYPED' | 'TYPED'
  /** Of timestamps, which are the same moments whatever it is. */
  readonly offsetMinutes: number
  /** What columns become where that is not what their types do, by name. */
  readonly as: Readonly<Record<string, IonType>>
}

/** Yields `rows` documents, one after the other. Throws `UnsupportedData` for a moment that Ion can not say. */
export function* ionDocuments(
  fields: readonly ColumnField[],
  columns: readonly Vector[],
  rows: number,
  rules: IonSerialization,
): Generator<IonValue> {
  const cells = fields.map(({ name, type }, i) =>
    optional(columns[i]!, type, rules, rules.as[name] ?? ION_TYPES[type.kind]),
  )
  const names = fields.map(({ name }) => name)
  for (let row = 0; row < rows; row++) yield structOf(names, cells, rules)
}

const ION_TYPES: Readonly<Record<ColumnType['kind'], IonType>> = {
  boolean: 'bool',
  tinyint: 'int',
  smallint: 'int',
  int: 'int',
  long: 'int',
  float: 'float',
  double: 'float',
  decimal: 'decimal',
  string: 'string',
  char: 'string',
  varchar: 'string',
  binary: 'blob',
  date: 'timestamp',
  timestamp: 'timestamp',
  instant: 'timestamp',
  time: 'int',
  uuid: 'blob',
  list: 'list',
  map: 'struct',
  struct: 'struct',
}

/** Tells the value of one row at each call. */
type Cell = () => IonValue

const bare = { annotations: [] }

function structOf(names: readonly string[], cells: readonly Cell[], { nulls }: IonSerialization): IonValue {
  const found: [string, IonValue][] = []
  for (let i = 0; i < cells.length; i++) {
    const value = cells[i]!()
    if (nulls !== 'OMIT' || value.type !== 'null') found.push([names[i]!, value])
  }
  return { type: 'struct', fields: found, ...bare }
}

function optional(
  { valid, values }: Vector,
  type: ColumnType,
  rules: IonSerialization,
  as: IonType = ION_TYPES[type.kind],
): Cell {
  const present = cellOf(values, type, rules, as)
  const missing: IonValue = { type: 'null', ...(rules.nulls === 'TYPED' && { of: as }), ...bare }
  let row = 0
  return () => (!valid || valid[row++] === 1 ? present() : missing)
}

function cellOf(values: Values, type: ColumnType, rules: IonSerialization, as: IonType): Cell {
  let at = 0
  switch (values.kind) {
    case 'bits':
      return () => ({ type: 'bool', value: values.values[at++] === 1, ...bare })
    case 'float':
    case 'double':
      return () => ({ type: 'float', value: values.values[at++]!, ...bare })
    case 'int32':
      return type.kind === 'date'
        ? () => dayOf(values.values[at++]!)
        : () => ({ type: 'int', value: BigInt(values.values[at++]!), ...bare })
    case 'int64':
      if (type.kind === 'timestamp' || type.kind === 'instant')
        return () => momentOf(values.values[at++]!, rules.offsetMinutes)
      return wholeCell(() => values.values[at++]!, type, as)
    case 'int128': {
      const view = new DataView(values.values.buffer, values.values.byteOffset)
      return wholeCell(
        () => {
          at += 16
          return (view.getBigInt64(at - 16) << 64n) | view.getBigUint64(at - 8)
        },
        type,
        as,
      )
    }
    case 'list': {
      const element = optional(values.element, (type as { element: ColumnType }).element, rules)
      return () => ({
        type: as as 'list' | 'sexp',
        items: Array.from({ length: values.lengths[at++]! }, element),
        ...bare,
      })
    }
    case 'map': {
      const key = bytesCell(values.key.values as TextValues)
      const value = optional(values.value, (type as { value: ColumnType }).value, rules)
      return () => ({
        type: 'struct',
        fields: Array.from({ length: values.lengths[at++]! }, () => [textOf(key()), value()] as const),
        ...bare,
      })
    }
    case 'struct': {
      const { fields } = type as ColumnType & { readonly kind: 'struct' }
      const cells = values.fields.map((field, i) => optional(field, fields[i]!.type, rules))
      const names = fields.map(({ name }) => name)
      return () => structOf(names, cells, rules)
    }
    default: {
      const bytes = bytesCell(values)
      if (type.kind === 'binary') return () => ({ type: as as 'blob' | 'clob', value: bytes(), ...bare })
      return () => ({ type: as as 'string' | 'symbol', value: textOf(bytes()), ...bare })
    }
  }
}

function wholeCell(next: () => bigint, type: ColumnType, as: IonType): Cell {
  if (type.kind !== 'decimal' || as === 'int') return () => ({ type: 'int', value: next(), ...bare })
  const exponent = type.scale === 0 ? 0 : -type.scale
  return () => ({ type: 'decimal', coefficient: next(), exponent, ...bare })
}

const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString()

const bytesCell = (values: TextValues): (() => Uint8Array) =>
  textCells(values, (bytes, start, end) => bytes.subarray(start, end))

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** A day alone: of no offset, and of no more digits. */
function dayOf(days: number): IonValue {
  const text = isoText(days * DAY_MS).slice(0, 'YYYY-MM-DDT'.length)
  return { type: 'timestamp', micros: BigInt(days) * BigInt(DAY_MS) * 1000n, text, ...bare }
}

/** Of milliseconds, or of microseconds where there are some. */
function momentOf(micros: bigint, offsetMinutes: number): IonValue {
  const beyond = Number(((micros % 1000n) + 1000n) % 1000n)
  const ms = Number((micros - BigInt(beyond)) / 1000n)
  const local = isoText(ms + offsetMinutes * MINUTE_MS).slice(0, -1)
  const digits = beyond === 0 ? '' : String(beyond).padStart(3, '0')
  return { type: 'timestamp', micros, text: local + digits + offsetText(offsetMinutes), ...bare }
}

function isoText(ms: number): string {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  if (year >= 1 && year <= 9999) return date.toISOString()
  throw new UnsupportedData('Ion has timestamps of the years 1 to 9999 alone')
}

function offsetText(minutes: number): string {
  if (minutes === 0) return 'Z'
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
