/** Finds the partitions of a table that a filter keeps, by their keys alone, passing over whole stretches it rules out. */
import { decodeValues, pastValues } from './partition-key.ts'

/** So many refusals in a row are worth asking whether the stretch can be passed over. */
const PATIENCE = 32
const FIRST_PORTION = 128
const LARGEST_PORTION = 8192

export interface Sieve {
  /** Up to `count` keys above `after`, in order. */
  keys(after: string | undefined, count: number): string[]
  /** What the keys begin with before the values. */
  readonly base: string
  keep(values: readonly string[]): boolean
  /** True of first values that no kept partition begins with. */
  readonly skip?: (leading: readonly string[]) => boolean
}

/** Up to `limit` keys that are kept. `next` is where to go on: absent when there are no more, early when `budget` keys were seen. */
export function sieveKeys(
  sieve: Sieve,
  after: string | undefined,
  { limit, budget = Number.POSITIVE_INFINITY }: { readonly limit: number; readonly budget?: number },
): { kept: string[]; next?: string } {
  const kept: string[] = []
  let position = after
  let portion = FIRST_PORTION
  let refused = 0
  let seen = 0
  for (;;) {
    const keys = sieve.keys(position, portion)
    let jump: string | undefined
    for (const key of keys) {
      position = key
      const values = decodeValues(key.slice(sieve.base.length))
      if (sieve.keep(values)) {
        refused = 0
        kept.push(key)
        if (kept.length === limit) return { kept, next: key }
      } else if (++refused >= PATIENCE) {
        refused = 0
        jump = stretchEnd(sieve, values)
        if (jump !== undefined) break
      }
    }
    if (jump === undefined && keys.length < portion) return { kept }
    position = jump ?? position
    seen += keys.length
    if (seen >= budget) return { kept, next: position }
    portion = jump === undefined ? Math.min(portion * 2, LARGEST_PORTION) : FIRST_PORTION
  }
}

/** The end of the longest stretch around these values that is ruled out as a whole. */
function stretchEnd({ base, skip }: Sieve, values: readonly string[]): string | undefined {
  if (!skip) return undefined
  for (let length = 1; length < values.length; length++) {
    const leading = values.slice(0, length)
    if (skip(leading)) return base + pastValues(leading)
  }
  return undefined
}
