/** Entry points to the grammar of queries, DML and everything else that Athena hands to Trino. */
import type { Expr, Query, Statement, TypeName } from '../ast.ts'
import { lex } from '../lexer.ts'
import { Cursor } from './cursor.ts'
import { checkHeight, withinStack } from './height.ts'
import { TRINO_RULES } from './rules.ts'
import { statement } from './statements.ts'

export function parseExpression(sql: string): Expr {
  return parseAll(sql, TRINO_RULES.expression)
}

export function parseQuery(sql: string): Query {
  return parseAll(sql, TRINO_RULES.query)
}

export function parseType(sql: string): TypeName {
  return parseAll(sql, TRINO_RULES.type)
}

/** One statement and nothing after it. */
export function parseTrinoStatement(sql: string): Statement {
  return parseAll(sql, statement)
}

/** The rule must take the whole text. Throws SqlError(SYNTAX_ERROR). */
function parseAll<T extends object>(sql: string, rule: (cursor: Cursor) => T): T {
  const cursor = new Cursor(sql, lex(sql, 'trino'), TRINO_RULES)
  const result = withinStack(() => rule(cursor))
  cursor.note('<EOF>')
  if (cursor.token.kind !== 'eof') cursor.fail()
  checkHeight(result)
  return result
}
