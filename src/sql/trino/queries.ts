/** WITH, set operations, ORDER BY and row limits around SELECT, TABLE, VALUES and parentheses. */
import type { NamedQuery, Query, QueryBody, RowCount, Values } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { select } from './select.ts'
import { acceptOrderBy, sortItems } from './sort-items.ts'

export function query(cursor: Cursor): Query {
  cursor.begin('<query>')
  cursor.enter()
  const start = cursor.token
  const recursive = cursor.accept('WITH') ? cursor.accept('RECURSIVE') : undefined
  const queries = recursive === undefined ? [] : cursor.list(() => namedQuery(cursor))
  if (recursive !== undefined) cursor.settle()
  const rest = cursor.afresh(() => queryWithoutWith(cursor))
  cursor.leave()
  return {
    kind: 'query',
    ...(recursive !== undefined && { with: { recursive, queries } }),
    ...rest,
    at: cursor.since(start),
  }
}

function namedQuery(cursor: Cursor): NamedQuery {
  const start = cursor.token
  const name = cursor.identifier()
  const columns = cursor.atOperator('(') ? cursor.columnAliases() : undefined
  cursor.expect('AS')
  const inner = cursor.parenthesized(() => cursor.rules.query(cursor))
  return { name, ...(columns && { columns }), query: inner, at: cursor.since(start) }
}

function queryWithoutWith(cursor: Cursor): Omit<Query, 'kind' | 'with' | 'at'> {
  const body = setOperations(cursor, 1)
  const orderBy = acceptOrderBy(cursor) ? sortItems(cursor) : []
  const offset = cursor.accept('OFFSET') ? rowCount(cursor) : undefined
  if (offset && !cursor.accept('ROW')) cursor.accept('ROWS')
  const limitStart = cursor.token
  const limited = cursor.accept('LIMIT')
  const limit = limited ? limitCount(cursor) : undefined
  const first = !limited && cursor.accept('FETCH') ? fetchFirst(cursor) : undefined
  const kind = first ? 'fetch' : 'limit'
  const limitClause = limit || first ? ({ kind, at: cursor.since(limitStart) } as const) : undefined
  return {
    body,
    orderBy,
    ...(offset && { offset }),
    ...(limit && { limit }),
    ...first,
    ...(limitClause && { limitClause }),
  }
}

function rowCount(cursor: Cursor): RowCount {
  const start = cursor.token
  if (cursor.acceptOperator('?')) return { parameter: cursor.parameters++, at: cursor.since(start) }
  return { count: cursor.integer(), at: cursor.since(start) }
}

function limitCount(cursor: Cursor): RowCount | undefined {
  return cursor.accept('ALL') ? undefined : rowCount(cursor)
}

/** FETCH FIRST without a number means one row. */
function fetchFirst(cursor: Cursor): { limit: RowCount; withTies?: true } {
  const start = cursor.token
  cursor.expectOneOf(['first', 'next'])
  const counted = !(cursor.at('ROW') || cursor.at('ROWS'))
  const limit = counted ? rowCount(cursor) : { count: 1, at: cursor.since(start) }
  cursor.expectOneOf(['row', 'rows'])
  if (cursor.accept('ONLY')) return { limit }
  cursor.expect('WITH', 'TIES')
  return { limit, withTies: true }
}

const SET_OPERATORS = ['except', 'intersect', 'union'] as const

function setOperations(cursor: Cursor, minimum: number): QueryBody {
  const start = cursor.token
  let left = term(cursor)
  for (;;) {
    const operator = cursor.token
    const op = SET_OPERATORS.find((word) => cursor.at(word.toUpperCase()))
    const precedence = op === 'intersect' ? 2 : 1
    if (!op || precedence < minimum) return left
    cursor.advance()
    const all = cursor.accept('ALL')
    if (!all) cursor.accept('DISTINCT')
    const right = setOperations(cursor, precedence + 1)
    left = { kind: 'set-operation', op, all, left, right, at: cursor.since(start, operator) }
  }
}

function term(cursor: Cursor): QueryBody {
  const start = cursor.token
  if (cursor.at('SELECT')) return select(cursor)
  if (cursor.accept('TABLE')) return { kind: 'table', name: cursor.qualifiedName(), at: cursor.since(start) }
  if (cursor.accept('VALUES')) return values(cursor, start)
  cursor.expectOperator('(')
  cursor.enter()
  const innerStart = cursor.token
  const rest = queryWithoutWith(cursor)
  const inner: Query = { kind: 'query', ...rest, at: cursor.since(innerStart) }
  cursor.leave()
  cursor.expectOperator(')')
  return { kind: 'parenthesized', query: inner, at: cursor.since(start) }
}

function values(cursor: Cursor, start: Token): Values {
  const rows = cursor.list(() => {
    cursor.beginPlain()
    return cursor.rules.expression(cursor)
  })
  return { kind: 'values', rows, at: cursor.since(start) }
}
