import { Script } from 'node:vm'
import { Fault } from '../faults.ts'

const TIMEOUT_MS = 500
const SIEVE = new Script('names.filter((name) => pattern.test(name))')

/**
 * The names that a caller's regular expression matches as a whole, in their order. It runs under a deadline: an
 * expression may take longer than the universe lasts. Throws `Fault('invalid', 'pattern')`.
 */
export function matchingNames(expression: string, names: readonly string[]): string[] {
  // Hive's clients write a lone star for everything.
  const source = expression === '*' ? '.*' : expression
  try {
    // Compiled first: in a frame of its own, `a)|(b` would be taken for two.
    new RegExp(source)
    const pattern = new RegExp(`^(?:${source})$`, 'is')
    return SIEVE.runInNewContext({ names: [...names], pattern }, { timeout: TIMEOUT_MS }) as string[]
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string }
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT' && name !== 'SyntaxError') throw error
    throw new Fault('invalid', 'pattern', `Invalid expression: ${expression}`)
  }
}
