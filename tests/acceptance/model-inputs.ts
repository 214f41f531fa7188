/** Inputs of operations by their models: what is known by a member's name, and of what has to be there beside, something that fits. */
import { loadModel } from '../../src/protocol/model.ts'
import type { Member, Shape, StructureShape } from '../../src/protocol/schema.ts'

export type Known = Readonly<Record<string, unknown>>

const DEEPEST = 5

/** Undefined of an operation that the model has not. */
export function inputOf(service: string, operation: string, known: Known): object | undefined {
  const found = loadModel(service).operations.get(operation)
  return found && structure(found.input, known, 0)
}

/** Of a union one member, which the service takes to be the choice. */
function structure(shape: StructureShape | undefined, known: Known, depth: number): Record<string, unknown> {
  const members = shape?.members ?? []
  const choice = members.find(({ name, shape: of }) => fits(of, known[name])) ?? members[0]
  const taken = shape?.union ? members.filter((one) => one === choice) : members
  return Object.fromEntries(
    taken.flatMap((member) => {
      const { name, required } = member
      const isKnown = fits(member.shape, known[name])
      if (!isKnown && !required && !shape?.union && !(depth < DEEPEST && leads(member, known, depth))) return []
      return [[name, isKnown ? known[name] : filled(member, known, depth)] as const]
    }),
  )
}

/** Whether something known is to be said inside: another's catalog or table may be named anywhere. */
function leads({ shape }: Member, known: Known, depth: number): boolean {
  if (shape.type !== 'structure' || depth >= DEEPEST) return false
  return shape.members.some((one) => one.shape.type !== 'structure' && fits(one.shape, known[one.name]))
}

function fits(shape: Shape, value: unknown): boolean {
  if (value === undefined) return false
  if (shape.type === 'string') return typeof value === 'string' && (!shape.values || shape.values.has(value))
  if (shape.type === 'list') return Array.isArray(value) && fits(shape.element.shape, value[0])
  if (shape.type === 'blob') return value instanceof Uint8Array
  if (shape.type === 'timestamp') return value instanceof Date
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array) return false
  return shape.type === 'structure' || shape.type === 'map'
}

function filled({ shape, name }: Member, known: Known, depth: number): unknown {
  if (depth > DEEPEST) return undefined
  switch (shape.type) {
    case 'structure':
      return structure(shape, known, depth + 1)
    case 'list':
      return [filled(shape.element, known, depth + 1)]
    case 'map':
      return { [String(filled(shape.key, known, depth + 1))]: filled(shape.value, known, depth + 1) }
    case 'string':
      return [...(shape.values ?? [])][0] ?? textFor(name, shape.min ?? 1)
    case 'timestamp':
      return new Date('2024-01-01T00:00:00Z')
    case 'blob':
      return new Uint8Array([123, 125])
    case 'boolean':
      return true
    case 'document':
      return {}
    default:
      return Math.max(shape.min ?? 0, 1)
  }
}

const ALLOWED = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
})

/** Documents of policies are JSON; anything else is a name that nobody has given yet. */
function textFor(name: string, min: number): string {
  if (/policy/i.test(name) && !/(arn|name|id)$/i.test(name)) return ALLOWED
  return 'new-one'.padEnd(min, 'x')
}
