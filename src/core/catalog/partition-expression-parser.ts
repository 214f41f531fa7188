/** The text of a GetPartitions expression as a tree: the part of SQL's WHERE that Glue documents. Knows no types. */

export type Operand =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly text: string }
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='

/** What a comparison is with its sides exchanged. */
export const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly of: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly of: Operand; readonly items: readonly Operand[] }
  | { readonly kind: 'like'; readonly of: Operand; readonly pattern: string; readonly escapeSign?: string }
  | { readonly kind: 'is-null'; readonly of: Operand }

/** The text is no expression of the grammar. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string }

const MAX_DEPTH = 200
/** Operators of two signs may have space between them, as the API reference writes `< >` and `> =`. */
const TOKEN =
  /\s+|(?<word>[A-Za-z_][\w$]*)|"(?<quoted>(?:[^"]|"")+)"|`(?<ticked>(?:[^`]|``)+)`|'(?<text>(?:[^']|'')*)'|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<sign><\s*>|[!<>^]\s*=|[=<>(),{}.+-])/y

function tokens(text: string): Token[] {
  const found: Token[] = []
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups
    if (!groups) throw new ExpressionError('not a token')
    if (groups.word !== undefined) found.push({ kind: 'word', text: groups.word })
    else if (groups.quoted !== undefined) found.push({ kind: 'name', text: groups.quoted.replaceAll('""', '"') })
    else if (groups.ticked !== undefined) found.push({ kind: 'name', text: groups.ticked.replaceAll('``', '`') })
    else if (groups.text !== undefined) found.push({ kind: 'literal', text: groups.text.replaceAll("''", "'") })
    else if (groups.number !== undefined) found.push({ kind: 'literal', text: groups.number })
    else if (groups.sign !== undefined) found.push({ kind: 'sign', text: groups.sign.replace(/\s/g, '') })
  }
  return found
}

/** Throws `ExpressionError`. */
export function parseExpression(text: string): Condition {
  const parser = new Parser(tokens(text))
  return parser.whole()
}

const RESERVED = new Set(['and', 'or', 'not', 'in', 'between', 'like', 'is', 'null', 'escape'])
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '^=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

