/** Filter patterns, whole. docs: AmazonCloudWatch logs, FilterAndPatternSyntax. Pure. */
import { guardedTest } from './guarded-pattern.ts'

export interface FilterPattern {
  /** Undefined where it does not match; otherwise the values that it names: `$word` or `$.path`. */
  match(message: string): ((name: string) => string | undefined) | undefined
}

export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError'
}

type Extract = (name: string) => string | undefined
const nothing: Extract = () => undefined

/** Throws FilterPatternError. */
export function filterPattern(text: string): FilterPattern {
  const trimmed = text.trim()
  if (trimmed === '') return { match: () => nothing }
  if (trimmed.startsWith('{') && trimmed.endsWith('}')) return jsonPattern(trimmed.slice(1, -1))
  if (trimmed.startsWith('[') && trimmed.endsWith(']')) return wordsPattern(trimmed.slice(1, -1))
  if (/^[{[]/.test(trimmed)) throw new FilterPatternError('Invalid filter pattern')
  return termsPattern(trimmed)
}

type Test = (value: string) => boolean

const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"]+))/g

/** Terms: all of the plain ones, one of those with `?`, none of those with `-`. */
function termsPattern(text: string): FilterPattern {
  if (text.replaceAll(TERM, '').trim() !== '') throw new FilterPatternError('Invalid filter pattern')
  const terms = [...text.matchAll(TERM)].map(([, sign = '', quoted, pattern, word]) => ({
    sign,
    test: pattern === undefined ? holding(quoted?.replace(/\\(.)/g, '$1') ?? word ?? '') : guardedTest(pattern),
  }))
  if (terms.length === 0) throw new FilterPatternError('Invalid filter pattern')
  const of = (sign: string): readonly Test[] => terms.filter((term) => term.sign === sign).map(({ test }) => test)
  const [all, any, none] = [of(''), of('?'), of('-')]
  // "If you include ? with other terms, ? is ignored" (the page above).
  const mayChoose = all.length === 0 && any.length > 0
  return {
    match: (message) =>
      all.every((test) => test(message)) &&
      (!mayChoose || any.some((test) => test(message))) &&
      !none.some((test) => test(message))
        ? nothing
        : undefined,
  }
}

const holding =
  (part: string): Test =>
  (value) =>
    value.includes(part)

const OPERATORS = ['!=', '>=', '<=', '=', '>', '<'] as const
type Operator = (typeof OPERATORS)[number]

/** `*` stands for any text; without quotes a number is compared as one. */
function comparison(operator: Operator, wanted: string, quoted: boolean): (value: unknown) => boolean {
  if (operator === '=' || operator === '!=') {
    const number = !quoted && wanted !== '' && Number.isFinite(Number(wanted)) ? Number(wanted) : undefined
    const text = wildcard(wanted)
    const equal = (value: unknown): boolean => (number === undefined ? text(String(value)) : Number(value) === number)
    return operator === '=' ? equal : (value) => value !== undefined && !equal(value)
  }
  const bound = Number(wanted)
  if (!Number.isFinite(bound)) throw new FilterPatternError('Invalid filter pattern: a number is wanted')
  const order: Record<string, (value: number) => boolean> = {
    '>': (value) => value > bound,
    '<': (value) => value < bound,
    '>=': (value) => value >= bound,
    '<=': (value) => value <= bound,
  }
  return (value) =>
    (typeof value === 'number' || typeof value === 'string') && value !== '' && order[operator]!(Number(value))
}

function wildcard(text: string): Test {
  if (/^%.+%$/s.test(text)) return guardedTest(text.slice(1, -1))
  const parts = text.split('*')
  if (parts.length === 1) return (value) => value === text
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  return (value) => {
    if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false
    let at = first.length
    for (const part of parts.slice(1, -1)) {
      const found = value.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= value.length - last.length
  }
}

const JSON_TOKEN =
  /\s*(?:(\$(?:[.[][^\s=!<>()&|]*)?)|(&&|\|\||!=|>=|<=|=|>|<|\(|\))|"((?:[^"\\]|\\.)*)"|(%[^%]+%)|([^\s()&|"]+))/y

interface Token {
  readonly kind: 'path' | 'sign' | 'text' | 'word' | 'end'
  readonly text: string
}

type JsonTest = (document: unknown) => boolean

