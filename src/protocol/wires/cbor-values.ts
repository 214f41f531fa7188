/** CBOR values to and from typed values, by shape. */
import { CborTag } from '../cbor.ts'
import type { Member } from '../schema.ts'
import { bytesOf, isLong, Malformed, setEntry } from './scalars.ts'

type Fields = Record<string, unknown>

/** How many of a timestamp's units make a second: 1 in Smithy RPC v2, 1000 to the Kinesis Java libraries. */
export type UnitsPerSecond = 1 | 1000

/** The decoder has bounded the depth, so recursion here is bounded too. */
export function readCborMembers(members: readonly Member[], value: unknown, units: UnitsPerSecond): Fields {
  if (!(value instanceof Map)) throw new Malformed('Expected a map')
  const target: Fields = {}
  for (const member of members) {
    const found = value.get(member.wireName ?? member.name)
    if (found !== undefined && found !== null) target[member.name] = readCbor(member, found, units)
  }
  return target
}

function readCbor(member: Member, value: unknown, units: UnitsPerSecond): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return readCborMembers(shape.members, value, units)
    case 'list':
      if (!Array.isArray(value)) throw new Malformed('Expected a list')
      return value.map((item) => (item === null ? null : readCbor(shape.element, item, units)))
    case 'map': {
      if (!(value instanceof Map)) throw new Malformed('Expected a map')
      const target: Fields = {}
      for (const [key, item] of value) if (item !== null) setEntry(target, key, readCbor(shape.value, item, units))
      return target
    }
    case 'string':
      return expect(value, 'string')
    case 'boolean':
      return expect(value, 'boolean')
    case 'long':
      if (typeof value === 'bigint' && isLong(value)) return value
      return Math.trunc(expect(value, 'number'))
    case 'integer':
      return Math.trunc(expect(value, 'number'))
    case 'double':
      return typeof value === 'bigint' ? Number(value) : expect(value, 'number')
    case 'blob':
      if (!(value instanceof Uint8Array)) throw new Malformed('Expected bytes')
      return bytesOf(value)
    case 'timestamp':
      return readTime(value, units)
    case 'document':
      return plainDocument(value)
  }
}

function readTime(value: unknown, units: UnitsPerSecond): Date {
  const seconds = expect(value instanceof CborTag ? value.value : value, 'number')
  const time = new Date(Math.round((seconds / units) * 1000))
  if (Number.isNaN(time.getTime())) throw new Malformed('Timestamp out of range')
  return time
}

function plainDocument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainDocument)
  if (!(value instanceof Map)) return value
  const target: Fields = {}
  for (const [key, item] of value) setEntry(target, key, plainDocument(item))
  return target
}

interface Primitives {
  string: string
  boolean: boolean
  number: number
}

function expect<K extends keyof Primitives>(value: unknown, type: K): Primitives[K] {
  if (typeof value !== type) throw new Malformed(`Expected a ${type}`)
  return value as Primitives[K]
}

export function cborMembers(members: readonly Member[], value: unknown, units: UnitsPerSecond): Map<string, unknown> {
  const source = value as Fields
  const target = new Map<string, unknown>()
  for (const member of members) {
    const found = source[member.name]
    if (found !== undefined && found !== null) target.set(member.wireName ?? member.name, toCbor(member, found, units))
  }
  return target
}

function toCbor(member: Member, value: unknown, units: UnitsPerSecond): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return cborMembers(shape.members, value, units)
    case 'list':
      return (value as unknown[]).map((item) => (item === null ? null : toCbor(shape.element, item, units)))
    case 'map': {
      const present = Object.entries(value as Fields).filter(([, item]) => item !== undefined && item !== null)
      return new Map(present.map(([key, item]) => [key, toCbor(shape.value, item, units)]))
    }
    case 'timestamp': {
      const milliseconds = new Date(value as Date | string | number).getTime()
      return new CborTag(1, units === 1 ? milliseconds / 1000 : milliseconds)
    }
    case 'blob':
      return bytesOf(value)
    case 'document':
      return documentToCbor(value)
    default:
      return value
  }
}

function documentToCbor(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(documentToCbor)
  if (typeof value !== 'object' || value === null) return value
  return new Map(Object.entries(value).map(([key, item]) => [key, documentToCbor(item)]))
}
