/**
 * What Athena says of DDL that it cannot read. It tries the grammar of DDL, then Trino's. When Trino's fails too, the
 * message is Trino's, which is why a slip in CREATE EXTERNAL TABLE is reported at EXTERNAL; when Trino could have read
 * it, the message is that of the DDL grammar. Texts as observed on Athena engine version 3.
 */
import type { Token } from '../lexer.ts'
import { lex } from '../lexer.ts'
import { SqlError } from '../position.ts'
import { Cursor, positionOf } from '../trino/cursor.ts'
import { TRINO_RULES } from '../trino/rules.ts'
import { failAtBeginning } from '../trino/statements.ts'
import { unsupportedStatement } from '../unsupported.ts'

const UNKNOWN_TO_TRINO = new Set(['MSCK', 'OPTIMIZE', 'VACUUM'])
const AFTER_VERB: Readonly<Record<string, readonly string[]>> = {
  CREATE: ['MATERIALIZED', 'MULTI', 'OR', 'PROTECTED', 'ROLE', 'SCHEMA', 'TABLE', 'VIEW'],
  DROP: ['MATERIALIZED', 'ROLE', 'SCHEMA', 'TABLE', 'VIEW'],
  ALTER: ['MATERIALIZED', 'SCHEMA', 'TABLE', 'VIEW'],
}
const AFTER_ALTER_TABLE = ['ADD', 'DROP', 'EXECUTE', 'RENAME', 'SET']

export function refusal(sql: string, tokens: readonly Token[], stop: Token): SqlError {
  const [first, second] = tokens as [Token, Token | undefined]
  if (UNKNOWN_TO_TRINO.has(first.word)) return trinoRefusal(sql)
  const allowed = AFTER_VERB[first.word]
  if (allowed && second && !allowed.includes(second.word)) return mismatch(second, allowed.map(quote))
  if (first.word === 'SHOW' && second?.word === 'CREATE' && stop.text.startsWith('"')) return unsupportedStatement()
  if (first.word === 'ALTER' && second?.word === 'TABLE') return alterTableRefusal(sql, tokens, stop)
  // WITH could begin the query of CREATE TABLE AS, so it is what follows that does not fit.
  const blamed = first.word === 'CREATE' && stop.word === 'WITH' ? tokens[tokens.indexOf(stop) + 1] : stop
  return noAlternative(sql, first, blamed ?? stop)
}

const quote = (word: string): string => `'${word}'`

function trinoRefusal(sql: string): SqlError {
  try {
    return failAtBeginning(new Cursor(sql, lex(sql, 'trino'), TRINO_RULES))
  } catch (error) {
    if (error instanceof SqlError) return error
    throw error
  }
}

/** Trino's ALTER TABLE has ADD COLUMN (singular), DROP, EXECUTE, RENAME and SET, and fails first on all else. */
function alterTableRefusal(sql: string, tokens: readonly Token[], stop: Token): SqlError {
  const next = tokens[tokens.indexOf(stop) + 1]
  if (stop.word === 'IF' && next?.word === 'EXISTS') return noAlternative(sql, tokens[0] as Token, next)
  const at = nameEnd(tokens, 2)
  const action = tokens[at]
  const added = tokens[at + 1]
  if (action?.word === 'ADD' && added && added.word !== 'COLUMN') return mismatch(added, ["'.'", "'ADD'"])
  if (action && action.kind !== 'eof' && !AFTER_ALTER_TABLE.includes(action.word))
    return mismatch(action, ["'.'", ...AFTER_ALTER_TABLE.map(quote)])
  return noAlternative(sql, tokens[0] as Token, stop)
}

/** Index after a name of one or more parts. */
function nameEnd(tokens: readonly Token[], start: number): number {
  let index = start + 1
  while (tokens[index]?.text === '.') index += 2
  return index
}

function mismatch(token: Token, expected: readonly string[]): SqlError {
  const text = `mismatched input '${token.text}'. Expecting: ${expected.join(', ')}`
  return new SqlError('SYNTAX_ERROR', text, positionOf(token))
}

/** The input is quoted from the first word to the one that did not fit, with line breaks and tabs spelled out. */
function noAlternative(sql: string, first: Token, stop: Token): SqlError {
  const input = stop.kind === 'eof' ? `${sql.slice(first.start)}<EOF>` : sql.slice(first.start, stop.end)
  const shown = input.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return new SqlError('SYNTAX_ERROR', `no viable alternative at input '${shown}'`, positionOf(stop))
}
