/** Statements that Athena can read and has no use for. It says so at once, and names no place. */
import { firstTokens } from './lexer.ts'
import { SqlError } from './position.ts'

export const unsupportedStatement = (): SqlError =>
  new SqlError('NOT_SUPPORTED', 'Queries of this type are not supported')

/** How they begin (docs.aws.amazon.com/athena/latest/ug/unsupported-ddl.html, and what its grammar has besides). */
const BEGINNINGS =
  `ALTER INDEX, CACHE, CLEAR CACHE, CREATE FUNCTION, CREATE INDEX, CREATE MACRO, CREATE ROLE, CREATE TEMPORARY,
  DESC DATABASE, DESC FUNCTION, DESC SCHEMA, DESCRIBE DATABASE, DESCRIBE FUNCTION, DESCRIBE SCHEMA, DFS, DROP FUNCTION,
  DROP INDEX, DROP MACRO, DROP ROLE, DROP TEMPORARY, EXPORT TABLE, IMPORT TABLE, LOAD DATA, LOCK DATABASE, LOCK TABLE,
  SHOW COMPACTIONS, SHOW CURRENT ROLES, SHOW GRANTS, SHOW INDEX, SHOW INDEXES, SHOW LOCKS, SHOW PRINCIPALS,
  SHOW ROLE GRANT, SHOW ROLE GRANTS, SHOW ROLES, SHOW SESSION, SHOW STATS, SHOW TRANSACTIONS, UNCACHE, UNLOCK DATABASE,
  UNLOCK TABLE`
    .split(/,\s+/)
    .map((words) => words.split(' '))
const LONGEST = 3
/** With a name of three parts. */
const LONGEST_DIALECT_CHANGE = 10

/** Asked of what no grammar could read. */
export function isUnsupported(sql: string): boolean {
  const tokens = firstTokens(sql, LONGEST)
  if (isDialectChange(sql)) return true
  return BEGINNINGS.some((words) => words.every((word, i) => tokens[i]?.word === word))
}

/** `ALTER VIEW name [FORCE] ADD DIALECT AS ...`, of views that several engines share (ug/alter-view-dialect.html). */
function isDialectChange(sql: string): boolean {
  const [alter, view, ...others] = firstTokens(sql, LONGEST_DIALECT_CHANGE)
  const at = others.findIndex(({ word }) => word === 'DIALECT')
  return alter?.word === 'ALTER' && view?.word === 'VIEW' && /^(ADD|UPDATE|DROP)$/.test(others[at - 1]?.word ?? '')
}
