/** A query's columns put in the order, and cast to the types, of the table they go into. */

import { largestColumnId } from '../../../sql/analysis/column-ids.ts'
import type { Statement } from '../../../sql/ast.ts'
import { canCoerce } from '../../../sql/coercion.ts'
import type { BoundQuery, Scalar } from '../../../sql/plan.ts'
import { SqlError } from '../../../sql/position.ts'
import { sameType, type Type, typeName } from '../../../sql/types.ts'

interface Target {
  readonly name: string
  readonly type: Type
}

/** Columns that are not named get NULL. Types must be coercible, as Trino's INSERT wants them, or what Athena takes besides. */
export function insertColumns(
  query: BoundQuery,
  table: readonly Target[],
  statement: Extract<Statement, { kind: 'insert' }>,
): BoundQuery {
  const named = statement.columns?.map((c) => c.name.toLowerCase())
  const targets = named ? named.map((name) => target(table, name, statement)) : table
  const sources = query.output.map((o) => o.column)
  if (sources.length !== targets.length || sources.some((s, i) => !isInsertable(s.type, targets[i]!.type)))
    throw new SqlError(
      'TYPE_MISMATCH',
      `Insert query has mismatched column types: Table: ${list(targets.map((t) => t.type))}, Query: ${list(sources.map((s) => s.type))}`,
      statement.at,
    )
  let nextId = largestColumnId(query.root) + 1
  const items = table.map(({ name, type }) => {
    const source = sources[targets.findIndex((t) => t.name === name)]
    return {
      name,
      column: { id: nextId++, type },
      of: source ? coerced({ kind: 'column', id: source.id, type: source.type }, type) : nullOf(type),
    }
  })
  return {
    root: { kind: 'project', input: query.root, items: items.map(({ column, of }) => ({ column, of })) },
    output: items.map(({ name, column }) => ({ name, column })),
  }
}

/**
 * Athena also takes any whole numbers for integers, and doubles for floats (observed: the suites of dbt-athena and of
 * PyAthena, whose data frames have doubles). One that does not fit fails when it comes.
 */
const isInsertable = (from: Type, to: Type): boolean =>
  canCoerce(from, to) || (isWhole(from) && INTEGERS.has(to.kind)) || (from.kind === 'double' && to.kind === 'real')
const isWhole = (type: Type): boolean => INTEGERS.has(type.kind) || (type.kind === 'decimal' && type.scale === 0)
const INTEGERS: ReadonlySet<Type['kind']> = new Set(['tinyint', 'smallint', 'integer', 'bigint'])

function target(table: readonly Target[], name: string, statement: Extract<Statement, { kind: 'insert' }>): Target {
  const found = table.find((t) => t.name === name)
  if (!found)
    throw new SqlError('COLUMN_NOT_FOUND', `Insert column name does not exist in target table: ${name}`, statement.at)
  return found
}

const coerced = (of: Scalar, type: Type): Scalar =>
  sameType(of.type, type) ? of : { kind: 'cast', of, safe: false, type }
const nullOf = (type: Type): Scalar => ({ kind: 'constant', value: null, type })
const list = (types: readonly Type[]): string => `[${types.map(typeName).join(', ')}]`
