/**
 * Single values of Avro's binary encoding from those of JavaScript, and back: records are objects, maps too; longs may be
 * bigints, bytes are `Uint8Array`s. Nothing is made of logical types here.
 */
import { ByteSink } from '../byte-sink.ts'
import { CorruptData } from '../corrupt-data.ts'
import type { Cursor } from './cursor.ts'
import type { AvroRecord, AvroType } from './schema.ts'
import { skipper } from './skipping.ts'
import { leastBytes } from './vacancy.ts'

export type AvroValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly AvroValue[]
  | { readonly [name: string]: AvroValue }

type Fields = { readonly [name: string]: AvroValue }

const MOST_DEPTH = 512

/** A field's default, which JSON tells: that of a union is of its first branch, bytes are letters. */
export function encodeDefault(type: AvroType, json: unknown): Uint8Array {
  const sink = new ByteSink()
  encodeValue(sink, type, json as AvroValue)
  return sink.take()
}

export function encodeValue(sink: ByteSink, type: AvroType, value: AvroValue): void {
  switch (type.kind) {
    case 'null':
      return
    case 'boolean':
      sink.byte(value ? 1 : 0)
      return
    case 'int':
    case 'long':
      if (typeof value === 'bigint') sink.zigzagBig(value)
      else sink.zigzagNumber(Number(value))
      return
    case 'float':
      sink.float(Number(value))
      return
    case 'double':
      sink.double(Number(value))
      return
    case 'string':
    case 'bytes': {
      const bytes = bytesOf(value, type.kind === 'bytes' ? 'latin1' : 'utf8')
      sink.zigzagNumber(bytes.length)
      sink.put(bytes)
      return
    }
    case 'fixed':
      sink.put(bytesOf(value, 'latin1'))
      return
    case 'enum':
      sink.zigzagNumber(type.symbols.indexOf(String(value)))
      return
    case 'array':
      encodeItems(sink, value as readonly AvroValue[], (item) => encodeValue(sink, type.items, item))
      return
    case 'map':
      encodeItems(sink, Object.entries(value as Fields), ([key, item]) => {
        encodeValue(sink, { kind: 'string' }, key)
        encodeValue(sink, type.values, item)
      })
      return
    case 'record':
      for (const field of type.fields)
        encodeValue(sink, field.type, (value as Fields)[field.name] ?? (field.fallback?.json as AvroValue) ?? null)
      return
    case 'union': {
      const branch = branchFor(type.branches, value)
      sink.zigzagNumber(branch)
      encodeValue(sink, type.branches[branch]!, value)
    }
  }
}

function encodeItems<T>(sink: ByteSink, items: readonly T[], encode: (item: T) => void): void {
  if (items.length > 0) sink.zigzagNumber(items.length)
  for (const item of items) encode(item)
  sink.byte(0)
}

const bytesOf = (value: AvroValue, encoding: BufferEncoding): Uint8Array =>
  value instanceof Uint8Array ? value : Buffer.from(String(value), encoding)

/** The first that can hold the value. */
function branchFor(branches: readonly AvroType[], value: AvroValue): number {
  const found = branches.findIndex((branch) => holds(branch, value))
  if (found < 0) throw new CorruptData('a value is of no branch of its union')
  return found
}

function holds(type: AvroType, value: AvroValue): boolean {
  switch (type.kind) {
    case 'null':
      return value === null || value === undefined
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint'
    case 'string':
    case 'enum':
      return typeof value === 'string'
    case 'bytes':
    case 'fixed':
      return value instanceof Uint8Array || typeof value === 'string'
    case 'array':
      return Array.isArray(value)
    default:
      return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  }
}

/**
 * A reader of values of a type: 64-bit numbers come as bigints where they are too large for numbers. Of the outermost
 * record only `wanted` fields are read, when they are given; the others are stepped over.
 */
export function valueReader(type: AvroType, wanted?: ReadonlySet<string>): (cursor: Cursor) => AvroValue {
  const known = new Map<AvroType, (cursor: Cursor) => AvroValue>()
  const of = (inner: AvroType): ((cursor: Cursor) => AvroValue) => {
    if (inner.kind !== 'record') return readerOf(inner, of)
    const found = known.get(inner)
    if (found) return found
    let read: ((cursor: Cursor) => AvroValue) | undefined
    // A record that holds itself finds itself here.
    let depth = 0
    known.set(inner, (cursor) => {
      if (++depth > MOST_DEPTH) throw new CorruptData('values are nested too deeply')
      const value = read!(cursor)
      depth--
      return value
    })
    read = recordReader(inner, of, inner === type ? wanted : undefined)
    return read
  }
  return of(type)
}

function recordReader(
  record: AvroRecord,
  of: (type: AvroType) => (cursor: Cursor) => AvroValue,
  wanted: ReadonlySet<string> | undefined,
): (cursor: Cursor) => AvroValue {
  const fields = record.fields.map(({ name, type }) =>
    wanted && !wanted.has(name) ? { name: undefined, read: skipper(type) } : { name, read: of(type) },
  )
  return (cursor) => {
    const value: Record<string, AvroValue> = {}
    for (const { name, read } of fields) {
      const one = read(cursor)
      if (name !== undefined) value[name] = one as AvroValue
    }
    return value
  }
}

function readerOf(
  type: AvroType,
  of: (type: AvroType) => (cursor: Cursor) => AvroValue,
): (cursor: Cursor) => AvroValue {
  switch (type.kind) {
    case 'null':
      return () => null
    case 'boolean':
      return (cursor) => (cursor.bytes[cursor.skip(1)]! & 1) === 1
    case 'int':
      return (cursor) => cursor.int()
    case 'long':
      return exactNumber
    case 'float':
      return (cursor) => cursor.view.getFloat32(cursor.skip(4), true)
    case 'double':
      return (cursor) => cursor.view.getFloat64(cursor.skip(8), true)
    case 'string':
      return (cursor) => cursor.text()
    case 'bytes':
      return (cursor) => cursor.bytes.slice(cursor.stretch(), cursor.at)
    case 'fixed':
      return (cursor) => cursor.bytes.slice(cursor.skip(type.size), cursor.at)
    case 'enum':
      return (cursor) => chosen(type.symbols, cursor.int())
    case 'union': {
      const readers = type.branches.map(of)
      return (cursor) => chosen(readers, cursor.int())(cursor)
    }
    case 'array': {
      const item = of(type.items)
      const least = leastBytes(type.items)
      return (cursor) => readItems(cursor, least, () => item(cursor))
    }
    case 'map': {
      const [key, item] = [of({ kind: 'string' }), of(type.values)]
      const least = 1 + leastBytes(type.values)
      return (cursor) =>
        Object.fromEntries(readItems(cursor, least, () => [key(cursor) as string, item(cursor)] as const))
    }
    case 'record':
      return of(type)
  }
}

function exactNumber(cursor: Cursor): number | bigint {
  const value = cursor.number()
  return Number.isSafeInteger(value) ? value : (BigInt(cursor.high) << 32n) | BigInt(cursor.low >>> 0)
}

function chosen<T>(choices: readonly T[], index: number): T {
  const choice = choices[index]
  if (choice === undefined) throw new CorruptData('a value is of no branch or symbol of its type')
  return choice
}

function readItems<T>(cursor: Cursor, least: number, read: () => T): T[] {
  const items: T[] = []
  for (let count = cursor.items(least); count > 0; count = cursor.items(least))
    for (let i = 0; i < count; i++) items.push(read())
  return items
}
