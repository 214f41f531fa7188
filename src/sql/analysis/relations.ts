/** What stands in FROM: tables, views, named queries, subqueries, samples. */
import type { Expr, Identifier, QualifiedName, TableExpr, TableVersion } from '../ast.ts'
import { canCoerce } from '../coercion.ts'
import type { Rel, Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import type { ResolvedTable, VersionPointer } from '../resolver.ts'
import { type Type, typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import { evaluate } from './constant.ts'
import { type Context, scalarEnv, tooDeep } from './context.ts'
import { bindExpression } from './expressions.ts'
import { bindJoin } from './joins.ts'
import { located } from './located-errors.ts'
import { bindMatchRecognize } from './match-recognize.ts'
import { dottedName } from './names.ts'
import { type BoundRelation, EMPTY_SCOPE, type Field, type Scope } from './scope.ts'
import { bindTableFunction } from './table-functions.ts'
import { bindUnnest } from './unnest.ts'

/**
 * `outer` is what subqueries see. `lateral` is what LATERAL and UNNEST see besides: the tables to their left in the
 * same FROM clause, when there are any.
 */
export function bindTable(
  table: TableExpr,
  outer: Scope | undefined,
  context: Context,
  lateral: Scope | undefined = outer,
): BoundRelation {
  switch (table.kind) {
    case 'name':
      return bindNamed(table.name, table.version, context)
    case 'alias': {
      const { relation, columns } = table
      const bound =
        relation.kind === 'unnest'
          ? bindUnnest(relation, SINGLE_ROW, lateral, context, false, columns?.length)
          : bindTable(relation, outer, context, lateral)
      return rename(bound, table.alias, columns, table.at)
    }
    case 'subquery':
      return context.bindQuery(table.query, table.lateral ? lateral : outer, context)
    case 'unnest':
      return bindUnnest(table, SINGLE_ROW, lateral, context, false, undefined)
    case 'sample':
      return bindSample(table, bindTable(table.relation, outer, context, lateral), context)
    case 'join':
      return bindJoin(table, outer, context, lateral, bindTable)
    case 'table-function':
      return bindTableFunction(table, context, {
        table: (input) => bindTable(input, outer, context, lateral),
        scan: (answer) => scan(answer, undefined, context),
      })
    case 'match-recognize':
      return bindMatchRecognize(table, bindTable(table.relation, outer, context, lateral), context)
  }
}

const SINGLE_ROW: BoundRelation = { rel: { kind: 'single-row' }, fields: [] }

const POINTERS: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamp with time zone'])

/** FOR TIMESTAMP or VERSION AS OF: checked as Trino does. */
function bindVersion({ by, expr, at }: TableVersion, context: Context): VersionPointer {
  const pointer = bindExpression(expr, scalarEnv(context, EMPTY_SCOPE, 'FOR clause', expr.at))
  const value = evaluate(pointer, () => undefined)
  if (value === null) throw new SqlError('INVALID_ARGUMENTS', 'Pointer value cannot be NULL', at)
  if (by === 'timestamp' && !POINTERS.has(pointer.type.kind))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Type ${typeName(pointer.type)} invalid. Temporal pointers must be of type Timestamp, Timestamp with Time Zone, or Date.`,
      at,
    )
  if (value === undefined)
    throw new SqlError('EXPRESSION_NOT_CONSTANT', 'The value that points to a version must be a constant', at)
  return { by, value, type: pointer.type }
}

/** `AS t(a, b)`: new names for all visible columns, or just a new qualifier. */
function rename(
  { rel, fields }: BoundRelation,
  alias: Identifier,
  columns: readonly Identifier[] | undefined,
  at: Position,
): BoundRelation {
  const qualifier = [alias.name.toLowerCase()]
  if (!columns) return { rel, fields: fields.map((field) => ({ ...field, qualifier })) }
  const visible = fields.filter((field) => !field.hidden)
  if (visible.length !== columns.length)
    throw new SqlError(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${columns.length} entries but '${alias.name.toLowerCase()}' has ${visible.length} columns available`,
      at,
    )
  return { rel, fields: visible.map((field, i) => ({ column: field.column, name: columns[i]!.name, qualifier })) }
}

function bindNamed(name: QualifiedName, version: TableVersion | undefined, context: Context): BoundRelation {
  const parts = name.parts.map((part) => part.name.toLowerCase())
  const cte = parts.length === 1 ? context.ctes.get(parts[0]!) : undefined
  // A named query has no versions, and Trino does not mind being asked for one.
  if (cte) {
    const fields = cte.columns.map(
      ({ name: column, type }): Field => ({
        column: context.ids.column(type),
        qualifier: parts,
        ...(column !== undefined && { name: column }),
      }),
    )
    return { rel: { kind: 'cte-ref', cte: cte.cte, columns: fields.map((field) => field.column) }, fields }
  }
  const { catalog, database } = context.session
  const pointer = version && bindVersion(version, context)
  const table = located(() => context.resolver.table(parts, pointer), name.at)
  const qualifier =
    table.name ?? [catalog.toLowerCase(), database.toLowerCase()].slice(0, Math.max(0, 3 - parts.length)).concat(parts)
  return table.kind === 'view' ? bindView(table, parts, qualifier, name.at, context) : scan(table, qualifier, context)
}

function scan(
  table: ResolvedTable & { kind: 'table' },
  qualifier: readonly string[] | undefined,
  context: Context,
): BoundRelation {
  const columns = table.columns.map(({ name, type }) => ({ ...context.ids.column(type), source: name }))
  const fields = table.columns.map(
    ({ name, hidden }, i): Field => ({
      name,
      column: columns[i]!,
      ...(qualifier && { qualifier }),
      ...(hidden && { hidden }),
    }),
  )
  return { rel: { kind: 'scan', relation: table.relation, columns }, fields }
}

/** Views that name another twice, which names a third twice, would double without end. */
const MOST_VIEWS = 1000

function bindView(
  view: ResolvedTable & { kind: 'view' },
  parts: readonly string[],
  qualifier: readonly string[],
  at: Position,
  context: Context,
): BoundRelation {
  const key = qualifier.join('.')
  if (context.views.includes(key))
    throw new SqlError('VIEW_IS_RECURSIVE', 'Statement would create a recursive view', at)
  if (context.ids.view(view.columns?.length ?? 0) > MOST_VIEWS) throw tooDeep()
  const inner: Context = {
    ...context,
    resolver: view.resolver,
    ctes: new Map(),
    externals: new Map(),
    parameters: [],
    views: [...context.views, key],
  }
  const shown = (view.name ?? parts).join('.')
  const { rel, fields } = viewQuery(view, inner, shown, at)
  const declared = view.columns
  if (!declared) return { rel, fields: fields.map((field) => ({ ...field, qualifier })) }
  if (declared.length !== fields.length) throw stale(shown, at, 'column count changed')
  const fits = (from: Type, to: Type): boolean =>
    canCoerce(from, to) && (!view.resolver.narrows || hasSameFields(from, to))
  return declareColumns(rel, fields, declared, qualifier, context, fits, (text) => stale(shown, at, text))
}

function viewQuery(view: ResolvedTable & { kind: 'view' }, inner: Context, name: string, at: Position): BoundRelation {
  try {
    return inner.bindQuery(view.query, undefined, inner)
  } catch (error) {
    if (error instanceof SqlError && error.code !== 'VIEW_IS_RECURSIVE' && error.code !== 'STACK_OVERFLOW')
      throw new SqlError('INVALID_VIEW', `Failed analyzing stored view '${name}': ${error.message}`, at)
    throw error
  }
}

/** The view keeps the types it was created with as long as its query still yields something coercible to them. */
function declareColumns(
  rel: Rel,
  fields: readonly Field[],
  declared: readonly { readonly name: string; readonly type: Type }[],
  qualifier: readonly string[],
  context: Context,
  fits: (from: Type, to: Type) => boolean,
  fail: (text: string) => SqlError,
): BoundRelation {
  const items = declared.map(({ name, type }, i) => {
    const { column } = fields[i]!
    if (!fits(column.type, type))
      throw fail(
        `column [${name}] of type ${typeName(column.type)} projected from query view at position ${i} cannot be coerced to column [${name}] of type ${typeName(type)} stored in view definition`,
      )
    const value: Scalar = { kind: 'column', id: column.id, type: column.type }
    return { column: context.ids.column(type), of: coerce(value, type) }
  })
  return {
    rel: { kind: 'project', input: rel, items },
    fields: declared.map(({ name }, i) => ({ name, qualifier, column: items[i]!.column })),
  }
}

/** Fields are coerced by their places, whatever they are called: that would show one by the name of another. */
function hasSameFields(one: Type, other: Type): boolean {
  if (one.kind === 'row' && other.kind === 'row')
    return one.fields.every(({ name, type }, i) => {
      const field = other.fields[i]
      return field !== undefined && name?.toLowerCase() === field.name?.toLowerCase() && hasSameFields(type, field.type)
    })
  if (one.kind === 'array' && other.kind === 'array') return hasSameFields(one.element, other.element)
  if (one.kind === 'map' && other.kind === 'map')
    return hasSameFields(one.key, other.key) && hasSameFields(one.value, other.value)
  return true
}

const stale = (name: string, at: Position, text: string): SqlError =>
  new SqlError('VIEW_IS_STALE', `View '${name}' is stale or in invalid state: ${text}`, at)

function bindSample(
  table: TableExpr & { kind: 'sample' },
  { rel, fields }: BoundRelation,
  context: Context,
): BoundRelation {
  const percentage = samplePercentage(table.percentage, context)
  return { rel: { kind: 'sample', input: rel, method: table.method, percentage }, fields }
}

function samplePercentage(expr: Expr, context: Context): number {
  if (dottedName(expr))
    throw new SqlError('EXPRESSION_NOT_CONSTANT', 'Sample percentage cannot contain column references', expr.at)
  const of = coerce(bindExpression(expr, scalarEnv(context, EMPTY_SCOPE, 'Sample percentage', expr.at)), {
    kind: 'double',
  })
  if (of.kind !== 'constant' || typeof of.value !== 'number')
    throw new SqlError('TYPE_MISMATCH', 'Sample percentage should be a numeric expression', expr.at)
  const outOfRange = (text: string) =>
    new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `Sample percentage must be ${text}`, expr.at)
  if (of.value < 0) throw outOfRange('greater than or equal to 0')
  if (of.value > 100) throw outOfRange('less than or equal to 100')
  return of.value
}
