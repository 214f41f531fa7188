/**
 * How much of an Avro value no byte stands for. Nulls, and records of nothing else, take no bytes: of those a file of a few
 * bytes can hold as many as it says, and a schema that names a record of two a hundred times over has more of them in one
 * value than anybody can count.
 */
import { CorruptData } from '../corrupt-data.ts'
import type { AvroType } from './schema.ts'

interface Sizes {
  /** The fewest bytes that a value takes. */
  readonly leastBytes: number
  /** How many of its parts take none. */
  readonly vacant: number
}

const NOTHING: Sizes = { leastBytes: 0, vacant: 1 }
const SOMETHING: Sizes = { leastBytes: 1, vacant: 0 }

const ofRecords = new WeakMap<AvroType, Sizes>()

function sizesOf(type: AvroType): Sizes {
  switch (type.kind) {
    case 'null':
      return NOTHING
    case 'float':
      return { leastBytes: 4, vacant: 0 }
    case 'double':
      return { leastBytes: 8, vacant: 0 }
    case 'fixed':
      return type.size === 0 ? NOTHING : { leastBytes: type.size, vacant: 0 }
    case 'record': {
      const known = ofRecords.get(type)
      if (known) return known
      // A record that always holds itself has no values, whatever is said of them.
      ofRecords.set(type, SOMETHING)
      const inside = type.fields.map((field) => sizesOf(field.type))
      const leastBytes = inside.reduce((sum, one) => sum + one.leastBytes, 0)
      const vacant = inside.reduce((sum, one) => sum + one.vacant, leastBytes === 0 ? 1 : 0)
      ofRecords.set(type, { leastBytes, vacant })
      return { leastBytes, vacant }
    }
    default:
      return SOMETHING
  }
}

/** The fewest bytes that a value of the type takes. */
export const leastBytes = (type: AvroType): number => sizesOf(type).leastBytes

/** Throws CorruptData where a value, here or inside of others, has more than `most` parts that take no bytes. */
export function requireDense(type: AvroType, most: number): void {
  const seen = new Set<AvroType>()
  const pending = [type]
  for (let one = pending.pop(); one; one = pending.pop()) {
    if (seen.has(one)) continue
    seen.add(one)
    if (sizesOf(one).vacant > most) throw new CorruptData('the Avro schema has values of nearly nothing but nulls')
    pending.push(...partsOf(one))
  }
}

function partsOf(type: AvroType): readonly AvroType[] {
  switch (type.kind) {
    case 'array':
      return [type.items]
    case 'map':
      return [type.values]
    case 'union':
      return type.branches
    case 'record':
      return type.fields.map((field) => field.type)
    default:
      return []
  }
}
