/** What becomes of permissions as databases and tables come, go and are renamed, in the transactions that do it. */
import type { Database, Scope } from '../catalog/catalog.ts'
import type { StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { type DataFilter, filterKey } from './data-filters.ts'
import { addGrant, eraseGrant, type Grant, grantsOn, putGrant } from './grants.ts'
import { lakePrincipal } from './lake-principal.ts'
import { isOpen, setOpen } from './openness.ts'
import { databaseKeys, type Resource, type TableName, tablePrefix } from './resource.ts'
import { type DefaultPermissions, opensToIam, settingsOf } from './settings.ts'
import { BESIDE, noteChange, permissionSpace } from './spaces.ts'

/** A database that is made: its creator has all of it, and may pass it on (lake-formation dg, implicit-permissions). */
export function admitDatabase(tx: StateTransaction, scope: Scope, database: string, at: string): void {
  const resource = { kind: 'database', database } as const
  if (!opensToIam(settingsOf(tx, scope).CreateDatabaseDefaultPermissions)) setOpen(tx, scope, resource, false)
  const { principal } = scope
  if (principal && principal.kind !== 'root') ownedBy(tx, scope, resource, principal.arn, at)
}

/** A catalog that is made below the account's: "Catalog creators have all catalog permissions on catalogs that they create". */
export function ownCatalog(tx: StateTransaction, scope: Scope, at: string): void {
  const { principal } = scope
  if (principal && principal.kind !== 'root') ownedBy(tx, scope, { kind: 'catalog' }, principal.arn, at)
}

/** A table that is made; its database may have defaults of its own. */
export function admitTable(
  tx: StateTransaction,
  scope: Scope,
  name: TableName,
  { createdBy, home, at }: { readonly createdBy: string; readonly home: Database | undefined; readonly at: string },
): void {
  const own = (home?.descriptor as { readonly CreateTableDefaultPermissions?: readonly DefaultPermissions[] })
    ?.CreateTableDefaultPermissions
  const resource = { kind: 'table', ...name } as const
  if (!opensToIam(own ?? settingsOf(tx, scope).CreateTableDefaultPermissions)) setOpen(tx, scope, resource, false)
  if (IAM_PRINCIPAL.test(createdBy)) ownedBy(tx, scope, resource, createdBy, at)
}

/** The account's root has everything anyway. */
const IAM_PRINCIPAL = /^arn:aws[^:]*:(iam|sts)::\d{12}:(?!root$)/

function ownedBy(tx: StateTransaction, scope: Scope, resource: Resource, arn: string, at: string): void {
  const principal = lakePrincipal({ arn })
  addGrant(tx, scope, {
    principal,
    resource,
    permissions: ['ALL'],
    grantable: ['ALL'],
    updatedAt: at,
    updatedBy: principal,
  })
}

/** All that was said of a table: another of its name begins anew. */
export function forgetTable(tx: StateTransaction, scope: Scope, name: TableName): void {
  forget(tx, scope, tablePrefix(name))
}

export function forgetDatabase(tx: StateTransaction, scope: Scope, database: string): void {
  for (const key of databaseKeys(database)) forget(tx, scope, `${key}${BESIDE}`, key)
}

const KEYED = ['closed', 'filters', 'tagged'] as const

/** `key`: where the prefix is not that of keys of the other kinds. */
function forget(tx: StateTransaction, scope: Scope, prefix: string, key = prefix): void {
  let known = false
  for (const grant of [...grantsOn(tx, scope, prefix)]) {
    eraseGrant(tx, scope, grant)
    known = true
  }
  for (const kind of KEYED) {
    const space = permissionSpace(kind, scope)
    if (key === prefix) known = tx.deleteAll(space, key) > 0 || known
    else known = tx.delete(space, key) || known
  }
  if (known) noteChange(tx, scope)
}

/** Grants, filters and tags go with a table to its new name. */
export function renameTable(tx: StateTransaction, scope: Scope, from: TableName, to: TableName): void {
  const [old, fresh] = [tablePrefix(from), tablePrefix(to)]
  const moved = <T extends TableName>(one: T): T => ({ ...one, ...to })
  for (const grant of [...grantsOn(tx, scope, old)]) {
    eraseGrant(tx, scope, grant)
    putGrant(tx, scope, { ...grant, resource: moved(grant.resource as Resource & TableName) } as Grant)
  }
  for (const kind of KEYED) {
    const space = permissionSpace(kind, scope)
    const found = [
      ...paged(
        (page) => tx.list<unknown>(space, { ...page, prefix: old }),
        ({ key }) => key,
      ),
    ]
    for (const { key, doc } of found) {
      tx.delete(space, key)
      tx.put(space, `${fresh}${key.slice(old.length)}`, kind === 'filters' ? moved(doc as DataFilter) : doc)
    }
    if (found.length > 0) noteChange(tx, scope)
  }
}

/** All that was said of a catalog that is gone. */
export function forgetCatalog(tx: StateTransaction, scope: Scope): void {
  for (const kind of [...KEYED, 'grants', 'grantees', 'opt-ins'] as const)
    tx.deleteAll(permissionSpace(kind, scope), '')
  noteChange(tx, scope)
}

/** What takes the place of a closed table is closed. */
export function closeLike(tx: StateTransaction, scope: Scope, like: TableName, name: TableName): void {
  if (!isOpen(tx, scope, { kind: 'table', ...like })) setOpen(tx, scope, { kind: 'table', ...name }, false)
}

/** A filter, and what was granted of it. */
export function eraseFilter(tx: StateTransaction, scope: Scope, table: TableName, name: string): boolean {
  const key = filterKey(table, name)
  for (const grant of [...grantsOn(tx, scope, `${key}${BESIDE}`)]) eraseGrant(tx, scope, grant)
  noteChange(tx, scope)
  return tx.delete(permissionSpace('filters', scope), key)
}
