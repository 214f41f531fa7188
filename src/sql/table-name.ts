import { SqlError } from './position.ts'

/** A name of more than three parts; it is shown folded, and without quotes. */
export const invalidTableName = (parts: readonly string[]): SqlError =>
  new SqlError('SYNTAX_ERROR', `Invalid table name ${parts.map((part) => part.toLowerCase()).join('.')}`)
