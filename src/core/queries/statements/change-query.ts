/**
 * UPDATE, DELETE and MERGE as a query for what they change: each row tells which row of the table it is about (the address of
 * its file and its number there, NULL for one that is new), what happens to it, and the values that it has from then on.
 */
import type { Expr, Identifier, MergeCase, Query, SelectItem, Statement, TableExpr } from '../../../sql/ast.ts'
import { type Position, SqlError } from '../../../sql/position.ts'
import { ROW_NUMBER } from '../table-layout.ts'

export type RowChange = Extract<Statement, { kind: 'delete' | 'update' | 'merge' }>

export const DELETED = 1
export const UPDATED = 2
export const INSERTED = 3

/** `columns`: of the table, folded. The query's own are an address, a number, an action and then these. */
export function changeQuery(statement: RowChange, columns: readonly string[]): Query {
  switch (statement.kind) {
    case 'delete':
      return changes(
        statement,
        DELETED,
        columns.map(() => nothing(statement.at)),
      )
    case 'update': {
      const { at } = statement
      const values = assigned(columns, statement.assignments, (name) => ({ kind: 'name', name: named(name, at), at }))
      return changes(statement, UPDATED, values)
    }
    case 'merge':
      return merged(statement, columns)
  }
}

const nothing = (at: Position): Expr => ({ kind: 'null', at })
const number = (value: number, at: Position): Expr => ({ kind: 'number', text: String(value), at })
const named = (name: string, at: Position): Identifier => ({ name, quoted: true, at })

function changes(
  { table, where, at }: Extract<RowChange, { kind: 'delete' | 'update' }>,
  action: number,
  values: readonly Expr[],
): Query {
  const of = (name: string): Expr => ({ kind: 'name', name: named(name, at), at })
  const from: TableExpr = { kind: 'name', name: table, at: table.at }
  return select([of('$path'), of(ROW_NUMBER), number(action, at), ...values], from, where, at)
}

function select(items: readonly Expr[], from: TableExpr, where: Expr | undefined, at: Position): Query {
  const selected = items.map((expr): SelectItem => ({ kind: 'expr', expr, at }))
  const body = {
    kind: 'select',
    distinct: false,
    items: selected,
    from,
    ...(where && { where }),
    windows: [],
    at,
  } as const
  return { kind: 'query', body, orderBy: [], at }
}

type Assignments = Extract<RowChange, { kind: 'update' }>['assignments']

/** What each column becomes; one that is not assigned stays what it is. */
function assigned(
  columns: readonly string[],
  assignments: Assignments,
  stays: (column: string) => Expr,
): readonly Expr[] {
  const names = assignments.map(({ column }) => column.name.toLowerCase())
  const unknown = names.findIndex((name) => !columns.includes(name))
  if (unknown >= 0)
    throw new SqlError(
      'COLUMN_NOT_FOUND',
      `The UPDATE SET target column ${names[unknown]} doesn't exist`,
      assignments[unknown]!.column.at,
    )
  const twice = names.findIndex((name, i) => names.indexOf(name) < i)
  if (twice >= 0)
    throw new SqlError(
      'SYNTAX_ERROR',
      `Column ${names[twice]} is assigned more than once`,
      assignments[twice]!.column.at,
    )
  return columns.map((column) => assignments[names.indexOf(column)]?.value ?? stays(column))
}

type Merge = Extract<RowChange, { kind: 'merge' }>

/** The first case that holds is what happens; a row for which none does is left alone. */
function merged(statement: Merge, columns: readonly string[]): Query {
  const { table, alias, source, on, cases, at } = statement
  const name = alias ?? table.parts.at(-1)!
  const of = (column: string): Expr => ({
    kind: 'field',
    of: { kind: 'name', name, at },
    field: named(column, at),
    at,
  })
  const conditions = cases.map((one) => conditionOf(one, of(ROW_NUMBER)))
  const chosen = (results: readonly Expr[]): Expr => ({
    kind: 'case',
    whens: results.map((then, i) => ({ when: conditions[i]!, then })),
    at,
  })
  const outcomes = cases.map((one) => outcomeOf(one, columns, of))
  const values = columns.map((_, i) => chosen(outcomes.map((outcome) => outcome.values[i]!)))
  const actions = chosen(outcomes.map(({ action }) => number(action, at)))
  const target: TableExpr = { kind: 'name', name: table, at: table.at }
  const right: TableExpr = alias ? { kind: 'alias', relation: target, alias, at: alias.at } : target
  const from: TableExpr = { kind: 'join', type: 'left', left: source, right, natural: false, on, at }
  const where: Expr = conditions.length === 1 ? conditions[0]! : { kind: 'logical', op: 'or', terms: conditions, at }
  return select([of('$path'), of(ROW_NUMBER), actions, ...values], from, where, at)
}

function conditionOf({ matched, condition, at }: MergeCase, place: Expr): Expr {
  const found: Expr = { kind: 'is-null', of: place, not: matched, at }
  return condition ? { kind: 'logical', op: 'and', terms: [found, condition], at } : found
}

function outcomeOf(
  { action, at }: MergeCase,
  columns: readonly string[],
  of: (column: string) => Expr,
): { readonly action: number; readonly values: readonly Expr[] } {
  switch (action.kind) {
    case 'delete':
      return { action: DELETED, values: columns.map(() => nothing(at)) }
    case 'update':
      return { action: UPDATED, values: assigned(columns, action.assignments, of) }
    case 'insert': {
      const names = (action.columns?.map(({ name }) => name.toLowerCase()) ?? columns) as readonly string[]
      const unknown = names.find((name) => !columns.includes(name))
      if (unknown !== undefined)
        throw new SqlError('COLUMN_NOT_FOUND', `Insert column name does not exist in target table: ${unknown}`, at)
      const twice = names.find((name, i) => names.indexOf(name) < i)
      if (twice !== undefined)
        throw new SqlError('DUPLICATE_COLUMN_NAME', `Insert column name is specified more than once: ${twice}`, at)
      if (names.length !== action.values.length)
        throw new SqlError(
          'MISMATCHED_COLUMN_ALIASES',
          `MERGE case has ${names.length} columns and ${action.values.length} values`,
          at,
        )
      return {
        action: INSERTED,
        values: columns.map((column) => action.values[names.indexOf(column)] ?? nothing(at)),
      }
    }
  }
}
