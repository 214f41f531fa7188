/**
 * Text with wildcards and variables, compiled to be matched against.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */

/** By names in lower case: a value, or several. Asked only for what a policy mentions. */
export interface RequestContext {
  get(key: string): string | readonly string[] | undefined
}

export interface Pattern {
  matches(value: string, context: RequestContext): boolean
  /** What is known of all values that start so, whatever the context; nothing where it is absent. */
  over?(start: string): Coverage
}

/** Of values that start alike a pattern matches all, none, or there may be some of either kind. */
export type Coverage = 'all' | 'none' | 'some'

/** What stands in a pattern: `variables` since 2012, `wildcards` where the operator knows them. */
export interface PatternForm {
  readonly variables: boolean
  readonly wildcards: boolean
  readonly ignoreCase?: boolean
}

/** A character's code, or one of these. */
const MANY = -1
const ONE = -2

type Glob = readonly number[]
type Part = Glob | { readonly variable: string; readonly otherwise?: string }

const ANYTHING: Pattern = { matches: () => true, over: () => 'all' }

export function compilePattern(text: string, form: PatternForm): Pattern {
  const parts = readParts(text, form)
  if (parts.every((part) => Array.isArray(part))) return globPattern(parts.flat() as number[], form)
  return {
    matches(value, context) {
      const folded = form.ignoreCase ? value.toLowerCase() : value
      const globs: Glob[] = []
      let room = folded.length
      for (const part of parts) {
        if (Array.isArray(part)) globs.push(part)
        else {
          const { variable, otherwise } = part as Exclude<Part, Glob>
          const known = context.get(variable)
          const put = typeof known === 'string' ? known : otherwise
          // A variable without a value, or with several, is nothing that a request could have.
          if (put === undefined) return false
          const codes = codesOf(form.ignoreCase ? put.toLowerCase() : put)
          room -= codes.length
          if (room < 0) return false
          globs.push(codes)
        }
      }
      return matchStretches(stretchesOf(globs.flat()), folded)
    },
  }
}

/** Text and variables in turns: what has an odd index is a variable, braces included. */
function splitAtVariables(text: string): string[] {
  const pieces: string[] = []
  let from = 0
  for (;;) {
    const start = text.indexOf('${', from)
    const end = start < 0 ? -1 : text.indexOf('}', start)
    // Where no brace closes this one, none closes any that comes after it.
    if (end < 0) return [...pieces, text.slice(from)]
    pieces.push(text.slice(from, start), text.slice(start, end + 1))
    from = end + 1
  }
}

function readParts(text: string, { variables, wildcards, ignoreCase }: PatternForm): Part[] {
  const parts: Part[] = []
  let last: number[] | undefined
  const add = (codes: Glob) => {
    if (!last) {
      last = []
      parts.push(last)
    }
    for (const code of codes) last.push(code)
  }
  for (const [index, piece] of (variables ? splitAtVariables(text) : [text]).entries()) {
    const inside = piece.slice(2, -1)
    const written = ignoreCase ? piece.toLowerCase() : piece
    if (index % 2 === 0) add(wildcards ? wildcardCodes(written) : codesOf(written))
    else if (inside === '*' || inside === '?' || inside === '$') add(codesOf(inside))
    else {
      parts.push(readVariable(inside))
      last = undefined
    }
  }
  return parts
}

