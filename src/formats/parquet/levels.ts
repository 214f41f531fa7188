/**
 * How deep each entry of a leaf is there (definition) and where it starts something new (repetition): Dremel's levels,
 * from vectors. A leaf without lists above it has no repetition levels.
 */
import type { Values, Vector } from '../vectors.ts'

export interface LeafColumn {
  readonly entries: number
  /** A byte for each entry; undefined when every entry is at the highest level. */
  readonly definition: Uint8Array | undefined
  readonly repetition: Uint8Array | undefined
  readonly maxDefinition: number
  readonly maxRepetition: number
  readonly values: Values
}

/** What has been settled above a vector: for each of its rows, or for entries without a row of it. */
interface Above {
  readonly entries: number
  /** Of each entry; undefined when all stand at `depth` and have a row. */
  readonly definition: Uint8Array | undefined
  readonly repetition: Uint8Array | undefined
  /** The definition level of an entry that has a row here. */
  readonly depth: number
  readonly maxRepetition: number
}

/** In the order of the schema's leaves. */
export function leafColumns(vector: Vector): LeafColumn[] {
  const top: Above = { entries: vector.rows, definition: undefined, repetition: undefined, depth: 0, maxRepetition: 0 }
  const leaves: LeafColumn[] = []
  descend(vector, top, true, leaves)
  return leaves
}

function descend(vector: Vector, above: Above, optional: boolean, leaves: LeafColumn[]): void {
  const here = optional ? withNulls(vector, above) : above
  const { values } = vector
  switch (values.kind) {
    case 'struct':
      for (const field of values.fields) descend(field, here, true, leaves)
      return
    case 'list':
      descend(values.element, withItems(values.lengths, here), true, leaves)
      return
    case 'map': {
      const items = withItems(values.lengths, here)
      descend(values.key, items, false, leaves)
      descend(values.value, items, true, leaves)
      return
    }
    default: {
      const { entries, definition, repetition, depth, maxRepetition } = here
      leaves.push({ entries, definition, repetition, maxDefinition: depth, maxRepetition, values })
    }
  }
}

/** One level deeper where the vector has a value. */
function withNulls({ rows, valid }: Vector, above: Above): Above {
  const depth = above.depth + 1
  const { entries, definition: upper } = above
  if (!valid && !upper) return { ...above, depth }
  if (rows === 0 && upper) return { ...above, depth }
  const definition = new Uint8Array(entries)
  if (!upper) for (let i = 0; i < entries; i++) definition[i] = above.depth + valid![i]!
  else {
    let row = 0
    for (let i = 0; i < entries; i++) {
      const level = upper[i]!
      definition[i] = level < above.depth ? level : level + (valid ? valid[row++]! : 1)
    }
  }
  return { ...above, definition, depth }
}

/** An entry for each item, and one for each list that has none. */
function withItems(lengths: Int32Array, above: Above): Above {
  let entries = above.entries
  for (let i = 0; i < lengths.length; i++) entries += Math.max(0, lengths[i]! - 1)
  const depth = above.depth + 1
  const maxRepetition = above.maxRepetition + 1
  const definition = new Uint8Array(entries)
  const repetition = new Uint8Array(entries)
  let [list, to] = [0, 0]
  for (let i = 0; i < above.entries; i++) {
    const level = above.definition ? above.definition[i]! : above.depth
    const starts = above.repetition ? above.repetition[i]! : 0
    const items = level < above.depth ? -1 : lengths[list++]!
    definition[to] = items > 0 ? depth : level
    repetition[to++] = starts
    if (items > 1) {
      definition.fill(depth, to, to + items - 1)
      repetition.fill(maxRepetition, to, to + items - 1)
      to += items - 1
    }
  }
  return { entries, definition, repetition, depth, maxRepetition }
}
