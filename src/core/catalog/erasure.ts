/**
 * What hangs on a table that is gone. A little goes with the table, in one transaction; of a million partitions that
 * would stop the house for seconds, so they are condemned there and erased in portions. Nobody sees them in between:
 * they hang on an id that no table has any more.
 */
import type { StateStore, StateTransaction } from '../ports.ts'
import type { Scope } from './catalog.ts'
import { SEPARATOR, space } from './names.ts'

const PORTION = 2000
const KINDS = [
  'table-versions',
  'partitions',
  'table-statistics',
  'partition-statistics',
  'partition-indexes',
  'partition-index-entries',
] as const

/** Within the transaction that deletes the table. */
export function condemn(tx: StateTransaction, scope: Scope, id: string): void {
  const prefix = `${id}${SEPARATOR}`
  for (const kind of KINDS) {
    const large = tx.keys(space(kind, scope), { prefix, limit: PORTION + 1 }).length > PORTION
    if (large) tx.put(space('condemned', scope), prefix + kind, 0)
    else tx.deleteAll(space(kind, scope), prefix)
  }
}

/** After it: erases what is condemned, also by calls that a crash kept from doing so. Others get their turn in between. */
export async function eraseCondemned(state: StateStore, scope: Scope): Promise<void> {
  for (const key of state.keys(space('condemned', scope), { limit: PORTION })) {
    const [id, kind] = key.split(SEPARATOR) as [string, (typeof KINDS)[number]]
    const range = { prefix: `${id}${SEPARATOR}`, limit: PORTION }
    let left = true
    while (left)
      left = await state.transaction((tx) => {
        const portion = tx.keys(space(kind, scope), range)
        for (const one of portion) tx.delete(space(kind, scope), one)
        if (portion.length === 0) tx.delete(space('condemned', scope), key)
        return portion.length > 0
      })
  }
}
