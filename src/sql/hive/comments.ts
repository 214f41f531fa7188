/**
 * Athena takes block comments for blanks when it classifies a statement, but the engine that runs DDL on Hive tables
 * does not know them and fails the execution (ErrorCategory 1, ErrorType 1003). Iceberg tables, views and partitions
 * do not pass through it. Texts and positions as measured on engine version 3 (athena-local,
 * docs/dev/measurements/statements.md).
 */
import type { Statement } from '../ast.ts'
import type { Token } from '../lexer.ts'
import { lex } from '../lexer.ts'

/** The StateChangeReason of a statement on a Hive table, or undefined when nothing in its text stops it. */
export function commentFailure(sql: string, statement: Statement): string | undefined {
  if (!readsComments(statement) || !sql.includes('/*')) return undefined
  const text = collapseBlanks(sql)
  const tokens = lex(text, 'hive')
  const gap = firstComment(text, tokens)
  return gap && `FAILED: ParseException ${describe(text, tokens, gap.index, gap.offset)}`
}

function readsComments(statement: Statement): boolean {
  switch (statement.kind) {
    case 'show-create-table':
    case 'describe':
    case 'msck-repair':
      return true
    case 'alter-table':
      return ['add-columns', 'replace-columns', 'change-column'].includes(statement.action.kind)
    default:
      return false
  }
}

/** The engine's positions count a run of several blanks as one, and a single line break as itself. */
const collapseBlanks = (sql: string): string => sql.replace(/[ \t\r\n]{2,}/g, ' ').trim()

/** Where the first block comment is, and which token follows it. */
function firstComment(text: string, tokens: readonly Token[]): { index: number; offset: number } | undefined {
  let end = 0
  for (const [index, token] of tokens.entries()) {
    const between = text.slice(end, token.start)
    const withoutLines = between.replace(/--[^\n]*|\/\*/g, (found) =>
      found === '/*' ? '/*' : ' '.repeat(found.length),
    )
    const at = withoutLines.indexOf('/*')
    if (at >= 0) return { index, offset: end + at }
    end = token.end
  }
  return undefined
}

/** `index` is the number of tokens before the comment. */
function describe(text: string, tokens: readonly Token[], index: number, offset: number): string {
  const at = position(text, offset)
  const word = (i: number): string => tokens[i]?.text ?? ''
  const inside = `'/' '*' '${firstInside(text, offset)}'`
  const verb = word(0).toUpperCase()
  const before = tokens[index - 1]
  const nameStart = verb === 'SHOW' || verb === 'MSCK' ? 3 : verb === 'ALTER' ? 2 : 1
  if (index === 0) return `${at} cannot recognize input near ${inside}`
  if (before?.text === '.') return `${at} cannot recognize input near '${word(index - 2)}' '.' '/' in table name`
  if (verb === 'MSCK' && index !== nameStart) return `${at} missing EOF at '/' near '${word(index - 1)}'`
  if (index === nameStart && verb !== 'DESCRIBE' && verb !== 'DESC')
    return `${at} cannot recognize input near ${inside} in table name`
  switch (verb) {
    case 'SHOW':
      if (index === 1) return `${at} cannot recognize input near '${word(0)}' '/' '*' in ddl statement`
      return index === 2
        ? `${at} mismatched input '/' expecting TABLE near '${word(1)}' in show statement`
        : `${at} missing EOF at '/' near '${word(index - 1)}'`
    case 'ALTER':
      return index === 1
        ? `line 1:0 cannot recognize input near '${word(0)}' '/' '*' in alter statement`
        : `${at} cannot recognize input near ${inside} in alter table statement`
    default:
      return index === 1
        ? `line 1:0 cannot recognize input near '${word(0)}' '/' '*' in describe statement`
        : `${at} cannot recognize input near ${inside} in specifying describe table types`
  }
}

/** Lines from 1, columns from 0. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `line ${before.length}:${(before.at(-1) as string).length}`
}

/** The engine reads on inside the comment; what its lexer does not know is skipped. */
function firstInside(text: string, offset: number): string {
  const token = lex(text.slice(offset + 2), 'hive').find(({ kind }) => kind !== 'unknown')
  return token?.text === '||' ? '|' : (token?.text ?? '<EOF>')
}
