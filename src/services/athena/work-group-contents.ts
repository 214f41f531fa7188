/** What belongs to a work group and goes with it. */
import type { StateReader, StateTransaction } from '../../core/ports.ts'
import { invalidRequest } from './faults.ts'
import {
  historyOf,
  namedQueriesOf,
  namedQuerySpace,
  preparedStatementsOf,
  reservedWorkGroupSpace,
  type Scope,
} from './spaces.ts'

const spacesOf = (scope: Scope, workGroup: string): string[] => [
  namedQueriesOf(scope, workGroup),
  preparedStatementsOf(scope, workGroup),
  historyOf(scope, workGroup),
]

export const hasContents = (state: StateReader, scope: Scope, workGroup: string): boolean =>
  spacesOf(scope, workGroup).some((space) => state.keys(space, { limit: 1 }).length > 0)

/** "Remove the workgroup from the reservation first" (docs: athena ug, capacity-management); nor can it have two. */
export function requireUnreserved(state: StateReader, scope: Scope, workGroup: string): void {
  const reservation = state.get<string>(reservedWorkGroupSpace(scope), workGroup)?.doc
  if (reservation !== undefined)
    throw invalidRequest(`WorkGroup ${workGroup} is assigned to the capacity reservation ${reservation}`)
}

export function deleteContents(tx: StateTransaction, scope: Scope, workGroup: string): void {
  const named = namedQueriesOf(scope, workGroup)
  for (const id of tx.keys(named, { limit: Number.MAX_SAFE_INTEGER })) tx.delete(namedQuerySpace(scope), id)
  for (const space of spacesOf(scope, workGroup)) tx.deleteAll(space, '')
}
