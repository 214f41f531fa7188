import type { Expr, IntervalField } from '../ast.ts'
import { SqlError } from '../position.ts'
import type { Cursor } from './cursor.ts'
import { positionOf } from './cursor.ts'

export const INTERVAL_FIELDS: readonly IntervalField[] = ['year', 'month', 'day', 'hour', 'minute', 'second']

/** `INTERVAL '1' DAY`, `INTERVAL -'1-2' YEAR TO MONTH`. */
export function interval(cursor: Cursor): Expr {
  const start = cursor.token
  cursor.expect('INTERVAL')
  const negative = cursor.acceptOperator('-')
  if (!negative) cursor.acceptOperator('+')
  const value = cursor.string()
  const from = cursor.expectOneOf(INTERVAL_FIELDS)
  const to = cursor.accept('TO') ? cursor.expectOneOf(INTERVAL_FIELDS) : undefined
  return { kind: 'interval', value, negative, from, ...(to && { to }), at: cursor.since(start) }
}

export function beginsInterval(cursor: Cursor): boolean {
  const next = cursor.peek()
  if (next.kind === 'string' || next.kind === 'unicode-string') return true
  return next.kind === 'operator' && (next.text === '-' || next.text === '+') && isStringKind(cursor.peek(2).kind)
}

export const isStringKind = (kind: string): boolean => kind === 'string' || kind === 'unicode-string'

const MIN_BIGINT = -(2n ** 63n)
const MAX_BIGINT = 2n ** 63n - 1n

export function number(cursor: Cursor): Expr {
  const start = cursor.token
  const sign = start.kind === 'operator' ? cursor.advance().text : ''
  const token = cursor.advance()
  const text = sign + token.text
  if (token.kind === 'integer' && !isBigint(sign, token.text))
    // Trino reports this one at the beginning of the statement.
    throw new SqlError('SYNTAX_ERROR', `Invalid numeric literal: ${text}`, { line: 1, column: 1, start: 0, end: 0 })
  return { kind: 'number', text, at: cursor.since(start) }
}

function isBigint(sign: string, digits: string): boolean {
  const significant = digits.replace(/^0+/, '')
  if (significant.length > 19) return false
  const value = BigInt(`${sign}${significant || '0'}`)
  return value >= MIN_BIGINT && value <= MAX_BIGINT
}

export function binaryLiteral(cursor: Cursor): Expr {
  const token = cursor.advance()
  const hex = token.value.replace(/[ \r\n\t]/g, '').toUpperCase()
  if (/[^0-9A-F]/.test(hex))
    throw new SqlError('SYNTAX_ERROR', 'Binary literal can only contain hexadecimal digits', positionOf(token))
  if (hex.length % 2 === 1)
    throw new SqlError('SYNTAX_ERROR', 'Binary literal must contain an even number of digits', positionOf(token))
  return { kind: 'binary', hex, at: cursor.since(token) }
}
