/** Steps over a value without looking at it. */
import { CorruptData } from '../corrupt-data.ts'
import type { Step } from './column-values.ts'
import type { Cursor } from './cursor.ts'
import type { AvroType } from './schema.ts'
import { leastBytes } from './vacancy.ts'

const MOST_DEPTH = 512

/** A type that holds itself is followed only as far as its values go. */
export function skipper(type: AvroType): Step {
  const known = new Map<AvroType, Step>()
  let depth = 0
  const of = (inner: AvroType): Step => {
    const found = known.get(inner)
    if (found) return found
    let step: Step | undefined
    known.set(inner, (cursor) => {
      if (++depth > MOST_DEPTH) throw new CorruptData('values are nested too deeply')
      step!(cursor)
      depth--
    })
    step = stepOver(inner, of)
    if (inner.kind !== 'record') known.set(inner, step)
    return step
  }
  return of(type)
}

function stepOver(type: AvroType, of: (type: AvroType) => Step): Step {
  switch (type.kind) {
    case 'null':
      return () => undefined
    case 'boolean':
      return (cursor) => cursor.skip(1)
    case 'int':
    case 'long':
    case 'enum':
      return (cursor) => cursor.pass()
    case 'float':
      return (cursor) => cursor.skip(4)
    case 'double':
      return (cursor) => cursor.skip(8)
    case 'bytes':
    case 'string':
      return (cursor) => cursor.stretch()
    case 'fixed': {
      const { size } = type
      return (cursor) => cursor.skip(size)
    }
    case 'record': {
      const steps = type.fields.map((field) => of(field.type))
      // Pairs of a column and what is told of it are most of what a list of files holds.
      const [first, second] = steps
      if (steps.length === 2)
        return (cursor) => {
          first!(cursor)
          second!(cursor)
        }
      return (cursor) => {
        for (const step of steps) step(cursor)
      }
    }
    case 'union': {
      const steps = type.branches.map(of)
      return (cursor) => {
        const step = steps[cursor.int()]
        if (!step) throw new CorruptData('a union has no such branch')
        step(cursor)
      }
    }
    case 'array':
      return numbersIn(type.items) ?? skipItems([of(type.items)], leastBytes(type.items))
    case 'map':
      return skipItems([of({ kind: 'string' }), of(type.values)], 1 + leastBytes(type.values))
  }
}

/** Steps over a list of pairs of numbers, of which lists of files have many. */
function numbersIn(items: AvroType): Step | undefined {
  if (items.kind !== 'record' || !items.fields.every(({ type }) => type.kind === 'int' || type.kind === 'long'))
    return undefined
  const numbers = items.fields.length
  return (cursor) => {
    for (let count = cursor.items(numbers); count > 0; count = cursor.items(numbers)) cursor.passAll(count * numbers)
  }
}

function skipItems(steps: readonly Step[], least: number): Step {
  return (cursor: Cursor) => {
    for (let count = cursor.items(least); count > 0; count = cursor.items(least)) {
      if (cursor.itemBytes !== undefined) cursor.skip(cursor.itemBytes)
      else for (let i = 0; i < count; i++) for (const step of steps) step(cursor)
    }
  }
}
