/** What an opening parenthesis opens, told by looking ahead only, so that no text is ever parsed twice. */
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { tooLarge } from './cursor.ts'

const QUERY_BEGINNINGS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE'])
const SET_OPERATORS = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'ORDER'])
/** Longer runs than any statement that could be accepted; bounds the work on a wall of parentheses. */
const MAX_RUN = 1000

const isOpening = (token: Token | undefined): boolean => token?.kind === 'operator' && token.text === '('

/** Does a query fill the parenthesis at this token? `((SELECT 1) UNION SELECT 2)` yes, `((SELECT 1) + 1)` no. */
export function holdsQuery(cursor: Cursor, opening = cursor.index): boolean {
  const { tokens } = cursor
  let innermost = opening
  while (isOpening(tokens[innermost + 1])) if (++innermost - opening > MAX_RUN) throw tooLarge()
  const first = tokens[innermost + 1]
  if (!first || !QUERY_BEGINNINGS.has(first.word)) return false
  if (first.word === 'TABLE' && isOpening(tokens[innermost + 2])) return false
  for (let at = innermost; at > opening; at--) {
    const { closes } = tokens[at] as Token
    if (closes >= 0 && !continuesQuery(tokens, closes + 1)) return false
  }
  return true
}

/** After a parenthesised query: its end, or a clause that only a query can have. */
function continuesQuery(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index] as Token
  if (token.kind === 'operator') return token.text === ')'
  return SET_OPERATORS.has(token.word) || beginsRowLimit(token, tokens[index + 1])
}

/** LIMIT, OFFSET and FETCH may also be names; only what follows tells. */
export function beginsRowLimit(token: Token, next: Token | undefined): boolean {
  if (!next) return false
  const counted = next.kind === 'integer' || (next.kind === 'operator' && next.text === '?')
  if (token.word === 'LIMIT') return counted || next.word === 'ALL'
  if (token.word === 'OFFSET') return counted
  return token.word === 'FETCH' && (next.word === 'FIRST' || next.word === 'NEXT')
}

/** Is the parenthesis here the parameter list of a lambda? */
export function opensLambda(cursor: Cursor): boolean {
  const { closes } = cursor.token
  const after = closes < 0 ? undefined : cursor.tokens[closes + 1]
  return after?.kind === 'operator' && after.text === '->'
}
