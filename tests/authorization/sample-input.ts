/** An input of an operation with all its members, by the model: each text tells the member that it stands for. */
import type { Member, Operation, Shape } from '../../src/protocol/schema.ts'

const DEPTH = 4
/** Texts of a form of their own. */
const SAMPLES: Readonly<Record<string, string>> = { Path: '/a-path/', AliasName: 'alias/a-alias' }

export function sampleInput(operation: Operation, arnFor: (member: string) => string): Record<string, unknown> {
  return members(operation.input?.members ?? [], arnFor, 0)
}

function members(of: readonly Member[], arnFor: (member: string) => string, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    of.flatMap((member) => {
      const value = sampleOf(member.shape, member.name, arnFor, depth)
      return value === undefined ? [] : [[member.name, value]]
    }),
  )
}

function sampleOf(shape: Shape, name: string, arnFor: (member: string) => string, depth: number): unknown {
  if (depth > DEPTH) return undefined
  switch (shape.type) {
    case 'structure':
      return members(shape.members, arnFor, depth + 1)
    case 'list': {
      const item = sampleOf(shape.element.shape, name, arnFor, depth + 1)
      return item === undefined ? [] : [item]
    }
    case 'map':
      return { key: sampleOf(shape.value.shape, name, arnFor, depth + 1) }
    case 'string':
      return (
        SAMPLES[name] ??
        [...(shape.values ?? [])][0] ??
        (/arn$|^resourceid(?:list)?$/i.test(name) ? arnFor(name) : `a-${name.toLowerCase()}`)
      )
    case 'boolean':
      return true
    case 'timestamp':
      return new Date(0)
    case 'blob':
      return new Uint8Array()
    default:
      return 1
  }
}
