import type { Expr, Statement } from '../../sql/ast.ts'

/** A bare SELECT of literals, which Athena answers without its engine and marks accordingly (observed). */
export function isLiteralQuery(statement: Statement): boolean {
  if (statement.kind !== 'query') return false
  const { body } = statement
  if (statement.with || statement.orderBy.length > 0 || statement.limit || statement.offset) return false
  if (body.kind !== 'select' || body.distinct || body.from || body.where || body.groupBy || body.having) return false
  return body.items.every((item) => item.kind === 'expr' && isLiteral(item.expr))
}

function isLiteral(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'boolean':
      return true
    case 'unary':
      return expr.of.kind === 'number'
    default:
      return false
  }
}
