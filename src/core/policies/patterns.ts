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
  const parts = readParts(form.ignoreCase ? lower(text) : text, form)
  if (parts.every((part) => Array.isArray(part))) return globPattern(parts.flat() as number[], form)
  return {
    matches(value, context) {
      const glob: number[] = []
      for (const part of parts) {
        if (Array.isArray(part)) glob.push(...part)
        else {
          const { variable, otherwise } = part as Exclude<Part, Glob>
          const known = context.get(variable)
          const put = typeof known === 'string' ? known : otherwise
          // A variable without a value, or with several, is nothing that a request could have.
          if (put === undefined) return false
          for (const code of codesOf(form.ignoreCase ? put.toLowerCase() : put)) glob.push(code)
        }
      }
      return matchGlob(glob, form.ignoreCase ? value.toLowerCase() : value)
    },
  }
}

/** Variables' names stay as they are read: they know no case anyway, but their defaults do. */
const lower = (text: string): string =>
  text.replace(/\$\{[^}]*\}|[^$]+|\$/g, (part) => (part.startsWith('${') ? part : part.toLowerCase()))

function readParts(text: string, { variables, wildcards }: PatternForm): Part[] {
  const parts: Part[] = []
  const add = (codes: Glob) => {
    const last = parts.at(-1)
    if (Array.isArray(last)) parts[parts.length - 1] = [...last, ...codes]
    else parts.push(codes)
  }
  const pieces = variables ? text.split(/(\$\{[^}]*\})/) : [text]
  for (const [index, piece] of pieces.entries()) {
    const inside = piece.slice(2, -1)
    if (index % 2 === 0) add(wildcards ? wildcardCodes(piece) : codesOf(piece))
    else if (inside === '*' || inside === '?' || inside === '$') add(codesOf(inside))
    else parts.push(readVariable(inside))
  }
  return parts
}

/** `aws:PrincipalTag/team`, or with what stands for it where it is not known: `aws:PrincipalTag/team, 'all'`. */
function readVariable(inside: string): Part {
  const [, variable = '', otherwise] = /^([^,]*)(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? []
  return { variable: variable.trim().toLowerCase(), otherwise }
}

const codesOf = (text: string): number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))

const wildcardCodes = (text: string): number[] =>
  codesOf(text).map((code) => (code === 42 ? MANY : code === 63 ? ONE : code))

function globPattern(glob: readonly number[], { ignoreCase }: PatternForm): Pattern {
  if (glob.length === 1 && glob[0] === MANY) return ANYTHING
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value)
  const firstWildcard = glob.findIndex((code) => code < 0)
  const head = String.fromCharCode(...(firstWildcard < 0 ? glob : glob.slice(0, firstWildcard)))
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
  return {
    over,
    matches(value) {
      const folded = fold(value)
      // Most of what is asked differs from most of what is written at once.
      return folded.startsWith(head) && matchGlob(glob, folded)
    },
  }
}

/** Goes back to the last star only, so that no pattern takes more than its length times the value's. */
function matchGlob(glob: Glob, value: string): boolean {
  let at = 0
  let star = -1
  let tried = 0
  let index = 0
  while (index < value.length) {
    const code = glob[at]
    if (code === MANY) {
      star = at++
      tried = index
    } else if (code !== undefined && (code === ONE || code === value.charCodeAt(index))) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++tried
    } else return false
  }
  while (glob[at] === MANY) at++
  return at === glob.length
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
  const fields = variables
    ? (text.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/g) ?? []).map((field) => field.replace(/:$/, ''))
    : text.split(':')
  if (variables && !text.endsWith(':') && fields.at(-1) === '') fields.pop()
  return fields.length < 6 ? undefined : [...fields.slice(0, 5), fields.slice(5).join(':')]
}