function jsonPattern(text: string): FilterPattern {
  const tokens = tokensOf(text)
  let at = 0
  const peek = (): Token => tokens[at]!
  const accept = (sign: string): boolean => peek().kind === 'sign' && peek().text === sign && ++at > 0
  const either = (): JsonTest => {
    let left = both()
    while (accept('||')) {
      const [first, second] = [left, both()]
      left = (document) => first(document) || second(document)
    }
    return left
  }
  const both = (): JsonTest => {
    let left = one()
    while (accept('&&')) {
      const [first, second] = [left, one()]
      left = (document) => first(document) && second(document)
    }
    return left
  }
  const one = (): JsonTest => {
    if (accept('(')) {
      const inner = either()
      if (!accept(')')) throw new FilterPatternError('Invalid filter pattern: ) is missing')
      return inner
    }
    const path = tokens[at++]!
    if (path.kind !== 'path') throw new FilterPatternError(`Invalid filter pattern at ${path.text}`)
    return condition(path.text)
  }
  const condition = (path: string): JsonTest => {
    const next = tokens[at++]!
    if (next.kind === 'word') {
      const word = next.text.toUpperCase()
      if (word === 'EXISTS') return (document) => valuesAt(document, path).length > 0
      if (word === 'NOT' && tokens[at++]!.text.toUpperCase() === 'EXISTS')
        return (document) => valuesAt(document, path).length === 0
      const wanted = tokens[at++]!.text.toUpperCase()
      if (word !== 'IS' || !(wanted in NAMED)) throw new FilterPatternError(`Invalid filter pattern at ${next.text}`)
      return (document) => valuesAt(document, path).some((value) => value === NAMED[wanted])
    }
    const value = tokens[at++]!
    if (
      next.kind !== 'sign' ||
      !OPERATORS.includes(next.text as Operator) ||
      value.kind === 'sign' ||
      value.kind === 'end'
    )
      throw new FilterPatternError(`Invalid filter pattern at ${next.text}`)
    const test = comparison(next.text as Operator, value.text, value.kind === 'text')
    return (document) => valuesAt(document, path).some((found) => isScalar(found) && test(found))
  }
  const test = either()
  if (peek().kind !== 'end') throw new FilterPatternError(`Invalid filter pattern at ${peek().text}`)
  return {
    match(message) {
      const document = parsed(message)
      if (document === undefined || !test(document)) return undefined
      return (name) => {
        const [value] = valuesAt(document, name)
        return isScalar(value) ? String(value) : undefined
      }
    },
  }
}

const NAMED: Readonly<Record<string, unknown>> = { TRUE: true, FALSE: false, NULL: null }
const isScalar = (value: unknown): boolean => value !== undefined && value !== null && typeof value !== 'object'

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  for (JSON_TOKEN.lastIndex = 0; JSON_TOKEN.lastIndex < end; ) {
    const match = JSON_TOKEN.exec(text)
    if (!match) throw new FilterPatternError('Invalid filter pattern')
    const [, path, sign, quoted, pattern, word] = match
    if (path !== undefined) tokens.push({ kind: 'path', text: path })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') })
    else tokens.push({ kind: 'word', text: pattern ?? word ?? '' })
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

/** Of a line that several patterns look at, one after the other, once. */
function onceEach<T>(of: (message: string) => T): (message: string) => T {
  let last: { readonly message: string; readonly value: T } | undefined
  return (message) => {
    if (last?.message !== message) last = { message, value: of(message) }
    return last.value
  }
}

const parsed = onceEach((message: string): unknown => {
  if (!message.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined // A line that is no JSON matches no pattern of JSON.
  }
})

const wordsOf = onceEach((message: string): readonly string[] =>
  [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? ''),
)

/** `$.a.b[0]`, `$.list[*].name`, `$.['a b']`. */
function valuesAt(document: unknown, path: string): unknown[] {
  let found: unknown[] = [document]
  for (const [, name, index, quoted] of path.matchAll(/\.?(?:([^.[\]]+)|\[(\d+|\*)\]|\['([^']*)'\])/g)) {
    if (name === '$') continue
    found = found.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return []
      if (index === '*') return Array.isArray(value) ? value : []
      const key = index ?? quoted ?? name!
      return Object.hasOwn(value, key) ? [(value as Record<string, unknown>)[key]] : []
    })
  }
  return found
}

/** `[ip, user, ..., status = 4*, size > 100]`: words in order, those in quotes or brackets being one. */
function wordsPattern(text: string): FilterPattern {
  const fields = text.split(',').map((field) => fieldOf(field.trim()))
  const open = fields.findIndex(({ name }) => name === '...')
  return {
    match(message) {
      const words = wordsOf(message)
      const values = new Map<string, string>()
      if (open < 0 ? words.length !== fields.length : words.length < fields.length - 1) return undefined
      for (const [i, field] of fields.entries()) {
        if (i === open) continue
        const word = words[open >= 0 && i > open ? words.length - (fields.length - i) : i]!
        if (!field.test(word)) return undefined
        values.set(field.name, word)
      }
      return (name) => values.get(name.replace(/^\$/, ''))
    },
  }
}

function fieldOf(text: string): { readonly name: string; readonly test: (word: string) => boolean } {
  const [alternatives, joined] = text.includes('||') ? [text.split('||'), 'any'] : [text.split('&&'), 'all']
  let name = ''
  const tests: ((word: string) => boolean)[] = []
  for (const part of alternatives) {
    const match = /^([\w.]+|\.\.\.)?\s*(?:(!=|>=|<=|=|>|<)\s*(.*))?$/s.exec(part.trim())
    if (!match) throw new FilterPatternError(`Invalid filter pattern at ${part}`)
    name ||= match[1] ?? ''
    if (match[2] === undefined) continue
    const quoted = /^".*"$/s.test(match[3]!)
    tests.push(comparison(match[2] as Operator, quoted ? match[3]!.slice(1, -1) : match[3]!, quoted))
  }
  const test = (word: string): boolean =>
    tests.length === 0 || (joined === 'any' ? tests.some((one) => one(word)) : tests.every((one) => one(word)))
  return { name, test }
}
