/** Whole queries: WITH, set operations, VALUES, and the rows that are left at the end. */
import type { Expr, Query, QueryBody, SetOperation, Values } from '../ast.ts'
import { commonType } from '../coercion.ts'
import { type Assignment, type Column, columnsOf, type Rel, type Scalar, type SortKey } from '../plan.ts'
import { SqlError } from '../position.ts'
import { row, type Type, typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import { type Context, scalarEnv } from './context.ts'
import { bindExpression } from './expressions.ts'
import { declared } from './external-calls.ts'
import { ordinalOf } from './grouping.ts'
import { bindWith } from './named-queries.ts'
import { bindTable } from './relations.ts'
import { applyTail, keepColumns, type Tail, tailOf } from './row-limits.ts'
import type { BoundRelation, Scope } from './scope.ts'
import { bindSelect } from './select.ts'
import { inQuery, sortKey } from './sort-keys.ts'

/** The answer's relation has exactly the columns of its fields, in their order. */
export function bindQuery(query: Query, outer: Scope | undefined, around: Context, outermost = false): BoundRelation {
  const context = query.externals ? declared(query.externals, around) : around
  const scoped = query.with ? bindWith(query.with, outer, context, bindBody) : { context, queries: [] }
  const tail = tailOf(query, scoped.context, outermost)
  const { rel, fields } = bindTailed(query.body, outer, scoped.context, tail)
  if (scoped.queries.length === 0) return { rel, fields }
  return { rel: { kind: 'with', queries: scoped.queries, body: rel }, fields }
}

function bindTailed(body: QueryBody, outer: Scope | undefined, context: Context, tail: Tail): BoundRelation {
  if (body.kind === 'select') return bindSelect(body, outer, context, tail)
  const { rel, fields } = bindBody(body, outer, context)
  const scope: Scope = { fields, ...(outer && { outer }) }
  const keys = tail.orderBy.map((item): SortKey => {
    const ordinal = ordinalOf(item.expr)
    const chosen = ordinal === undefined ? undefined : fields[ordinal - 1]
    if (ordinal !== undefined && !chosen)
      throw new SqlError('INVALID_COLUMN_REFERENCE', `ORDER BY position ${ordinal} is not in select list`, item.expr.at)
    const of: Scalar = chosen
      ? { kind: 'column', id: chosen.column.id, type: chosen.column.type, at: item.expr.at }
      : bindExpression(item.expr, scalarEnv(context, scope, 'ORDER BY clause', item.expr.at))
    return sortKey(item, of, inQuery(body.at))
  })
  return { rel: applyTail(rel, keys, tail, columnsOf(rel)), fields }
}

function bindBody(body: QueryBody, outer: Scope | undefined, context: Context): BoundRelation {
  switch (body.kind) {
    case 'select':
      return bindSelect(body, outer, context, { orderBy: [], withTies: false, keepsOrder: false })
    case 'parenthesized':
      return bindQuery(body.query, outer, context)
    case 'table': {
      const { rel, fields } = bindTable({ kind: 'name', name: body.name, at: body.at }, outer, context)
      const visible = fields.filter((field) => !field.hidden)
      return {
        rel: keepColumns(
          rel,
          visible.map((field) => field.column),
        ),
        fields: visible,
      }
    }
    case 'values':
      return bindValues(body, outer, context)
    case 'set-operation':
      return bindSetOperation(body, outer, context)
  }
}

function bindValues(values: Values, outer: Scope | undefined, context: Context): BoundRelation {
  const env = scalarEnv(context, { fields: [], ...(outer && { outer }) }, 'VALUES', values.at)
  const rows = values.rows.map((expr) => rowItems(expr, (item) => bindExpression(item, env)))
  let types: readonly Type[] = rows[0]!.map((item) => item.type)
  for (const items of rows) {
    if (items.length !== types.length)
      throw new SqlError(
        'TYPE_MISMATCH',
        `Values rows have mismatched sizes: ${types.length} vs ${items.length}`,
        values.at,
      )
    types = types.map((type, i) => {
      const common = commonType(type, items[i]!.type)
      if (common) return common
      const [a, b] = [row(types.map((t) => ({ type: t }))), row(items.map((item) => ({ type: item.type })))]
      throw new SqlError(
        'TYPE_MISMATCH',
        `Values rows have mismatched types: ${typeName(a)} vs ${typeName(b)}`,
        values.at,
      )
    })
  }
  const columns = types.map((type) => context.ids.column(type))
  return {
    rel: { kind: 'values', columns, rows: rows.map((items) => items.map((item, i) => coerce(item, types[i]!))) },
    fields: columns.map((column) => ({ column })),
  }
}

/** Whatever is of a row type stands for a row, however it is written. */
function rowItems(expr: Expr, bind: (expr: Expr) => Scalar): readonly Scalar[] {
  if (expr.kind === 'row') return expr.items.map(bind)
  const of = bind(expr)
  if (of.type.kind !== 'row') return [of]
  return of.type.fields.map(({ type }, index) => ({ kind: 'field', of, index, type, at: expr.at }))
}

/** `a UNION b UNION c` nests to the left; the nesting is walked, not climbed. */
function bindSetOperation(top: SetOperation, outer: Scope | undefined, context: Context): BoundRelation {
  const chain: SetOperation[] = []
  let leftmost: QueryBody = top
  while (leftmost.kind === 'set-operation') {
    chain.push(leftmost)
    leftmost = leftmost.left
  }
  let result = bindBody(leftmost, outer, context)
  for (const operation of chain.reverse())
    result = combine(operation, result, bindBody(operation.right, outer, context), context)
  return result
}

function combine(operation: SetOperation, left: BoundRelation, right: BoundRelation, context: Context): BoundRelation {
  const { op, all, at } = operation
  const name = op.toUpperCase()
  if (left.fields.length !== right.fields.length)
    throw new SqlError(
      'TYPE_MISMATCH',
      `${name} query has different number of fields: ${left.fields.length}, ${right.fields.length}`,
      at,
    )
  const types = left.fields.map((field, i) => {
    const [a, b] = [field.column.type, right.fields[i]!.column.type]
    const common = commonType(a, b)
    if (common) return common
    throw new SqlError(
      'TYPE_MISMATCH',
      `column ${i + 1} in ${name} query has incompatible types: ${typeName(a)}, ${typeName(b)}`,
      at,
    )
  })
  const columns = types.map((type) => context.ids.column(type))
  const rel: Rel = {
    kind: 'set-operation',
    op,
    all,
    left: coerceColumns(left.rel, types, context),
    right: coerceColumns(right.rel, types, context),
    columns,
  }
  const fields = left.fields.map(({ name: field }, i) =>
    field === undefined ? { column: columns[i]! } : { name: field, column: columns[i]! },
  )
  return { rel, fields }
}

/** The relation with its columns, by place, as these types. */
function coerceColumns(rel: Rel, types: readonly Type[], context: Context): Rel {
  const columns = columnsOf(rel)
  const items = columns.map((column, i) => coerceColumn(column, types[i]!, context))
  return items.every((item, i) => item.column === columns[i]) ? rel : { kind: 'project', input: rel, items }
}

function coerceColumn(column: Column, type: Type, context: Context): Assignment {
  const value: Scalar = { kind: 'column', id: column.id, type: column.type }
  const of = coerce(value, type)
  return of === value ? { column, of } : { column: context.ids.column(type), of }
}
