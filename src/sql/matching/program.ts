/**
 * Row patterns as programs for the machine of `matcher.ts`. A split prefers its first way, so that the order of the ways
 * is the order of preference of the pattern.
 */
import { SqlError } from '../position.ts'
import type { Pattern } from '../row-matching.ts'

export type Instruction =
  /** The row at hand has to meet the label's condition. `excluded`: it is not to be shown. */
  | { readonly op: 'label'; readonly label: number; readonly excluded: boolean }
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'partition-start' | 'partition-end' | 'done' }

/** Quantifiers and permutations are written out: this many instructions are more than any pattern of use has. */
const MAX_INSTRUCTIONS = 100_000

/** Throws NOT_SUPPORTED for a pattern that would be too long when written out. */
export function programOf(pattern: Pattern): Instruction[] {
  const writer = new Writer()
  writer.pattern(pattern, false)
  writer.add({ op: 'done' })
  return writer.instructions
}

class Writer {
  readonly instructions: Instruction[] = []

  add(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw new SqlError('NOT_SUPPORTED', 'Row pattern is too large')
    return this.instructions.push(instruction) - 1
  }

  pattern(pattern: Pattern, excluded: boolean): void {
    switch (pattern.kind) {
      case 'label':
        this.add({ op: 'label', label: pattern.label, excluded })
        return
      case 'empty':
        return
      case 'partition-start':
      case 'partition-end':
        this.add({ op: pattern.kind })
        return
      case 'sequence':
        for (const item of pattern.items) this.pattern(item, excluded)
        return
      case 'alternation':
        this.alternatives(
          pattern.items.map((item) => [item]),
          excluded,
        )
        return
      case 'permutation':
        this.alternatives(permutations(pattern.items), excluded)
        return
      case 'exclusion':
        this.pattern(pattern.of, true)
        return
      case 'repetition':
        this.repetition(pattern, excluded)
    }
  }

  private alternatives(sequences: Iterable<readonly Pattern[]>, excluded: boolean): void {
    const ends: number[] = []
    let split: number | undefined
    for (const sequence of sequences) {
      // Where the last alternative begins is not known before: each is written as if another followed.
      if (split !== undefined) this.patch(split, this.instructions.length)
      split = this.add({ op: 'split', first: this.instructions.length + 1, second: -1 })
      for (const item of sequence) this.pattern(item, excluded)
      ends.push(this.add({ op: 'jump', to: -1 }))
    }
    // After the last there is no other way: a jump to the instruction behind it.
    if (split !== undefined) this.instructions[split] = { op: 'jump', to: split + 1 }
    for (const end of ends) this.instructions[end] = { op: 'jump', to: this.instructions.length }
  }

  private patch(split: number, second: number): void {
    this.instructions[split] = { op: 'split', first: split + 1, second }
  }

  private repetition(pattern: Pattern & { kind: 'repetition' }, excluded: boolean): void {
    const { of, min, max, reluctant } = pattern
    const ways = (into: number, past: number): Instruction =>
      reluctant ? { op: 'split', first: past, second: into } : { op: 'split', first: into, second: past }
    for (let i = 0; i < min - (max === undefined ? 1 : 0); i++) this.pattern(of, excluded)
    if (max === undefined) {
      const split = min === 0 ? this.add({ op: 'jump', to: -1 }) : undefined
      const start = this.instructions.length
      this.pattern(of, excluded)
      if (split === undefined) {
        const again = this.add({ op: 'jump', to: -1 })
        this.instructions[again] = ways(start, again + 1)
        return
      }
      this.add({ op: 'jump', to: split })
      this.instructions[split] = ways(start, this.instructions.length)
      return
    }
    const splits: number[] = []
    for (let i = min; i < max; i++) {
      splits.push(this.add({ op: 'jump', to: -1 }))
      this.pattern(of, excluded)
    }
    for (const split of splits) this.instructions[split] = ways(split + 1, this.instructions.length)
  }
}

/** In lexicographic order of the places. */
function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) {
    yield items
    return
  }
  for (const [i, item] of items.entries()) for (const rest of permutations(items.toSpliced(i, 1))) yield [item, ...rest]
}
