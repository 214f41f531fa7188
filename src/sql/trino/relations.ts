/** What may stand in FROM: tables, subqueries, UNNEST, joins, aliases, samples. */
import type { Expr, Identifier, TableExpr, TableVersion } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { beginsRowLimit, holdsQuery } from './parentheses.ts'
import { matchRecognize } from './row-patterns.ts'
import { tableFunction } from './table-functions.ts'

type JoinType = 'inner' | 'left' | 'right' | 'full'

/** A table with the joins that follow it. */
export function relation(cursor: Cursor): TableExpr {
  const start = cursor.token
  cursor.enter()
  let left = sampled(cursor)
  for (;;) {
    if (cursor.accept('CROSS')) {
      cursor.expect('JOIN')
      const right = sampled(cursor)
      left = { kind: 'join', type: 'cross', left, right, natural: false, at: cursor.since(start) }
      continue
    }
    if (cursor.accept('NATURAL')) {
      const type = joinType(cursor) ?? cursor.fail()
      const right = sampled(cursor)
      left = { kind: 'join', type, left, right, natural: true, at: cursor.since(start) }
      continue
    }
    const type = joinType(cursor)
    if (!type) break
    left = conditionalJoin(cursor, type, left, start)
  }
  cursor.leave()
  return left
}

function joinType(cursor: Cursor): JoinType | undefined {
  const type = cursor.acceptOneOf(['full', 'inner', 'left', 'right'] as const)
  if (type && type !== 'inner') cursor.accept('OUTER')
  if (type) cursor.expect('JOIN')
  else if (!cursor.accept('JOIN')) return undefined
  return type ?? 'inner'
}

/** `a JOIN b JOIN c ON .. ON ..` is legal: the right side takes joins until its own condition comes. */
function conditionalJoin(cursor: Cursor, type: JoinType, left: TableExpr, start: Token): TableExpr {
  const right = relation(cursor)
  cursor.settle()
  let on: Expr | undefined
  let using: Identifier[] | undefined
  if (cursor.accept('ON')) on = cursor.rules.expression(cursor)
  else {
    cursor.expect('USING')
    using = cursor.columnAliases()
  }
  const criteria = { ...(on && { on }), ...(using && { using }) }
  return { kind: 'join', type, left, right, natural: false, ...criteria, at: cursor.since(start) }
}

function sampled(cursor: Cursor): TableExpr {
  const start = cursor.token
  const of = matched(cursor)
  if (!atSample(cursor)) return of
  cursor.advance()
  const method = cursor.expectOneOf(['bernoulli', 'system'])
  const percentage = cursor.parenthesized(() => cursor.rules.expression(cursor))
  return { kind: 'sample', relation: of, method, percentage, at: cursor.since(start) }
}

const atSample = (cursor: Cursor): boolean => cursor.at('TABLESAMPLE')

function matched(cursor: Cursor): TableExpr {
  const start = cursor.token
  const of = aliased(cursor)
  return cursor.at('MATCH_RECOGNIZE') ? withAlias(cursor, matchRecognize(cursor, of, start), start) : of
}

function aliased(cursor: Cursor): TableExpr {
  const start = cursor.token
  return withAlias(cursor, primaryRelation(cursor), start)
}

function withAlias(cursor: Cursor, of: TableExpr, start: Token): TableExpr {
  const required = cursor.accept('AS')
  if (!required) cursor.note('<identifier>')
  if (!required && (!cursor.isIdentifier() || beginsOtherClause(cursor))) return of
  const alias = cursor.identifier()
  const columns = cursor.atOperator('(') ? cursor.columnAliases() : undefined
  return { kind: 'alias', relation: of, alias, ...(columns && { columns }), at: cursor.since(start) }
}

/** Words that may name a table but here begin what comes after it. */
function beginsOtherClause(cursor: Cursor): boolean {
  const { token } = cursor
  const next = cursor.peek()
  switch (token.word) {
    case 'WINDOW':
      return cursor.isIdentifier(next) && cursor.peek(2).word === 'AS'
    case 'TABLESAMPLE':
      return next.word === 'BERNOULLI' || next.word === 'SYSTEM' || cursor.isIdentifier(next)
    case 'MATCH_RECOGNIZE':
      return next.kind === 'operator' && next.text === '('
    default:
      return beginsRowLimit(token, next)
  }
}

function primaryRelation(cursor: Cursor): TableExpr {
  const start = cursor.token
  const next = cursor.peek()
  const opens = next.kind === 'operator' && next.text === '('
  if (cursor.atOperator('(')) return parenthesized(cursor, start)
  if (cursor.at('LATERAL') && opens) {
    cursor.advance()
    const query = cursor.parenthesized(() => cursor.rules.query(cursor))
    return { kind: 'subquery', query, lateral: true, at: cursor.since(start) }
  }
  if (cursor.at('TABLE')) {
    if (!opens) cursor.fail()
    cursor.advance()
    return tableFunction(cursor, start)
  }
  cursor.note('JSON_TABLE')
  if (cursor.accept('UNNEST')) {
    const exprs = cursor.parenthesized(() => cursor.settledList(() => cursor.rules.expression(cursor)))
    const ordinality = cursor.accept('WITH')
    if (ordinality) cursor.expect('ORDINALITY')
    return { kind: 'unnest', exprs, ordinality, at: cursor.since(start) }
  }
  const name = cursor.qualifiedName()
  const version = cursor.at('FOR') ? tableVersion(cursor) : undefined
  return { kind: 'name', name, ...(version && { version }), at: cursor.since(start) }
}

function parenthesized(cursor: Cursor, start: Token): TableExpr {
  if (holdsQuery(cursor)) {
    const query = cursor.parenthesized(() => cursor.rules.query(cursor))
    return { kind: 'subquery', query, lateral: false, at: cursor.since(start) }
  }
  return cursor.parenthesized(() => {
    cursor.note('<query>')
    return relation(cursor)
  })
}

/** Time travel: `FOR TIMESTAMP AS OF ..`, `FOR VERSION AS OF ..`. */
function tableVersion(cursor: Cursor): TableVersion {
  const start = cursor.token
  cursor.advance()
  const by = cursor.expectOneOf(['timestamp', 'version'])
  cursor.expect('AS', 'OF')
  return { by, expr: cursor.rules.value(cursor), at: cursor.since(start) }
}
