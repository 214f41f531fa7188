/**
 * Text to tokens, for both grammars that Athena speaks. One pass, no backtracking: a quote or comment that never ends
 * becomes a token of kind `unknown` and ends the input there, so that the parser reports the place where it began.
 */
import type { Position } from './position.ts'

export type Dialect = 'trino' | 'hive'
export type TokenKind =
  /** Keyword or plain identifier. */
  | 'word'
  /** Begins with a digit, as in `1st`: a name for Hive, an error for Trino. */
  | 'digit-word'
  | 'quoted'
  | 'backquoted'
  | 'string'
  /** `U&'..'`, not yet decoded: the escape character may follow. */
  | 'unicode-string'
  | 'binary'
  | 'integer'
  | 'decimal'
  | 'double'
  | 'operator'
  | 'unknown'
  | 'eof'

export interface Token extends Position {
  readonly kind: TokenKind
  /** As in the source, quotes included; `<EOF>` at the end. */
  readonly text: string
  /** Contents of quotes with doubled quotes undone, in Hive's strings with escapes undone; otherwise the text. */
  readonly value: string
  /** Upper case of a word, otherwise empty. */
  readonly word: string
  /** Of an opening parenthesis: the index of the token that closes it, or -1. */
  closes: number
}

const OPERATORS = new Set(['->', '=>', '<>', '!=', '<=', '>=', '||'])
const SINGLE_OPERATORS = new Set('()[]{},.+-*/%<>=?;:|^$')
const isDigit = (c: number): boolean => c >= 48 && c <= 57
const isLetter = (c: number): boolean => (c >= 65 && c <= 90) || (c >= 97 && c <= 122)
const isWordPart = (c: number): boolean => isLetter(c) || isDigit(c) || c === 95
const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9

/** All tokens of a statement; the last one is always of kind `eof`. */
export function lex(sql: string, dialect: Dialect): Token[] {
  const scanner = new Scanner(sql, dialect)
  const tokens: Token[] = []
  const open: Token[] = []
  for (;;) {
    const token = scanner.next()
    if (token.kind === 'operator') matchParenthesis(token, tokens.length, open)
    tokens.push(token)
    if (token.kind === 'eof') return tokens
  }
}

/** The first few tokens, for deciding which grammar a statement is in without reading all of it. */
export function firstTokens(sql: string, count: number): Token[] {
  const scanner = new Scanner(sql, 'trino')
  const tokens: Token[] = []
  while (tokens.length < count) {
    const token = scanner.next()
    tokens.push(token)
    if (token.kind === 'eof') break
  }
  return tokens
}

function matchParenthesis(token: Token, index: number, open: Token[]): void {
  if (token.text === '(') open.push(token)
  else if (token.text === ')') {
    const opening = open.pop()
    if (opening) opening.closes = index
  }
}

class Scanner {
  private readonly sql: string
  private readonly hive: boolean
  private offset = 0
  private line = 1
  private lineStart = 0
  /** Once no closing comment mark was found, none will be: keeps `/*` repeated from costing quadratic time. */
  private commentsEnd = true

  constructor(sql: string, dialect: Dialect) {
    this.sql = sql
    this.hive = dialect === 'hive'
  }

  next(): Token {
    this.skipBlanks()
    const { sql } = this
    const start = this.offset
    if (start >= sql.length) return this.token('eof', start, '<EOF>')
    const code = sql.charCodeAt(start)
    const following = sql.charCodeAt(start + 1)
    if (code === 39) return this.quoted('string', start, start, "'")
    if (code === 34) return this.quoted(this.hive ? 'string' : 'quoted', start, start, '"')
    if (code === 96) return this.quoted('backquoted', start, start, '`')
    if (isDigit(code) || (code === 46 && isDigit(following))) return this.number(start)
    if (!this.hive && following === 39 && (code === 88 || code === 120))
      return this.quoted('binary', start, start + 1, "'")
    if (!this.hive && following === 38 && (code === 85 || code === 117) && sql.charCodeAt(start + 2) === 39)
      return this.quoted('unicode-string', start, start + 2, "'")
    if (isLetter(code) || code === 95) {
      this.skipWord()
      return this.token('word', start)
    }
    return this.operator(start)
  }

  private skipBlanks(): void {
    const { sql } = this
    for (;;) {
      const code = sql.charCodeAt(this.offset)
      if (isSpace(code)) this.advanceTo(this.offset + 1)
      else if (code === 45 && sql.charCodeAt(this.offset + 1) === 45) this.skipLine()
      else if (code === 47 && sql.charCodeAt(this.offset + 1) === 42 && this.skipBlockComment()) continue
      else return
    }
  }

  private skipLine(): void {
    const end = this.sql.indexOf('\n', this.offset)
    this.advanceTo(end < 0 ? this.sql.length : end + 1)
  }

  private skipBlockComment(): boolean {
    if (!this.commentsEnd) return false
    const end = this.sql.indexOf('*/', this.offset + 2)
    this.commentsEnd = end >= 0
    if (end >= 0) this.advanceTo(end + 2)
    return end >= 0
  }

  private advanceTo(end: number): void {
    for (let i = this.offset; i < end; i++) {
      if (this.sql.charCodeAt(i) !== 10) continue
      this.line++
      this.lineStart = i + 1
    }
    this.offset = end
  }

