/** Text of a JSON path to its tree. */
import {
  type ArithmeticOperator,
  type ComparisonOperator,
  type JsonPath,
  PATH_METHODS,
  type PathExpr,
  type PathMethod,
  type PathPredicate,
  type PathRange,
} from './path.ts'

/** `offset` counts into the path's text. */
export class PathSyntaxError extends Error {
  readonly code: 'SYNTAX_ERROR' | 'NOT_SUPPORTED'
  readonly offset: number

  constructor(code: PathSyntaxError['code'], message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

const CACHE_SIZE = 64
const MAX_DEPTH = 500
const parsed = new Map<string, JsonPath>()

/** Throws PathSyntaxError. */
export function parsePath(text: string): JsonPath {
  const known = parsed.get(text)
  if (known) return known
  const path = new PathParser(text).path()
  if (parsed.size >= CACHE_SIZE) parsed.delete(parsed.keys().next().value!)
  parsed.set(text, path)
  return path
}

const TOKEN =
  /\s*(?:(\$[A-Za-z_]\w*)|([A-Za-z_]\w*)|("(?:[^"]|"")*")|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(\.\.|==|<>|!=|<=|>=|&&|\|\||[^\s]))/y

interface Token {
  readonly kind: 'variable' | 'word' | 'text' | 'number' | 'symbol' | 'end'
  readonly text: string
  readonly offset: number
}

const KINDS = ['variable', 'word', 'text', 'number', 'symbol'] as const

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (TOKEN.lastIndex = 0; ; ) {
    const match = TOKEN.exec(text)
    if (!match) break
    const at = match.slice(1).findIndex((group) => group !== undefined)
    const token = match[at + 1]!
    tokens.push({ kind: KINDS[at]!, text: token, offset: match.index + match[0].length - token.length })
  }
  return [...tokens, { kind: 'end', text: '<EOF>', offset: text.length }]
}

class PathParser {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.tokens = tokensOf(text)
  }

  path(): JsonPath {
    const mode = this.token
    if (!this.accept('lax') && !this.accept('strict')) {
      const missing = mode.text === '$' ? `missing {'lax', 'strict'} at '$'` : undefined
      throw this.refusal(mode, missing ?? `mismatched input '${mode.text}' expecting {'lax', 'strict'}`)
    }
    const root = this.sum()
    if (this.token.kind !== 'end')
      throw this.refusal(
        this.token,
        `mismatched input '${this.token.text}' expecting {<EOF>, '+', '*', '/', '%', '.', '..', '[', '?', '-'}`,
      )
    return { strict: mode.text === 'strict', root }
  }

  private sum(): PathExpr {
    this.enter()
    let left = this.product()
    for (;;) {
      const op = this.acceptOne<ArithmeticOperator>('+', '-')
      if (!op) break
      left = { kind: 'arithmetic', op, left, right: this.product() }
    }
    this.depth--
    return left
  }

  private product(): PathExpr {
    let left = this.signed()
    for (;;) {
      const op = this.acceptOne<ArithmeticOperator>('*', '/', '%')
      if (!op) return left
      left = { kind: 'arithmetic', op, left, right: this.signed() }
    }
  }

  private signed(): PathExpr {
    if (this.accept('+')) return this.signed()
    return this.accept('-') ? { kind: 'negate', of: this.signed() } : this.accessors()
  }

  private accessors(): PathExpr {
    let of = this.primary()
    for (;;) {
      if (this.accept('.')) of = this.afterDot(of)
      else if (this.accept('..')) of = { kind: 'descendant', of, name: this.memberName() }
      else if (this.accept('[')) of = this.subscripts(of)
      else if (this.accept('?')) {
        this.expect('(')
        of = { kind: 'filter', of, test: this.disjunction() }
        this.expect(')')
      } else return of
    }
  }

  private afterDot(of: PathExpr): PathExpr {
    if (this.accept('*')) return { kind: 'member', of }
    const { token } = this
    const called = token.kind === 'word' && this.tokens[this.at + 1]?.text === '('
    if (!called) return { kind: 'member', of, name: this.memberName() }
    if (token.text === 'datetime')
      throw new PathSyntaxError('NOT_SUPPORTED', 'datetime method in JSON path is not yet supported', 0)
    const name = PATH_METHODS.find((method) => method === token.text)
    if (!name) throw this.refusal(token, `no viable alternative at input '${token.text}('`)
    this.at++
    return this.method(of, name)
  }

