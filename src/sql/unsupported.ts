import { SqlError } from './position.ts'

/** What Athena says at once of a statement that it can read and has no use for; it names no place. */
export const unsupportedStatement = (): SqlError =>
  new SqlError('NOT_SUPPORTED', 'Queries of this type are not supported')
