/** Regular expressions that RE2 can not run: Java's syntax on JavaScript's engine. */
import { FunctionFailure } from '../failures.ts'
import { type Udf, udf } from './udf.ts'

const CACHE_SIZE = 64
const compiled = new Map<string, RegExp>()

/** A Java pattern as a global RegExp; recent ones are kept. */
function compile(pattern: string): RegExp {
  const known = compiled.get(pattern)
  if (known) {
    known.lastIndex = 0
    return known
  }
  const { source, flags } = translate(pattern)
  let made: RegExp
  try {
    made = new RegExp(source, `g${flags}`)
  } catch {
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Invalid pattern: ${pattern}`)
  }
  if (compiled.size >= CACHE_SIZE) compiled.delete(compiled.keys().next().value!)
  compiled.set(pattern, made)
  return made
}

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
}

function translate(pattern: string): { source: string; flags: string } {
  let flags = 'u'
  let source = pattern
  const inline = /^\(\?([imsx]+)\)/.exec(source)
  if (inline) {
    source = source.slice(inline[0].length)
    for (const flag of inline[1]!) if ('ims'.includes(flag)) flags += flag
  }
  source = source
    // Possessive quantifiers and atomic groups only forbid backtracking; greedy ones match the same or more.
    .replaceAll(/([*+?}])\+/g, '$1')
    .replaceAll('(?>', '(?:')
    .replaceAll(/\\[AG]/g, '^')
    .replaceAll(/\\[Zz]/g, '$')
    .replaceAll(/\\p\{(?:Is)?(Alpha|Digit|Alnum|Upper|Lower|Punct|Space)\}/g, (_, name: string) => `[${POSIX[name]}]`)
    .replaceAll(/\\h/g, '[ \\t\\xA0]')
    .replaceAll(/\\([-_'"#%&,:;<=>@`~! ])/g, (_, char: string) => (char === '-' ? '\\-' : char))
  return { source, flags: source.includes('\\-') && !/\[[^\]]*\\-/.test(source) ? flags.replace('u', '') : flags }
}

function group(match: RegExpExecArray | RegExpMatchArray, index: bigint): string | null {
  const count = BigInt(match.length - 1)
  if (index < 0n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'Group cannot be negative')
  if (index > count)
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Pattern has ${count} groups. Cannot access group ${index}`)
  return match[Number(index)] ?? null
}

function checkGroup(pattern: RegExp, index: bigint): void {
  const count = BigInt((new RegExp(`${pattern.source}|`, pattern.flags).exec('')?.length ?? 1) - 1)
  if (index < 0n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'Group cannot be negative')
  if (index > count)
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Pattern has ${count} groups. Cannot access group ${index}`)
}

function extract(text: string, pattern: string, index: bigint): string | null {
  const regexp = compile(pattern)
  const match = regexp.exec(text)
  if (match) return group(match, index)
  checkGroup(regexp, index)
  return null
}

function extractAll(text: string, pattern: string, index: bigint): string {
  const regexp = compile(pattern)
  checkGroup(regexp, index)
  return JSON.stringify([...text.matchAll(regexp)].map((match) => group(match, index)))
}

/** `$1`, `${name}` and `\x` of a Java replacement. */
function expand(replacement: string, match: RegExpExecArray | RegExpMatchArray): string {
  return replacement.replaceAll(/\\([\s\S])|\$(\d)(\d*)|\$\{(\w+)\}|\$/g, (whole, escaped, first, rest, name) => {
    if (escaped !== undefined) return escaped
    if (name !== undefined) {
      const value = match.groups && name in match.groups ? match.groups[name] : undefined
      if (!match.groups || !(name in match.groups))
        throw new FunctionFailure(
          'INVALID_FUNCTION_ARGUMENT',
          `Illegal replacement sequence: unknown group { ${name} }`,
        )
      return value ?? ''
    }
    if (first === undefined)
      throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Illegal replacement sequence: ${whole}`)
    let number = Number(first)
    let used = 0
    // As many digits as still name a group.
    while (used < rest.length && number * 10 + Number(rest[used]) < match.length)
      number = number * 10 + Number(rest[used++])
    if (number >= match.length)
      throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Illegal replacement sequence: unknown group ${number}`)
    return (match[number] ?? '') + rest.slice(used)
  })
}

function replace(text: string, pattern: string, replacement: string): string {
  let result = ''
  let end = 0
  for (const match of text.matchAll(compile(pattern))) {
    result += text.slice(end, match.index) + expand(replacement, match)
    end = match.index + match[0].length
  }
  return result + text.slice(end)
}

/** `[{t, g}]`: the text before each match and its groups; the last has no groups. */
function pieces(text: string, pattern: string): string {
  const result: { t: string; g: (string | null)[] | null }[] = []
  let end = 0
  for (const match of text.matchAll(compile(pattern))) {
    result.push({ t: text.slice(end, match.index), g: match.slice(1).map((part) => part ?? null) })
    end = match.index + match[0].length
  }
  result.push({ t: text.slice(end), g: null })
  return JSON.stringify(result)
}

function split(text: string, pattern: string): string {
  const parts: string[] = []
  let end = 0
  for (const match of text.matchAll(compile(pattern))) {
    parts.push(text.slice(end, match.index))
    end = match.index + match[0].length
  }
  return JSON.stringify([...parts, text.slice(end)])
}

function position(text: string, pattern: string, start: bigint, occurrence: bigint): number {
  if (start < 1n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'start position cannot be smaller than 1')
  if (occurrence < 1n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'occurrence cannot be smaller than 1')
  const points = [...text]
  if (start > BigInt(points.length)) return -1
  const skipped = points.slice(0, Number(start) - 1).join('').length
  const regexp = compile(pattern)
  regexp.lastIndex = skipped
  let left = occurrence
  for (let match = regexp.exec(text); match; match = regexp.exec(text)) {
    if (--left === 0n) return [...text.slice(0, match.index)].length + 1
    if (match[0] === '') regexp.lastIndex++
  }
  return -1
}

export const regexpUdfs: readonly Udf[] = [
  udf('js_regexp_like', ['VARCHAR', 'VARCHAR'], 'BOOLEAN', (text: string, pattern: string) =>
    compile(pattern).test(text),
  ),
  udf('js_regexp_extract', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', extract),
  udf('js_regexp_extract_all', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', extractAll),
  udf('js_regexp_replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', replace),
  udf('js_regexp_pieces', ['VARCHAR', 'VARCHAR'], 'VARCHAR', pieces),
  udf('js_regexp_split', ['VARCHAR', 'VARCHAR'], 'VARCHAR', split),
  udf('js_regexp_count', ['VARCHAR', 'VARCHAR'], 'BIGINT', (text: string, pattern: string) =>
    BigInt([...text.matchAll(compile(pattern))].length),
  ),
  udf('js_regexp_position', ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], 'INTEGER', position),
]
