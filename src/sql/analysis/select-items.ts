/** The SELECT list: expressions, stars and their names. */
import type { Expr, SelectItem } from '../ast.ts'
import type { Column, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { Env } from './context.ts'
import { expressionText } from './expression-text.ts'
import { bindExpression } from './expressions.ts'
import { columnScalar, dottedName, rowField } from './names.ts'
import { type Field, fieldsOf, resolveName } from './scope.ts'

export interface BoundItem {
  readonly of: Scalar
  readonly name?: string
  /** What the item is called in the output of the query. */
  readonly column: Column
  /** For messages; absent for a column that a star stands for. */
  readonly expr?: Expr
  /** The column that a star stands for, as messages call it. */
  readonly starred?: string
  readonly at: Position
}

export function bindItems(
  items: readonly SelectItem[],
  source: readonly Field[],
  hasFrom: boolean,
  env: Env,
): BoundItem[] {
  return items.flatMap((item) => {
    if (item.kind === 'all') return bindStar(item, source, hasFrom, env)
    const of = bindExpression(item.expr, env)
    return [bound(env, of, item.alias?.name ?? impliedName(item.expr), item.expr.at, item.expr)]
  })
}

/** `t.a` is called `a`; other expressions have no name. */
function impliedName(expr: Expr): string | undefined {
  if (expr.kind === 'name') return expr.name.name
  return expr.kind === 'field' ? expr.field.name : undefined
}

function bound(env: Env, of: Scalar, name: string | undefined, at: Position, expr?: Expr): BoundItem {
  const column = env.context.ids.column(of.type)
  return { of, column, at, ...(name !== undefined && { name }), ...(expr && { expr }) }
}

function bindStar(
  item: SelectItem & { kind: 'all' },
  source: readonly Field[],
  hasFrom: boolean,
  env: Env,
): BoundItem[] {
  const { at } = item
  const fields = item.of ? starFields(item.of, env, at) : allFields(source, hasFrom, env, at)
  if (item.aliases && item.aliases.length !== fields.length)
    throw new SqlError(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${item.aliases.length} entries but relation has ${fields.length} columns`,
      item.aliases[0]?.at ?? at,
    )
  return fields.map((field, i) => ({
    ...bound(env, field.of, item.aliases?.[i]?.name ?? field.name, at),
    starred: field.starred,
  }))
}

interface StarField {
  readonly of: Scalar
  readonly name: string | undefined
  readonly starred: string
}

function starField(field: Field, at: Position): StarField {
  const starred = [...(field.qualifier ?? []), field.name ?? ''].join('.')
  return { of: columnScalar(field, at), name: field.name, starred }
}

function allFields(source: readonly Field[], hasFrom: boolean, _env: Env, at: Position): StarField[] {
  if (!hasFrom) throw new SqlError('COLUMN_NOT_FOUND', 'SELECT * not allowed in queries without FROM clause', at)
  const visible = source.filter((field) => !field.hidden)
  if (visible.length === 0)
    throw new SqlError('COLUMN_NOT_FOUND', 'SELECT * not allowed from relation that has no columns', at)
  return visible.map((field) => starField(field, at))
}

function starFields(of: Expr, env: Env, at: Position): StarField[] {
  const parts = dottedName(of)
  if (parts) {
    const fields = fieldsOf(env.scope, parts)
    if (fields.length > 0) return fields.map((field) => starField(field, at))
    const isColumn = parts.some((_, i) => resolveName(env.scope, parts.slice(0, i + 1), of.at))
    if (!isColumn) throw new SqlError('TABLE_NOT_FOUND', `Unable to resolve reference ${parts.join('.')}`, at)
  }
  const value = bindExpression(of, env)
  if (value.type.kind !== 'row') throw new SqlError('TYPE_MISMATCH', 'expected expression of type Row', of.at)
  return value.type.fields.map((field, i) => ({
    of: value.kind === 'row' ? value.items[i]! : rowField(value, i, at),
    name: field.name,
    starred: expressionText(of),
  }))
}
