/** Calls of functions: scalar, aggregate and window alike, with every clause that may follow the arguments. */
import type { Call, Expr, Identifier, QualifiedName, SortItem } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { acceptOrderBy, sortItems } from './sort-items.ts'
import { over } from './windows.ts'

/** Is what follows a possibly qualified name with an opening parenthesis? */
export function callee(cursor: Cursor, from = 0): boolean {
  let ahead = from
  for (;;) {
    if (!cursor.isIdentifier(cursor.peek(ahead))) return false
    const next = cursor.peek(ahead + 1)
    if (next.kind !== 'operator') return false
    if (next.text === '(') return true
    if (next.text !== '.') return false
    ahead += 2
  }
}

export function call(cursor: Cursor, start: Token): Expr {
  const mode = acceptMode(cursor)
  const name = cursor.qualifiedName()
  cursor.expectOperator('(')
  const plain = { ...plainCall(name, []), ...(mode && { mode }) }
  const starLabel = acceptStarLabel(cursor)
  if (cursor.atOperator('*')) {
    cursor.advance()
    cursor.expectOperator(')')
    const counted = { ...plain, star: true, ...(starLabel && { starLabel }) }
    return { kind: 'call', call: trailing(cursor, counted), at: cursor.since(start) }
  }
  let distinct = false
  let args: Expr[] = []
  let orderBy: SortItem[] = []
  if (!cursor.atOperator(')')) {
    distinct = cursor.accept('DISTINCT')
    const quantified = distinct || acceptAllQuantifier(cursor)
    if (quantified || !cursor.at('ORDER')) args = cursor.list(() => cursor.rules.expression(cursor))
    if (acceptOrderBy(cursor)) orderBy = sortItems(cursor)
  }
  cursor.expectOperator(')')
  return {
    kind: 'call',
    call: trailing(cursor, { ...plain, args, distinct, orderBy }),
    at: cursor.since(start),
  }
}

/** RUNNING or FINAL with a call behind it; alone, both are names. */
export function beginsMode(cursor: Cursor): boolean {
  const { word } = cursor.token
  return (word === 'RUNNING' || word === 'FINAL') && callee(cursor, 1)
}

function acceptMode(cursor: Cursor): Call['mode'] {
  if (!beginsMode(cursor)) return undefined
  const start = cursor.advance()
  return { kind: start.word === 'FINAL' ? 'final' : 'running', at: cursor.since(start) }
}

/** `a.` of `count(a.*)`. */
function acceptStarLabel(cursor: Cursor): Identifier | undefined {
  if (!cursor.isIdentifier() || cursor.peek().text !== '.' || cursor.peek(2).text !== '*') return undefined
  if (cursor.peek(3).text !== ')') return undefined
  const label = cursor.identifier()
  cursor.advance()
  return label
}

/** ALL is also a name: `max(all)` has a column of that name. */
function acceptAllQuantifier(cursor: Cursor): boolean {
  if (!cursor.at('ALL')) return false
  const next = cursor.peek()
  if (next.kind === 'operator' && !['(', '-', '+', '?'].includes(next.text)) return false
  cursor.advance()
  return true
}

export function plainCall(name: QualifiedName, args: readonly Expr[]): Call {
  return { name, args, star: false, distinct: false, orderBy: [] }
}

/** FILTER, then IGNORE or RESPECT NULLS with OVER. */
function trailing(cursor: Cursor, call: Call): Call {
  const filter = filterClause(cursor)
  let nulls: 'ignore' | 'respect' | undefined
  for (const treatment of call.star ? [] : (['ignore', 'respect'] as const)) {
    if (cursor.atAll(treatment.toUpperCase(), 'NULLS') && cursor.peek(2).word === 'OVER') {
      cursor.advance()
      cursor.advance()
      nulls = treatment
      break
    }
  }
  const window = over(cursor)
  return { ...call, ...(filter && { filter }), ...(nulls && { nulls }), ...(window && { over: window }) }
}

function filterClause(cursor: Cursor): Expr | undefined {
  const next = cursor.peek()
  if (!cursor.at('FILTER') || next.kind !== 'operator' || next.text !== '(') return undefined
  cursor.advance()
  return cursor.parenthesized(() => {
    cursor.expect('WHERE')
    return cursor.rules.expression(cursor)
  })
}
