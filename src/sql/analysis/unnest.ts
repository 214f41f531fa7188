/** UNNEST: arrays, maps and arrays of rows become rows, several side by side. */
import type { TableExpr } from '../ast.ts'
import type { Column, Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import { BIGINT, type RowField, type Type, typeName } from '../types.ts'
import { type Context, scalarEnv } from './context.ts'
import { bindExpression } from './expressions.ts'
import type { BoundRelation, Field, Scope } from './scope.ts'

/** Joined to every row of `input`, whose columns come first. `fields` of the answer are the new ones alone. */
export function bindUnnest(
  table: TableExpr & { kind: 'unnest' },
  input: BoundRelation,
  scope: Scope | undefined,
  context: Context,
  outer: boolean,
): BoundRelation {
  const fields: Field[] = []
  const items: { of: Scalar; columns: readonly Column[] }[] = []
  for (const expr of table.exprs) {
    const of = bindExpression(expr, scalarEnv(context, scope ?? { fields: [] }, 'UNNEST', expr.at))
    const columns = elementFields(of.type).map(({ name, type }) => {
      const column = context.ids.column(type)
      fields.push(name === undefined ? { column } : { name, column })
      return column
    })
    items.push({ of, columns })
  }
  const ordinality = table.ordinality ? context.ids.column(BIGINT) : undefined
  if (ordinality) fields.push({ column: ordinality })
  return { rel: { kind: 'unnest', input: input.rel, items, ...(ordinality && { ordinality }), outer }, fields }
}

function elementFields(type: Type): readonly RowField[] {
  if (type.kind === 'array') return type.element.kind === 'row' ? type.element.fields : [{ type: type.element }]
  if (type.kind === 'map') return [{ type: type.key }, { type: type.value }]
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Cannot unnest type: ${typeName(type)}`)
}
