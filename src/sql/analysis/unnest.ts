/** UNNEST: arrays, maps and arrays of rows become rows, several side by side. */
import type { TableExpr } from '../ast.ts'
import type { Column, Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import { BIGINT, type RowField, type Type, typeName } from '../types.ts'
import { type Context, scalarEnv } from './context.ts'
import { bindExpression } from './expressions.ts'
import type { BoundRelation, Field, Scope } from './scope.ts'

/**
 * Joined to every row of `input`, whose columns come first. `fields` of the answer are the new ones alone. `names` is the
 * number of column aliases: where there is one for each array, a row stays whole, as all of AWS's examples want it
 * (`UNNEST(httprequest.headers) AS t(header)`, then `header.name`; athena ug, query-examples-waf-logs-count); else it
 * becomes a column for each of its fields, as in Trino.
 */
export function bindUnnest(
  table: TableExpr & { kind: 'unnest' },
  input: BoundRelation,
  scope: Scope | undefined,
  context: Context,
  outer: boolean,
  names: number | undefined,
): BoundRelation {
  const fields: Field[] = []
  const items: { of: Scalar; columns: readonly Column[] }[] = []
  const values = table.exprs.map((expr) =>
    bindExpression(expr, scalarEnv(context, scope ?? { fields: [] }, 'UNNEST', expr.at)),
  )
  const extra = table.ordinality ? 1 : 0
  const whole = names === values.reduce((sum, of) => sum + elementFields(of.type, true).length, extra)
  for (const of of values) {
    const columns = elementFields(of.type, whole).map(({ name, type }) => {
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

function elementFields(type: Type, whole: boolean): readonly RowField[] {
  if (type.kind === 'array')
    return type.element.kind === 'row' && !whole ? type.element.fields : [{ type: type.element }]
  if (type.kind === 'map') return [{ type: type.key }, { type: type.value }]
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Cannot unnest type: ${typeName(type)}`)
}