/** `aws:PrincipalTag/team`, or with what stands for it where it is not known: `aws:PrincipalTag/team, 'all'`. */
function readVariable(inside: string): Part {
  const [, variable = '', otherwise] = /^([^,]*)(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? []
  return { variable: variable.trim().toLowerCase(), otherwise }
}

const codesOf = (text: string): number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
const textOf = (codes: Glob): string => codes.map((code) => String.fromCharCode(code)).join('')

const wildcardCodes = (text: string): number[] =>
  codesOf(text).map((code) => (code === 42 ? MANY : code === 63 ? ONE : code))

function globPattern(glob: Glob, { ignoreCase }: PatternForm): Pattern {
  if (glob.length === 1 && glob[0] === MANY) return ANYTHING
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value)
  const firstWildcard = glob.findIndex((code) => code < 0)
  const head = textOf(firstWildcard < 0 ? glob : glob.slice(0, firstWildcard))
  const apart = (start: string): boolean => !head.startsWith(start) && !start.startsWith(head)
  const over = (start: string): Coverage => (apart(fold(start)) ? 'none' : 'some')
  if (firstWildcard < 0)
    return {
      matches: (value) => fold(value) === head,
      over: (start) => (head.startsWith(fold(start)) ? 'some' : 'none'),
    }
  if (firstWildcard === glob.length - 1 && glob[firstWildcard] === MANY)
    return {
      matches: (value) => fold(value).startsWith(head),
      over: (start) => (fold(start).startsWith(head) ? 'all' : over(start)),
    }
  const stretches = stretchesOf(glob)
  return {
    over,
    matches(value) {
      const folded = fold(value)
      // Most of what is asked differs from most of what is written at once.
      return folded.startsWith(head) && matchStretches(stretches, folded)
    },
  }
}

/** What stands between stars. */
interface Stretch {
  readonly codes: Glob
  /** Where no wildcard is in it. */
  readonly text?: string
}

function stretchesOf(glob: Glob): Stretch[] {
  const stretches: Stretch[] = []
  for (let from = 0; from <= glob.length; ) {
    const star = glob.indexOf(MANY, from)
    const codes = glob.slice(from, star < 0 ? glob.length : star)
    stretches.push({ codes, ...(!codes.includes(ONE) && { text: textOf(codes) }) })
    from = star < 0 ? glob.length + 1 : star + 1
  }
  return stretches
}

/** The ends where they must be, what is between them where it comes first: no more than the pattern's length times the value's. */
function matchStretches(stretches: readonly Stretch[], value: string): boolean {
  const [first, last] = [stretches[0]!, stretches.at(-1)!]
  if (stretches.length === 1) return first.codes.length === value.length && standsAt(first, value, 0)
  const end = value.length - last.codes.length
  if (first.codes.length > end || !standsAt(last, value, end) || !standsAt(first, value, 0)) return false
  let at = first.codes.length
  for (let i = 1; i < stretches.length - 1; i++) {
    const found = placeOf(stretches[i]!, value, at)
    if (found < 0) return false
    at = found + stretches[i]!.codes.length
    if (at > end) return false
  }
  return true
}

function standsAt({ codes, text }: Stretch, value: string, at: number): boolean {
  if (text !== undefined) return value.startsWith(text, at)
  for (let i = 0; i < codes.length; i++) if (codes[i] !== ONE && codes[i] !== value.charCodeAt(at + i)) return false
  return true
}

function placeOf(stretch: Stretch, value: string, from: number): number {
  if (stretch.text !== undefined) return value.indexOf(stretch.text, from)
  for (let at = from; at + stretch.codes.length <= value.length; at++) if (standsAt(stretch, value, at)) return at
  return -1
}

/** Six fields, of which the last may hold colons; each is matched by itself. What has fewer is no ARN and matches nothing. */
export function compileArnPattern(text: string, form: PatternForm): Pattern {
  const fields = arnFields(text, form.variables)?.map((field) => compilePattern(field, form))
  if (!fields) return { matches: () => false }
  return {
    matches(value, context) {
      const told = arnFields(value, false)
      return told?.every((field, index) => fields[index]!.matches(field, context)) ?? false
    },
  }
}

/** Colons of variables (`${aws:username}`) part nothing. */
function arnFields(text: string, variables: boolean): readonly string[] | undefined {
  const fields = ['']
  for (const [index, piece] of (variables ? splitAtVariables(text) : [text]).entries()) {
    const [joined = '', ...more] = index % 2 === 0 ? piece.split(':') : [piece]
    fields.push(`${fields.pop()}${joined}`)
    for (const field of more) fields.push(field)
  }
  return fields.length < 6 ? undefined : [...fields.slice(0, 5), fields.slice(5).join(':')]
}
