/** Seeded random values for a shape, with what has broken codecs before among them. */

import { fractions } from '../../src/formats/seeded.fixture.ts'
import type {
  ListShape,
  Location,
  MapShape,
  Member,
  Model,
  StringShape,
  StructureShape,
} from '../../src/protocol/schema.ts'
import { isMatch } from '../../src/protocol/validation.ts'
import { matchingText } from './pattern-text.ts'

export interface Random {
  /** 0 <= n < limit. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
}

export function seededRandom(seed: number): Random {
  const next = fractions(seed)
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, chance: (probability) => next() < probability, pick: (items) => items[below(items.length)]! }
}

export interface Generation {
  readonly random: Random
  readonly model: Model
  /** Keeps to lengths, ranges and patterns, so that the validator must accept it; else anything of the right type. */
  readonly valid: boolean
  /** False where the client under test does not know the member (it is older or newer than the model). */
  readonly knows: (shape: StructureShape, member: string) => boolean
}

const texts = [
  'a',
  'hello world',
  'ünï€😀',
  'a&b<c>"d\'e',
  'tab\tnl\nx',
  '  lead',
  '%41+?=/#',
  'null',
  '0012',
  'true',
  '1e5',
  '$.x[0]',
  ' ',
  'ÿ',
  '__proto__',
  'line\r\nbreak',
]

const locatedTexts: Readonly<Record<Location | 'body', readonly string[]>> = {
  header: ['abc', 'x y', 'a=b;c', '12'],
  headers: ['abc', 'x y', 'a=b;c', '12'],
  uri: ['abc', 'a b', 'ü€', 'a&b=c', 'x+y', 'p%41', 'a/b', "it's(1)!*"],
  querystring: ['abc', 'a b&c', 'ü', 'x+y=z', '%41', '#?/'],
  statusCode: [],
  body: texts,
}

/** The query protocol and XML cannot say that a structure is there but empty. */
const cannotBeEmpty = (model: Model) => model.wire === 'query' || model.wire === 'rest-xml'

/** Undefined where a valid value was asked for and none was found. */
export function generateStructure(
  shape: StructureShape,
  context: Generation,
  depth = 0,
): Record<string, unknown> | undefined {
  const { random } = context
  // Required members of shapes that contain themselves would go on for ever.
  if (depth > 20) return undefined
  const known = shape.members.filter((member) => context.knows(shape, member.name) && !isEventStream(member))
  const chosen =
    shape.union && known.length > 0 ? [random.pick(known)] : known.filter((member) => wanted(member, depth, random))
  const value: Record<string, unknown> = {}
  for (const member of chosen) {
    const generated = generate(member, context, depth + 1, depth === 0 ? member.location : undefined)
    if (generated !== undefined) value[member.name] = generated
    else if (member.required || shape.union) return undefined
  }
  if (cannotBeEmpty(context.model) && depth > 0 && Object.keys(value).length === 0 && known.length > 0) {
    const member = known.find(({ shape: { type } }) => !['structure', 'list', 'map'].includes(type)) ?? known[0]!
    value[member.name] = generate(member, context, depth + 1)
  }
  return value
}

const isEventStream = ({ shape }: Member) => shape.type === 'structure' && shape.eventStream

const wanted = (member: Member, depth: number, random: Random) =>
  member.required || member.streaming || (depth <= 4 && random.chance(0.65))

function generate(member: Member, context: Generation, depth: number, location?: Location): unknown {
  const { random } = context
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return generateStructure(shape, context, depth)
    case 'list':
      return generateList(shape, context, depth, location)
    case 'map':
      return generateMap(shape, context, depth, location)
    case 'string':
      return generateText(member, shape, context, location)
    case 'integer':
      return inRange(shape, random.below(100) - (location ? 0 : 50), context)
    case 'long':
      return inRange(shape, random.below(2 ** 31) * (random.chance(0.1) ? 2 ** 20 : 1), context)
    case 'boolean':
      return random.chance(0.5)
    case 'double':
      return inRange(shape, Math.fround(random.below(1000) / 8 - 20), context)
    case 'timestamp':
      return new Date(1.6e12 + random.below(1e8) * 1000)
    case 'blob':
      return member.streaming ? Buffer.from(`stream${random.below(9)}`) : Buffer.from(random.pick(['blob', '\0ÿ', 'x']))
    case 'document':
      return { a: [1, 'x', true], b: { c: 'd' } }
  }
}

function generateText(
  member: Member,
  shape: StringShape,
  context: Generation,
  location: Location | undefined,
): string | undefined {
  const { random } = context
  if (shape.values) return random.pick([...shape.values])
  if (member.jsonValue) return JSON.stringify({ a: 1 })
  const text = member.idempotencyToken ? `token-${random.below(1e6)}` : random.pick(locatedTexts[location ?? 'body'])
  return context.valid && !fits(shape, text) ? validText(shape, random) : text
}

/** Lengths are tried with a plain text first, then the pattern is asked for one. */
function validText(shape: StringShape, random: Random): string | undefined {
  const { min = 0, max = min + 20, pattern } = shape
  for (const unit of ['a', '1', 'a-1', 'A']) {
    const text = unit.repeat(max).slice(0, Math.max(min, Math.min(max, min + random.below(8))))
    if (text !== '' && fits(shape, text)) return text
  }
  return pattern === undefined ? undefined : matchingText(pattern, (text) => text !== '' && fits(shape, text), random)
}

function fits(shape: StringShape, text: string): boolean {
  const { min = 0, max = Number.POSITIVE_INFINITY } = shape
  return text.length >= min && text.length <= max && isMatch(shape, text)
}

function inRange(
  { min, max }: { readonly min?: number; readonly max?: number },
  value: number,
  { valid }: Generation,
): number {
  if (!valid) return value
  return Math.max(min ?? Number.NEGATIVE_INFINITY, Math.min(max ?? Number.POSITIVE_INFINITY, value))
}

function generateList(shape: ListShape, context: Generation, depth: number, location: Location | undefined): unknown {
  const { random } = context
  const { min = 0, max = Number.POSITIVE_INFINITY } = shape
  const deep = depth > 7
  if (deep && !(context.valid && min > 0) && !cannotBeEmpty(context.model)) return []
  const wanted = location === 'header' ? 2 : 1 + (deep ? 0 : random.below(2))
  const count = context.valid ? Math.max(Math.min(wanted, max), min) : wanted
  const items = Array.from({ length: count }, () => generate(shape.element, context, depth + 1, location))
  return items.includes(undefined) ? undefined : items
}

function generateMap(shape: MapShape, context: Generation, depth: number, location: Location | undefined): unknown {
  const { random, valid } = context
  const key = shape.key.shape as StringShape
  const value: Record<string, unknown> = {}
  const { min = 0 } = shape
  if (depth > 7 && !(valid && min > 0)) return value
  const count = valid ? Math.max(min, Math.min(shape.max ?? 2, 1 + random.below(2))) : 1 + random.below(2)
  for (let index = 0; index < count; index += 1) {
    const plain = key.values ? random.pick([...key.values]) : mapKey(random, location, index)
    const name = valid && !fits(key, plain) ? validText(key, random) : plain
    const item = generate(shape.value, context, depth + 1, location)
    if (name === undefined || item === undefined) return undefined
    value[name] = item
  }
  return Object.keys(value).length < min ? undefined : value
}

function mapKey(random: Random, location: Location | undefined, index: number): string {
  if (location === 'headers') return `k${index}`
  if (location === 'querystring') return `qk${index}`
  return `${random.pick(['k', 'k 2', 'kü', '__proto', 'constructor', 'a.b'])}${index}`
}
