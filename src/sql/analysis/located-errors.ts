import { type Position, SqlError } from '../position.ts'

/** What the registry and the resolver throw has no position: it gets the one of the name or operator. */
export function located<T>(resolve: () => T, at: Position): T {
  try {
    return resolve()
  } catch (error) {
    if (error instanceof SqlError && !error.position) throw new SqlError(error.code, error.text, at)
    throw error
  }
}
