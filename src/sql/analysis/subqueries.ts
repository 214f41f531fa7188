/** Queries inside expressions. They see the columns around them. */
import type { Expr, Query } from '../ast.ts'
import { commonType, isComparable, isOrderable } from '../coercion.ts'
import { columnsOf, type Rel, type Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BOOLEAN, row, type Type, typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import type { Context, Env } from './context.ts'
import type { BoundRelation } from './scope.ts'
import { columnIds } from './transform.ts'

interface OneColumn {
  readonly rel: Rel
  readonly type: Type
}

function bindNested(query: Query, env: Env): BoundRelation {
  if (env.inLambda) throw new SqlError('NOT_SUPPORTED', 'Lambda expression cannot contain subqueries', query.at)
  return env.context.bindQuery(query, env.scope, env.context)
}

/** Several columns count as one row value. */
function bindOneColumn(query: Query, env: Env): OneColumn {
  const { context } = env
  const { rel, fields } = bindNested(query, env)
  const visible = fields.filter((field) => !field.hidden)
  const [only] = visible
  if (visible.length === 1 && columnsOf(rel).length === 1) return { rel, type: only!.column.type }
  const items = visible.map(({ column }): Scalar => ({ kind: 'column', id: column.id, type: column.type }))
  const of: Scalar =
    items.length === 1
      ? items[0]!
      : {
          kind: 'row',
          items,
          type: row(
            visible.map((field) =>
              field.name === undefined ? { type: field.column.type } : { name: field.name, type: field.column.type },
            ),
          ),
        }
  return { rel: { kind: 'project', input: rel, items: [{ column: context.ids.column(of.type), of }] }, type: of.type }
}

function coerceColumn(context: Context, { rel, type }: OneColumn, to: Type): Rel {
  const [column] = columnsOf(rel)
  const value: Scalar = { kind: 'column', id: column!.id, type }
  const coerced = coerce(value, to)
  if (coerced === value) return rel
  return { kind: 'project', input: rel, items: [{ column: context.ids.column(to), of: coerced }] }
}

export function bindScalarQuery(query: Query, env: Env, at: Position): Scalar {
  const { rel, type } = bindOneColumn(query, env)
  return { kind: 'scalar-query', query: rel, type, at }
}

export function bindExists(query: Query, env: Env, at: Position): Scalar {
  const { rel } = bindNested(query, env)
  return { kind: 'exists', query: rel, type: BOOLEAN, at }
}

export function bindInQuery(of: Scalar, query: Query, env: Env, at: Position): Scalar {
  const { pattern } = env
  if (pattern && [...columnIds(of)].some((id) => pattern.names.isLabelled(id)))
    throw new SqlError('NOT_SUPPORTED', 'IN-PREDICATE with labeled column reference is not yet supported', of.at ?? at)
  const bound = bindOneColumn(query, env)
  const common = operandType(of.type, bound.type, at)
  if (!isComparable(common)) throw notComparable(common, at)
  return {
    kind: 'in-query',
    of: coerce(of, common),
    query: coerceColumn(env.context, bound, common),
    type: BOOLEAN,
    at,
  }
}

export function bindQuantified(expr: Expr & { kind: 'quantified' }, of: Scalar, env: Env): Scalar {
  const bound = bindOneColumn(expr.query, env)
  const common = operandType(of.type, bound.type, expr.at)
  const equality = expr.op === '=' || expr.op === '<>'
  if (!(equality ? isComparable(common) : isOrderable(common))) throw notComparable(common, expr.at)
  return {
    kind: 'quantified',
    op: expr.op,
    all: expr.quantifier === 'all',
    of: coerce(of, common),
    query: coerceColumn(env.context, bound, common),
    type: BOOLEAN,
    at: expr.at,
  }
}

function operandType(value: Type, result: Type, at: Position): Type {
  const common = commonType(value, result)
  if (common) return common
  throw new SqlError(
    'TYPE_MISMATCH',
    `Value expression and result of subquery must be of the same type: ${typeName(value)} vs ${typeName(result)}`,
    at,
  )
}

const notComparable = (type: Type, at: Position): SqlError =>
  new SqlError(
    'TYPE_MISMATCH',
    `Type [${typeName(type)}] must be comparable in order to be used in subquery comparison`,
    at,
  )
