/**
 * GRANT and REVOKE of permissions on tables and databases. Athena runs no such statement (its words for them stand in
 * `unsupported`); these, which name a role or a user and the kind of what is granted, are an addition of ours.
 */
import type { Identifier } from '../ast.ts'
import { lex } from '../lexer.ts'
import type { GrantStatement, Privilege } from './ast.ts'
import type { HiveCursor } from './cursor.ts'

const OBJECTS: ReadonlySet<string> = new Set(['TABLE', 'DATABASE', 'SCHEMA'])
const HOLDERS: ReadonlySet<string> = new Set(['ROLE', 'USER'])

/** Whether the statement, which begins with GRANT or REVOKE, is one of these. */
export function grantsToSomebody(sql: string): boolean {
  const words = lex(sql, 'hive').map(({ word }) => word)
  const follows = (before: readonly string[], after: ReadonlySet<string>): boolean =>
    words.some((word, i) => before.includes(word) && after.has(words[i + 1] ?? ''))
  return follows(['ON'], OBJECTS) && follows(['TO', 'FROM'], HOLDERS)
}

/** At GRANT or REVOKE. */
export function grantStatement(cursor: HiveCursor): GrantStatement {
  const start = cursor.token
  const isGrant = cursor.accept('GRANT')
  if (!isGrant) cursor.expect('REVOKE')
  const optionOnly = !isGrant && cursor.accept('GRANT', 'OPTION', 'FOR')
  const privileges = [privilege(cursor)]
  while (cursor.acceptOperator(',')) privileges.push(privilege(cursor))
  cursor.expect('ON')
  const on = cursor.accept('TABLE') ? 'table' : 'database'
  if (on === 'database' && !cursor.accept('DATABASE')) cursor.expect('SCHEMA')
  const name = cursor.qualifiedName()
  cursor.expect(isGrant ? 'TO' : 'FROM')
  const holder = cursor.accept('ROLE') ? 'role' : 'user'
  if (holder === 'user') cursor.expect('USER')
  const principal = cursor.token.kind === 'string' ? cursor.string() : cursor.identifier().name
  const withOption = isGrant && cursor.accept('WITH', 'GRANT', 'OPTION')
  const kind = isGrant ? 'grant' : 'revoke'
  return { kind, privileges, on, name, holder, principal, option: withOption || optionOnly, at: cursor.since(start) }
}

function privilege(cursor: HiveCursor): Privilege {
  const words = [cursor.token.word]
  cursor.advance()
  if (words[0] === 'ALL') cursor.accept('PRIVILEGES')
  if (words[0] === 'CREATE' && cursor.accept('TABLE')) words.push('TABLE')
  const columns: Identifier[] = []
  if (cursor.acceptOperator('(')) {
    do columns.push(cursor.identifier())
    while (cursor.acceptOperator(','))
    cursor.expectOperator(')')
  }
  return { name: words.join('_'), ...(columns.length > 0 && { columns }) }
}
