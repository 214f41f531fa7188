/** ORDER BY lists; the place of NULLs is always written. */
import type { SortKey } from '../plan.ts'
import type { Printing } from './context.ts'
import { ordered } from './functions/comparison.ts'
import { printScalar } from './scalars.ts'
import { duckdbType } from './types.ts'

export function sortText(keys: readonly SortKey[], printing: Printing): string {
  return keys
    .map((key) => {
      const text = printScalar(key.of, printing)
      // A bare integer would be read as a position.
      const value =
        key.of.kind === 'constant' ? `CAST(${text} AS ${duckdbType(key.of.type)})` : ordered(text, key.of.type)
      return `${value} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`
    })
    .join(', ')
}
