/** Regular expressions that RE2 can not run: Java's syntax on JavaScript's engine. */
import { FunctionFailure } from '../failures.ts'
import { type JavaPattern, javaPattern } from '../java-pattern.ts'
import { type Udf, udf } from './udf.ts'

const CACHE_SIZE = 64
const compiled = new Map<string, JavaPattern>()

/** A Java pattern that finds one match after another; recent ones are kept. */
function compile(pattern: string): JavaPattern {
  const known = compiled.get(pattern)
  if (known) {
    known.regexp.lastIndex = 0
    return known
  }
  let made: JavaPattern
  try {
    made = javaPattern(pattern, { isGlobal: true })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Invalid pattern: ${pattern}`)
  }
  if (compiled.size >= CACHE_SIZE) compiled.delete(compiled.keys().next().value!)
  compiled.set(pattern, made)
  return made
}

/** What the group of that number holds; null where it took no part. */
const groupOf = ({ groups }: JavaPattern, match: RegExpMatchArray, number: number): string | null =>
  match[number === 0 ? 0 : groups[number - 1]!] ?? null

function checkGroup({ groups }: JavaPattern, index: bigint): void {
  if (index < 0n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'Group cannot be negative')
  if (index > BigInt(groups.length))
    throw new FunctionFailure(
      'INVALID_FUNCTION_ARGUMENT',
      `Pattern has ${groups.length} groups. Cannot access group ${index}`,
    )
}

function extract(text: string, pattern: string, index: bigint): string | null {
  const made = compile(pattern)
  checkGroup(made, index)
  const match = made.regexp.exec(text)
  return match && groupOf(made, match, Number(index))
}

function extractAll(text: string, pattern: string, index: bigint): string {
  const made = compile(pattern)
  checkGroup(made, index)
  const number = Number(index)
  return JSON.stringify([...text.matchAll(made.regexp)].map((match) => groupOf(made, match, number)))
}

/** `$1`, `${name}` and `\x` of a Java replacement. */
function expand(replacement: string, made: JavaPattern, match: RegExpMatchArray): string {
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
    while (used < rest.length && number * 10 + Number(rest[used]) <= made.groups.length)
      number = number * 10 + Number(rest[used++])
    if (number > made.groups.length)
      throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Illegal replacement sequence: unknown group ${number}`)
    return (groupOf(made, match, number) ?? '') + rest.slice(used)
  })
}

function replace(text: string, pattern: string, replacement: string): string {
  const made = compile(pattern)
  let result = ''
  let end = 0
  for (const match of text.matchAll(made.regexp)) {
    result += text.slice(end, match.index) + expand(replacement, made, match)
    end = match.index + match[0].length
  }
  return result + text.slice(end)
}

/** `[{t, g}]`: the text before each match and its groups; the last has no groups. */
function pieces(text: string, pattern: string): string {
  const result: { t: string; g: (string | null)[] | null }[] = []
  const made = compile(pattern)
  const groups = Array.from({ length: made.groups.length }, (_, i) => i + 1)
  let end = 0
  for (const match of text.matchAll(made.regexp)) {
    result.push({ t: text.slice(end, match.index), g: groups.map((number) => groupOf(made, match, number)) })
    end = match.index + match[0].length
  }
  result.push({ t: text.slice(end), g: null })
  return JSON.stringify(result)
}

function split(text: string, pattern: string): string {
  const parts: string[] = []
  let end = 0
  for (const match of text.matchAll(compile(pattern).regexp)) {
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
  const { regexp } = compile(pattern)
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
    compile(pattern).regexp.test(text),
  ),
  udf('js_regexp_extract', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', extract),
  udf('js_regexp_extract_all', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', extractAll),
  udf('js_regexp_replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', replace),
  udf('js_regexp_pieces', ['VARCHAR', 'VARCHAR'], 'VARCHAR', pieces),
  udf('js_regexp_split', ['VARCHAR', 'VARCHAR'], 'VARCHAR', split),
  udf('js_regexp_count', ['VARCHAR', 'VARCHAR'], 'BIGINT', (text: string, pattern: string) =>
    BigInt([...text.matchAll(compile(pattern).regexp)].length),
  ),
  udf('js_regexp_position', ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], 'INTEGER', position),
]
