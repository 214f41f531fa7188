/** MATCH_RECOGNIZE. */
import type { Expr } from '../ast.ts'
import { canCoerce, isComparable } from '../coercion.ts'
import type { Assignment, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { MatchedRows, RowMatching } from '../row-matching.ts'
import type { MatchRecognize } from '../trino/row-pattern-ast.ts'
import { BOOLEAN, typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import type { Context, Env } from './context.ts'
import { expressionText } from './expression-text.ts'
import { bindExpression } from './expressions.ts'
import { columnScalar, dottedName } from './names.ts'
import { LAST_ROW, labelName, PatternNames } from './pattern-env.ts'
import { bindRowPattern, exclusionIn } from './row-patterns.ts'
import { type BoundRelation, type Field, resolveName } from './scope.ts'
import { inWindow, sortKeys } from './sort-keys.ts'

const ROWS: Readonly<Record<MatchRecognize['rows'], MatchedRows>> = {
  one: { each: false },
  'all-show-empty': { each: true, emptyMatches: true, unmatchedRows: false },
  'all-omit-empty': { each: true, emptyMatches: false, unmatchedRows: false },
  'all-with-unmatched': { each: true, emptyMatches: true, unmatchedRows: true },
}

/** Over `input`, the relation that stands before MATCH_RECOGNIZE. */
export function bindMatchRecognize(match: MatchRecognize, input: BoundRelation, context: Context): BoundRelation {
  checkNames(match, input.fields)
  const partition = match.partitionBy.map((expr) => inputField(expr, input.fields))
  for (const [i, { column }] of partition.entries())
    if (!isComparable(column.type))
      throw new SqlError(
        'TYPE_MISMATCH',
        `${typeName(column.type)} is not comparable, and therefore cannot be used in window function PARTITION BY`,
        match.partitionBy[i]!.at,
      )
  const order = match.orderBy.map((item) => inputField(item.expr, input.fields))
  const orderBy = sortKeys(
    match.orderBy,
    (expr) => columnScalar(order[match.orderBy.findIndex((item) => item.expr === expr)]!, expr.at),
    inWindow,
  )
  const bound = bindRowPattern(match)
  checkModifiers(match)
  const names = new PatternNames(bound.labels, input.fields, context.ids)
  const conditions = bindDefinitions(match, bound.primary, names, context)
  const measures = bindMeasures(match, names, context)
  const rows = ROWS[match.rows]
  const fields = outputFields(match, partition, order, input.fields, measures)
  const rel: RowMatching = {
    kind: 'match',
    input: input.rel,
    partitionBy: partition.map((field, i) => columnScalar(field, match.partitionBy[i]!.at)),
    orderBy,
    kept: [...new Set(rows.each ? input.fields : partition)].map((field) => field.column),
    rows,
    pattern: bound.pattern,
    skip: bound.skip,
    labels: bound.primary,
    conditions,
    references: names.references,
    aggregates: names.aggregates,
    classifier: names.classifier,
    matchNumber: names.matchNumber,
    measures,
  }
  return { rel, fields }
}

function checkNames({ relation }: MatchRecognize, fields: readonly Field[]): void {
  const seen = new Set<string>()
  for (const { name } of fields) {
    const key = name?.toLowerCase()
    if (key === undefined) continue
    if (seen.has(key))
      throw new SqlError('AMBIGUOUS_NAME', `ambiguous column: ${name} in row pattern input relation`, relation.at)
    seen.add(key)
  }
}

/** PARTITION BY and ORDER BY take columns only. */
function inputField(expr: Expr, fields: readonly Field[]): Field {
  const parts = dottedName(expr)
  if (!parts)
    throw new SqlError(
      'INVALID_COLUMN_REFERENCE',
      `Expected column reference. Actual: ${expressionText(expr)}`,
      expr.at,
    )
  const field = resolveName({ fields }, parts, expr.at)
  if (field) return field
  throw new SqlError('COLUMN_NOT_FOUND', `Column ${expressionText(expr)} is not present in the input relation`, expr.at)
}

function checkModifiers({ mode, rows, pattern }: MatchRecognize): void {
  if (mode)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Pattern search modifier: ${mode.kind.toUpperCase()} is not allowed in MATCH_RECOGNIZE clause`,
      mode.at,
    )
  const exclusion = rows === 'all-with-unmatched' ? exclusionIn(pattern) : undefined
  if (exclusion)
    throw new SqlError(
      'INVALID_ROW_PATTERN',
      'Pattern exclusion syntax is not allowed when ALL ROWS PER MATCH WITH UNMATCHED ROWS is specified',
      exclusion.at,
    )
}

const fromOutside = (name: string, at: Position): SqlError =>
  new SqlError('NOT_SUPPORTED', `Reference to column '${name}' from outer scope not allowed in this context`, at)

function patternEnv(names: PatternNames, defining: boolean, context: Context, fields: readonly Field[]): Env {
  return {
    context,
    // What a subquery sees is the input, and it may use none of it.
    scope: { fields, refuse: fromOutside },
    pattern: { names, defining, row: LAST_ROW, uses: [] },
    refuse: (_kind, text) => new SqlError('EXPRESSION_NOT_SCALAR', `Unexpected ${text}`),
    depth: 0,
  }
}

function bindDefinitions(
  { definitions }: MatchRecognize,
  primary: readonly string[],
  names: PatternNames,
  context: Context,
): RowMatching['conditions'] {
  const bound = new Map<string, Scalar>()
  for (const { name, expr } of definitions) {
    const of = bindExpression(expr, patternEnv(names, true, context, names.input))
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

function bindMeasures({ measures }: MatchRecognize, names: PatternNames, context: Context): Assignment[] {
  return measures.map(({ expr }) => {
    const of = bindExpression(expr, patternEnv(names, false, context, names.input))
    return { column: context.ids.column(of.type), of }
  })
}

/** Partition, order, measures, then what is left of the input; only the first and the measures for one row a match. */
function outputFields(
  match: MatchRecognize,
  partition: readonly Field[],
  order: readonly Field[],
  input: readonly Field[],
  measures: readonly Assignment[],
): Field[] {
  const plain = ({ qualifier: _, ...field }: Field): Field => field
  const measured = measures.map(({ column }, i): Field => ({ name: match.measures[i]!.name.name, column }))
  const before = match.rows === 'one' ? partition : [...new Set([...partition, ...order])]
  const after = match.rows === 'one' ? [] : input.filter((field) => !field.hidden && !before.includes(field))
  const fields = [...before.map(plain), ...measured, ...after.map(plain)]
  if (fields.length === 0)
    throw new SqlError('TABLE_HAS_NO_COLUMNS', 'pattern recognition output table has no columns', match.at)
  return fields
}
