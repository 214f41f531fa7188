/** Statements that come again and again, as dashboards send them, are parsed once: trees never change. */
import type { Statement } from '../../sql/ast.ts'
import { parseStatement } from '../../sql/statement.ts'

const MOST_STATEMENTS = 32
/** In UTF-16 units. A tree takes some thirty times the room of its text. */
const LONGEST = 16 * 1024

/** The one asked for last is the last. */
const known = new Map<string, Statement>()

/** Of a `statementText`. Throws as `parseStatement` does. */
export function knownStatement(text: string): Statement {
  const statement = known.get(text) ?? parseStatement(text)
  if (text.length > LONGEST) return statement
  known.delete(text)
  known.set(text, statement)
  if (known.size > MOST_STATEMENTS) known.delete(known.keys().next().value!)
  return statement
}
