/** Vectors as values of an author. */
import { floorDivision } from '../formats/floor-division.ts'
import { type ColumnType, LONG_DECIMAL_DIGITS, type Values, type Vector } from '../formats/vectors.ts'
import type { Value } from './definition.ts'

export function plainValues(vector: Vector, type: ColumnType): Value[] {
  const { valid } = vector
  const present = presentValues(vector, type)
  if (!valid) return present
  let at = 0
  return Array.from(valid, (there) => (there ? present[at++] : null))
}

function presentValues({ values, rows, valid }: Vector, type: ColumnType): Value[] {
  switch (values.kind) {
    case 'bits':
      return Array.from(values.values, (bit) => bit === 1)
    case 'int32':
      return Array.from(values.values, (value) => (type.kind === 'date' ? dayText(value) : value))
    case 'float':
    case 'double':
      return Array.from(values.values)
    case 'int64':
      return Array.from(values.values, (value) => longValue(value, type))
    case 'int128':
      return wideDecimals(values.values, type)
    case 'bytes':
      return textsOf(values, type)
    case 'dictionary': {
      const entries = textsOf(values.entries, type)
      return Array.from(values.indexes, (index) => entries[index])
    }
    case 'list':
      return runs(values.lengths, plainValues(values.element, (type as { element: ColumnType }).element))
    case 'map': {
      const { key, value } = type as { key: ColumnType; value: ColumnType }
      const items = plainValues(values.value, value)
      const entries = plainValues(values.key, key).map((one, i) => [String(one), items[i]] as const)
      return runs(values.lengths, entries).map((some) => new Map(some))
    }
    case 'struct': {
      const { fields } = type as ColumnType & { readonly kind: 'struct' }
      const columns = values.fields.map((field, i) => plainValues(field, fields[i]!.type))
      const count = valid ? valid.reduce((sum, there) => sum + there, 0) : rows
      return Array.from({ length: count }, (_, row) =>
        Object.fromEntries(fields.map(({ name }, i) => [name, columns[i]![row]])),
      )
    }
  }
}

const MICROS_PER_MS = 1000n

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

function longValue(value: bigint, type: ColumnType): Value {
  if (type.kind === 'decimal') return decimalText(value, type.scale)
  return type.kind === 'long' ? value : new Date(Number(floorDivision(value, MICROS_PER_MS)))
}

function wideDecimals(values: Uint8Array, type: ColumnType): Value[] {
  const view = new DataView(values.buffer, values.byteOffset, values.length)
  const scale = type.kind === 'decimal' && type.precision > LONG_DECIMAL_DIGITS ? type.scale : 0
  return Array.from({ length: values.length / 16 }, (_, i) =>
    decimalText((view.getBigInt64(16 * i) << 64n) | view.getBigUint64(16 * i + 8), scale),
  )
}

function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`
}

function textsOf({ bytes, lengths }: Extract<Values, { kind: 'bytes' }>, type: ColumnType): Value[] {
  let at = 0
  return Array.from(lengths, (length) => {
    at += length
    const one = bytes.subarray(at - length, at)
    return type.kind === 'binary' ? one : Buffer.from(one.buffer, one.byteOffset, one.length).toString('utf8')
  })
}

function runs<T>(lengths: Int32Array, items: readonly T[]): T[][] {
  let at = 0
  return Array.from(lengths, (length) => {
    at += length
    return items.slice(at - length, at)
  })
}
