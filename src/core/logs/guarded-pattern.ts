/** Regular expressions of callers: one may take longer than the universe lasts, so each is tried under a deadline. */
import { createContext, Script } from 'node:vm'
import { Fault } from '../faults.ts'

const TIMEOUT_MS = 200
const EXEC = new Script('pattern.exec(text)')

/** Throws `Fault('invalid', 'pattern')` for what is none, and, when it is used, for one that takes too long. */
export function guardedPattern(source: string, flags = ''): (text: string) => RegExpExecArray | null {
  const pattern = compiled(source, flags)
  // Without a repetition of a repetition, or of a choice, no text takes long.
  if (!/[*+}]\)?.*[*+{]|\|.*\)[*+{]/.test(source)) return (text) => pattern.exec(text)
  const context = createContext({ pattern, text: '' })
  return (text) => {
    context.text = text
    try {
      return EXEC.runInContext(context, { timeout: TIMEOUT_MS }) as RegExpExecArray | null
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      throw new Fault('invalid', 'pattern', `The regular expression takes too long: ${source}`)
    }
  }
}

export function guardedTest(source: string): (text: string) => boolean {
  const exec = guardedPattern(source)
  return (text) => exec(text) !== null
}

function compiled(source: string, flags: string): RegExp {
  try {
    return new RegExp(source.replaceAll(/\(\?P</g, '(?<'), flags)
  } catch {
    throw new Fault('invalid', 'pattern', `Invalid regular expression: ${source}`)
  }
}
