/**
 * From the values of an Avro type to those of a column: which may stand for which, as Avro's schema resolution and
 * Hive's AvroSerDe have it, and how. A conversion takes its value from a cursor and gives it to a builder.
 */

import { CorruptData } from '../corrupt-data.ts'
import { floorDivision } from '../floor-division.ts'
import { fitDecimal, fitText, signedBig } from '../value-fitting.ts'
import type { Builder, BytesBuilder, LongBuilder, NumberBuilder, WideBuilder } from '../vector-builders.ts'
import type { ColumnType } from '../vectors.ts'
import type { Cursor } from './cursor.ts'
import type { AvroType, Logical } from './schema.ts'

export type Step = (cursor: Cursor) => void

type Scalar = Exclude<AvroType, { readonly kind: 'array' | 'map' | 'record' | 'union' | 'null' }>

/** Undefined where the one can not stand for the other. */
export function scalarStep(from: Scalar, to: ColumnType, into: Builder): Step | undefined {
  switch (to.kind) {
    case 'boolean':
      return from.kind === 'boolean' ? booleanStep(into as NumberBuilder) : undefined
    case 'tinyint':
    case 'smallint':
    case 'int':
      return from.kind === 'int' ? intStep(into as NumberBuilder, RANGES[to.kind]) : undefined
    case 'date':
      return from.kind === 'int' && (!from.logical || from.logical.name === 'date')
        ? intStep(into as NumberBuilder, RANGES.int)
        : undefined
    case 'long':
      return from.kind === 'int' || from.kind === 'long' ? longStep(into as LongBuilder) : undefined
    case 'float':
    case 'double':
      return numberStep(from, into as NumberBuilder, to.kind === 'double')
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
      return textStep(from, into as BytesBuilder, to.kind === 'char' || to.kind === 'varchar' ? to.length : undefined)
    case 'timestamp':
    case 'instant':
      return from.kind === 'long' ? momentStep(from.logical, into as LongBuilder) : undefined
    case 'time':
      return timeStep(from, into as LongBuilder)
    case 'uuid':
      return uuidStep(from, into as WideBuilder)
    case 'decimal':
      return decimalStep(from, to, into)
    default:
      return undefined
  }
}

const RANGES = { tinyint: 0x7f, smallint: 0x7fff, int: 0x7fffffff } as const

const booleanStep =
  (into: NumberBuilder): Step =>
  (cursor) =>
    into.add(cursor.bytes[cursor.skip(1)]! & 1)

/** Hive keeps the lower bytes of what does not fit. */
function intStep(into: NumberBuilder, largest: number): Step {
  const shift = 32 - (32 - Math.clz32(largest) + 1)
  return (cursor) => into.add((cursor.int() << shift) >> shift)
}

const longStep =
  (into: LongBuilder): Step =>
  (cursor) => {
    cursor.long()
    into.add(cursor.low, cursor.high)
  }

function numberStep(from: Scalar, into: NumberBuilder, double: boolean): Step | undefined {
  switch (from.kind) {
    case 'float':
      return (cursor) => into.add(cursor.view.getFloat32(cursor.skip(4), true))
    case 'double':
      return double ? (cursor) => into.add(cursor.view.getFloat64(cursor.skip(8), true)) : undefined
    case 'int':
    case 'long':
      return (cursor) => into.add(cursor.number())
    default:
      return undefined
  }
}

function textStep(from: Scalar, into: BytesBuilder, length: number | undefined): Step | undefined {
  if (from.kind === 'enum') {
    const symbols = from.symbols.map((symbol) => Buffer.from(symbol))
    return (cursor) => {
      const symbol = symbols[cursor.int()]
      if (!symbol) throw new CorruptData(`the enum ${from.name} has no such symbol`)
      into.add(symbol)
    }
  }
  if (from.kind === 'fixed') {
    const { size } = from
    return (cursor) => into.add(cursor.bytes, cursor.skip(size), cursor.at)
  }
  if (from.kind !== 'string' && from.kind !== 'bytes') return undefined
  if (length === undefined) return (cursor) => into.add(cursor.bytes, cursor.stretch(), cursor.at)
  return (cursor) => {
    const start = cursor.stretch()
    into.add(cursor.bytes, start, fitText(cursor.bytes, start, cursor.at, length))
  }
}

/** A long that is not annotated is taken for milliseconds. */
function momentStep(logical: Logical | undefined, into: LongBuilder): Step {
  const name = logical?.name ?? 'timestamp-millis'
  if (name.endsWith('micros')) return longStep(into)
  if (name.endsWith('nanos')) return (cursor) => into.addBig(floorDivision(cursor.big(), 1000n))
  return (cursor) => into.addBig(cursor.big() * 1000n)
}

function timeStep(from: Scalar, into: LongBuilder): Step | undefined {
  if (from.kind === 'int') return (cursor) => into.addNumber(cursor.int() * 1000)
  return from.kind === 'long' ? longStep(into) : undefined
}

const UUID_BYTES = 16

/** Of 16 bytes, or as text. */
function uuidStep(from: Scalar, into: WideBuilder): Step | undefined {
  if (from.kind === 'fixed' && from.size === UUID_BYTES)
    return (cursor) => into.addBytes(cursor.bytes.subarray(cursor.skip(UUID_BYTES), cursor.at))
  if (from.kind !== 'string') return undefined
  return (cursor) => {
    const digits = Buffer.from(cursor.bytes.subarray(cursor.stretch(), cursor.at)).toString().replaceAll('-', '')
    if (!/^[0-9a-f]{32}$/i.test(digits)) throw new CorruptData('a UUID is none')
    into.addBytes(Buffer.from(digits, 'hex'))
  }
}

/** One of more digits than the column has is no value of it: NULL, as Hive has it. */
function decimalStep(from: Scalar, to: ColumnType & { readonly kind: 'decimal' }, into: Builder): Step | undefined {
  if (from.kind !== 'bytes' && from.kind !== 'fixed') return undefined
  if (from.logical?.name !== 'decimal') return undefined
  const { scale } = from.logical
  const fixed = from.kind === 'fixed' ? from.size : undefined
  const builder = into as LongBuilder | WideBuilder
  const add = 'addBig' in builder ? (value: bigint) => builder.addBig(value) : (value: bigint) => builder.add(value)
  return (cursor) => {
    const start = fixed === undefined ? cursor.stretch() : cursor.skip(fixed)
    const value = fitDecimal(signedBig(cursor.bytes, start, cursor.at), scale, to)
    if (value === undefined) into.missing()
    else add(value)
  }
}
