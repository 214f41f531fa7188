/** For tests: vectors as plain values. Dates are days, moments microseconds, decimals text, bytes hexadecimal. */
import { type ColumnType, LONG_DECIMAL_DIGITS, type Vector } from './vectors.ts'

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain }

export function plainValues(vector: Vector, type: ColumnType): Plain[] {
  const values = present(vector, type)
  const { valid } = vector
  if (!valid) return values
  let at = 0
  return Array.from(valid, (there) => (there ? values[at++]! : null))
}

function present({ values, rows, valid }: Vector, type: ColumnType): Plain[] {
  switch (values.kind) {
    case 'bits':
      return Array.from(values.values, (bit) => bit === 1)
    case 'int32':
    case 'float':
    case 'double':
      return Array.from(values.values)
    case 'int64':
      return Array.from(values.values, (value) =>
        type.kind === 'decimal' ? decimalText(value, type.scale) : String(value),
      )
    case 'int128': {
      const view = new DataView(values.values.buffer, values.values.byteOffset)
      const scale = type.kind === 'decimal' && type.precision > LONG_DECIMAL_DIGITS ? type.scale : 0
      return Array.from({ length: values.values.length / 16 }, (_, i) =>
        decimalText((view.getBigInt64(i * 16) << 64n) | view.getBigUint64(i * 16 + 8), scale),
      )
    }
    case 'bytes': {
      let at = 0
      return Array.from(values.lengths, (length) => {
        at += length
        return Buffer.from(values.bytes.subarray(at - length, at)).toString(type.kind === 'binary' ? 'hex' : 'utf8')
      })
    }
    case 'dictionary': {
      const entries = present({ rows: 0, valid: undefined, values: values.entries }, type)
      return Array.from(values.indexes, (index) => entries[index]!)
    }
    case 'list':
      return sliced(values.lengths, plainValues(values.element, (type as { element: ColumnType }).element))
    case 'map': {
      const { key, value } = type as { key: ColumnType; value: ColumnType }
      const [keys, items] = [plainValues(values.key, key), plainValues(values.value, value)]
      return sliced(
        values.lengths,
        keys.map((one, i) => [one, items[i]!]),
      )
    }
    case 'struct': {
      const { fields } = type as ColumnType & { readonly kind: 'struct' }
      const columns = values.fields.map((field, i) => plainValues(field, fields[i]!.type))
      const count = valid ? valid.reduce((sum, one) => sum + one, 0) : rows
      return Array.from({ length: count }, (_, row) =>
        Object.fromEntries(fields.map(({ name }, i) => [name, columns[i]![row]!])),
      )
    }
  }
}

function sliced(lengths: Int32Array, items: readonly Plain[]): Plain[] {
  let at = 0
  return Array.from(lengths, (length) => {
    at += length
    return items.slice(at - length, at)
  })
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`
}
