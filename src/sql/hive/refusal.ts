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
import { nameRefusal } from './name-refusal.ts'

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
  const inTrino = first.word === 'ALTER' && second?.word === 'TABLE' ? alterTableRefusal(sql, tokens) : undefined
  if (inTrino) return inTrino
  const ofName = nameRefusal(tokens, (from, to) => noAlternative(sql, from, to))
  if (ofName) return ofName
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

/**
 * Trino's ALTER TABLE has ADD COLUMN (singular), DROP COLUMN, EXECUTE, RENAME and SET, and after IF EXISTS fewer. What
 * it takes, the grammar of DDL may not; undefined where that is for others to say.
 */
function alterTableRefusal(sql: string, tokens: readonly Token[]): SqlError | undefined {
  const conditional = tokens[2]?.word === 'IF' && tokens[3]?.word === 'EXISTS'
  const at = nameEnd(tokens, conditional ? 4 : 2)
  const [action, what, condition, existence] = tokens.slice(at, at + 4) as (Token | undefined)[]
  if (!action || action.kind === 'eof') return conditional ? noAlternative(sql, tokens[0]!, tokens[3]!) : undefined
  const actions = conditional ? ['ADD', 'DROP', 'RENAME'] : AFTER_ALTER_TABLE
  if (!actions.includes(action.word)) return mismatch(action, ["'.'", ...actions.map(quote)])
  const takesColumn = action.word === 'ADD' || (action.word === 'DROP' && what?.word === 'COLUMNS')
  if (takesColumn && what && what.word !== 'COLUMN') return mismatch(what, ["'.'", quote(action.word)])
  if (conditional) return noAlternative(sql, tokens[0]!, tokens[3]!)
  if (action.word === 'RENAME' && what?.word === 'COLUMN')
    return new SqlError('SYNTAX_ERROR', `missing 'TO' at '${what.text}'`, positionOf(what))
  if (action.word === 'DROP' && condition?.word === 'IF' && existence?.word === 'EXISTS')
    return new SqlError(
      'SYNTAX_ERROR',
      `mismatched input '${existence.text}' expecting {<EOF>, '.'}`,
      positionOf(existence),
    )
  return undefined
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
