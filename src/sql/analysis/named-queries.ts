/** WITH: each named query is analysed once, referred to any number of times; a recursive one by itself too. */
import type { Identifier, NamedQuery, Query, QueryBody, TableExpr } from '../ast.ts'
import { canCoerce } from '../coercion.ts'
import { type Cte, columnsOf, type Rel, type Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { typeName } from '../types.ts'
import { coerce } from './coercions.ts'
import type { Context, NamedRelation, NamedRelations } from './context.ts'
import type { BoundRelation, Field, Scope } from './scope.ts'

type BindBody = (body: QueryBody, outer: Scope | undefined, context: Context) => BoundRelation

interface Bound {
  /** In which the names are known. */
  readonly context: Context
  readonly queries: readonly Cte[]
}

export function bindWith(
  clause: NonNullable<Query['with']>,
  outer: Scope | undefined,
  context: Context,
  bindBody: BindBody,
): Bound {
  /** Each sees those before it: what is bound later is not there yet. */
  const known = new Map<string, NamedRelation>()
  const scoped: Context = { ...context, ctes: before(known, context.ctes) }
  const queries: Cte[] = []
  for (const named of clause.queries) {
    const name = named.name.name.toLowerCase()
    if (known.has(name))
      throw new SqlError('DUPLICATE_NAMED_QUERY', `WITH query name '${name}' specified more than once`, named.at)
    const { cte, relation } =
      clause.recursive && mentions(named.query, name).length > 0
        ? bindRecursive(named, name, outer, scoped, bindBody)
        : bindPlain(named, outer, scoped)
    queries.push(cte)
    known.set(name, relation)
  }
  return { context: scoped, queries }
}

const before = (known: ReadonlyMap<string, NamedRelation>, around: NamedRelations): NamedRelations => ({
  get: (name) => known.get(name) ?? around.get(name),
})

function bindPlain(named: NamedQuery, outer: Scope | undefined, context: Context) {
  const { rel, fields } = context.bindQuery(named.query, outer, context)
  const id = context.ids.cte()
  const relation: NamedRelation = { cte: id, columns: namedColumns(named, fields), recursive: false }
  return { cte: { id, columns: columnsOf(rel), query: rel }, relation }
}

function namedColumns(named: NamedQuery, fields: readonly Field[]): NamedRelation['columns'] {
  const { columns } = named
  if (columns) checkAliases(columns, fields.length)
  return fields.map((field, i) => {
    const column = columns?.[i]?.name ?? field.name
    return { type: field.column.type, ...(column !== undefined && { name: column }) }
  })
}

function checkAliases(columns: readonly Identifier[], count: number): void {
  if (columns.length !== count)
    throw new SqlError(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${columns.length} entries but relation has ${count} columns`,
      columns[0]!.at,
    )
  const seen = new Set<string>()
  for (const { name, at } of columns) {
    const key = name.toLowerCase()
    if (seen.has(key)) throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, at)
    seen.add(key)
  }
}

function bindRecursive(
  named: NamedQuery,
  name: string,
  outer: Scope | undefined,
  context: Context,
  bindBody: BindBody,
) {
  const { query } = named
  const body = recursiveBody(named, name)
  if (!named.columns)
    throw new SqlError('MISSING_COLUMN_ALIASES', 'missing column aliases in recursive WITH query', named.at)
  if (query.orderBy.length > 0)
    throw new SqlError('NOT_SUPPORTED', 'immediate ORDER BY clause is not supported in recursive query', query.at)
  if (query.offset)
    throw new SqlError('NOT_SUPPORTED', 'immediate OFFSET clause is not supported in recursive query', query.offset.at)
  if (query.limit)
    throw new SqlError(
      'INVALID_LIMIT_CLAUSE',
      'immediate FETCH FIRST / LIMIT clause in recursive query',
      query.limitClause?.at,
    )
  const anchor = bindBody(body.left, outer, context)
  const id = context.ids.cte()
  const relation: NamedRelation = { cte: id, columns: namedColumns(named, anchor.fields), recursive: true }
  const inner: Context = { ...context, ctes: before(new Map([[name, relation]]), context.ctes) }
  const step = bindBody(body.right, outer, inner)
  if (step.fields.length !== anchor.fields.length)
    throw new SqlError(
      'TYPE_MISMATCH',
      `base and step relations of recursion have different number of fields: ${anchor.fields.length}, ${step.fields.length}`,
      body.right.at,
    )
  const cte: Cte = {
    id,
    columns: columnsOf(anchor.rel),
    query: anchor.rel,
    step: coerceStep(step, anchor, context, body.right),
    all: body.all,
  }
  return { cte, relation: { ...relation, recursive: false } }
}

function recursiveBody(named: NamedQuery, name: string): QueryBody & { kind: 'set-operation' } {
  let { body } = named.query
  while (body.kind === 'parenthesized') body = body.query.body
  if (body.kind !== 'set-operation' || body.op !== 'union')
    throw new SqlError(
      'INVALID_RECURSIVE_REFERENCE',
      `recursive reference outside of step relation of recursive query: ${name}`,
      named.at,
    )
  const [inBase] = mentions(body.left, name)
  if (inBase) throw invalidReference('WITH table name is referenced in the base relation of recursion', inBase)
  checkStep(body.right, name)
  return body
}

const invalidReference = (text: string, at: Position): SqlError => new SqlError('INVALID_RECURSIVE_REFERENCE', text, at)

/** The step reads the recursion once, in FROM, where every row of it counts. */
function checkStep(step: QueryBody, name: string): void {
  const all = mentions(step, name)
  if (all.length > 1) throw invalidReference('multiple recursive references in the step relation of recursion', all[1]!)
  const inFrom = step.kind === 'select' && step.from ? mentions(step.from, name) : []
  if (step.kind === 'select' && inFrom.length === 0)
    throw invalidReference('recursive reference outside of FROM clause of the step relation of recursion', all[0]!)
  if (step.kind === 'select' && step.from) checkJoins(step.from, name)
}

/** Of an outer join, the side that may be missing can not be the recursion. */
function checkJoins(table: TableExpr, name: string): void {
  if (table.kind !== 'join') return
  const { type, left, right } = table
  const refuse = (side: string, at: Position) =>
    invalidReference(`recursive reference in ${side} source of ${type.toUpperCase()} join`, at)
  const [onLeft] = mentions(left, name)
  const [onRight] = mentions(right, name)
  if (onLeft && (type === 'right' || type === 'full')) throw refuse('left', onLeft)
  if (onRight && (type === 'left' || type === 'full')) throw refuse('right', onRight)
  checkJoins(left, name)
  checkJoins(right, name)
}

/** The step may be narrower than the base, never wider: the base has already decided the types. */
function coerceStep(step: BoundRelation, anchor: BoundRelation, context: Context, body: QueryBody): Rel {
  const items = step.fields.map(({ column }, i) => {
    const { type } = anchor.fields[i]!.column
    if (!canCoerce(column.type, type))
      throw new SqlError(
        'TYPE_MISMATCH',
        `recursion step relation output type (${typeName(column.type)}) is not coercible to recursion base relation output type (${typeName(type)}) at column ${i + 1}`,
        body.at,
      )
    const value: Scalar = { kind: 'column', id: column.id, type: column.type }
    return { column: context.ids.column(type), of: coerce(value, type) }
  })
  return items.every((item) => item.of.kind === 'column') ? step.rel : { kind: 'project', input: step.rel, items }
}

/** Where a table of that bare name is read, in the order of the text. Walks without recursion: trees may be deep. */
function mentions(tree: Query | QueryBody | TableExpr, name: string): Position[] {
  const found: Position[] = []
  const pending: unknown[] = [tree]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== 'object' || node === null) continue
    if ('kind' in node && (node.kind === 'name' || node.kind === 'table') && 'name' in node && 'at' in node) {
      const { name: read, at } = node as { name: { parts?: readonly { name: string }[] }; at: Position }
      if (read.parts?.length === 1 && read.parts[0]!.name.toLowerCase() === name) found.push(at)
    }
    for (const child of Object.values(node)) if (typeof child === 'object') pending.push(child)
  }
  return found.toSorted((a, b) => a.start - b.start)
}
