/** Finds the partitions of a table that a filter keeps, by their keys alone, passing over whole stretches it rules out. */
import { decodeValues, pastFirst } from './partition-key.ts'

/** So many refusals in a row are worth asking whether the stretch can be passed over. */
const PATIENCE = 32
const FIRST_PORTION = 128
const LARGEST_PORTION = 8192
/** Where keys are looked at on a budget, others get their turn also when few of them take long. */
const MOST_MS = 50
const KEYS_A_LOOK = 32

export interface Sieve {
  /** Up to `count` keys above `after`, in order. */
  keys(after: string | undefined, count: number): string[]
  /** What the keys begin with before the values. */
  readonly base: string
  /** Of an index: by which values the keys are sorted. They come first in the key, and then all values in their order. */
  readonly indexed?: readonly number[]
  keep(values: readonly string[]): boolean
  /** True of some values, the others being absent, that no kept partition has. */
  readonly skip?: (known: readonly (string | undefined)[]) => boolean
}

/** Up to `limit` keys that are kept. `next` is where to go on: absent when there are no more, early when the budget is spent. */
export function sieveKeys(
  sieve: Sieve,
  after: string | undefined,
  { limit, budget }: { readonly limit: number; readonly budget?: number },
): { kept: string[]; seen: number; next?: string } {
  const kept: string[] = []
  const indexedCount = sieve.indexed?.length ?? 0
  let position = after
  let portion = FIRST_PORTION
  let refused = 0
  let seen = 0
  const since = performance.now()
  const isSpent = (): boolean => budget !== undefined && (seen >= budget || performance.now() - since > MOST_MS)
  for (;;) {
    const keys = sieve.keys(position, portion)
    let jump: string | undefined
    for (const key of keys) {
      position = key
      seen++
      const values = decodeValues(key.slice(sieve.base.length), indexedCount)
      if (sieve.keep(values)) {
        refused = 0
        kept.push(key)
        if (kept.length === limit) return { kept, seen, next: key }
      } else if (++refused >= PATIENCE) {
        refused = 0
        jump = stretchEnd(sieve, key, values)
        if (jump !== undefined) break
      }
      if (seen % KEYS_A_LOOK === 0 && isSpent()) return { kept, seen, next: key }
    }
    if (jump === undefined && keys.length < portion) return { kept, seen }
    position = jump ?? position
    if (isSpent()) return { kept, seen, next: position }
    portion = jump === undefined ? Math.min(portion * 2, LARGEST_PORTION) : FIRST_PORTION
  }
}

/** The end of the longest stretch around this key that is ruled out as a whole. */
function stretchEnd({ base, skip, indexed }: Sieve, key: string, values: readonly string[]): string | undefined {
  if (!skip) return undefined
  const known: (string | undefined)[] = []
  const longest = indexed ? indexed.length : values.length - 1
  for (let length = 1; length <= longest; length++) {
    const at = indexed ? indexed[length - 1]! : length - 1
    known[at] = values[at]
    if (skip(known)) return base + pastFirst(key.slice(base.length), length)
  }
  return undefined
}
