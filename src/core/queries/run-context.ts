/** What a run that no statement began needs to ask and to change tables. */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import { NO_SOURCES, type SourceCatalogs } from '../federation/source-catalogs.ts'
import type { Lake } from '../lake.ts'
import { DEFAULT_CATALOG, isDefaultCatalog, type QueryContext } from './context.ts'
import type { EngineLimits } from './engine-plan.ts'

export interface RunTarget {
  readonly scope: Scope
  readonly database: string
  readonly principal: Principal
  /** Where names that say no catalog are looked up, if that is another than the lake's. */
  readonly catalog?: string
  readonly sourceCatalogs?: SourceCatalogs
}

export interface RunOptions {
  readonly id: string
  readonly limits: EngineLimits
  readonly signal: AbortSignal
  readonly onRead?: QueryContext['onRead']
}

/** Files that the work reads are held until it is over. */
export async function withRunContext<T>(
  lake: Lake,
  { scope, database, principal, catalog = DEFAULT_CATALOG, sourceCatalogs = NO_SOURCES }: RunTarget,
  { id, limits, signal, onRead }: RunOptions,
  work: (context: QueryContext) => Promise<T>,
): Promise<T> {
  const held: { release(): void }[] = []
  try {
    return await work({
      rooms: lake,
      scope,
      catalog,
      lakeCatalogs: { find: (name) => (isDefaultCatalog(name) ? { scope } : undefined) },
      sourceCatalogs,
      database,
      principal,
      text: '',
      queryId: id,
      now: lake.clock.now(),
      protection: {},
      limits,
      signal,
      ...(onRead && { onRead }),
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
