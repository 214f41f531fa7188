/**
 * Signatures as Trino writes them in its messages, with the result behind an arrow:
 *
 *   contains(array(T), T) T:comparable -> boolean
 *   round(decimal(p,s)) -> decimal(min(38, p - s + min(1, s)), 0)
 *   greatest(E...) E:orderable -> E
 *
 * One or two capital letters or digits are a type variable; lower-case names inside `varchar(x)`, `decimal(p,s)` and
 * `timestamp(p)` are numbers bound by the arguments, with which the result may calculate. `...` repeats the last
 * parameter any number of times, none included. `any` accepts anything.
 */
import { SIMPLE_TYPES } from '../coercion.ts'
import { type Type, VARCHAR } from '../types.ts'

export interface Signature {
  readonly name: string
  readonly parameters: readonly Pattern[]
  readonly variadic: boolean
  readonly result: Pattern
  readonly constraints: ReadonlyMap<string, 'comparable' | 'orderable'>
  /** Between the parentheses and the arrow, as Trino displays it. */
  readonly display: string
  /** Whether any variable occurs; a signature without is tried first. */
  readonly generic: boolean
}

export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'fixed'; readonly type: Type }
  | { readonly kind: 'sized'; readonly base: SizedKind; readonly sizes: readonly Size[] }
  | { readonly kind: 'array'; readonly element: Pattern }
  | { readonly kind: 'qdigest'; readonly value: Pattern }
  | { readonly kind: 'map'; readonly key: Pattern; readonly value: Pattern }
  | { readonly kind: 'row'; readonly fields: readonly { readonly name?: string; readonly pattern: Pattern }[] }
  | { readonly kind: 'function'; readonly parameters: readonly Pattern[]; readonly result: Pattern }
export type SizedKind =
  | 'varchar'
  | 'char'
  | 'decimal'
  | 'time'
  | 'time with time zone'
  | 'timestamp'
  | 'timestamp with time zone'
export type Size =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'operation'; readonly op: '+' | '-' | '*' | '/' | 'min' | 'max'; readonly args: readonly Size[] }

/** Types of Trino's own that no column has; a text argument becomes one of them. */
const TEXT_ARGUMENTS: ReadonlySet<string> = new Set(['JoniRegExp', 'JsonPath', 'CodePoints'])
const SIZED: ReadonlySet<string> = new Set(['varchar', 'char', 'decimal', 'time', 'timestamp'])

/** Throws on malformed text: the registry is part of the program. */
export function parseSignature(text: string): Signature {
  const [head, resultText] = text.split(' -> ')
  if (head === undefined || resultText === undefined) throw new Error(`signature without a result: ${text}`)
  const reader = new Reader(head)
  const name = reader.take()
  reader.expect('(')
  const parameters: Pattern[] = []
  let variadic = false
  while (!reader.at(')')) {
    parameters.push(readPattern(reader))
    if (reader.skip('...')) variadic = true
    reader.skip(',')
  }
  reader.expect(')')
  const constraints = new Map<string, 'comparable' | 'orderable'>()
  while (!reader.done()) {
    const variable = reader.take()
    reader.expect(':')
    constraints.set(variable, reader.take() as 'comparable' | 'orderable')
    reader.skip(',')
  }
  const result = readPattern(new Reader(resultText))
  const display = displayOf(head.slice(name.length), constraints)
  const generic = parameters.some(isGeneric)
  return { name, parameters, variadic, result, constraints, display, generic }
}

/** The parameters, then every type variable with its constraint, in order of their names. */
function displayOf(head: string, constraints: Signature['constraints']): string {
  const parameters = head.slice(0, head.lastIndexOf(')') + 1).replace('...', '')
  const variables = [...new Set(parameters.match(/\b[A-Z][A-Z0-9]?\b/g))].toSorted().map((name) => {
    const constraint = constraints.get(name)
    return constraint ? `${name}:${constraint}` : name
  })
  const written = parameters.trim().replace(/\b(JoniRegExp|JsonPath|CodePoints)\b/g, (word) => word.toLowerCase())
  return variables.length > 0 ? `${written} ${variables.join(', ')}` : written
}

function isGeneric(pattern: Pattern): boolean {
  return pattern.kind !== 'fixed'
}

class Reader {
  private readonly tokens: readonly string[]
  private position = 0

  constructor(text: string) {
    this.tokens = text.match(/\.\.\.|\$?\w+|[^\s\w]/g) ?? []
  }
  at(token: string): boolean {
    return this.tokens[this.position] === token
  }
  done(): boolean {
    return this.position >= this.tokens.length
  }
  peek(): string {
    return this.tokens[this.position] ?? ''
  }
  take(): string {
    const token = this.tokens[this.position++]
    if (token === undefined) throw new Error(`unexpected end of signature: ${this.tokens.join(' ')}`)
    return token
  }
  skip(token: string): boolean {
    if (!this.at(token)) return false
    this.position++
    return true
  }
  expect(token: string): void {
    if (!this.skip(token)) throw new Error(`expected ${token} in signature: ${this.tokens.join(' ')}`)
  }
}

