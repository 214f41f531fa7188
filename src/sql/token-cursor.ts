import type { Token } from './lexer.ts'
import type { Position } from './position.ts'

/** A place in the tokens of one statement, the last of which is its end. What is expected there, each grammar knows. */
export abstract class TokenCursor {
  readonly sql: string
  readonly tokens: readonly Token[]
  index = 0

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql
    this.tokens = tokens
  }

  /** The error of the grammar at this place. */
  abstract fail(): never

  /** Takes this keyword if it is next. */
  abstract accept(word: string): boolean

  get token(): Token {
    return this.tokens[this.index] as Token
  }

  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)] as Token
  }

  advance(): Token {
    const { token } = this
    if (token.kind !== 'eof') this.index++
    return token
  }

  expect(...words: string[]): void {
    for (const word of words) if (!this.accept(word)) this.fail()
  }

  atOperator(text: string): boolean {
    const { token } = this
    return token.kind === 'operator' && token.text === text
  }

  acceptOperator(text: string): boolean {
    if (!this.atOperator(text)) return false
    this.advance()
    return true
  }

  expectOperator(text: string): void {
    if (!this.acceptOperator(text)) this.fail()
  }

  list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.acceptOperator(',')) items.push(item())
    return items
  }

  parenthesized<T>(inside: () => T): T {
    this.expectOperator('(')
    const result = inside()
    this.expectOperator(')')
    return result
  }

  /** From a node or token to the token before this one; errors point at `point`, by default the first of them. */
  since(start: Position, point: Position = start): Position {
    const last = this.tokens[this.index - 1]
    return {
      line: point.line,
      column: point.column,
      start: start.start,
      end: last && last.end > start.start ? last.end : start.end,
    }
  }
}
