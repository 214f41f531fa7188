/**
 * A place in the tokens of one statement, with the memory of what would have been accepted there: that memory is what
 * Trino prints after `Expecting:`. Grammar functions take a cursor, look and advance; they never go back.
 */
import type { Expr, Identifier, QualifiedName, Query, TypeName } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Position } from '../position.ts'
import { SqlError } from '../position.ts'
import { TokenCursor } from '../token-cursor.ts'
import { RESERVED } from './reserved.ts'
import { decodeUnicode } from './unicode-literal.ts'

/** The rules that refer to each other in circles; the parser ties them together. */
export interface Rules {
  expression(cursor: Cursor): Expr
  /** What may stand on either side of a comparison: no AND, OR, NOT or predicate of its own. */
  value(cursor: Cursor): Expr
  primary(cursor: Cursor): Expr
  query(cursor: Cursor): Query
  type(cursor: Cursor): TypeName
}

/**
 * Levels of nesting. Trino's own parser gives up at some thousands; every stage after this one recurses over the tree
 * and needs several frames a level, which is why the limit is lower.
 */
const MAX_NESTING = 400

/** A call, a lambda, a measure, a literal with its type before it. */
const NAME_CONTINUES = ['(', '->', 'OVER', '<string>']

export class Cursor extends TokenCursor {
  readonly rules: Rules
  /** The primary expression that ended just before `.*`, if one did. */
  starred: Expr | undefined
  /** Parameters `?` met so far. */
  parameters = 0
  /** The first `alternatives` of them are of this place: one list serves all places, of which there may be hundreds of thousands. */
  private readonly expected: string[] = []
  private alternatives = 0
  /** Inside a rule that has a name of its own, and still at its first token, the alternatives are not listed. */
  private quietAt = -1
  private nesting = 0
  /** Primary expressions that are still open: calls, CASE, parentheses around the place. */
  private openPrimaries = 0
  /** The index at which nothing but an expression may begin, no `(row).*` and no lambda. */
  private plainAt = -1
  /** The index just behind the last plain name. */
  private nameEnd = -1

  constructor(sql: string, tokens: readonly Token[], rules: Rules) {
    super(sql, tokens)
    this.rules = rules
  }

  override advance(): Token {
    const before = this.index
    const token = super.advance()
    if (this.index > before) this.alternatives = 0
    return token
  }

  /** Remembers an alternative for the error message: a keyword, an operator, or a rule in angle brackets. */
  note(label: string): void {
    if (this.quietAt !== this.index) this.expected[this.alternatives++] = label
  }

  /** What the rules before might still have taken here does not count any more: Trino's parser has left them for good. */
  settle(): void {
    this.alternatives = 0
  }

  /** A list after each of whose items only a comma or what comes after the list is expected. */
  settledList<T>(item: () => T): T[] {
    return this.list(() => {
      const one = item()
      this.settle()
      return one
    })
  }

  /** Is this keyword next? */
  at(word: string): boolean {
    if (this.token.word === word) return true
    this.note(word)
    return false
  }

  override atOperator(text: string): boolean {
    if (super.atOperator(text)) return true
    this.note(text)
    return false
  }

  /** Do these keywords follow from here? Only the first is remembered as an alternative. */
  atAll(first: string, ...others: string[]): boolean {
    return this.at(first) && others.every((word, i) => this.peek(i + 1).word === word)
  }

  accept(word: string): boolean {
    if (!this.at(word)) return false
    this.advance()
    return true
  }

  acceptAll(first: string, ...others: string[]): boolean {
    if (!this.atAll(first, ...others)) return false
    for (let i = 0; i <= others.length; i++) this.advance()
    return true
  }

  /** One of several keywords, in lower case. */
  expectOneOf<T extends string>(words: readonly T[]): T {
    const found = this.acceptOneOf(words)
    return found ?? this.fail()
  }

  acceptOneOf<T extends string>(words: readonly T[]): T | undefined {
    for (const word of words) if (this.accept(word.toUpperCase())) return word
    return undefined
  }

  /** Begins a rule that errors call by one name: its own alternatives are not listed. */
  begin(label: string): void {
    this.note(label)
    this.quietAt = this.index
  }

