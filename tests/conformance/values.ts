/** Seeded random values for a shape, with what has broken codecs before among them. */
import type { Location, MapShape, Member, Model, StructureShape } from '../../src/protocol/schema.ts'

export interface Random {
  /** 0 <= n < limit. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
}

/** The same seed gives the same values on every machine (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, chance: (probability) => next() < probability, pick: (items) => items[below(items.length)]! }
}

export interface Generation {
  readonly random: Random
  readonly model: Model
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

export function generateStructure(shape: StructureShape, context: Generation, depth = 0): Record<string, unknown> {
  const { random } = context
  const known = shape.members.filter((member) => context.knows(shape, member.name) && !isEventStream(member))
  const chosen =
    shape.union && known.length > 0 ? [random.pick(known)] : known.filter((member) => wanted(member, depth, random))
  const value: Record<string, unknown> = {}
  for (const member of chosen)
    value[member.name] = generate(member, context, depth + 1, depth === 0 ? member.location : undefined)
  if (cannotBeEmpty(context.model) && depth > 0 && Object.keys(value).length === 0 && known.length > 0) {
    const member = known.find(({ shape: { type } }) => !['structure', 'list', 'map'].includes(type)) ?? known[0]!
    value[member.name] = generate(member, context, depth + 1)
  }
  return value
}

const isEventStream = ({ shape }: Member) => shape.type === 'structure' && shape.eventStream

const wanted = (member: Member, depth: number, random: Random) =>
  member.required || member.streaming || (depth <= 4 && random.chance(0.65))

export function generate(member: Member, context: Generation, depth: number, location?: Location): unknown {
  const { random } = context
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return generateStructure(shape, context, depth)
    case 'list': {
      if (depth > 7) return cannotBeEmpty(context.model) ? [generate(shape.element, context, depth + 1, location)] : []
      const count = location === 'header' ? 2 : 1 + random.below(2)
      return Array.from({ length: count }, () => generate(shape.element, context, depth + 1, location))
    }
    case 'map':
      return generateMap(shape, context, depth, location)
    case 'string':
      return generateText(member, random, location)
    case 'integer':
      return random.below(100) - (location ? 0 : 50)
    case 'long':
      return random.below(2 ** 31) * (random.chance(0.1) ? 2 ** 20 : 1)
    case 'boolean':
      return random.chance(0.5)
    case 'double':
      return Math.fround(random.below(1000) / 8 - 20)
    case 'timestamp':
      return new Date(1.6e12 + random.below(1e8) * 1000)
    case 'blob':
      return member.streaming ? Buffer.from(`stream${random.below(9)}`) : Buffer.from(random.pick(['blob', '\0ÿ', 'x']))
    case 'document':
      return { a: [1, 'x', true], b: { c: 'd' } }
  }
}

function generateText(member: Member, random: Random, location: Location | undefined): string {
  const { shape } = member
  if (shape.type === 'string' && shape.values) return random.pick([...shape.values])
  if (member.idempotencyToken) return `token-${random.below(1e6)}`
  if (member.jsonValue) return JSON.stringify({ a: 1 })
  return random.pick(locatedTexts[location ?? 'body'])
}

function generateMap(shape: MapShape, context: Generation, depth: number, location: Location | undefined): unknown {
  const { random } = context
  const value: Record<string, unknown> = {}
  if (depth > 7) return value
  const names = shape.key.shape.type === 'string' && shape.key.shape.values ? [...shape.key.shape.values] : undefined
  for (let index = 0; index < 1 + random.below(2); index += 1) {
    const key = names ? random.pick(names) : mapKey(random, location, index)
    value[key] = generate(shape.value, context, depth + 1, location)
  }
  return value
}

function mapKey(random: Random, location: Location | undefined, index: number): string {
  if (location === 'headers') return `k${index}`
  if (location === 'querystring') return `qk${index}`
  return `${random.pick(['k', 'k 2', 'kü', '__proto', 'constructor', 'a.b'])}${index}`
}
