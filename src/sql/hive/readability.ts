/**
 * A query that Trino's grammar refuses is read once more by the grammar that Athena has for DDL, to which words that Trino
 * reserves are names, and names may begin with a digit or stand in backquotes. What that one can read is a query after all,
 * but none for its engine: then Athena says that it does not support it, and not what Trino found wrong (observed:
 * `SELECT FROM`, `SELECT * FROM`, a column `a.end`, `CAST('1')`, INSERT with PARTITION).
 */
import { lex, type Token } from '../lexer.ts'
import { SqlError } from '../position.ts'
import { Cursor } from '../trino/cursor.ts'
import { withinStack } from '../trino/height.ts'
import { TRINO_RULES } from '../trino/rules.ts'
import { statement } from '../trino/statements.ts'

const QUERIES: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'INSERT'])
/** Words that mean a join or a set operation there too, where a relation's other name could stand. */
const NO_ALIAS: ReadonlySet<string> = new Set(
  'ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LEFT MINUS NATURAL ON RIGHT SEMI UNION USING'.split(' '),
)
/** Each word that is taken for a name costs one more reading. */
const MOST_READINGS = 12

/** Whether that grammar reads `sql`, in which Trino's has found `error`. */
export function isReadable(sql: string, error: SqlError): boolean {
  const tokens = lex(sql, 'trino')
  const first = tokens[0]!
  if (!QUERIES.has(first.word)) return false
  if (first.word === 'INSERT' && writesPartition(tokens)) return true
  for (let problem: SqlError | undefined = error, i = 0; i < MOST_READINGS; i++) {
    const place = nameAt(tokens, problem)
    if (place === undefined) return false
    take(tokens, place)
    // A star is an expression there, and may have a name.
    if (tokens[place - 1]?.text === '*') take(tokens, place - 1)
    problem = problemOf(sql, tokens)
    if (!problem) return true
  }
  return false
}

function take(tokens: Token[], place: number): void {
  tokens[place] = { ...tokens[place]!, kind: 'quoted', word: '' }
}

/** `INSERT INTO t PARTITION (..)` and `INSERT OVERWRITE`, with a query behind. */
const writesPartition = (tokens: readonly Token[]): boolean =>
  (tokens[1]?.word === 'OVERWRITE' || tokens.slice(3, 9).some(({ word }) => word === 'PARTITION')) &&
  tokens.some(({ word }) => word === 'SELECT' || word === 'VALUES')

/** The token that would have to be a name: where reading stopped, or just before, or the CAST that is still open. */
function nameAt(tokens: readonly Token[], { position: at }: SqlError): number | undefined {
  const stop = at ? tokens.findIndex((token) => token.start >= at.start && token.end > at.start) : -1
  const end = stop < 0 ? tokens.length - 1 : stop
  const isName = (place: number): boolean => {
    const { kind, word } = tokens[place] ?? { kind: 'eof', word: '' }
    return kind === 'digit-word' || kind === 'backquoted' || (kind === 'word' && !NO_ALIAS.has(word))
  }
  if (isName(end)) return end
  const cast = tokens.findLastIndex(
    ({ word, start }, place) =>
      word === 'CAST' && start < tokens[end]!.start && (tokens[place + 1]?.closes ?? -1) >= end,
  )
  if (cast >= 0) return cast
  return tokens[end]!.kind === 'eof' && isName(end - 1) ? end - 1 : undefined
}

function problemOf(sql: string, tokens: readonly Token[]): SqlError | undefined {
  const cursor = new Cursor(sql, tokens, TRINO_RULES)
  try {
    withinStack(() => statement(cursor))
    if (cursor.token.kind === 'eof') return undefined
    cursor.fail()
  } catch (error) {
    if (error instanceof SqlError) return error
    throw error
  }
}
