/** Texts of a vector one after the other, whether they stand there or in a dictionary. */
import type { Values } from './vectors.ts'

export type TextValues = Values & { readonly kind: 'bytes' | 'dictionary' }

/** Each call answers what `take` makes of the next: it stands in `bytes` from `start` to before `end`. */
export function textCells<T>(values: TextValues, take: (bytes: Uint8Array, start: number, end: number) => T): () => T {
  let [at, start] = [0, 0]
  if (values.kind === 'bytes')
    return () => {
      const from = start
      start += values.lengths[at++]!
      return take(values.bytes, from, start)
    }
  const { entries, indexes } = values
  const ends = Array.from(entries.lengths, (length) => {
    start += length
    return start
  })
  return () => {
    const index = indexes[at++]!
    return take(entries.bytes, ends[index]! - entries.lengths[index]!, ends[index]!)
  }
}
