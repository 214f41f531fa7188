/** What permissions may be about, wherever it is kept: databases and tables of the lake, and those of data sources. */
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { GovernedNames } from '../permissions/granting.ts'
import { isSourceScope } from '../permissions/openness.ts'
import { meantCatalog } from '../permissions/shared-scopes.ts'
import { failureText, SourceError } from './connector.ts'
import { findSource } from './registered-sources.ts'
import type { SourceCatalog } from './source-catalogs.ts'
import type { SourceRooms } from './source-definition.ts'
import { asCatalogTable } from './source-sight.ts'
import type { Sources } from './sources.ts'

interface Rooms extends SourceRooms {
  readonly catalog: Catalog
  readonly sources: Sources
}

/** A source is asked each time: what it says may have changed. */
export function governedNames(rooms: Rooms, signal: AbortSignal): GovernedNames {
  const { catalog, sources } = rooms
  const source = (scope: Scope): SourceCatalog | undefined => {
    if (!isSourceScope(scope)) return undefined
    const found = findSource(rooms, scope)
    if (!found) throw new Fault('not-found', 'catalog', `Catalog ${scope.account} not found.`)
    return found
  }
  return {
    async database(scope, name) {
      const found = source(scope)
      if (!found) return void catalog.databases.get(meantCatalog(scope), name)
      const schemas = await asking(found, () => sources.schemas(found.definition(), signal))
      if (!schemas.some((one) => one.toLowerCase() === name))
        throw new Fault('not-found', 'database', `Database ${name} not found.`)
    },
    async table(scope, { database, table }): Promise<Table> {
      const found = source(scope)
      if (!found) return catalog.tables.get(meantCatalog(scope), database, table)
      const told = await asking(found, () => sources.table(found.definition(), database, table, signal))
      if (!told) throw new Fault('not-found', 'table', `Table ${table} not found.`)
      return asCatalogTable(told)
    },
  }
}

async function asking<T>({ name }: SourceCatalog, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new Fault('invalid', 'data source', failureText(name, error))
  }
}
