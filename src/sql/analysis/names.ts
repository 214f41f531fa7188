/** Column references, plain and dotted, and fields of rows. */
import type { Expr, Identifier } from '../ast.ts'
import type { Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { typeName } from '../types.ts'
import type { Env } from './context.ts'
import { expressionText } from './expression-text.ts'
import { labelName, type PatternEnv } from './pattern-env.ts'
import { type Field, resolveName } from './scope.ts'

export const columnScalar = (field: Field, at: Position): Scalar => ({
  kind: 'column',
  id: field.column.id,
  type: field.column.type,
  at,
})

const notResolved = (parts: readonly string[], at: Position): SqlError =>
  new SqlError('COLUMN_NOT_FOUND', `Column '${parts.join('.')}' cannot be resolved`, at)

export function bindName(expr: Expr & { kind: 'name' }, env: Env): Scalar {
  const parts = [expr.name.name.toLowerCase()]
  const { pattern } = env
  const field = pattern ? pattern.names.column(parts, expr.at) : resolveName(env.scope, parts, expr.at)
  if (!field) throw notResolved(parts, expr.at)
  return pattern ? pattern.names.read(pattern, field, undefined, expr.at) : columnScalar(field, expr.at)
}

/** `a.b.c` may be a column of a table, or a field of a row: the longest name that is a column wins. */
export function bindField(expr: Expr & { kind: 'field' }, env: Env, bind: (expr: Expr, env: Env) => Scalar): Scalar {
  const parts = dottedName(expr)
  if (parts && env.pattern) return bindLabelled(expr, parts, env.pattern)
  if (parts) {
    const field = resolveName(env.scope, parts, expr.at)
    if (field) return columnScalar(field, expr.at)
    const isColumn = parts.some((_, i) => i > 0 && resolveName(env.scope, parts.slice(0, i), expr.at))
    if (!isColumn) throw notResolved(parts, expr.at)
  }
  const base = bind(expr.of, env)
  if (base.type.kind !== 'row')
    throw new SqlError('TYPE_MISMATCH', `Expression ${expressionText(expr.of)} is not of type ROW`, expr.of.at)
  const name = expr.field.name.toLowerCase()
  const matches = [...base.type.fields.entries()].filter(([, field]) => field.name?.toLowerCase() === name)
  if (matches.length > 1)
    throw new SqlError('AMBIGUOUS_NAME', `Ambiguous row field reference: ${expr.field.name}`, expr.field.at)
  const [match] = matches
  if (!match) throw notResolved(parts ?? [expressionText(expr.of), name], expr.at)
  return rowField(base, match[0], expr.at)
}

/** `a.x` of a row pattern, where `a` is a label. Neither tables nor fields of rows are named so there, as in Trino. */
function bindLabelled(expr: Expr & { kind: 'field' }, parts: readonly string[], pattern: PatternEnv): Scalar {
  const label = labelName(innermost(expr))
  if (!pattern.names.labels.has(label)) throw notResolved(parts, expr.at)
  const [, ...names] = parts
  const field = names.length === 1 ? pattern.names.column(names, expr.at) : undefined
  if (field) return pattern.names.read(pattern, field, label, expr.at)
  const name = names.join('.')
  throw new SqlError('COLUMN_NOT_FOUND', `Column ${name} prefixed with label ${label} cannot be resolved`, expr.at)
}

function innermost(expr: Expr & { kind: 'field' }): Identifier {
  let node: Expr = expr
  while (node.kind === 'field') node = node.of
  if (node.kind !== 'name') throw new Error('a dotted name begins with a name')
  return node.name
}

/** Field `index` (from 0) of a row; taken out at once where the row is being made. */
export function rowField(base: Scalar, index: number, at: Position): Scalar {
  if (base.type.kind !== 'row') throw new Error(`field of ${typeName(base.type)}`)
  return { kind: 'field', of: base, index, type: base.type.fields[index]!.type, at }
}

/** The lower-case parts of `a.b.c`; undefined when the innermost is no name. */
export function dottedName(expr: Expr): readonly string[] | undefined {
  const parts: string[] = []
  let node = expr
  for (; node.kind === 'field'; node = node.of) parts.unshift(node.field.name.toLowerCase())
  return node.kind === 'name' ? [node.name.name.toLowerCase(), ...parts] : undefined
}
