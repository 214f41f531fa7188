/** Data catalogs as they are registered, and those of them that are data sources. */
import type { Scope } from '../catalog/catalog.ts'
import { forgetCatalog } from '../permissions/openings.ts'
import { markOpen, sourceScope } from '../permissions/openness.ts'
import { opensToIam, settingsOf } from '../permissions/settings.ts'
import type { StateTransaction } from '../ports.ts'
import type { SourceCatalog, SourceCatalogs } from './source-catalogs.ts'
import { type RegisteredCatalog, type SourceRooms, sourceDefinition } from './source-definition.ts'

/** By its name. */
export interface DataCatalog {
  readonly type: 'LAMBDA' | 'GLUE' | 'HIVE' | 'FEDERATED'
  readonly description?: string
  readonly parameters?: Readonly<Record<string, string>>
}

type Place = Pick<Scope, 'account' | 'region'>

export const dataCatalogSpace = ({ account, region }: Place): string => `athena/data-catalogs/${account}/${region}`

export const isSource = ({ type }: { readonly type: string }): boolean => type === 'LAMBDA' || type === 'FEDERATED'

/** `lambda:items` is the function items, without a catalog registered for it (README of AWS's athena-example connector). */
const FUNCTION_CATALOG = 'lambda:'

interface Registered {
  readonly key: string
  readonly doc: DataCatalog
}

/** Where a name may stand for a data source. */
export function registeredSources(rooms: SourceRooms, place: Place): SourceCatalogs {
  const registered = rooms.state.list<DataCatalog>(dataCatalogSpace(place), { limit: 1000 })
  const sources = registered.filter(({ doc }) => isSource(doc))
  return {
    find(name) {
      const found = sources.find(({ key }) => key.toLowerCase() === name)
      if (found) return sourceCatalog(rooms, place, { ...found.doc, name: found.key })
      return name.startsWith(FUNCTION_CATALOG) ? functionCatalog(rooms, place, sources, name) : undefined
    },
  }
}

export const sourceCatalog = (
  rooms: SourceRooms,
  place: Place,
  catalog: RegisteredCatalog,
  governedAs = catalog.name,
): SourceCatalog => ({
  name: catalog.name,
  scope: sourceScope(place, governedAs),
  definition: () => sourceDefinition(catalog, place, rooms),
})

/** What is said of a catalog holds for the function behind it by whatever name it is called. */
function functionCatalog(
  rooms: SourceRooms,
  place: Place,
  sources: readonly Registered[],
  name: string,
): SourceCatalog {
  const called = name.slice(FUNCTION_CATALOG.length)
  const isOf = (text: string): boolean => text === called || text.endsWith(`:function:${called}`)
  const known = sources.find(({ doc }) => doc.type === 'LAMBDA' && Object.values(doc.parameters ?? {}).some(isOf))
  return sourceCatalog(rooms, place, { name, type: 'LAMBDA', parameters: { function: called } }, known?.key)
}

/** A catalog that is registered is open or closed as what is made anew in the lake. */
export function admitCatalog(tx: StateTransaction, place: Place, name: string): void {
  const opens = opensToIam(settingsOf(tx, place).CreateTableDefaultPermissions)
  if (!opens) markOpen(tx, sourceScope(place, name), { kind: 'catalog' }, false)
}

/** Another that is registered under its name begins anew. */
export const dismissCatalog = (tx: StateTransaction, place: Place, name: string): void =>
  forgetCatalog(tx, sourceScope(place, name))

/** The data source whose permissions are kept there. */
export const findSource = (rooms: SourceRooms, scope: Scope): SourceCatalog | undefined => {
  const [account = '', ...rest] = scope.account.split(':')
  return registeredSources(rooms, { account, region: scope.region }).find(rest.join(':'))
}
