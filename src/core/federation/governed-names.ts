/** What permissions may be about, wherever it is kept: databases and tables of the lake, and those of data sources. */
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import { type GovernedNames, lakeNames } from '../permissions/granting.ts'
import { isSourceScope } from '../permissions/openness.ts'
import type { Permissions } from '../permissions/permissions.ts'
import { paged } from '../resources/paging.ts'
import { failureText, SourceError } from './connector.ts'
import { findSource } from './registered-sources.ts'
import type { SourceCatalog } from './source-catalogs.ts'
import type { SourceRooms } from './source-definition.ts'
import { asCatalogTable, type SourceSight, sourceSight } from './source-sight.ts'
import type { Sources } from './sources.ts'

interface Rooms extends SourceRooms {
  readonly catalog: Catalog
  readonly sources: Sources
  readonly permissions: Permissions
}

/** The source whose permissions are kept there; undefined for a catalog of the lake. */
function sourceAt(rooms: Rooms, scope: Scope): SourceCatalog | undefined {
  if (!isSourceScope(scope)) return undefined
  const found = findSource(rooms, scope)
  if (!found) throw new Fault('not-found', 'catalog', `Catalog ${scope.account} not found.`)
  return found
}

/** A source is asked each time: what it says may have changed. */
export function governedNames(rooms: Rooms, signal: AbortSignal): GovernedNames {
  const namesAt = (scope: Scope): GovernedNames => {
    const source = sourceAt(rooms, scope)
    return source ? sourceNames(rooms.sources, source, signal) : lakeNames(rooms)
  }
  return {
    database: async (scope, name) => namesAt(scope).database(scope, name),
    table: async (scope, name) => namesAt(scope).table(scope, name),
  }
}

/** Of one source, whose scope is the one that is asked about. */
export const sourceNames = (sources: Sources, source: SourceCatalog, signal: AbortSignal): GovernedNames => ({
  async database(_, name) {
    const schemas = await asking(source, () => sources.schemas(source.definition(), signal))
    if (!schemas.some((one) => one.toLowerCase() === name))
      throw new Fault('not-found', 'database', `Database ${name} not found.`)
  },
  async table(_, { database, table }): Promise<Table> {
    const told = await asking(source, () => sources.table(source.definition(), database, table, signal))
    if (!told) throw new Fault('not-found', 'table', `Table ${table} not found.`)
    return asCatalogTable(told)
  },
})

async function asking<T>({ name }: SourceCatalog, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new Fault('invalid', 'data source', failureText(name, error))
  }
}

/** Names as the principal of a scope sees them, in order, from behind one on. A link has nothing of its own. */
export interface SeenNames {
  databases(scope: Scope, after?: string): AsyncIterable<string>
  tables(scope: Scope, database: string, after?: string): AsyncIterable<string>
  /** Throws denied or not-found for what is not seen. */
  require(scope: Scope, database: string, table?: string): Promise<void>
}

export function seenNames(rooms: Rooms, signal: AbortSignal): SeenNames {
  const { catalog, sources, permissions } = rooms
  const source = (scope: Scope): (SourceCatalog & { readonly sight: SourceSight }) | undefined => {
    const found = sourceAt(rooms, scope)
    return found && { ...found, sight: sourceSight(permissions, scope.principal!, found) }
  }
  const inOrder = (names: readonly string[], after = ''): readonly string[] =>
    names
      .map((name) => name.toLowerCase())
      .filter((name) => name > after)
      .sort()
  const nameOf = (one: { readonly descriptor: { readonly Name: string } }): string => one.descriptor.Name
  const from = <P extends { readonly after?: string }>(page: P, after: string | undefined): P =>
    page.after === undefined && after !== undefined ? { ...page, after } : page
  return {
    async *databases(scope, after) {
      const found = source(scope)
      if (found)
        yield* inOrder(
          found.sight.schemas(await asking(found, () => sources.schemas(found.definition(), signal))),
          after,
        )
      else
        for (const one of paged((page) => catalog.databases.list(scope, from(page, after)), nameOf)) yield nameOf(one)
    },
    async *tables(scope, database, after) {
      const found = source(scope)
      if (found) {
        const names = await asking(found, () => sources.tables(found.definition(), database, signal))
        yield* inOrder(found.sight.tables(database, names), after)
        return
      }
      if (catalog.databases.get(scope, database).descriptor.TargetDatabase) return
      for (const one of paged((page) => catalog.tables.list(scope, database, from(page, after)), nameOf))
        yield nameOf(one)
    },
    async require(scope, database, table) {
      const found = source(scope)
      if (!found) {
        if (table === undefined) catalog.databases.get(scope, database)
        else catalog.tables.get(scope, database, table)
        return
      }
      const { sight } = found
      const isSeen =
        table === undefined
          ? sight.schemas([database]).length > 0
          : sight.decision(database, table).permissions.has('DESCRIBE')
      if (!isSeen) sight.refuseGuess(table ?? database)
      const names = governedNames(rooms, signal)
      if (table === undefined) await names.database(scope, database)
      else await names.table(scope, { database, table })
    },
  }
}
