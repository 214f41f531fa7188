/** OVER, WINDOW and frames. */
import type { Expr, FrameBound, Identifier, WindowFrame, WindowSpec } from '../ast.ts'
import type { Cursor } from './cursor.ts'
import { acceptMeasures, frameRecognition } from './row-patterns.ts'
import { acceptOrderBy, sortItems } from './sort-items.ts'

/** OVER is also a name: `count(*) over` names the column, `count(*) OVER w` and `OVER (..)` do not. */
export function over(cursor: Cursor): Identifier | WindowSpec | undefined {
  const next = cursor.peek()
  const opens = next.kind === 'operator' && next.text === '('
  if (!cursor.at('OVER') || !(opens || cursor.isIdentifier(next))) return undefined
  cursor.advance()
  return opens ? windowSpec(cursor) : cursor.identifier()
}

/** In its parentheses. */
export function windowSpec(cursor: Cursor): WindowSpec {
  const start = cursor.token
  cursor.expectOperator('(')
  cursor.note('<identifier>')
  const { word } = cursor.token
  const base = hasBase(cursor) ? cursor.identifier() : undefined
  if (base && word === 'PARTITION') cursor.note('BY')
  const partitionBy = cursor.acceptAll('PARTITION', 'BY') ? cursor.list(() => cursor.rules.expression(cursor)) : []
  const orderBy = acceptOrderBy(cursor) ? sortItems(cursor) : []
  const frame = windowFrame(cursor)
  cursor.expectOperator(')')
  return {
    kind: 'window',
    ...(base && { base }),
    partitionBy,
    orderBy,
    ...(frame && { frame }),
    at: cursor.since(start),
  }
}

/** The words that begin a clause of the window may also name another window; what follows them tells. */
function hasBase(cursor: Cursor): boolean {
  if (!cursor.isIdentifier()) return false
  const next = cursor.peek()
  switch (cursor.token.word) {
    case 'PARTITION':
      return next.word !== 'BY'
    case 'ROWS':
    case 'RANGE':
    case 'GROUPS':
    case 'MEASURES':
      return next.kind === 'operator' && next.text === ')'
    default:
      return true
  }
}

const UNITS = ['groups', 'range', 'rows'] as const

function windowFrame(cursor: Cursor): WindowFrame | undefined {
  const start = cursor.token
  const measures = acceptMeasures(cursor)
  const unit = measures.length > 0 ? cursor.expectOneOf(UNITS) : cursor.acceptOneOf(UNITS)
  if (!unit) return undefined
  let first: FrameBound
  let end: FrameBound | undefined
  if (cursor.accept('BETWEEN')) {
    first = frameBound(cursor)
    cursor.expect('AND')
    end = frameBound(cursor)
  } else first = frameBound(cursor)
  const recognition = frameRecognition(cursor, measures)
  return { unit, start: first, ...(end && { end }), ...(recognition && { recognition }), at: cursor.since(start) }
}

function frameBound(cursor: Cursor): FrameBound {
  if (cursor.accept('UNBOUNDED')) return { kind: `unbounded-${cursor.expectOneOf(['following', 'preceding'])}` }
  if (cursor.atAll('CURRENT', 'ROW')) {
    cursor.advance()
    cursor.advance()
    return { kind: 'current-row' }
  }
  const isCurrent = cursor.token.word === 'CURRENT'
  const value: Expr = cursor.rules.expression(cursor)
  if (isCurrent && value.kind === 'name') cursor.note('ROW')
  return { kind: cursor.expectOneOf(['following', 'preceding']), value }
}
