/** Bodies near what an operation expects, broken at random: every one is read, or refused by an error AWS has a name for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCbor } from '../../src/protocol/cbor.ts'
import { loadModel, modelNames } from '../../src/protocol/model.ts'
import type { Member, Operation, Shape, WireName } from '../../src/protocol/schema.ts'
import { AwsError } from '../../src/protocol/service.ts'
import { validateInput } from '../../src/protocol/validation.ts'
import { wires } from '../../src/protocol/wire.ts'
import { type Random, seededRandom } from './values.ts'

const rounds = Number(process.env.CONFORMANCE_ROUNDS ?? 2) * 2
const seed = Number(process.env.CONFORMANCE_SEED ?? 1)

const junk = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'x',
  'NaN',
  '2020-01-01',
  [],
  {},
  [null],
  [[]],
  { a: 1 },
  { __proto__: 1 },
]

/** A value of the shape, with now and then something else in its place. */
function broken(shape: Shape, random: Random, depth: number): unknown {
  if (random.chance(0.08) || depth > 6) return random.pick(junk)
  switch (shape.type) {
    case 'structure':
      return brokenMembers(shape.members, random, depth)
    case 'list':
      return Array.from({ length: random.below(4) }, () => broken(shape.element.shape, random, depth + 1))
    case 'map':
      return { [random.pick(['k', '', '__proto__', 'constructor'])]: broken(shape.value.shape, random, depth + 1) }
    case 'string':
      return random.pick([...(shape.values ?? ['a']), 'ünï', '', '\0', 'x'.repeat(300)])
    default:
      return random.pick(junk)
  }
}

function brokenMembers(members: readonly Member[], random: Random, depth: number): Record<string, unknown> {
  const chosen = members.filter((member) => member.location === undefined && (member.required || random.chance(0.5)))
  const entries = chosen.map((member) => [member.wireName ?? member.name, broken(member.shape, random, depth + 1)])
  return Object.fromEntries(entries)
}

function formOf(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  const names = Array.isArray(value) ? (key: string) => `member.${Number(key) + 1}` : (key: string) => key
  return Object.entries(value).flatMap(([key, item]) => formOf(item, path ? `${path}.${names(key)}` : names(key)))
}

function xmlOf(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => xmlOf(name, item)).join('')
  const safe = /^[A-Za-z]\w*$/.test(name) ? name : 'k'
  if (typeof value !== 'object' || value === null) return `<${safe}>${String(value).replace(/[<&\0]/g, '')}</${safe}>`
  return `<${safe}>${Object.entries(value)
    .map(([key, item]) => xmlOf(key, item))
    .join('')}</${safe}>`
}

function toMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toMaps)
  if (typeof value !== 'object' || value === null) return value
  return new Map(Object.entries(value).map(([key, item]) => [key, toMaps(item)]))
}

function bodyFor(wire: WireName, operation: Operation, random: Random): Uint8Array {
  const payload = operation.input?.payload
  const value = payload ? broken(payload.shape, random, 0) : brokenMembers(operation.input?.members ?? [], random, 0)
  const root = payload?.wireName ?? operation.inputElement ?? payload?.shape.name ?? 'Root'
  const bytes =
    wire === 'query'
      ? Buffer.from(new URLSearchParams(formOf(value, '')).toString())
      : wire === 'rest-xml'
        ? Buffer.from(xmlOf(root, value))
        : wire.includes('cbor')
          ? Buffer.from(encodeCbor(toMaps(value)))
          : Buffer.from(JSON.stringify(value))
  if (random.chance(0.1)) return bytes.subarray(0, random.below(bytes.length + 1))
  if (random.chance(0.1) && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
  return bytes
}

for (const name of modelNames) {
  test(`${name} survives broken bodies`, () => {
    const model = loadModel(name)
    let index = 0
    for (const operation of model.operations.values()) {
      const random = seededRandom(seed * 1000 + index++)
      for (const wire of model.wires) for (let round = 0; round < rounds; round += 1) attempt(operation, wire, random)
    }
  })
}

function attempt(operation: Operation, wire: WireName, random: Random): void {
  const body = bodyFor(wire, operation, random)
  const located = operation.input?.locatedMembers ?? []
  const text = () => random.pick(['', 'x', '1', 'ü', 'true', 'a,b', '"', '2020-01-01T00:00:00Z', '%'])
  const named = (location: string) =>
    Object.fromEntries(
      located
        .filter((member) => member.location === location)
        .map((member) => [member.wireName ?? member.name, text()]),
    )
  const headers = Object.fromEntries(Object.entries(named('header')).map(([key, value]) => [key.toLowerCase(), value]))
  const query = new URLSearchParams(named('querystring'))
  try {
    const input = wires[wire].readInput(operation, { method: 'POST', rawPath: '/', query, headers, body }, named('uri'))
    validateInput(operation, input)
  } catch (error) {
    if (!(error instanceof AwsError))
      throw new Error(`${operation.name} ${Buffer.from(body).toString('base64')}`, { cause: error })
    assert.match(error.code, /^[A-Z]\w+$/)
  }
}
