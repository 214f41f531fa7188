/**
 * Metrics that an expression searches for, by their namespaces, names and dimensions. Pure.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
import { ExpressionError } from './expression.ts'
import type { Metric } from './measurements.ts'

/** "The maximum search expression query size is 1024 characters" (the page above). */
const MOST_CHARACTERS = 1024

export type Sought = (metric: Metric) => boolean

/** A part of a text between spaces and signs; `exact` where it stands in quotes. */
interface Token {
  readonly kind: 'sign' | 'word' | 'exact' | 'end'
  readonly text: string
}

const TOKEN = /\s*(?:([(){},=])|"((?:[^"\\]|\\.)*)"|([^\s(){},="]+))/y

/** Throws ExpressionError. */
export function metricSearch(text: string): Sought {
  if (text.length > MOST_CHARACTERS) throw new ExpressionError(`A search has ${MOST_CHARACTERS} characters at most`)
  const tokens = tokensOf(text)
  let at = 0
  const peek = (): Token => tokens[at]!
  const accept = (sign: string, kind: Token['kind'] = 'sign'): boolean => {
    if (peek().kind !== kind || peek().text !== sign) return false
    at++
    return true
  }
  const expect = (sign: string): void => {
    if (!accept(sign)) throw unexpected(peek())
  }
  const value = (): Token => {
    const token = tokens[at++]!
    if (token.kind !== 'word' && token.kind !== 'exact') throw unexpected(token)
    return token
  }
  const schema = (): Sought => {
    const names = [value().text]
    while (accept(',')) names.push(value().text)
    expect('}')
    const [namespace, ...wanted] = names
    return (metric) =>
      metric.namespace === namespace && wanted.every((name) => metric.dimensions.some(([own]) => own === name))
  }
  const term = (): Sought => {
    const first = value()
    if (first.text.startsWith(':aws.'))
      throw new ExpressionError('Accounts are searched in monitoring accounts, of which there are none here')
    if (!accept('=')) {
      const holds = matching(first)
      return (metric) => textsOf(metric).some(holds)
    }
    const holds = matching(value())
    return (metric) => propertyOf(metric, first.text).some(holds)
  }
  const single = (): Sought => {
    if (accept('NOT', 'word')) {
      const of = single()
      return (metric) => !of(metric)
    }
    if (!accept('(')) return term()
    const inner = either()
    expect(')')
    return inner
  }
  const both = (): Sought => {
    const all = [single()]
    while (accept('AND', 'word') || !isOver(peek())) all.push(single())
    return (metric) => all.every((of) => of(metric))
  }
  const either = (): Sought => {
    const all = [both()]
    while (accept('OR', 'word')) all.push(both())
    return (metric) => all.some((of) => of(metric))
  }
  const inSchema = accept('{') ? schema() : undefined
  accept(',')
  const terms = peek().kind === 'end' ? undefined : either()
  if (peek().kind !== 'end') throw unexpected(peek())
  if (!inSchema && !terms) throw new ExpressionError('A search wants a metric schema or a term')
  return (metric) => (inSchema?.(metric) ?? true) && (terms?.(metric) ?? true)
}

const isOver = ({ kind, text }: Token): boolean =>
  kind === 'end' || (kind === 'sign' && text === ')') || (kind === 'word' && text === 'OR')

const unexpected = ({ text }: Token): ExpressionError => new ExpressionError(`Unexpected ${text || 'end'} in a search`)

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const match = TOKEN.exec(text)
    if (!match) throw new ExpressionError('A quotation mark in a search is not closed')
    const [, sign, exact, word] = match
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else tokens.push({ kind: 'exact', text: exact!.replace(/\\(.)/g, '$1') })
  }
  return [...tokens, { kind: 'end', text: '' }]
}

const textsOf = ({ namespace, name, dimensions }: Metric): readonly string[] => [namespace, name, ...dimensions.flat()]

function propertyOf({ namespace, name, dimensions }: Metric, property: string): readonly string[] {
  if (property === 'MetricName') return [name]
  if (property === 'Namespace') return [namespace]
  return dimensions.flatMap(([own, value]) => (own === property ? [value] : []))
}

/** Parts begin where capitals do, where numbers do, and after what is neither letter nor number. */
const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu
const partsOf = (text: string): string[] => text.match(PARTS) ?? []
const folded = (parts: readonly string[]): string[] => parts.map((part) => part.toLowerCase())

/** One part is found wherever it is one; several where they follow each other: in their case, unless signs have parted them. */
function matching({ kind, text }: Token): (of: string) => boolean {
  if (kind === 'exact') return (of) => of === text
  const parts = partsOf(text)
  const [only = ''] = folded(parts)
  if (only === '') throw new ExpressionError(`There is nothing to search for in ${text}`)
  if (parts.length === 1)
    return (of) => {
      const tokens = folded(partsOf(of))
      return tokens.includes(only) || tokens.join('') === only
    }
  const isParted = /[^\p{L}\p{N}]/u.test(text)
  return isParted ? (of) => hasInOrder(folded(partsOf(of)), folded(parts)) : (of) => hasInOrder(partsOf(of), parts)
}

const hasInOrder = (all: readonly string[], wanted: readonly string[]): boolean =>
  all.some((_, from) => wanted.every((part, i) => all[from + i] === part))