  private skipWord(): void {
    while (isWordPart(this.sql.charCodeAt(this.offset))) this.offset++
  }

  private skipDigits(): boolean {
    const start = this.offset
    while (isDigit(this.sql.charCodeAt(this.offset))) this.offset++
    return this.offset > start
  }

  private token(kind: TokenKind, start: number, text = this.sql.slice(start, this.offset), value = text): Token {
    return {
      kind,
      text,
      value,
      word: kind === 'word' ? text.toUpperCase() : '',
      line: this.line,
      column: start - this.lineStart + 1,
      start,
      end: this.offset,
      closes: -1,
    }
  }

  private unterminated(start: number): Token {
    const { line, lineStart } = this
    const text = String.fromCodePoint(this.sql.codePointAt(start) as number)
    this.advanceTo(this.sql.length)
    const token = this.token('unknown', start, text)
    return { ...token, line, column: start - lineStart + 1, end: start + text.length }
  }

  private quoted(kind: TokenKind, start: number, open: number, quote: string): Token {
    const { line, lineStart } = this
    const end =
      kind === 'string' && this.hive ? endOfHiveString(this.sql, open) : endOfQuotes(this.sql, open, quote, kind)
    if (end < 0) return this.unterminated(start)
    const inside = this.sql.slice(open + 1, end - 1)
    const value =
      kind === 'string' && this.hive
        ? hiveStringValue(this.sql.slice(open, end))
        : kind === 'binary' || !inside.includes(quote)
          ? inside
          : inside.replaceAll(quote + quote, quote)
    this.advanceTo(end)
    const token = this.token(kind, start, this.sql.slice(start, end), value)
    return { ...token, line, column: start - lineStart + 1 }
  }

  private number(start: number): Token {
    const { sql } = this
    let kind: TokenKind = 'integer'
    const whole = this.skipDigits()
    if (sql.charCodeAt(this.offset) === 46 && !(this.hive && whole && !isDigit(sql.charCodeAt(this.offset + 1)))) {
      this.offset++
      this.skipDigits()
      kind = 'decimal'
    }
    const mark = this.offset
    if ((sql.charCodeAt(mark) | 32) === 101) {
      this.offset++
      const sign = sql.charCodeAt(this.offset)
      if (sign === 43 || sign === 45) this.offset++
      if (this.skipDigits()) kind = 'double'
      else this.offset = mark
    }
    // `1e5x` is one word to Trino, but `1.5x` is a number and a word.
    if (kind === 'integer' || (kind === 'double' && isWordOnly(sql, start, this.offset))) {
      if (isWordPart(sql.charCodeAt(this.offset))) {
        this.skipWord()
        return this.token('digit-word', start)
      }
    }
    return this.token(kind, start)
  }

  private operator(start: number): Token {
    const pair = this.sql.slice(start, start + 2)
    this.offset = start + (OPERATORS.has(pair) ? 2 : 1)
    const text = this.sql.slice(start, this.offset)
    if (text.length === 2 || SINGLE_OPERATORS.has(text)) return this.token('operator', start)
    this.offset = start
    const character = String.fromCodePoint(this.sql.codePointAt(start) as number)
    this.offset = start + character.length
    return this.token('unknown', start)
  }
}

function isWordOnly(sql: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isWordPart(sql.charCodeAt(i))) return false
  return true
}

/** Offset after the closing quote, or -1. A doubled quote is a quote, but not in binary literals. */
function endOfQuotes(sql: string, open: number, quote: string, kind: TokenKind): number {
  let close = sql.indexOf(quote, open + 1)
  while (close >= 0 && kind !== 'binary' && sql[close + 1] === quote) close = sql.indexOf(quote, close + 2)
  return close < 0 ? -1 : close + 1
}

/** Hive takes literals that touch each other, `'a''b'`, for one; a backslash escapes whatever follows it. */
function endOfHiveString(sql: string, open: number): number {
  let at = open
  while (at < sql.length) {
    const quote = sql.charCodeAt(at)
    if (quote !== 39 && quote !== 34) break
    let i = at + 1
    while (i < sql.length && sql.charCodeAt(i) !== quote) i += sql.charCodeAt(i) === 92 ? 2 : 1
    if (i >= sql.length) return at === open ? -1 : at
    at = i + 1
  }
  return at
}

const HIVE_ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
}

/** The escapes of Hive's language manual: `\\001` octal, `\\u0001` hexadecimal, `\\t` and the like; else the character itself. */
export function hiveStringValue(literal: string): string {
  const parts: string[] = []
  let quote = ''
  for (let i = 0; i < literal.length; i++) {
    const c = literal[i] as string
    if (quote === '') quote = c
    else if (c === quote) quote = ''
    else if (c !== '\\') parts.push(c)
    else {
      const code = /^(?:u([0-9a-fA-F]{4})|([01][0-7]{2}))/.exec(literal.slice(i + 1, i + 6))
      if (code) {
        parts.push(String.fromCharCode(code[1] ? Number.parseInt(code[1], 16) : Number.parseInt(code[2] as string, 8)))
        i += code[0].length
      } else {
        const escaped = literal[++i] as string
        parts.push(HIVE_ESCAPES[escaped] ?? escaped)
      }
    }
  }
  return parts.join('')
}
