/** Functions that run in AWS Lambda, declared before a query (docs: athena ug, udf-query-syntax). */
import { SqlError } from '../position.ts'
import type { Cursor } from './cursor.ts'

/** They are read to their end, so that what is wrong in them is told as such; there is nobody here who calls them. */
export function externalFunctions(cursor: Cursor): never {
  const start = cursor.token
  cursor.expect('USING')
  const declared = cursor.list(() => externalFunction(cursor))
  cursor.rules.query(cursor)
  throw new SqlError('NOT_SUPPORTED', `External functions are not supported: ${declared.join(', ')}`, start)
}

/** `word(text varchar) RETURNS varchar LAMBDA 'name'` */
function externalFunction(cursor: Cursor): string {
  cursor.expect('EXTERNAL', 'FUNCTION')
  const { name } = cursor.identifier()
  cursor.expectOperator('(')
  cursor.list(() => {
    cursor.identifier()
    cursor.rules.type(cursor)
  })
  cursor.expectOperator(')')
  cursor.expect('RETURNS')
  cursor.rules.type(cursor)
  cursor.expect('LAMBDA')
  return `${name} of LAMBDA '${cursor.string()}'`
}
