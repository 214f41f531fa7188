/** What a run that no statement began needs to ask and to change tables. */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import { NO_SOURCES } from '../federation/source-catalogs.ts'
import type { Lake } from '../lake.ts'
import { DEFAULT_CATALOG, isDefaultCatalog, type QueryContext } from './context.ts'
import type { EngineLimits } from './engine-plan.ts'

export interface RunTarget {
  readonly scope: Scope
  readonly database: string
  readonly principal: Principal
}

export interface RunOptions {
  readonly id: string
  readonly limits: EngineLimits
  readonly signal: AbortSignal
}

/** Files that the work reads are held until it is over. */
export async function withRunContext<T>(
  lake: Lake,
  { scope, database, principal }: RunTarget,
  { id, limits, signal }: RunOptions,
  work: (context: QueryContext) => Promise<T>,
): Promise<T> {
  const held: { release(): void }[] = []
  try {
    return await work({
      rooms: lake,
      scope,
      catalog: DEFAULT_CATALOG,
      lakeCatalogs: { find: (name) => (isDefaultCatalog(name) ? { scope } : undefined) },
      sourceCatalogs: NO_SOURCES,
      database,
      principal,
      text: '',
      queryId: id,
      now: lake.clock.now(),
      protection: {},
      limits,
      signal,
      async hold(found) {
        const pin = lake.files.pin(found)
        held.push(pin)
        await pin.ready
      },
    })
  } finally {
    for (const pin of held) pin.release()
  }
}
