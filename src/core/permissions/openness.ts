/**
 * What is open to everyone whom IAM lets in. In the lake that is whatever is not written down as closed, so that nothing is
 * kept where nobody governs. What a data source holds is made elsewhere: there the nearest word counts, about a table, about
 * all tables of its database or about the catalog, and where none was spoken what the settings say of whatever is new.
 */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { isTableBucketScope } from '../table-buckets/table-buckets.ts'
import { databaseTables, type Resource, resourceKey } from './resource.ts'
import { opensToIam, settingsOf } from './settings.ts'
import { isShared } from './shared-scopes.ts'
import { noteChange, permissionSpace } from './spaces.ts'

export type Openable = Extract<Resource, { readonly kind: 'catalog' | 'database' | 'table' | 'tables' }>

export interface Openness {
  /** By keys of resources: whether they are closed. */
  readonly marks: ReadonlyMap<string, boolean>
  readonly isSource: boolean
  /** Whether what nothing was said of is closed. */
  readonly closesOthers: boolean
}

/** Where what is said of the tables of a data source is kept. */
export const sourceScope = ({ account, region }: Scope, catalog: string): Scope => ({
  account: `${account}:${catalog.toLowerCase()}`,
  region,
})

export const isSourceScope = (scope: Scope): boolean =>
  scope.account.includes(':') && !isTableBucketScope(scope) && !isShared(scope)

const CATALOG = resourceKey({ kind: 'catalog' })

export function opennessOf(state: StateReader, scope: Scope): Openness {
  const marks = new Map<string, boolean>()
  for (const { key, doc } of paged(
    (page) => state.list<boolean>(permissionSpace('closed', scope), page),
    ({ key }) => key,
  ))
    marks.set(key, doc)
  const isSource = isSourceScope(scope)
  return { marks, isSource, closesOthers: isSource && (marks.get(CATALOG) ?? closesNew(state, scope)) }
}

const closesNew = (state: StateReader, scope: Scope): boolean =>
  !opensToIam(settingsOf(state, scope).CreateTableDefaultPermissions)

/** `key`: of the table. */
export const closesTable = ({ marks, isSource, closesOthers }: Openness, key: string, database: string): boolean =>
  marks.get(key) ?? (isSource ? marks.get(resourceKey({ kind: 'tables', database })) : undefined) ?? closesOthers

export const closesDatabase = ({ marks, closesOthers }: Openness, key: string): boolean =>
  marks.get(key) ?? closesOthers

/** Whether anybody may find something closed. */
export const closesAnything = ({ marks, closesOthers }: Openness): boolean =>
  closesOthers || marks.values().some((closed) => closed)

export function isOpen(state: StateReader, scope: Scope, resource: Openable): boolean {
  const space = permissionSpace('closed', scope)
  const mark = (of: Openable): boolean | undefined => state.get<boolean>(space, resourceKey(of))?.doc
  const own = mark(resource)
  if (own !== undefined || !isSourceScope(scope)) return !own
  const wider = resource.kind === 'table' ? mark({ kind: 'tables', database: resource.database }) : undefined
  return !(wider ?? mark({ kind: 'catalog' }) ?? closesNew(state, scope))
}

/** True if it was otherwise. */
export function setOpen(tx: StateTransaction, scope: Scope, resource: Openable, open: boolean): boolean {
  if (isOpen(tx, scope, resource) === open) return false
  markOpen(tx, scope, resource, open)
  return true
}

/** Of a source it is written down either way: what is said of more than this may change. */
export function markOpen(tx: StateTransaction, scope: Scope, resource: Openable, open: boolean): void {
  const space = permissionSpace('closed', scope)
  if (isSourceScope(scope)) silenceWithin(tx, space, resource, open)
  if (open && !isSourceScope(scope)) tx.delete(space, resourceKey(resource))
  else tx.put(space, resourceKey(resource), !open)
  noteChange(tx, scope)
}

/** What was said of single tables is overruled by a word about all of them; a catalog that is closed is closed throughout. */
function silenceWithin(tx: StateTransaction, space: string, resource: Openable, open: boolean): void {
  if (resource.kind === 'tables') tx.deleteAll(space, databaseTables(resource.database))
  if (resource.kind !== 'catalog' || open) return
  const marks = paged(
    (page) => tx.list<boolean>(space, page),
    ({ key }) => key,
  )
  for (const { key, doc } of [...marks]) if (!doc) tx.delete(space, key)
}
