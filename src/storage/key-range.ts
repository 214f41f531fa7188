import { compareKeys } from '../core/key-order.ts'
import type { KeyRange } from '../core/ports.ts'

/** Half-open: `start` (itself included unless `exclusive`) up to and without `end`; absent means unbounded. */
export interface KeyBounds {
  readonly start: string
  readonly exclusive: boolean
  readonly end?: string
}

/** The one interval that a range stands for, or undefined when nothing can lie in it. */
export function keyBounds({ prefix = '', after, before }: Omit<KeyRange, 'limit'>): KeyBounds | undefined {
  const exclusive = after !== undefined && compareKeys(after, prefix) >= 0
  const start = exclusive ? after! : prefix
  const prefixEnd = prefixSuccessor(prefix)
  const end =
    before === undefined || (prefixEnd !== undefined && compareKeys(prefixEnd, before) < 0) ? prefixEnd : before
  if (end !== undefined && compareKeys(start, end) >= 0) return undefined
  return { start, exclusive, end }
}

/**
 * The least string above every string with this prefix; undefined when there is none. Code points are in the order of
 * their UTF-8 bytes, so the last one is raised by one, past the surrogates that no valid string holds.
 */
function prefixSuccessor(prefix: string): string | undefined {
  if (prefix === '') return undefined
  const points = Array.from(prefix, (sign) => sign.codePointAt(0)!)
  while (points.length > 0) {
    const last = points.pop()!
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return undefined
}
