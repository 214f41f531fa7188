/** JSON values to and from typed values, by shape. */
import { exactJsonText, parseExactJson } from '../../core/exact-json.ts'
import type { Member, StructureShape } from '../schema.ts'
import {
  bytesOf,
  deeper,
  formatTimestamp,
  isLong,
  Malformed,
  parseBase64,
  parseTimestamp,
  setEntry,
} from './scalars.ts'

type Fields = Record<string, unknown>

/** Reads a structure's members out of a JSON object. Unknown members and nulls are as if they were not there. */
export function readJsonMembers(members: readonly Member[], value: unknown, depth: number): Fields {
  // Observed at Athena: a body that is no object at all is refused without a word.
  if (typeof value !== 'object' || value === null) throw new Malformed(depth === 0 ? '' : 'Expected null')
  if (Array.isArray(value)) throw new Malformed('Start of list found where not expected')
  const source = value as Fields
  const target: Fields = {}
  for (const member of members) {
    const key = member.wireName ?? member.name
    // Own properties only: a member may be called `constructor`.
    const found = Object.hasOwn(source, key) ? source[key] : undefined
    if (found !== undefined && found !== null) target[member.name] = readJson(member, found, depth)
  }
  return target
}

export function readJson(member: Member, value: unknown, depth: number): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return readJsonMembers(shape.members, value, deeper(depth))
    case 'list':
      return readList(shape.element, value, deeper(depth))
    case 'map':
      return readMap(shape.value, value, deeper(depth))
    case 'string':
      return readString(member, value)
    case 'integer':
    case 'long':
      // Athena was observed to cut 1.5 down to 1 where it expects an integer.
      if (typeof value === 'number') return Math.trunc(value)
      if (typeof value === 'bigint' && shape.type === 'long' && isLong(value)) return value
      throw mismatch(value, shape.type === 'long' ? 'a Long' : 'an Integer')
    case 'double':
      return readDouble(value)
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw mismatch(value, 'a Boolean')
    case 'timestamp':
      if (typeof value === 'number' || typeof value === 'string') return parseTimestamp(value)
      if (typeof value === 'bigint') return parseTimestamp(Number(value))
      throw mismatch(value, 'a Timestamp')
    case 'blob':
      if (typeof value === 'string') return parseBase64(value)
      throw mismatch(value, 'a Blob')
    case 'document':
      boundDepth(value, depth)
      return value
  }
}

/** Nulls stay: whether a list may hold one is the validator's question. */
function readList(element: Member, value: unknown, depth: number): unknown[] {
  if (!Array.isArray(value)) {
    throw new Malformed(
      isObject(value) ? 'Start of structure or map found where not expected.' : 'Expected list or null',
    )
  }
  return value.map((item) => (item === null ? null : readJson(element, item, depth)))
}

function readMap(member: Member, value: unknown, depth: number): Fields {
  if (Array.isArray(value)) throw new Malformed('Start of list found where not expected')
  if (!isObject(value)) throw new Malformed('Expected map or null')
  const target: Fields = {}
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item !== null) setEntry(target, key, readJson(member, item, depth))
  }
  return target
}

function readString(member: Member, value: unknown): string {
  if (typeof value === 'string') return value
  if (member.jsonValue) return String(exactJsonText(value))
  throw mismatch(value, 'a String')
}

function readDouble(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  throw mismatch(value, 'a Double')
}

/** The wording of Athena, observed with raw requests. */
function mismatch(value: unknown, expected: string): Malformed {
  if (Array.isArray(value)) return new Malformed('Start of list found where not expected')
  if (isObject(value)) return new Malformed('Start of structure or map found where not expected.')
  const found =
    typeof value === 'boolean' ? String(value).toUpperCase() : typeof value === 'string' ? 'STRING' : 'NUMBER'
  return new Malformed(`${found}_VALUE can not be converted to ${expected}`)
}

function boundDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  const below = deeper(depth)
  for (const item of Object.values(value)) boundDepth(item, below)
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

export function writeJsonMembers(members: readonly Member[], value: unknown): Fields {
  const source = value as Fields
  const target: Fields = {}
  for (const member of members) {
    const found = source[member.name]
    if (found !== undefined && found !== null) target[member.wireName ?? member.name] = writeJson(member, found)
  }
  return target
}

export function writeJson(member: Member, value: unknown): unknown {
  const { shape } = member
  if (shape.plain) return value
  switch (shape.type) {
    case 'structure':
      return writeJsonMembers(shape.members, value)
    case 'list':
      return (value as unknown[]).map((item) => (item === null ? null : writeJson(shape.element, item)))
    case 'map':
      return writeMap(shape.value, value as Fields)
    case 'timestamp':
      return formatTimestamp(value, member.timestampFormat ?? 'unixTimestamp')
    case 'blob':
      return bytesOf(value).toString('base64')
    case 'double':
      return Number.isFinite(value) ? value : String(value)
    default:
      return value
  }
}

function writeMap(member: Member, value: Fields): Fields {
  const target: Fields = {}
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item !== undefined) setEntry(target, key, item === null ? null : writeJson(member, item))
  }
  return target
}

/** The text of an output. Where the whole shape is plain nothing is copied. */
export function jsonText(shape: StructureShape, members: readonly Member[], value: unknown): string {
  if (shape.plain && members === shape.members) return String(exactJsonText(value))
  return String(exactJsonText(writeJsonMembers(members, value)))
}

/** Parses a body. Text that is not JSON is refused without a word, as AWS does. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return parseExactJson(utf8.decode(body))
  } catch {
    throw new Malformed('')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The name the model gives an error's text: `message` or `Message`. The framework's own are observed to use the latter. */
export function messageMember(shape: StructureShape | undefined, name: string): string {
  if (!shape) return name === 'SerializationException' ? 'Message' : 'message'
  return shape.members.find((member) => member.name.toLowerCase() === 'message')?.name ?? 'message'
}