  /** One level deeper. Paired with `leave`; an error ends the parse, so nothing needs to be undone then. */
  enter(): void {
    if (++this.nesting > MAX_NESTING) throw tooLarge()
  }

  leave(): void {
    this.nesting--
  }

  /** A primary expression; what `parse` reads is inside it. */
  primary<T>(parse: () => T): T {
    this.openPrimaries++
    const result = parse()
    this.openPrimaries--
    return result
  }

  /** A query, whose expressions stand in none of those around it. */
  afresh<T>(parse: () => T): T {
    const around = this.openPrimaries
    this.openPrimaries = 0
    const result = parse()
    this.openPrimaries = around
    return result
  }

  /** Nothing but an expression begins here. */
  beginPlain(): void {
    this.plainAt = this.index
  }

  get isPlain(): boolean {
    return this.plainAt === this.index
  }

  /** The last token was a name by itself. */
  endName(): void {
    this.nameEnd = this.index
  }

  isIdentifier(token = this.token): boolean {
    return token.kind === 'word' ? !RESERVED.has(token.word) : token.kind === 'quoted' || isBadIdentifier(token)
  }

  identifier(): Identifier {
    const { token } = this
    this.note('<identifier>')
    if (!this.isIdentifier()) this.fail()
    this.refuseBadIdentifier(token)
    this.advance()
    return { name: token.value, quoted: token.kind === 'quoted', at: this.since(token) }
  }

  private refuseBadIdentifier(token: Token): void {
    if (token.kind === 'backquoted')
      throw new SqlError(
        'SYNTAX_ERROR',
        'backquoted identifiers are not supported; use double quotes to quote identifiers',
        positionOf(token),
      )
    if (token.kind === 'digit-word')
      throw new SqlError(
        'SYNTAX_ERROR',
        'identifiers must not start with a digit; surround the identifier with double quotes',
        positionOf(token),
      )
    if (token.kind === 'quoted' && token.value === '')
      throw new SqlError('SYNTAX_ERROR', 'Zero-length delimited identifier not allowed', positionOf(token))
  }

  /** The error Trino gives at this place. */
  fail(): never {
    const { token } = this
    // Inside a primary expression Trino decides anew from its beginning: a name might have become something else.
    const instead = this.nameEnd === this.index && this.openPrimaries > 0 ? NAME_CONTINUES : []
    const expected = [...new Set([...this.expected.slice(0, this.alternatives), ...instead].map(shown))].sort()
    const text = `mismatched input '${token.text}'.${expected.length > 0 ? ` Expecting: ${expected.join(', ')}` : ''}`
    throw new SqlError('SYNTAX_ERROR', text, positionOf(token))
  }

  string(): string {
    const { token } = this
    this.note('<string>')
    if (token.kind === 'string') return this.advance().value
    if (token.kind !== 'unicode-string') return this.fail()
    this.advance()
    let escapeMark = '\\'
    if (this.accept('UESCAPE')) {
      if (this.token.kind !== 'string') this.fail()
      escapeMark = this.advance().value
    }
    return decodeUnicode(token.value, escapeMark, positionOf(token))
  }

  integer(): number {
    this.note('<integer>')
    if (this.token.kind !== 'integer') this.fail()
    return Number(this.advance().text)
  }

  /** Table, `database.table` or `catalog.database.table`. */
  qualifiedName(): QualifiedName {
    const start = this.token
    const parts = [this.identifier()]
    while (this.acceptOperator('.')) parts.push(this.identifier())
    return { parts, at: this.since(start) }
  }

  columnAliases(): Identifier[] {
    return this.parenthesized(() => this.list(() => this.identifier()))
  }
}

export const positionOf = ({ line, column, start, end }: Position): Position => ({ line, column, start, end })
/** Words and operators are quoted, names of rules are not. Only errors pay for it. */
const shown = (label: string): string => (/^<\w+>$/.test(label) ? label : `'${label}'`)

const isBadIdentifier = (token: Token): boolean => token.kind === 'backquoted' || token.kind === 'digit-word'

/** As Trino says it, and where: at the very beginning. */
export function tooLarge(): SqlError {
  const beginning = { line: 1, column: 1, start: 0, end: 0 }
  return new SqlError('SYNTAX_ERROR', 'statement is too large (stack overflow while parsing)', beginning)
}
