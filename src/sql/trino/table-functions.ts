/** `TABLE(f(..))` in FROM: arguments by name or by place, each an expression, a table or a list of columns. */
import type { TableArgument, TableExpr, TableFunctionArgument } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { acceptOrderBy, sortItem } from './sort-items.ts'

/** After TABLE. */
export function tableFunction(cursor: Cursor, start: Token): TableExpr & { kind: 'table-function' } {
  cursor.expectOperator('(')
  const name = cursor.qualifiedName()
  cursor.expectOperator('(')
  const args = cursor.atOperator(')') ? [] : cursor.list(() => argument(cursor))
  cursor.expectOperator(')')
  cursor.expectOperator(')')
  return { kind: 'table-function', name, args, at: cursor.since(start) }
}

function argument(cursor: Cursor): TableFunctionArgument {
  const start = cursor.token
  const named = cursor.isIdentifier() && cursor.peek().text === '=>'
  const name = named ? cursor.identifier() : undefined
  if (named) cursor.expectOperator('=>')
  return { ...(name && { name }), value: argumentValue(cursor), at: cursor.since(start) }
}

function argumentValue(cursor: Cursor): TableFunctionArgument['value'] {
  const start = cursor.token
  if (start.word === 'TABLE' && cursor.peek().text === '(') return tableArgument(cursor, start)
  if (start.word !== 'DESCRIPTOR' || cursor.peek().text !== '(') return cursor.rules.expression(cursor)
  cursor.advance()
  const fields = cursor.parenthesized(() =>
    cursor.list(() => {
      const name = cursor.identifier()
      const untyped = cursor.token.text === ',' || cursor.token.text === ')'
      return untyped ? { name, at: name.at } : { name, type: cursor.rules.type(cursor), at: name.at }
    }),
  )
  return { kind: 'descriptor', fields, at: cursor.since(start) }
}

function tableArgument(cursor: Cursor, start: Token): TableArgument {
  cursor.advance()
  const isQuery = ['SELECT', 'WITH', 'VALUES', 'TABLE', '('].includes(cursor.peek().word || cursor.peek().text)
  const relation: TableExpr = cursor.parenthesized((): TableExpr => {
    const inner = cursor.token
    if (isQuery) return { kind: 'subquery', query: cursor.rules.query(cursor), lateral: false, at: cursor.since(inner) }
    return { kind: 'name', name: cursor.qualifiedName(), at: cursor.since(inner) }
  })
  const alias = tableAlias(cursor)
  const columns = alias && cursor.atOperator('(') ? cursor.columnAliases() : undefined
  const of: TableExpr = alias
    ? { kind: 'alias', relation, alias, ...(columns && { columns }), at: cursor.since(start) }
    : relation
  const partitioned = cursor.acceptAll('PARTITION', 'BY')
  // Without parentheses there is one expression: the next comma ends the argument.
  const partitionBy = partitioned ? oneOrSeveral(cursor, () => cursor.rules.expression(cursor)) : []
  const whenEmpty = cursor.acceptOneOf(['prune', 'keep'] as const)
  if (whenEmpty) cursor.expect('WHEN', 'EMPTY')
  const orderBy = acceptOrderBy(cursor) ? oneOrSeveral(cursor, () => sortItem(cursor)) : []
  return { kind: 'table-argument', relation: of, partitionBy, orderBy, at: cursor.since(start) }
}

function oneOrSeveral<T>(cursor: Cursor, item: () => T): T[] {
  return cursor.token.text === '(' ? cursor.parenthesized(() => cursor.list(item)) : [item()]
}

const AFTER_TABLE: ReadonlySet<string> = new Set(['PARTITION', 'PRUNE', 'KEEP', 'ORDER', 'COPARTITION'])

function tableAlias(cursor: Cursor) {
  if (cursor.accept('AS')) return cursor.identifier()
  return cursor.isIdentifier() && !AFTER_TABLE.has(cursor.token.word) ? cursor.identifier() : undefined
}
