/** Lists, maps, structs and unions of an ORC file. Fields of structs are found by name, whatever its case. */
import { CorruptData } from '../corrupt-data.ts'
import type { ColumnField, ColumnType, Vector } from '../vectors.ts'
import type { Integers } from './integers.ts'
import { absentReader, type ColumnReader, type ValuesReader } from './reading.ts'
import type { ByteRuns } from './runs.ts'
import { STREAM, type StripeStreams } from './stripe.ts'
import type { OrcType } from './tail.ts'

/** Of what is inside. */
type Inner = (streams: StripeStreams, type: OrcType, to: ColumnType, path: string) => ColumnReader

/** In one batch. */
const MOST_ITEMS = 1 << 27

export function compositeReader(
  streams: StripeStreams,
  type: OrcType,
  to: ColumnType,
  path: string,
  inner: Inner,
): ValuesReader | undefined {
  if (type.kind === 'struct' && to.kind === 'struct') return structs(streams, type, to.fields, path, inner)
  if (type.kind === 'union' && to.kind === 'struct') return unions(streams, type, to.fields, path, inner)
  const lengths = () => streams.integers(type.column, STREAM.length, false)
  if (type.kind === 'list' && to.kind === 'list') {
    const element = inner(streams, type.children[0]!, to.element, `${path}.item`)
    return lists(type.column, lengths(), element)
  }
  if (type.kind === 'map' && to.kind === 'map') {
    const key = inner(streams, type.children[0]!, to.key, `${path}.key`)
    const value = inner(streams, type.children[1]!, to.value, `${path}.value`)
    return maps(type.column, lengths(), key, value)
  }
  return undefined
}

function structs(
  streams: StripeStreams,
  type: OrcType,
  fields: readonly ColumnField[],
  path: string,
  inner: Inner,
): ValuesReader {
  const readers = fields.map((field) => {
    const place = type.names.findIndex((name) => name.toLowerCase() === field.name.toLowerCase())
    const child = type.children[place]
    return child ? inner(streams, child, field.type, `${path}.${type.names[place]}`) : absentReader(field.type)
  })
  return {
    read: (count) => ({ kind: 'struct', fields: readers.map((reader) => reader.read(count)) }),
    seek: (positions) => {
      for (const reader of readers) reader.seek(positions)
    },
  }
}

function lists(column: number, lengths: Integers, element: ColumnReader): ValuesReader {
  return {
    read(count) {
      const sizes = lengths.counts(count)
      return { kind: 'list', lengths: sizes, element: element.read(total(sizes)) }
    },
    seek(positions) {
      lengths.seek(positions(column))
      element.seek(positions)
    },
  }
}

function maps(column: number, lengths: Integers, key: ColumnReader, value: ColumnReader): ValuesReader {
  return {
    read(count) {
      const sizes = lengths.counts(count)
      const items = total(sizes)
      const keys = key.read(items)
      if (keys.valid) throw new CorruptData('a map has a key that is NULL')
      return { kind: 'map', lengths: sizes, key: keys, value: value.read(items) }
    },
    seek(positions) {
      lengths.seek(positions(column))
      key.seek(positions)
      value.seek(positions)
    },
  }
}

function total(lengths: Int32Array): number {
  let sum = 0
  for (let i = 0; i < lengths.length; i++) sum += lengths[i]!
  if (sum > MOST_ITEMS) throw new CorruptData('a batch of rows is too large')
  return sum
}

/** As Trino has them: a struct of the tag and of a field for each alternative, of which one has a value. */
function unions(
  streams: StripeStreams,
  type: OrcType,
  fields: readonly ColumnField[],
  path: string,
  inner: Inner,
): ValuesReader | undefined {
  if (fields.length !== type.children.length + 1 || fields[0]?.type.kind !== 'tinyint') return undefined
  const tags: ByteRuns = streams.bytes(type.column, STREAM.data)
  const readers = type.children.map((child, i) => inner(streams, child, fields[i + 1]!.type, `${path}.field${i}`))
  return {
    read(count) {
      const chosen = Int32Array.from({ length: count }, () => tags.next())
      const alternatives = readers.map((reader, tag) => spread(reader, chosen, tag))
      const tag: Vector = { rows: count, valid: undefined, values: { kind: 'int32', values: chosen } }
      return { kind: 'struct', fields: [tag, ...alternatives] }
    },
    seek(positions) {
      tags.seek(positions(type.column))
      for (const reader of readers) reader.seek(positions)
    },
  }
}

/** An alternative's rows are those that chose it. */
function spread(reader: ColumnReader, chosen: Int32Array, tag: number): Vector {
  const rows = chosen.length
  const own = reader.read(chosen.reduce((sum, one) => sum + (one === tag ? 1 : 0), 0))
  const valid = new Uint8Array(rows)
  for (let i = 0, row = 0; i < rows; i++) if (chosen[i] === tag) valid[i] = own.valid ? own.valid[row++]! : 1
  return { rows, valid, values: own.values }
}
