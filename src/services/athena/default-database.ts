import { Fault } from '../../core/faults.ts'
import { FORWARDED } from '../../core/forwarding/forwarding.ts'
import type { Lake } from '../../core/lake.ts'
import { DEFAULT_CATALOG } from '../../core/queries/context.ts'
import type { Scope } from './spaces.ts'

/** Where a query looks for names when it does not say. */
const DEFAULT_DATABASE = 'default'

interface Place {
  readonly catalog: string
  readonly database: string
}

/** The catalog and the database that a query names, or leaves to be those by default. */
export const namedPlace = ({ catalog = DEFAULT_CATALOG, database = DEFAULT_DATABASE }: Partial<Place>): Place => ({
  catalog,
  database,
})

/**
 * The catalog of a new account holds no database, and Athena makes this one the first time it runs a query there, as
 * Hive's client does: hence `glue:CreateDatabase` on `database/default` in the policies it asks for (docs: athena ug,
 * fine-grained-access-to-glue-resources).
 */
export async function requireDefaultDatabase(
  { catalog }: Lake,
  forCaller: Lake,
  { account, region }: Scope,
): Promise<void> {
  // Whoever may not see it finds it made nevertheless.
  const scope = { account, region }
  if (catalog.databases.find(scope, DEFAULT_DATABASE)) return
  try {
    await forCaller.catalog.databases.create(scope, { Name: DEFAULT_DATABASE, Description: 'Default Hive database' })
  } catch (error) {
    // Another first query has been faster; and whoever may make none does without.
    if (!(error instanceof Fault && (error.kind === 'already-exists' || error.noun === FORWARDED))) throw error
  }
}
