/** Joins: conditions, USING, and right sides that look at the left. */
import type { Expr, Identifier, TableExpr } from '../ast.ts'
import { commonType, isComparable } from '../coercion.ts'
import { columnsOf, type Rel, type Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { typeName } from '../types.ts'
import { coerce, coerceCondition } from './coercions.ts'
import { type Context, scalarEnv } from './context.ts'
import { bindExpression } from './expressions.ts'
import { columnScalar } from './names.ts'
import { comparison, logical } from './operators.ts'
import { type BoundRelation, type Field, joinedFields, resolveName, type Scope } from './scope.ts'
import { bindUnnest } from './unnest.ts'

type Join = TableExpr & { kind: 'join' }
type BindTable = (
  table: TableExpr,
  outer: Scope | undefined,
  context: Context,
  lateral?: Scope | undefined,
) => BoundRelation

export function bindJoin(
  join: Join,
  outer: Scope | undefined,
  context: Context,
  lateral: Scope | undefined,
  bindTable: BindTable,
): BoundRelation {
  if (join.natural) throw new SqlError('NOT_SUPPORTED', 'Natural join not supported', join.at)
  const left = bindTable(join.left, outer, context, lateral)
  const beside: Scope = { fields: left.fields, ...(lateral && { outer: lateral }) }
  const unnest = unnestOf(join.right)
  if (unnest) return joinUnnest(join, unnest, left, beside, context)
  const type = join.type === 'implicit' ? 'cross' : join.type
  const right = bindTable(join.right, outer, context, { ...beside, ...refusal(type) })
  const isLateral = seesLeft(join.right)
  const fields = joinedFields(left.fields, right.fields)
  if (join.using) return joinUsing(join, join.using, left, right, context)
  const on = join.on && bindOn(join.on, { fields, ...(outer && { outer }) }, context)
  return {
    rel: {
      kind: 'join',
      type,
      left: left.rel,
      right: right.rel,
      ...(on && { on }),
      lateral: isLateral && type !== 'right' && type !== 'full',
    },
    fields,
  }
}

/** What a RIGHT or FULL JOIN keeps has no row on its left to look at. */
function refusal(type: string): Pick<Scope, 'refuse'> {
  if (type !== 'right' && type !== 'full') return {}
  const text = `LATERAL reference not allowed in ${type.toUpperCase()} JOIN`
  return { refuse: (_name, at) => new SqlError('INVALID_COLUMN_REFERENCE', text, at) }
}

function bindOn(on: Expr, scope: Scope, context: Context): Scalar {
  const of = bindExpression(on, scalarEnv(context, scope, 'JOIN clause', on.at))
  return coerceCondition(of, 'JOIN ON clause', on.at)
}

interface AliasedUnnest {
  readonly table: TableExpr & { kind: 'unnest' }
  readonly alias?: Identifier
  readonly columns?: readonly Identifier[]
}

function unnestOf(table: TableExpr): AliasedUnnest | undefined {
  if (table.kind === 'unnest') return { table }
  if (table.kind !== 'alias' || table.relation.kind !== 'unnest') return undefined
  return { table: table.relation, alias: table.alias, ...(table.columns && { columns: table.columns }) }
}

/** Whether the right side is, or holds, a LATERAL or UNNEST that may look at the left. */
function seesLeft(table: TableExpr): boolean {
  switch (table.kind) {
    case 'subquery':
      return table.lateral
    case 'unnest':
      return true
    case 'alias':
    case 'sample':
      return seesLeft(table.relation)
    case 'join':
      return seesLeft(table.left) || seesLeft(table.right)
    default:
      return false
  }
}

function joinUnnest(
  join: Join,
  { table, alias, columns }: AliasedUnnest,
  left: BoundRelation,
  beside: Scope,
  context: Context,
): BoundRelation {
  const plain = join.type === 'cross' || join.type === 'implicit'
  const onTrue = join.on?.kind === 'boolean' && join.on.value
  if (join.using || (!plain && !onTrue))
    throw new SqlError(
      'NOT_SUPPORTED',
      `${join.type.toUpperCase()} JOIN involving UNNEST is only supported with condition ON TRUE`,
      join.on?.at ?? join.at,
    )
  if (join.type === 'right' || join.type === 'full')
    throw new SqlError('NOT_SUPPORTED', `${join.type.toUpperCase()} JOIN involving UNNEST is not supported`, join.at)
  const { rel, fields } = bindUnnest(table, left, beside, context, join.type === 'left', columns?.length)
  return { rel, fields: joinedFields(left.fields, named(fields, alias, columns, table.at)) }
}

function named(
  fields: readonly Field[],
  alias: Identifier | undefined,
  columns: readonly Identifier[] | undefined,
  at: Position,
): readonly Field[] {
  if (!alias) return fields
  if (columns && columns.length !== fields.length)
    throw new SqlError(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${columns.length} entries but '${alias.name.toLowerCase()}' has ${fields.length} columns available`,
      at,
    )
  const qualifier = [alias.name.toLowerCase()]
  return fields.map((field, i) => ({ ...field, qualifier, ...(columns && { name: columns[i]!.name }) }))
}

/** The joined columns come first and once; qualified names for them are gone, as in Trino. */
function joinUsing(
  join: Join,
  using: readonly Identifier[],
  left: BoundRelation,
  right: BoundRelation,
  context: Context,
): BoundRelation {
  const terms: Scalar[] = []
  const joined: { readonly name: string; readonly of: Scalar }[] = []
  const gone = new Set<number>()
  const seen = new Set<string>()
  for (const identifier of using) {
    const name = identifier.name.toLowerCase()
    if (seen.has(name))
      throw new SqlError(
        'DUPLICATE_COLUMN_NAME',
        `Column '${identifier.name}' appears multiple times in USING clause`,
        identifier.at,
      )
    seen.add(name)
    const [l, r] = [side(left, identifier, 'left'), side(right, identifier, 'right')]
    gone.add(l.column.id).add(r.column.id)
    const [a, b] = [columnScalar(l, identifier.at), columnScalar(r, identifier.at)]
    const common = commonType(a.type, b.type)
    if (!common || !isComparable(common))
      throw new SqlError(
        'TYPE_MISMATCH',
        `Column Types of field '${identifier.name}' do not match: ${typeName(a.type)} vs ${typeName(b.type)}`,
        identifier.at,
      )
    terms.push(comparison('=', a, b, identifier.at))
    joined.push({ name: identifier.name, of: joinedValue(join.type, coerce(a, common), coerce(b, common)) })
  }
  const rel: Rel = {
    kind: 'join',
    type: join.type === 'implicit' || join.type === 'cross' ? 'inner' : join.type,
    left: left.rel,
    right: right.rel,
    on: logical('and', terms),
    lateral: seesLeft(join.right) && join.type !== 'right' && join.type !== 'full',
  }
  const rest = joinedFields(left.fields, right.fields, gone)
  return withJoinedColumns(rel, joined, rest, context)
}

function side(relation: BoundRelation, name: Identifier, which: 'left' | 'right'): Field {
  const field = resolveName({ fields: relation.fields }, [name.name.toLowerCase()], name.at)
  if (field) return field
  throw new SqlError('COLUMN_NOT_FOUND', `Column '${name.name}' is missing from ${which} side of join`, name.at)
}

function joinedValue(type: Join['type'], left: Scalar, right: Scalar): Scalar {
  if (type === 'right') return right
  if (type !== 'full') return left
  return { kind: 'coalesce', items: [left, right], type: left.type }
}

function withJoinedColumns(
  rel: Rel,
  joined: readonly { readonly name: string; readonly of: Scalar }[],
  rest: readonly Field[],
  context: Context,
): BoundRelation {
  if (joined.every(({ of }) => of.kind === 'column')) {
    const fields = joined.map(({ name, of }) => ({
      name,
      column: { id: of.kind === 'column' ? of.id : 0, type: of.type },
    }))
    return { rel, fields: joinedFields(fields, rest) }
  }
  const computed = joined.map(({ of }) => ({ column: context.ids.column(of.type), of }))
  const kept = columnsOf(rel).map((column) => ({
    column,
    of: { kind: 'column', id: column.id, type: column.type } as const,
  }))
  const fields = joined.map(({ name }, i) => ({ name, column: computed[i]!.column }))
  return { rel: { kind: 'project', input: rel, items: [...computed, ...kept] }, fields: joinedFields(fields, rest) }
}
