import { Script } from 'node:vm'
import { Fault } from '../faults.ts'

/** Clients write Hive's patterns too: a star at the start or after a letter of a name stands for any text (observed). */
const WILD_STAR = /(?<![^|\w-])\*/g
const TIMEOUT_MS = 500
const SIEVE = new Script('names.filter((name) => pattern.test(name))')

/**
 * The names that a caller's regular expression matches as a whole, in their order.
 * Throws `Fault('invalid', 'pattern')`.
 */
export function matchingNames(expression: string, names: readonly string[]): string[] {
  return namesMatching(wholePattern(expression.replace(WILD_STAR, '.*'), 'is'), names)
}

/** Matches what `source` matches from end to end. Throws `Fault('invalid', 'pattern')`. */
export function wholePattern(source: string, flags = ''): RegExp {
  try {
    // Compiled first: in a frame of its own, `a)|(b` would be taken for two.
    new RegExp(source)
    return new RegExp(`^(?:${source})$`, flags)
  } catch {
    throw invalidPattern(source)
  }
}

/**
 * The names that match a pattern of a caller's, under a deadline: an expression may take longer than the universe lasts,
 * and everyone else waits for it. Throws `Fault('invalid', 'pattern')`.
 */
export function namesMatching(pattern: RegExp, names: readonly string[]): string[] {
  try {
    return SIEVE.runInNewContext({ names: [...names], pattern }, { timeout: TIMEOUT_MS }) as string[]
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw invalidPattern(pattern.source)
  }
}

const invalidPattern = (expression: string): Fault =>
  new Fault('invalid', 'pattern', `Invalid expression: ${expression}`)
