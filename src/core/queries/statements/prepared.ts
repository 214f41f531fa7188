import type { Expr, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { parseStatement } from '../../../sql/statement.ts'
import { done, type StatementOutcome } from '../outcome.ts'

/** Where prepared statements are kept: by name, for whoever shares them (in Athena, a workgroup). */
export interface PreparedStatements {
  find(name: string): string | undefined
  put(name: string, text: string): Promise<void>
  delete(name: string): Promise<boolean>
}

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>

export async function prepare(statement: Of<'prepare'>, statements: PreparedStatements): Promise<StatementOutcome> {
  await statements.put(statement.name.name, statement.text)
  return done
}

export async function deallocate(
  statement: Of<'deallocate'>,
  statements: PreparedStatements,
): Promise<StatementOutcome> {
  if (!(await statements.delete(statement.name.name))) throw missing(statement.name.name, statement.at)
  return done
}

/** The statement an EXECUTE stands for, with the values of its parameters. */
export function prepared(
  statement: Of<'execute'>,
  statements: PreparedStatements,
): { text: string; statement: Statement; parameters: readonly Expr[] } {
  const text = statements.find(statement.name.name)
  if (text === undefined) throw missing(statement.name.name, statement.at)
  const target = parseStatement(text)
  if (target.kind === 'execute' || target.kind === 'prepare')
    throw new SqlError('NOT_SUPPORTED', 'Invalid statement type for prepared statement', statement.at)
  return { text, statement: target, parameters: statement.using }
}

const missing = (name: string, at: Statement['at']): SqlError =>
  new SqlError('GENERIC_USER_ERROR', `Prepared statement not found: ${name}`, at)
