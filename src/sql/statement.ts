/** The front door of parsing: one statement of Athena's SQL, in whichever of its two grammars it belongs to. */
import type { Statement } from './ast.ts'
import { grantsToSomebody } from './hive/grants.ts'
import { parseHiveStatement, parseMaintenance } from './hive/parser.ts'
import { isReadable } from './hive/readability.ts'
import type { Token } from './lexer.ts'
import { firstTokens, lex } from './lexer.ts'
import { SqlError } from './position.ts'
import { parseTrinoStatement } from './trino/parser.ts'
import { isUnsupported, unsupportedStatement } from './unsupported.ts'

export { classify, type StatementClass } from './statement-class.ts'
export { parseExpression, parseQuery, parseType } from './trino/parser.ts'

/**
 * Throws SqlError: SYNTAX_ERROR with Athena's text, NOT_SUPPORTED for statements that Athena knows but does not run.
 * Positions count in `statementText(sql)`, as Athena's do.
 */
export function parseStatement(sql: string): Statement {
  const text = statementText(sql)
  const grammar = grammarOf(text)
  try {
    return PARSERS[grammar](text)
  } catch (error) {
    if (!(error instanceof SqlError) || error.code !== 'SYNTAX_ERROR') throw error
    const isKnown = isUnsupported(text) || (grammar === 'trino' && isReadable(text, error))
    throw isKnown ? unsupportedStatement() : error
  }
}

/** The statement as Athena keeps it in `Query`: without blanks around it and without semicolons. More than one is an error. */
export function statementText(sql: string): string {
  if (!sql.includes(';')) return trim(sql)
  const pieces = split(sql)
  if (pieces.length === 1) return pieces[0] as string
  const shown = sql.slice(0, trimmedEnd(sql))
  const problem =
    pieces.length === 0 ? `Empty sql statement: ${shown}` : `Only one sql statement is allowed. Got: ${shown}`
  throw new SqlError('SYNTAX_ERROR', problem)
}

const isBlank = (character: string | undefined): boolean => character !== undefined && ' \t\r\n'.includes(character)

/** A regular expression anchored at the end would take quadratic time on long runs of blanks. */
function trimmedEnd(text: string): number {
  let end = text.length
  while (isBlank(text[end - 1])) end--
  return end
}

const trim = (text: string): string => text.slice(0, trimmedEnd(text)).replace(/^[ \t\r\n]+/, '')

function split(sql: string): string[] {
  const dialect = grammarOf(sql.replace(/^[ \t\r\n;]+/, '')) === 'hive' ? 'hive' : 'trino'
  const pieces: string[] = []
  let from = 0
  for (const token of lex(sql, dialect)) {
    const separates = token.kind === 'operator' && token.text === ';'
    if (!separates && token.kind !== 'eof') continue
    const piece = trim(sql.slice(from, separates ? token.start : sql.length))
    if (piece !== '') pieces.push(piece)
    from = token.end
  }
  return pieces
}

type Grammar = 'trino' | 'hive' | 'maintenance'
const PARSERS: Readonly<Record<Grammar, (text: string) => Statement>> = {
  trino: parseTrinoStatement,
  hive: parseHiveStatement,
  maintenance: parseMaintenance,
}

const HIVE_OBJECTS: ReadonlySet<string> = new Set(['EXTERNAL', 'DATABASE', 'SCHEMA'])

/** Comments do not count, whatever words are in them. */
function grammarOf(sql: string): Grammar {
  const [first, second] = firstTokens(sql, 2) as [Token, Token | undefined]
  switch (first.word) {
    case 'ALTER':
    case 'MSCK':
    case 'SHOW':
    case 'DESC':
    case 'DESCRIBE':
      return 'hive'
    case 'GRANT':
    case 'REVOKE':
      return grantsToSomebody(sql) ? 'hive' : 'trino'
    case 'OPTIMIZE':
    case 'VACUUM':
      return 'maintenance'
    case 'DROP':
      return second && (second.word === 'TABLE' || HIVE_OBJECTS.has(second.word)) ? 'hive' : 'trino'
    case 'CREATE':
      if (second?.word === 'TABLE') return createsFromQuery(sql) ? 'trino' : 'hive'
      return second && HIVE_OBJECTS.has(second.word) ? 'hive' : 'trino'
    default:
      return 'trino'
  }
}

/** CREATE TABLE AS has only names in its column list, and WITH or AS before its query. */
function createsFromQuery(sql: string): boolean {
  const tokens = lex(sql, 'trino')
  let at = tokens[2]?.word === 'IF' ? 5 : 2
  at++
  while (tokens[at]?.text === '.') at += 2
  const opening = tokens[at]
  if (opening?.text === '(') {
    const afterName = tokens[at + 2]?.text
    if (opening.closes < 0 || (afterName !== ',' && afterName !== ')')) return false
    at = opening.closes + 1
  }
  if (tokens[at]?.word === 'COMMENT') at += 2
  return tokens[at]?.word === 'AS' || tokens[at]?.word === 'WITH'
}
