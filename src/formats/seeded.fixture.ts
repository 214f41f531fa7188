/** Random numbers that are the same for the same seed, on every machine: a failure can be had again. (mulberry32) */

/** From 0 to before 1. */
export function fractions(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Whole numbers from 0 to before `below`. */
export type Dice = (below: number) => number

export function dice(seed: number): Dice {
  const next = fractions(seed)
  return (below) => Math.floor(next() * below)
}