/** One descent: parentheses may hold a condition or an operand, and only what follows tells. */
class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Condition {
    const found = condition(this.#or())
    if (this.#at < this.#tokens.length) throw new ExpressionError('more than an expression')
    return found
  }

  #or(): Condition | Operand {
    const first = this.#and()
    if (!this.#isWord('or')) return first
    const terms = [condition(first)]
    while (this.#word('or')) terms.push(condition(this.#and()))
    return { kind: 'or', terms }
  }

  #and(): Condition | Operand {
    const first = this.#not()
    if (!this.#isWord('and')) return first
    const terms = [condition(first)]
    while (this.#word('and')) terms.push(condition(this.#not()))
    return { kind: 'and', terms }
  }

  #not(): Condition | Operand {
    let negations = 0
    while (this.#word('not')) negations++
    const found = this.#predicate()
    return negations % 2 === 1 ? { kind: 'not', of: condition(found) } : negations > 0 ? condition(found) : found
  }

  #predicate(): Condition | Operand {
    const left = this.#primary()
    if (!isOperand(left)) return left
    const op = this.#peek()?.kind === 'sign' ? COMPARISONS[this.#peek()!.text] : undefined
    if (op) {
      this.#at++
      return { kind: 'compare', op, left, right: this.#operand() }
    }
    if (this.#word('is')) {
      const negated = this.#word('not')
      if (!this.#word('null')) throw new ExpressionError('IS without NULL')
      return negate({ kind: 'is-null', of: left }, negated)
    }
    const negated = this.#word('not')
    if (this.#word('between')) return negate(this.#between(left), negated)
    if (this.#word('in')) return negate({ kind: 'in', of: left, items: this.#list() }, negated)
    if (this.#word('like')) return negate(this.#like(left), negated)
    if (negated) throw new ExpressionError('NOT without a predicate')
    return left
  }

  #between(of: Operand): Condition {
    const low = this.#operand()
    if (!this.#word('and')) throw new ExpressionError('BETWEEN without AND')
    return { kind: 'between', of, low, high: this.#operand() }
  }

  #like(of: Operand): Condition {
    const pattern = this.#literal()
    if (!this.#word('escape')) return { kind: 'like', of, pattern }
    const escapeSign = this.#literal()
    if ([...escapeSign].length !== 1) throw new ExpressionError('ESCAPE of more than a character')
    return { kind: 'like', of, pattern, escapeSign }
  }

  #list(): Operand[] {
    this.#sign('(')
    const items = [this.#operand()]
    while (this.#isSign(',')) {
      this.#at++
      items.push(this.#operand())
    }
    this.#sign(')')
    return items
  }

  #operand(): Operand {
    const found = this.#primary()
    if (!isOperand(found)) throw new ExpressionError('a condition where a value belongs')
    return found
  }

  #literal(): string {
    const found = this.#operand()
    if (found.kind !== 'literal') throw new ExpressionError('a column where a value belongs')
    return found.text
  }

  #primary(): Condition | Operand {
    const token = this.#tokens[this.#at++]
    if (!token) throw new ExpressionError('ends too early')
    if (token.kind === 'literal') return { kind: 'literal', text: token.text }
    if (token.kind === 'name') return { kind: 'column', name: token.text }
    if (token.kind === 'word') return this.#worded(token.text)
    if (token.text === '(') return this.#parenthesised()
    if (token.text === '{') return this.#escaped()
    if (token.text !== '-' && token.text !== '+') throw new ExpressionError(`${token.text} where a value belongs`)
    return { kind: 'literal', text: `${token.text === '-' ? '-' : ''}${this.#literal()}` }
  }

  /** A column, or `date '2024-01-01'` and `timestamp '...'`. */
  #worded(word: string): Operand {
    const lower = word.toLowerCase()
    if (RESERVED.has(lower)) throw new ExpressionError(`${word} where a value belongs`)
    const next = this.#peek()
    if ((lower === 'date' || lower === 'timestamp') && next?.kind === 'literal') {
      this.#at++
      return { kind: 'literal', text: next.text }
    }
    return { kind: 'column', name: word }
  }

  #parenthesised(): Condition | Operand {
    if (++this.#depth > MAX_DEPTH) throw new ExpressionError('nested too deep')
    const inner = this.#or()
    this.#sign(')')
    this.#depth--
    return inner
  }

  /** JDBC's `{d '2024-01-01'}` and `{ts '...'}`, which JSqlParser reads. */
  #escaped(): Operand {
    if (!['d', 't', 'ts'].some((word) => this.#word(word))) throw new ExpressionError('{ where a value belongs')
    const text = this.#literal()
    this.#sign('}')
    return { kind: 'literal', text }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #isWord(word: string): boolean {
    const token = this.#peek()
    return token?.kind === 'word' && token.text.toLowerCase() === word
  }

  #word(word: string): boolean {
    if (!this.#isWord(word)) return false
    this.#at++
    return true
  }

  #isSign(sign: string): boolean {
    const token = this.#peek()
    return token?.kind === 'sign' && token.text === sign
  }

  #sign(sign: string): void {
    if (!this.#isSign(sign)) throw new ExpressionError(`${sign} is missing`)
    this.#at++
  }
}

function isOperand(found: Condition | Operand): found is Operand {
  return found.kind === 'column' || found.kind === 'literal'
}

function condition(found: Condition | Operand): Condition {
  if (isOperand(found)) throw new ExpressionError('a value where a condition belongs')
  return found
}

function negate(of: Condition, negated: boolean): Condition {
  return negated ? { kind: 'not', of } : of
}