  private method(of: PathExpr, name: PathMethod): PathExpr {
    this.expect('(')
    this.expect(')')
    return { kind: 'method', of, name }
  }

  private memberName(): string {
    const { token } = this
    if (token.kind !== 'word' && token.kind !== 'text')
      throw this.refusal(token, `no viable alternative at input '${this.tokens[this.at - 1]?.text ?? ''}'`)
    this.at++
    return token.kind === 'text' ? unquoted(token.text) : token.text
  }

  private subscripts(of: PathExpr): PathExpr {
    if (this.accept('*')) {
      this.expect(']')
      return { kind: 'elements', of }
    }
    const ranges: PathRange[] = []
    do {
      const from = this.sum()
      ranges.push(this.accept('to') ? { from, to: this.sum() } : { from })
    } while (this.accept(','))
    this.expect(']')
    return { kind: 'elements', of, ranges }
  }

  private primary(): PathExpr {
    const { token } = this
    this.at++
    switch (token.kind) {
      case 'variable':
        return { kind: 'variable', name: token.text.slice(1) }
      case 'text':
        return { kind: 'text', value: unquoted(token.text) }
      case 'number':
        return { kind: 'number', text: token.text }
      case 'word':
        if (token.text === 'last') return { kind: 'last' }
        if (token.text === 'null') return { kind: 'null', text: 'null' }
        if (token.text === 'true' || token.text === 'false') return { kind: 'boolean', text: token.text }
        break
      default:
        if (token.text === '$') return { kind: 'root' }
        if (token.text === '@') return { kind: 'current' }
        if (token.text === '(') {
          const inner = this.sum()
          this.expect(')')
          return inner
        }
    }
    throw this.refusal(
      token,
      `mismatched input '${token.text}' expecting {'(', '@', 'false', 'last', 'null', 'true', DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE, STRING, '$', NAMED_VARIABLE}`,
    )
  }

  private disjunction(): PathPredicate {
    this.enter()
    let left = this.conjunction()
    while (this.accept('||')) left = { kind: 'or', left, right: this.conjunction() }
    this.depth--
    return left
  }

  private conjunction(): PathPredicate {
    let left = this.test()
    while (this.accept('&&')) left = { kind: 'and', left, right: this.test() }
    return left
  }

  private test(): PathPredicate {
    if (this.accept('!')) return { kind: 'not', of: this.delimited() }
    const { token, at } = this
    if (token.text === 'exists') return this.delimited()
    if (token.text === '(') {
      // `(@ > 1)` is a predicate, `(@ + 1) > 2` a comparison: only what follows tells.
      try {
        return this.delimited()
      } catch (error) {
        if (!(error instanceof PathSyntaxError)) throw error
        this.at = at
      }
    }
    return this.comparison()
  }

  /** In parentheses, or EXISTS. */
  private delimited(): PathPredicate {
    if (this.accept('exists')) {
      this.expect('(')
      const of = this.sum()
      this.expect(')')
      return { kind: 'exists', of }
    }
    this.expect('(')
    const of = this.disjunction()
    this.expect(')')
    if (!this.accept('is')) return of
    this.expect('unknown')
    return { kind: 'unknown', of }
  }

  private comparison(): PathPredicate {
    const left = this.sum()
    if (this.accept('starts')) {
      this.expect('with')
      return { kind: 'starts with', of: left, prefix: this.primary() }
    }
    if (this.token.text === 'like_regex')
      throw new PathSyntaxError('NOT_SUPPORTED', 'like_regex predicate in JSON path is not yet supported', 0)
    const op = this.acceptOne<ComparisonOperator>('==', '<>', '!=', '<', '<=', '>', '>=')
    if (!op) throw this.refusal(this.token, `no viable alternative at input '${this.token.text}'`)
    return { kind: 'compare', op, left, right: this.sum() }
  }

  private get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!
  }

  private accept(text: string): boolean {
    const { token } = this
    if (token.text !== text || (token.kind !== 'symbol' && token.kind !== 'word')) return false
    this.at++
    return true
  }

  private acceptOne<T extends string>(...texts: readonly T[]): T | undefined {
    return texts.find((text) => this.accept(text))
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw this.refusal(this.token, `mismatched input '${this.token.text}' expecting '${text}'`)
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) throw this.refusal(this.token, 'JSON path is nested too deeply')
  }

  private refusal(token: Token, message: string): PathSyntaxError {
    return new PathSyntaxError('SYNTAX_ERROR', message, token.offset + 1)
  }
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll('""', '"')
