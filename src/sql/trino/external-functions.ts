/** Functions that run in AWS Lambda, declared before a query (docs: athena ug, udf-query-syntax). */
import type { Query } from '../ast.ts'
import { SqlError } from '../position.ts'
import type { Cursor } from './cursor.ts'
import type { ExternalDeclaration } from './external-ast.ts'

/** The query of a statement that reads or writes; dbt writes `CREATE TABLE ... AS USING EXTERNAL FUNCTION ...`. */
export function declaringQuery(cursor: Cursor): Query {
  if (!cursor.at('USING') || cursor.peek().word !== 'EXTERNAL') return cursor.rules.query(cursor)
  const start = cursor.token
  cursor.expect('USING')
  const externals = cursor.list(() => declaration(cursor))
  return { ...cursor.rules.query(cursor), externals, at: cursor.since(start) }
}

function declaration(cursor: Cursor): ExternalDeclaration {
  const start = cursor.token
  cursor.expect('EXTERNAL', 'FUNCTION')
  const name = cursor.identifier()
  cursor.expectOperator('(')
  const parameters = cursor.list(() => {
    cursor.identifier()
    return cursor.rules.type(cursor)
  })
  cursor.expectOperator(')')
  cursor.expect('RETURNS')
  const returns = cursor.rules.type(cursor)
  if (cursor.at('SAGEMAKER'))
    throw new SqlError('NOT_SUPPORTED', `Functions of SageMaker are not supported: ${name.name}`, name.at)
  cursor.expect('LAMBDA')
  return { name, parameters, returns, lambda: cursor.string(), at: cursor.since(start) }
}
