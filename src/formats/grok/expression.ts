/**
 * Grok: a regular expression in which `%{PATTERN:name}` stands for a named pattern whose match is called `name`, or as the
 * pattern where no name is given. https://docs.aws.amazon.com/athena/latest/ug/grok-serde.html
 */
import { patternLines, STANDARD_PATTERNS } from './standard-patterns.ts'

export interface GrokExpression {
  /** A Java pattern that may match anywhere in a line; what is kept are its groups `g0`, `g1` ... */
  readonly pattern: string
  /** What each of them is called, in lower case; a name may be given several times. */
  readonly names: readonly string[]
}

export class GrokError extends Error {
  override readonly name = 'GrokError'
}

const MOST_DEPTH = 50
const MOST_LENGTH = 1_000_000
/** What the standard patterns call a match that nobody asks for. */
const UNWANTED = 'unwanted'

/** `custom`: patterns of the table's own, one a line. Only groups that `isWanted` are kept. Throws `GrokError`. */
export function grokExpression(format: string, custom: string, isWanted: (name: string) => boolean): GrokExpression {
  const own = patternLines(custom)
  const names: string[] = []
  let length = 0
  const expand = (text: string, depth: number): string => {
    if (depth > MOST_DEPTH) throw new GrokError('Grok patterns refer to each other without end')
    let expanded = ''
    for (let at = 0; at < text.length; ) {
      const start = text.indexOf('%{', at)
      if (start < 0) return grown(expanded + plain(text.slice(at)))
      const end = closingBrace(text, start + 2)
      expanded += plain(text.slice(at, start)) + reference(text.slice(start + 2, end), depth)
      at = end + 1
    }
    return grown(expanded)
  }
  const grown = (text: string): string => {
    length += text.length
    if (length > MOST_LENGTH) throw new GrokError('Grok pattern is too long')
    return text
  }
  const reference = (text: string, depth: number): string => {
    const [, pattern = '', name = pattern, definition] = /^(\w+)(?::([^=;:]+)[^=]*)?(?:=(.*))?$/s.exec(text) ?? []
    const source = definition ?? own.get(pattern) ?? STANDARD_PATTERNS.get(pattern)
    if (source === undefined) throw new GrokError(`No definition for Grok pattern '${pattern || text}' found`)
    return `${opening(name)}${expand(source, depth + 1)})`
  }
  const opening = (name: string): string => {
    const key = name.trim().toLowerCase()
    return key === UNWANTED || !isWanted(key) ? '(?:' : `(?<g${names.push(key) - 1}>`
  }
  // Java's own way to name a group is as good.
  const plain = (text: string): string => text.replace(/\(\?<(\w+)>/g, (_, name: string) => opening(name))
  return { pattern: expand(format, 0), names }
}

/** Where the brace that was opened before `from` is closed: references and counts may stand in between. */
function closingBrace(text: string, from: number): number {
  let open = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') open++
    if (text[at] === '}' && --open === 0) return at
  }
  throw new GrokError(`Grok reference is not closed: ${text.slice(from - 2, from + 40)}`)
}
