/** Secrets by name or ARN, for those who need one to go on. What they say is never written to a log or an answer. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'

export interface Secrets {
  /** The current string. Throws `Fault('not-found', 'secret')`. */
  current(scope: Scope, id: string): string
}

/** Where none are kept. */
export const NO_SECRETS: Secrets = {
  current: () => {
    throw new Fault('not-found', 'secret', "Secrets Manager can't find the specified secret.")
  },
}
