/** Statements that Athena hands to Trino: queries, views, EXPLAIN, prepared statements; the writing ones are in `writes`. */
import type { Query, Statement } from '../ast.ts'
import type { Token } from '../lexer.ts'
import { unsupportedStatement } from '../unsupported.ts'
import type { Cursor } from './cursor.ts'
import { declaringQuery } from './external-functions.ts'
import { createTableAs, deleteFrom, insert, merge, unload, update } from './writes.ts'

/** What Athena says may begin a statement, as observed in its error for `SELEC 1`. */
const BEGINNINGS =
  `ALTER ANALYZE CALL COMMENT COMMIT CREATE DEALLOCATE DELETE DENY DESC DESCRIBE DROP EXECUTE EXPLAIN GRANT
  INSERT MERGE PREPARE REFRESH RESET REVOKE ROLLBACK SET SHOW START TRUNCATE UNLOAD UPDATE USE`.split(/\s+/)
const QUERY_BEGINNINGS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE'])

export function statement(cursor: Cursor): Statement {
  const start = cursor.token
  cursor.enter()
  const result = anyStatement(cursor, start)
  cursor.leave()
  return result
}

function anyStatement(cursor: Cursor, start: Token): Statement {
  switch (start.word) {
    case 'INSERT':
      return insert(cursor)
    case 'DELETE':
      return deleteFrom(cursor)
    case 'UPDATE':
      return update(cursor)
    case 'MERGE':
      return merge(cursor)
    case 'UNLOAD':
      return unload(cursor)
    case 'CREATE':
      return create(cursor, start)
    case 'DROP':
      return drop(cursor, start)
    case 'EXPLAIN':
      return explain(cursor, start)
    case 'PREPARE':
      return prepare(cursor, start)
    case 'EXECUTE':
      return execute(cursor, start)
    case 'DEALLOCATE':
      return deallocate(cursor, start)
  }
  if (QUERY_BEGINNINGS.has(start.word) || start.text === '(') return cursor.rules.query(cursor)
  if (start.word === 'USING' && cursor.peek().word === 'EXTERNAL') return declaringQuery(cursor)
  if (BEGINNINGS.includes(start.word)) throw unsupportedStatement()
  return failAtBeginning(cursor)
}

export function failAtBeginning(cursor: Cursor): never {
  for (const word of BEGINNINGS) cursor.note(word)
  cursor.note('<query>')
  return cursor.fail()
}

/** Only what can be created here is looked for, but errors list what Athena lists. */
function create(cursor: Cursor, start: Token): Statement {
  cursor.advance()
  if (cursor.at('TABLE')) return createTableAs(cursor, start)
  const replacing = cursor.acceptAll('OR', 'REPLACE')
  for (const word of ['MATERIALIZED', 'MULTI', 'PROTECTED']) if (cursor.at(word)) throw unsupportedStatement()
  if (!cursor.at('VIEW')) {
    if (!replacing) for (const word of ['ROLE', 'SCHEMA']) cursor.note(word)
    cursor.fail()
  }
  return createView(cursor, start, replacing)
}

function createView(cursor: Cursor, start: Token, orReplace: boolean): Statement {
  cursor.expect('VIEW')
  const name = cursor.qualifiedName()
  if (cursor.at('COMMENT') || cursor.at('SECURITY')) throw unsupportedStatement()
  cursor.expect('AS')
  const query: Query = cursor.rules.query(cursor)
  const queryText = cursor.sql.slice(query.at.start, query.at.end)
  return {
    kind: 'create-view',
    name,
    orReplace,
    query,
    queryText,
    at: cursor.since(start),
  }
}

function drop(cursor: Cursor, start: Token): Statement {
  cursor.advance()
  if (!cursor.at('VIEW')) {
    for (const word of ['MATERIALIZED', 'ROLE', 'SCHEMA', 'TABLE']) cursor.note(word)
    cursor.fail()
  }
  cursor.advance()
  const ifExists = cursor.acceptAll('IF', 'EXISTS')
  return { kind: 'drop-view', name: cursor.qualifiedName(), ifExists, at: cursor.since(start) }
}

function explain(cursor: Cursor, start: Token): Statement {
  cursor.advance()
  const analyze = cursor.accept('ANALYZE')
  const verbose = analyze && cursor.accept('VERBOSE')
  const options = hasExplainOptions(cursor) ? explainOptions(cursor) : {}
  return { kind: 'explain', analyze, verbose, ...options, statement: statement(cursor), at: cursor.since(start) }
}

/** `EXPLAIN (TYPE IO) SELECT 1` has options, `EXPLAIN (SELECT 1)` has a query in parentheses. */
function hasExplainOptions(cursor: Cursor): boolean {
  const next = cursor.peek().word
  return cursor.token.text === '(' && (next === 'TYPE' || next === 'FORMAT')
}

type ExplainStatement = Extract<Statement, { kind: 'explain' }>

function explainOptions(cursor: Cursor): Pick<ExplainStatement, 'type' | 'format'> {
  return cursor.parenthesized(() => {
    const options = cursor.list(() =>
      cursor.expectOneOf(['format', 'type']) === 'type'
        ? { type: cursor.expectOneOf(['distributed', 'io', 'logical', 'validate']) }
        : { format: cursor.expectOneOf(['graphviz', 'json', 'text']) },
    )
    return Object.assign({}, ...options)
  })
}

function prepare(cursor: Cursor, start: Token): Statement {
  cursor.advance()
  const name = cursor.identifier()
  cursor.expect('FROM')
  const inner = statement(cursor)
  const text = cursor.sql.slice(inner.at.start, inner.at.end)
  return { kind: 'prepare', name, statement: inner, text, at: cursor.since(start) }
}

function execute(cursor: Cursor, start: Token): Statement {
  cursor.advance()
  const next = cursor.peek()
  if (cursor.token.word === 'IMMEDIATE' && (next.kind === 'string' || next.kind === 'unicode-string'))
    throw unsupportedStatement()
  const name = cursor.identifier()
  const using = cursor.accept('USING') ? cursor.list(() => cursor.rules.expression(cursor)) : []
  return { kind: 'execute', name, using, at: cursor.since(start) }
}

function deallocate(cursor: Cursor, start: Token): Statement {
  cursor.advance()
  cursor.expect('PREPARE')
  return { kind: 'deallocate', name: cursor.identifier(), at: cursor.since(start) }
}
