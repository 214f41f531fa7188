/** MATCH_RECOGNIZE. */
import type { Expr } from '../ast.ts'
import { isComparable } from '../coercion.ts'
import type { Assignment } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { MatchedRows, RowMatching } from '../row-matching.ts'
import type { MatchRecognize } from '../trino/row-pattern-ast.ts'
import { typeName } from '../types.ts'
import type { Context } from './context.ts'
import { expressionText } from './expression-text.ts'
import { bindExpression } from './expressions.ts'
import { columnScalar, dottedName } from './names.ts'
import { bindDefinitions, bindMeasures } from './pattern-clauses.ts'
import { PatternNames } from './pattern-env.ts'
import { bindRowPattern, partIn } from './row-patterns.ts'
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
  const names = new PatternNames(bound.labels, input.fields, context.ids, false)
  const conditions = bindDefinitions(match.definitions, bound.primary, names, context, bindExpression)
  const measures = bindMeasures(match.measures, names, context, bindExpression)
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
  const exclusion = rows === 'all-with-unmatched' ? partIn(pattern, ['exclusion']) : undefined
  if (exclusion)
    throw new SqlError(
      'INVALID_ROW_PATTERN',
      'Pattern exclusion syntax is not allowed when ALL ROWS PER MATCH WITH UNMATCHED ROWS is specified',
      exclusion.at,
    )
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
