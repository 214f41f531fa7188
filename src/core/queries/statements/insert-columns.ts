/** A query's columns put in the order, and cast to the types, of the table they go into. */

import { largestColumnId } from '../../../sql/analysis/column-ids.ts'
import type { Statement } from '../../../sql/ast.ts'
import { canCoerce, commonType, isText, UNBOUNDED_LENGTH } from '../../../sql/coercion.ts'
import type { BoundQuery, Scalar } from '../../../sql/plan.ts'
import { SqlError } from '../../../sql/position.ts'
import { sameType, type Type, typeName } from '../../../sql/types.ts'

interface Target {
  readonly name: string
  readonly type: Type
}

/** Columns that are not named get NULL. */
export function insertColumns(
  query: BoundQuery,
  table: readonly Target[],
  statement: Extract<Statement, { kind: 'insert' }>,
): BoundQuery {
  const named = statement.columns?.map((c) => c.name.toLowerCase())
  const targets = named ? named.map((name) => target(table, name, statement)) : table
  const twice = named?.find((name, i) => named.indexOf(name) < i)
  if (twice !== undefined)
    throw new SqlError(
      'DUPLICATE_COLUMN_NAME',
      `Insert column name is specified more than once: ${twice}`,
      statement.at,
    )
  return assignedColumns(
    query,
    table,
    (expected, given) =>
      new SqlError(
        'TYPE_MISMATCH',
        `Insert query has mismatched column types: Table: ${typeNames(expected)}, Query: ${typeNames(given)}`,
        statement.at,
      ),
    targets,
  )
}

/** `targets`: the columns that the query's are for, in its order; the others get NULL. */
export function assignedColumns(
  query: BoundQuery,
  table: readonly Target[],
  mismatch: (expected: readonly Type[], given: readonly Type[]) => SqlError,
  targets = table,
): BoundQuery {
  const sources = query.output.map((o) => o.column)
  if (sources.length !== targets.length || sources.some((s, i) => !isInsertable(s.type, targets[i]!.type)))
    throw mismatch(
      targets.map((t) => t.type),
      sources.map((s) => s.type),
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
    ...query,
    root: { kind: 'project', input: query.root, items: items.map(({ column, of }) => ({ column, of })) },
    output: items.map(({ name, column }) => ({ name, column })),
  }
}

/**
 * Trino assigns whatever has a type in common with the column: whole numbers to narrower ones, doubles to decimals, text to
 * shorter text. A value that does not fit fails when it comes. Only text inside of a nested value is not looked at.
 */
const isInsertable = (from: Type, to: Type): boolean =>
  hasBoundedTextInside(to) ? canCoerce(from, to) : commonType(from, to) !== undefined

function hasBoundedTextInside(type: Type): boolean {
  const holds = (inner: Type): boolean => isBoundedText(inner) || hasBoundedTextInside(inner)
  if (type.kind === 'array') return holds(type.element)
  if (type.kind === 'map') return holds(type.key) || holds(type.value)
  return type.kind === 'row' && type.fields.some((field) => holds(field.type))
}

const isBoundedText = (type: Type): boolean =>
  type.kind === 'char' || (type.kind === 'varchar' && type.length !== undefined)

function target(table: readonly Target[], name: string, statement: Extract<Statement, { kind: 'insert' }>): Target {
  const found = table.find((t) => t.name === name)
  if (!found)
    throw new SqlError('COLUMN_NOT_FOUND', `Insert column name does not exist in target table: ${name}`, statement.at)
  return found
}

function coerced(of: Scalar, type: Type): Scalar {
  if (sameType(of.type, type)) return of
  if (isText(of.type) && isBoundedText(type) && lengthOf(of.type) > lengthOf(type))
    return { kind: 'call', function: { name: '$assign', parameters: [of.type], result: type }, args: [of], type }
  return { kind: 'cast', of, safe: false, type }
}

const lengthOf = (type: Type): number => ('length' in type && type.length) || UNBOUNDED_LENGTH
const nullOf = (type: Type): Scalar => ({ kind: 'constant', value: null, type })
export const typeNames = (types: readonly Type[]): string => `[${types.map(typeName).join(', ')}]`
