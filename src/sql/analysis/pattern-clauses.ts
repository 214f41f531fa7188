/** DEFINE and MEASURES of a row pattern, in MATCH_RECOGNIZE and in windows. */
import type { Expr } from '../ast.ts'
import { canCoerce } from '../coercion.ts'
import type { Assignment, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { RowMatching } from '../row-matching.ts'
import type { Definition, Measure } from '../trino/row-pattern-ast.ts'
import { BOOLEAN, typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import type { Context, Env } from './context.ts'
import { LAST_ROW, labelName, type PatternNames } from './pattern-env.ts'

type Bind = (expr: Expr, env: Env) => Scalar

const fromOutside = (name: string, at: Position): SqlError =>
  new SqlError('NOT_SUPPORTED', `Reference to column '${name}' from outer scope not allowed in this context`, at)

function patternEnv(names: PatternNames, defining: boolean, context: Context): Env {
  return {
    context,
    // What a subquery sees is the input, and it may use none of it.
    scope: { fields: names.input, refuse: fromOutside },
    pattern: { names, defining, row: LAST_ROW, uses: [] },
    refuse: (_kind, text) => new SqlError('EXPRESSION_NOT_SCALAR', `Unexpected ${text}`),
    depth: 0,
  }
}

/** By the places of the labels. */
export function bindDefinitions(
  definitions: readonly Definition[],
  primary: readonly string[],
  names: PatternNames,
  context: Context,
  bind: Bind,
): RowMatching['conditions'] {
  const bound = new Map<string, Scalar>()
  for (const { name, expr } of definitions) {
    const of = bind(expr, patternEnv(names, true, context))
    if (!canCoerce(of.type, BOOLEAN))
      throw new SqlError(
        'TYPE_MISMATCH',
        `Expression defining a label must be boolean (actual type: ${typeName(of.type)})`,
        expr.at,
      )
    bound.set(labelName(name), coerce(of, BOOLEAN))
  }
  return primary.map((label) => bound.get(label))
}

export function bindMeasures(
  measures: readonly Measure[],
  names: PatternNames,
  context: Context,
  bind: Bind,
): Assignment[] {
  return measures.map(({ expr }) => {
    const of = bind(expr, patternEnv(names, false, context))
    return { column: context.ids.column(of.type), of }
  })
}
