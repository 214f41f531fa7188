/** One SELECT: its items, FROM, WHERE, GROUP BY, HAVING and WINDOW. */
import type { Expr, GroupBy, GroupingElement, Identifier, Select, SelectItem, TableExpr } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { beginsRowLimit } from './parentheses.ts'
import { rowItems } from './primary.ts'
import { relation } from './relations.ts'
import { windowSpec } from './windows.ts'

export function select(cursor: Cursor): Select {
  const start = cursor.token
  cursor.expect('SELECT')
  const distinct = cursor.accept('DISTINCT')
  if (!distinct) acceptAll(cursor)
  const items = cursor.list(() => selectItem(cursor))
  const from = cursor.accept('FROM') ? fromClause(cursor) : undefined
  const where = cursor.accept('WHERE') ? cursor.rules.expression(cursor) : undefined
  const groupBy = cursor.at('GROUP') ? groupByClause(cursor) : undefined
  const having = cursor.accept('HAVING') ? cursor.rules.expression(cursor) : undefined
  const windows = cursor.accept('WINDOW') ? cursor.list(() => namedWindow(cursor)) : []
  return {
    kind: 'select',
    distinct,
    items,
    ...(from && { from }),
    ...(where && { where }),
    ...(groupBy && { groupBy }),
    ...(having && { having }),
    windows,
    at: cursor.since(start),
  }
}

/** ALL may also be a column: what follows it tells. */
function acceptAll(cursor: Cursor): void {
  if (!cursor.at('ALL')) return
  const next = cursor.peek()
  const ends = next.kind === 'eof' || (next.kind === 'operator' && [',', ')', ';', '.'].includes(next.text))
  if (!ends && next.word !== 'FROM') cursor.advance()
}

function selectItem(cursor: Cursor): SelectItem {
  const start = cursor.token
  if (cursor.acceptOperator('*')) return { kind: 'all', at: cursor.since(start) }
  const expr = cursor.rules.expression(cursor)
  if (expr === cursor.starred && cursor.acceptOperator('.')) {
    cursor.expectOperator('*')
    const aliases = cursor.accept('AS') ? cursor.columnAliases() : undefined
    return { kind: 'all', of: expr, ...(aliases && { aliases }), at: cursor.since(start) }
  }
  const alias = optionalAlias(cursor)
  return { kind: 'expr', expr, ...(alias && { alias }), at: cursor.since(start) }
}

function optionalAlias(cursor: Cursor): Identifier | undefined {
  if (cursor.accept('AS')) return cursor.identifier()
  cursor.note('<identifier>')
  return cursor.isIdentifier() && !beginsClause(cursor) ? cursor.identifier() : undefined
}

/** Words that may name something but here begin the next clause. */
function beginsClause(cursor: Cursor): boolean {
  const { token } = cursor
  if (token.word === 'WINDOW') return cursor.isIdentifier(cursor.peek()) && cursor.peek(2).word === 'AS'
  return beginsRowLimit(token, cursor.peek())
}

function fromClause(cursor: Cursor): TableExpr {
  const start = cursor.token
  let left = relation(cursor)
  while (cursor.acceptOperator(',')) {
    const right = relation(cursor)
    left = { kind: 'join', type: 'implicit', left, right, natural: false, at: cursor.since(start) }
  }
  return left
}

function namedWindow(cursor: Cursor): Select['windows'][number] {
  const name = cursor.identifier()
  cursor.expect('AS')
  return { name, spec: windowSpec(cursor) }
}

function groupByClause(cursor: Cursor): GroupBy {
  const start = cursor.token
  cursor.expect('GROUP', 'BY')
  const distinct = cursor.accept('DISTINCT')
  if (!distinct) acceptAll(cursor)
  const elements = cursor.list(() => groupingElement(cursor))
  return { distinct, elements, at: cursor.since(start) }
}

function groupingElement(cursor: Cursor): GroupingElement {
  const start = cursor.token
  const listed = (kind: 'cube' | 'rollup' | 'sets'): GroupingElement => {
    cursor.expectOperator('(')
    const isEmpty = kind !== 'sets' && cursor.atOperator(')')
    const sets = isEmpty ? [] : cursor.list(() => groupingSet(cursor))
    cursor.expectOperator(')')
    return { kind, sets, at: cursor.since(start) }
  }
  if (cursor.accept('ROLLUP')) return listed('rollup')
  if (cursor.accept('CUBE')) return listed('cube')
  // GROUPING followed by anything else is the function.
  if (cursor.acceptAll('GROUPING', 'SETS')) return listed('sets')
  if (cursor.at('GROUPING') && cursor.peek().text !== '(') {
    cursor.advance()
    for (const alternative of ['(', 'SETS']) cursor.note(alternative)
    cursor.fail()
  }
  return { kind: 'simple', sets: [groupingSet(cursor)], at: cursor.since(start) }
}

/** `(a, b)` is a set of two; `(a) + 1` is an expression that happens to begin with a parenthesis. */
function groupingSet(cursor: Cursor): Expr[] {
  if (cursor.atOperator('(') && endsElement(cursor, cursor.token)) {
    cursor.advance()
    cursor.note('<query>')
    return cursor.primary(() => {
      const items = cursor.atOperator(')') ? [] : rowItems(cursor, false)
      cursor.expectOperator(')')
      return items
    })
  }
  return [cursor.rules.expression(cursor)]
}

const AFTER_GROUP_BY = new Set([
  'HAVING',
  'WINDOW',
  'ORDER',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'LIMIT',
  'OFFSET',
  'FETCH',
])

function endsElement(cursor: Cursor, opening: Token): boolean {
  const inside = cursor.peek()
  if (['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(inside.word)) return false
  const after = opening.closes < 0 ? undefined : cursor.tokens[opening.closes + 1]
  if (!after || after.kind === 'eof' || AFTER_GROUP_BY.has(after.word)) return true
  return after.kind === 'operator' && [',', ')', ';'].includes(after.text)
}
