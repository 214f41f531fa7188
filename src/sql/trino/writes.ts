/** Statements that write: INSERT, DELETE, UPDATE, MERGE, CREATE TABLE AS and UNLOAD. */
import type { Expr, Identifier, MergeCase, Property, Query, Statement } from '../ast.ts'
import type { Token } from '../lexer.ts'
import { invalidTableName } from '../table-name.ts'
import type { Cursor } from './cursor.ts'
import { declaringQuery } from './external-functions.ts'
import { holdsQuery } from './parentheses.ts'
import { relation } from './relations.ts'

export function insert(cursor: Cursor): Statement {
  const start = cursor.token
  cursor.expect('INSERT', 'INTO')
  const table = cursor.qualifiedName()
  const columns = cursor.atOperator('(') && !holdsQuery(cursor) ? cursor.columnAliases() : undefined
  const query = declaringQuery(cursor)
  return { kind: 'insert', table, ...(columns && { columns }), query, at: cursor.since(start) }
}

export function deleteFrom(cursor: Cursor): Statement {
  const start = cursor.token
  cursor.expect('DELETE', 'FROM')
  const table = cursor.qualifiedName()
  const where = cursor.accept('WHERE') ? cursor.rules.expression(cursor) : undefined
  return { kind: 'delete', table, ...(where && { where }), at: cursor.since(start) }
}

type Assignment = { readonly column: Identifier; readonly value: Expr }

function assignments(cursor: Cursor): Assignment[] {
  return cursor.list(() => {
    const column = cursor.identifier()
    cursor.expectOperator('=')
    return { column, value: cursor.rules.expression(cursor) }
  })
}

export function update(cursor: Cursor): Statement {
  const start = cursor.token
  cursor.expect('UPDATE')
  const table = cursor.qualifiedName()
  cursor.expect('SET')
  const values = assignments(cursor)
  const where = cursor.accept('WHERE') ? cursor.rules.expression(cursor) : undefined
  return { kind: 'update', table, assignments: values, ...(where && { where }), at: cursor.since(start) }
}

export function merge(cursor: Cursor): Statement {
  const start = cursor.token
  cursor.expect('MERGE', 'INTO')
  const table = cursor.qualifiedName()
  const aliased = cursor.accept('AS')
  cursor.note('<identifier>')
  const alias = aliased || cursor.isIdentifier() ? cursor.identifier() : undefined
  cursor.expect('USING')
  const source = relation(cursor)
  cursor.expect('ON')
  const on = cursor.rules.expression(cursor)
  const cases: MergeCase[] = []
  if (!cursor.at('WHEN')) cursor.fail()
  while (cursor.at('WHEN')) cases.push(mergeCase(cursor))
  return { kind: 'merge', table, ...(alias && { alias }), source, on, cases, at: cursor.since(start) }
}

function mergeCase(cursor: Cursor): MergeCase {
  const start = cursor.token
  cursor.expect('WHEN')
  const matched = !cursor.accept('NOT')
  cursor.expect('MATCHED')
  const condition = cursor.accept('AND') ? cursor.rules.expression(cursor) : undefined
  cursor.expect('THEN')
  const action = matched ? matchedAction(cursor) : insertAction(cursor)
  return { matched, ...(condition && { condition }), action, at: cursor.since(start) }
}

function matchedAction(cursor: Cursor): MergeCase['action'] {
  if (cursor.accept('DELETE')) return { kind: 'delete' }
  cursor.expect('UPDATE', 'SET')
  return { kind: 'update', assignments: assignments(cursor) }
}

function insertAction(cursor: Cursor): MergeCase['action'] {
  cursor.expect('INSERT')
  const columns = cursor.atOperator('(') ? cursor.columnAliases() : undefined
  cursor.expect('VALUES')
  const values = cursor.parenthesized(() => cursor.list(() => cursor.rules.expression(cursor)))
  return { kind: 'insert', ...(columns && { columns }), values }
}

/** CREATE has been read. */
export function createTableAs(cursor: Cursor, start: Token): Statement {
  cursor.expect('TABLE')
  const ifNotExists = cursor.acceptAll('IF', 'NOT', 'EXISTS')
  const name = cursor.qualifiedName()
  if (name.parts.length > 3) throw invalidTableName(name.parts.map((part) => part.name))
  const columns = cursor.atOperator('(') ? cursor.columnAliases() : undefined
  const comment = cursor.accept('COMMENT') ? cursor.string() : undefined
  const properties = cursor.accept('WITH') ? tableProperties(cursor) : []
  cursor.expect('AS')
  const query = wholeQuery(cursor)
  const withData = dataClause(cursor)
  return {
    kind: 'create-table-as',
    name,
    ifNotExists,
    ...(columns && { columns }),
    ...(comment !== undefined && { comment }),
    properties,
    query,
    withData,
    at: cursor.since(start),
  }
}

/** The query of CREATE TABLE AS may stand in parentheses, WITH and all. */
function wholeQuery(cursor: Cursor): Query {
  if (cursor.token.text !== '(' || cursor.peek().word !== 'WITH') return declaringQuery(cursor)
  return cursor.parenthesized(() => cursor.rules.query(cursor))
}

function dataClause(cursor: Cursor): boolean {
  if (!cursor.accept('WITH')) return true
  const withData = !cursor.accept('NO')
  cursor.expect('DATA')
  return withData
}

function tableProperties(cursor: Cursor): Property[] {
  return cursor.parenthesized(() =>
    cursor.list(() => {
      const start = cursor.token
      const name = cursor.identifier()
      cursor.expectOperator('=')
      return { name, value: cursor.rules.expression(cursor), at: cursor.since(start) }
    }),
  )
}

export function unload(cursor: Cursor): Statement {
  const start = cursor.token
  cursor.expect('UNLOAD')
  const query = cursor.parenthesized(() => declaringQuery(cursor))
  cursor.expect('TO')
  const to = cursor.string()
  const properties = cursor.accept('WITH') ? tableProperties(cursor) : []
  return { kind: 'unload', query, to, properties, at: cursor.since(start) }
}
