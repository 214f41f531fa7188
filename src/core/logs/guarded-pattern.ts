/**
 * Regular expressions of callers: one may take longer than the universe lasts, and everyone else waits for it. Where V8's
 * engine without backtracking can run it, it takes time in proportion to the text; any other is tried under a deadline, of
 * each text and of all texts together.
 */
import { setFlagsFromString } from 'node:v8'
import { createContext, Script } from 'node:vm'
import { Fault } from '../faults.ts'

const TIMEOUT_MS = 200
/** Of processor time: what a pattern may take beside its share for each text, and each letter of it. */
const ALLOWED_MS = 500
const SHARE_MS = 0.25
const LETTER_MS = 0.001
/** Of letters times parts of a pattern: what takes some ten milliseconds. */
const MOST_STEPS = 1 << 20
const EXEC = new Script('pattern.exec(text)')

// Only expressions with the flag `l` are run by it.
setFlagsFromString('--enable-experimental-regexp-engine')

type Exec = (text: string) => RegExpExecArray | null

/** Flags may begin it: `(?i)`. Throws `Fault('invalid', 'pattern')` for what is none, and, when it is used, for one that takes too long. */
export function guardedPattern(source: string, flags = ''): Exec {
  const [, flagged = '', rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? []
  const spelled = rest.replaceAll(/\(\?P</g, '(?<')
  const all = [...new Set(flags + flagged)].join('')
  const pattern = compiled(spelled, all)
  if (!pattern) throw new Fault('invalid', 'pattern', `Invalid regular expression: ${source}`)
  // Without repetition or choice there is nothing to go back to.
  if (!/[*+?{|]/.test(spelled)) return (text) => pattern.exec(text)
  const linear = compiled(spelled, `${all}l`)
  const exec = timed(linear ?? pattern)
  return linear ? (text) => (text.length * spelled.length > MOST_STEPS ? exec(text) : linear.exec(text)) : exec
}

export function guardedTest(source: string): (text: string) => boolean {
  const exec = guardedPattern(source)
  return (text) => exec(text) !== null
}

function timed(pattern: RegExp): Exec {
  const context = createContext({ pattern, text: '' })
  const tooLong = () => new Fault('invalid', 'pattern', `The regular expression takes too long: ${pattern.source}`)
  let leftMs = ALLOWED_MS
  return (text) => {
    if (leftMs < 0) throw tooLong()
    context.text = text
    const before = process.threadCpuUsage()
    try {
      return EXEC.runInContext(context, { timeout: TIMEOUT_MS }) as RegExpExecArray | null
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      throw tooLong()
    } finally {
      leftMs += SHARE_MS + text.length * LETTER_MS - process.threadCpuUsage(before).user / 1000
    }
  }
}

/** Undefined for what is none, or what the engine that its flags ask for can not run. */
function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}
