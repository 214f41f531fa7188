/**
 * Hive's filters as trees: `year = 2024 and (city like "New.*" or city in ('Oslo', 'Rome'))`. The grammar is that of the
 * metastore's Filter.g: a key and a literal on either side of an operator, BETWEEN, IN, AND, OR and parentheses.
 */
import {
  type Comparison,
  type Condition,
  MIRRORED,
  type Operand,
} from '../../core/catalog/partition-expression-parser.ts'
import { Fault } from '../../core/faults.ts'
import { likePattern } from './name-pattern.ts'

type Token =
  | { readonly kind: 'key'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string }

const MAX_DEPTH = 200
/** Text between quotes stands for itself: a backslash only keeps a quote from ending it. */
const TOKEN =
  /\s+|(?:date\s+)?'(?<single>(?:[^'\\]|\\.)*)'|(?:date\s+)?"(?<double>(?:[^"\\]|\\.)*)"|(?<date>(?:date\s+)?\d{4}-\d{2}-\d{2}(?![\w-]))|(?<number>-?\d+(?!\w))|`(?<ticked>[^`]+)`|(?<key>\w[\w.]*)|(?<sign><>|!=|<=|>=|[=<>(),])/isy

function tokens(text: string): Token[] {
  const found: Token[] = []
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups
    if (!groups) throw invalid(text)
    const { single, double, date, number, ticked, key, sign } = groups
    const literal = single ?? double ?? date?.replace(/^date\s+/i, '') ?? number
    if (literal !== undefined) found.push({ kind: 'literal', text: literal })
    else if (ticked !== undefined || key !== undefined) found.push({ kind: 'key', text: (ticked ?? key)! })
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign })
  }
  return found
}

/** Throws `Fault('invalid', 'filter')`. */
export function parseFilter(text: string): Condition {
  return new Parser(text).whole()
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokens(text)
  }

  whole(): Condition {
    const found = this.#or()
    return this.#at === this.#tokens.length ? found : this.#fail()
  }

  #or(): Condition {
    const terms = [this.#and()]
    while (this.#word('or')) terms.push(this.#and())
    return terms.length === 1 ? terms[0]! : { kind: 'or', terms }
  }

  #and(): Condition {
    const terms = [this.#term()]
    while (this.#word('and')) terms.push(this.#term())
    return terms.length === 1 ? terms[0]! : { kind: 'and', terms }
  }

  #term(): Condition {
    if (!this.#sign('(')) return this.#predicate()
    if (++this.#depth > MAX_DEPTH) this.#fail()
    const inner = this.#or()
    if (!this.#sign(')')) this.#fail()
    this.#depth--
    return inner
  }

  #predicate(): Condition {
    const left = this.#operand()
    if (left.kind === 'column') {
      const negated = this.#word('not')
      if (this.#word('between')) return negate(this.#between(left), negated)
      if (this.#word('in')) return negate({ kind: 'in', of: left, items: this.#list() }, negated)
      if (negated) this.#fail()
    }
    if (this.#word('like')) {
      const right = this.#operand()
      const [of, pattern] = left.kind === 'column' ? [left, right] : [right, left]
      if (pattern.kind !== 'literal' || of.kind !== 'column') return this.#fail()
      return { kind: 'like', of, pattern: likePattern(pattern.text), escapeSign: '\\' }
    }
    const op = COMPARISONS[this.#next('sign')]
    const right = this.#operand()
    if (!op || left.kind === right.kind) return this.#fail()
    if (left.kind === 'column') return { kind: 'compare', op, left, right }
    return { kind: 'compare', op: MIRRORED[op], left: right, right: left }
  }

  #between(of: Operand): Condition {
    const low = this.#literal()
    if (!this.#word('and')) this.#fail()
    return { kind: 'between', of, low, high: this.#literal() }
  }

  #list(): Operand[] {
    if (!this.#sign('(')) this.#fail()
    const items = [this.#literal()]
    while (this.#sign(',')) items.push(this.#literal())
    if (!this.#sign(')')) this.#fail()
    return items
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at++]
    if (!token || token.kind === 'sign') return this.#fail()
    return token.kind === 'key' ? { kind: 'column', name: token.text } : { kind: 'literal', text: token.text }
  }

  #literal(): Operand {
    const found = this.#operand()
    return found.kind === 'literal' ? found : this.#fail()
  }

  #next(kind: Token['kind']): string {
    const token = this.#tokens[this.#at++]
    return token?.kind === kind ? token.text : this.#fail()
  }

  #word(word: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'key' || token.text.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #sign(sign: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || token.text !== sign) return false
    this.#at++
    return true
  }

  #fail(): never {
    throw invalid(this.#text)
  }
}

const negate = (of: Condition, negated: boolean): Condition => (negated ? { kind: 'not', of } : of)

const invalid = (text: string): Fault => new Fault('invalid', 'filter', `Error parsing partition filter: ${text}`)
