/** Entry points to the grammar of Athena's DDL, and to table maintenance, which mixes its names with Trino's predicates. */
import type { Statement } from '../ast.ts'
import type { Token } from '../lexer.ts'
import { lex } from '../lexer.ts'
import { Cursor } from '../trino/cursor.ts'
import { checkHeight, withinStack } from '../trino/height.ts'
import { TRINO_RULES } from '../trino/rules.ts'
import type { HiveStatement } from './ast.ts'
import { HiveCursor, HiveStop } from './cursor.ts'
import { refusal } from './refusal.ts'
import { hiveStatement } from './statements.ts'

/** One statement and nothing after it. Throws SqlError(SYNTAX_ERROR). */
export function parseHiveStatement(sql: string): HiveStatement {
  return parseAll(sql, hiveStatement)
}

/** `OPTIMIZE t REWRITE DATA USING BIN_PACK [WHERE ..]` and `VACUUM t`. */
export function parseMaintenance(sql: string): Statement {
  return parseAll(sql, (cursor) => {
    const start = cursor.token
    if (cursor.accept('VACUUM')) return { kind: 'vacuum', table: cursor.qualifiedName(), at: cursor.since(start) }
    cursor.expect('OPTIMIZE')
    const table = cursor.qualifiedName()
    cursor.expect('REWRITE', 'DATA', 'USING', 'BIN_PACK')
    const where = cursor.accept('WHERE') ? predicate(cursor) : undefined
    return { kind: 'optimize', table, ...(where && { where }), at: cursor.since(start) }
  })
}

/** The rest of the statement, read by Trino's rules for quotes and operators. */
function predicate(cursor: HiveCursor): ReturnType<typeof TRINO_RULES.expression> {
  const trino = new Cursor(cursor.sql, lex(cursor.sql, 'trino'), TRINO_RULES)
  while (trino.token.start < cursor.token.start && trino.token.kind !== 'eof') trino.advance()
  const result = TRINO_RULES.expression(trino)
  trino.note('<EOF>')
  if (trino.token.kind !== 'eof') trino.fail()
  checkHeight(result)
  cursor.index = cursor.tokens.length - 1
  return result
}

function parseAll<T>(sql: string, rule: (cursor: HiveCursor) => T): T {
  const tokens: readonly Token[] = lex(sql, 'hive')
  const cursor = new HiveCursor(sql, tokens)
  try {
    const result = withinStack(() => rule(cursor))
    if (cursor.token.kind !== 'eof') cursor.fail()
    return result
  } catch (error) {
    if (error instanceof HiveStop) throw refusal(sql, tokens, error.token)
    throw error
  }
}