function readPattern(reader: Reader): Pattern {
  const word = reader.take()
  if (/^[A-Z][A-Z0-9]?$/.test(word)) return { kind: 'variable', name: word }
  if (word === 'any') return { kind: 'any' }
  if (TEXT_ARGUMENTS.has(word)) return { kind: 'fixed', type: VARCHAR }
  if (word === 'array' || word === 'map' || word === 'qdigest' || word === 'function') return readNested(reader, word)
  if (word === 'row') return readRow(reader)
  if (word === 'interval') {
    const name = [word, reader.take(), reader.take(), reader.take()].join(' ')
    return { kind: 'fixed', type: { kind: SIMPLE_TYPES[name]! } }
  }
  if (SIZED.has(word)) return readSized(reader, word)
  const kind = SIMPLE_TYPES[word.toLowerCase()]
  if (!kind) throw new Error(`unknown type in signature: ${word}`)
  return { kind: 'fixed', type: { kind } }
}

function readNested(reader: Reader, word: 'array' | 'map' | 'qdigest' | 'function'): Pattern {
  reader.expect('(')
  const items: Pattern[] = []
  while (!reader.skip(')')) {
    items.push(readPattern(reader))
    reader.skip(',')
  }
  if (word === 'array') return { kind: 'array', element: items[0]! }
  if (word === 'qdigest') return { kind: 'qdigest', value: items[0]! }
  if (word === 'map') return { kind: 'map', key: items[0]!, value: items[1]! }
  return { kind: 'function', parameters: items.slice(0, -1), result: items.at(-1)! }
}

/** A field is a pattern, or a lower-case name that is no type and then a pattern. */
function readRow(reader: Reader): Pattern {
  reader.expect('(')
  const fields: { name?: string; pattern: Pattern }[] = []
  while (!reader.skip(')')) {
    const word = reader.peek()
    const named = /^[a-z_]+$/.test(word) && !SIMPLE_TYPES[word] && !SIZED.has(word) && !['array', 'map'].includes(word)
    if (named) fields.push({ name: reader.take(), pattern: readPattern(reader) })
    else fields.push({ pattern: readPattern(reader) })
    reader.skip(',')
  }
  return { kind: 'row', fields }
}

function readSized(reader: Reader, word: string): Pattern {
  const sizes: Size[] = []
  if (reader.skip('(')) {
    while (!reader.skip(')')) {
      sizes.push(readSize(reader))
      reader.skip(',')
    }
  }
  const zoned = reader.skip('with')
  if (zoned) {
    reader.expect('time')
    reader.expect('zone')
  }
  const base = (zoned ? `${word} with time zone` : word) as SizedKind
  if (word === 'varchar' && sizes.length === 0) return { kind: 'fixed', type: VARCHAR }
  if (sizes.length > 0 && sizes.every((size) => size.kind === 'number'))
    return {
      kind: 'fixed',
      type: sizedType(
        base,
        sizes.map((size) => (size.kind === 'number' ? size.value : 0)),
      ),
    }
  return { kind: 'sized', base, sizes }
}

function readSize(reader: Reader): Size {
  let left = readProduct(reader)
  while (reader.at('+') || reader.at('-')) {
    const op = reader.take() as '+' | '-'
    left = { kind: 'operation', op, args: [left, readProduct(reader)] }
  }
  return left
}

function readProduct(reader: Reader): Size {
  let left = readOperand(reader)
  while (reader.at('*') || reader.at('/')) {
    const op = reader.take() as '*' | '/'
    left = { kind: 'operation', op, args: [left, readOperand(reader)] }
  }
  return left
}

function readOperand(reader: Reader): Size {
  if (reader.skip('(')) {
    const inner = readSize(reader)
    reader.expect(')')
    return inner
  }
  const word = reader.take()
  if (/^\d+$/.test(word)) return { kind: 'number', value: Number(word) }
  if (word !== 'min' && word !== 'max') return { kind: 'name', name: word }
  reader.expect('(')
  const args: Size[] = []
  while (!reader.skip(')')) {
    args.push(readSize(reader))
    reader.skip(',')
  }
  return { kind: 'operation', op: word, args }
}

/** The type of a kind with parameters once their numbers are known. */
export function sizedType(base: SizedKind, sizes: readonly number[]): Type {
  const [first = 0, second = 0] = sizes
  switch (base) {
    case 'varchar':
      return first >= 2147483647 ? VARCHAR : { kind: 'varchar', length: first }
    case 'char':
      return { kind: 'char', length: first }
    case 'decimal':
      return { kind: 'decimal', precision: first, scale: second }
    default:
      return { kind: base, precision: first }
  }
}
