/** Granting and revoking: what may be granted to whom by whom, and what becomes of what is there. */
import { rootPrincipal } from '../access/credentials.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateStore, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { fieldPath } from './column-parts.ts'
import { findFilter } from './data-filters.ts'
import { requireGrantor } from './grantors.ts'
import { addGrant, eraseGrant, type Grant, grantKey, grantsOn, putGrant, takeFromGrant } from './grants.ts'
import { lakePrincipal } from './lake-principal.ts'
import { narrowed } from './narrowed-table.ts'
import { isSourceScope, markOpen, setOpen } from './openness.ts'
import { isPermissionOf, type Permission } from './permission.ts'
import type { Permissions } from './permissions.ts'
import { type Resource, type TableName, tablePrefix } from './resource.ts'
import { IAM_ALLOWED_PRINCIPALS } from './settings.ts'
import { accountOfGrantee, isShared, meantCatalog, noteShare, ownerOf } from './shared-scopes.ts'
import { BESIDE, permissionSpace } from './spaces.ts'
import { requireTagsOf } from './tag-rights.ts'

export interface GrantingRooms {
  readonly clock: Clock
  readonly catalog: Catalog
  readonly permissions: Permissions
}

/** Both throw `Fault('not-found')`. */
export interface GovernedNames {
  database(scope: Scope, name: string): Promise<void>
  table(scope: Scope, name: TableName): Promise<Table>
}

export type GrantRequest = Pick<Grant, 'principal' | 'resource' | 'permissions' | 'grantable'>

/** Throws `Fault`: invalid, not-found for what is not there, denied for who may not. */
export async function grant(
  rooms: GrantingRooms,
  scope: Scope,
  request: GrantRequest,
  names: GovernedNames = lakeNames(rooms),
): Promise<void> {
  checkPermissions(request)
  checkGrantee(scope, request)
  requireGrantor(rooms.permissions, scope, request)
  await checkResource(rooms, scope, request, names)
  const abroad = accountOfGrantee(request.principal)
  await rooms.permissions.state.transaction((tx) => {
    if (request.principal === IAM_ALLOWED_PRINCIPALS) openTo(rooms, tx, scope, request.resource, true)
    else {
      refuseMixture(tx, scope, request)
      addGrant(tx, scope, stamped(rooms, scope, request))
      if (abroad !== undefined && abroad !== ownerOf(scope)) noteShare(tx, scope, abroad)
    }
  })
}

/** Throws `Fault('invalid', 'grant')` where there is nothing to revoke. */
export async function revoke(rooms: GrantingRooms, scope: Scope, request: GrantRequest): Promise<void> {
  checkPermissions(request)
  requireGrantor(rooms.permissions, scope, request)
  const taken = await rooms.permissions.state.transaction((tx) =>
    request.principal === IAM_ALLOWED_PRINCIPALS
      ? openTo(rooms, tx, scope, request.resource, false)
      : take(tx, scope, stamped(rooms, scope, request)),
  )
  if (!taken)
    throw new Fault(
      'invalid',
      'grant',
      'No permissions revoked. Grantee has no permissions and no grantable permissions on resource.',
    )
}

const stamped = ({ clock }: GrantingRooms, { principal }: Scope, request: GrantRequest): Grant => ({
  ...request,
  updatedAt: clock.now().toISOString(),
  updatedBy: principal ? lakePrincipal(principal) : '',
})

function take(tx: StateTransaction, scope: Scope, taken: Grant): boolean {
  const { resource } = taken
  if (resource.kind === 'columns' && 'include' in resource) return takeColumns(tx, scope, taken, resource.include)
  const held = tx.get<Grant>(permissionSpace('grants', scope), grantKey(taken))?.doc
  return held !== undefined && takeFromGrant(tx, scope, held, taken)
}

/** Columns may have been granted together with others, and several times. */
function takeColumns(tx: StateTransaction, scope: Scope, taken: Grant, columns: readonly string[]): boolean {
  const { table, database } = taken.resource as TableName
  let any = false
  for (const held of [...grantsOn(tx, scope, tablePrefix({ table, database }))]) {
    const { resource } = held
    if (held.principal !== taken.principal || resource.kind !== 'columns' || !('include' in resource)) continue
    const [gone, left] = [
      resource.include.filter((one) => columns.includes(one)),
      resource.include.filter((one) => !columns.includes(one)),
    ]
    if (gone.length === 0) continue
    any = true
    eraseGrant(tx, scope, held)
    if (left.length > 0) putGrant(tx, scope, { ...held, resource: { ...resource, include: left } })
    // The option alone may go.
    if (taken.permissions.length === 0)
      addGrant(tx, scope, { ...held, grantable: [], resource: { ...resource, include: gone } })
  }
  return any
}

/** True where anything was otherwise. */
function openTo(
  { catalog }: GrantingRooms,
  tx: StateTransaction,
  scope: Scope,
  resource: Resource,
  open: boolean,
): boolean {
  const { account, region } = scope
  if (resource.kind === 'catalog' || resource.kind === 'database' || resource.kind === 'table')
    return setOpen(tx, scope, resource, open)
  if (resource.kind !== 'tables') return false
  // Those that it has now, of a database of the lake; all that there will ever be, of one that is kept elsewhere.
  if (isSourceScope(scope)) {
    markOpen(tx, scope, resource, open)
    return true
  }
  const tables = paged(
    (page) => catalog.tables.list({ account, region }, resource.database, page),
    ({ descriptor }) => descriptor.Name,
  )
  let any = false
  for (const { database, descriptor } of tables)
    any = setOpen(tx, scope, { kind: 'table', database, table: descriptor.Name }, open) || any
  return any
}

/** Of the lake. Of what is shared with an account there are the columns, and the fields of them, that are. */
export const lakeNames = ({ catalog, permissions }: Omit<GrantingRooms, 'clock'>): GovernedNames => ({
  database: async (scope, name) => void catalog.databases.get(meantCatalog(scope), name),
  async table(scope, { database, table }) {
    const meant = meantCatalog(scope)
    const found = catalog.tables.get(meant, database, table)
    if (!isShared(scope)) return found
    return narrowed(found, permissions.table(rootPrincipal(ownerOf(scope), ''), meant, { database, table }))
  },
})

async function checkResource(
  { permissions: { state } }: GrantingRooms,
  scope: Scope,
  request: GrantRequest,
  names: GovernedNames,
): Promise<void> {
  const { resource } = request
  requireTagsOf(state, scope, resource)
  if (resource.kind === 'database' || resource.kind === 'tables') await names.database(scope, resource.database)
  if (resource.kind !== 'table' && resource.kind !== 'columns' && resource.kind !== 'filter') return
  const table = await names.table(scope, resource)
  if (resource.kind === 'columns') checkColumns(table, request)
  if (resource.kind === 'filter' && !findFilter(state, scope, resource, resource.name))
    throw new Fault('not-found', 'data cells filter', `Data cells filter ${resource.name} not found.`)
}

function checkPermissions({ principal, resource, permissions, grantable }: GrantRequest): void {
  const wrong = [...permissions, ...grantable].find((permission) => !isPermissionOf(resource, permission))
  if (wrong !== undefined)
    throw invalid(
      `Permissions modification is invalid: ${wrong} is no permission of the resource type ${resource.kind}.`,
    )
  if (principal !== IAM_ALLOWED_PRINCIPALS) return
  const isAll = permissions.length === 1 && permissions[0] === 'ALL' && grantable.length === 0
  const kinds: readonly Resource['kind'][] = ['catalog', 'database', 'table', 'tables']
  if (!kinds.includes(resource.kind) || !(isAll || resource.kind === 'catalog'))
    throw invalid('Only ALL may be granted to IAM_ALLOWED_PRINCIPALS, on catalogs, databases and tables.')
}

/** lake-formation dg, cross-account-notes and cross-account-permissions. */
function checkGrantee(scope: Scope, { principal, resource, permissions, grantable }: GrantRequest): void {
  if (principal.startsWith('arn:aws:organizations:'))
    throw new Fault('unsupported', 'principal', 'Organizations are not served: grant to accounts.')
  if (principal === IAM_ALLOWED_PRINCIPALS && !isShared(scope)) return
  const isOwn = accountOfGrantee(principal) === ownerOf(scope)
  if (isShared(scope) && !(isOwn && principal !== ownerOf(scope)))
    throw invalid('Permissions on a resource of another account can be granted to principals of your account only.')
  if ([...permissions, ...grantable].includes('SUPER_USER')) checkSuperUser(scope, isOwn, grantable)
  if (isOwn || accountOfGrantee(principal) === undefined) return
  if (resource.kind === 'database' && permissions.some((one) => one === 'ALL' || one === 'DROP'))
    throw invalid('DROP and ALL on a database cannot be granted to an external account.')
  if (resource.kind === 'columns' && 'except' in resource)
    throw invalid('Only lists of columns to include can be granted to an external account.')
  if (resource.kind === 'tag-expression')
    throw invalid('Permissions on an LF-Tag expression cannot be granted to an external account.')
  if (resource.kind === 'tag') checkSharedTag(principal, permissions, grantable)
  if (principal.startsWith('arn:') && grantable.length > 0)
    throw invalid('The grant option cannot be given to a principal of an external account.')
}

/** lake-formation dg, lf-permissions-reference. */
function checkSuperUser(scope: Scope, isOwn: boolean, grantable: readonly Permission[]): void {
  if (!scope.account.includes(':') || isShared(scope))
    throw invalid('SUPER_USER is granted on catalogs below the default catalog only.')
  if (!isOwn) throw invalid('SUPER_USER cannot be granted to an external account.')
  if (grantable.includes('SUPER_USER')) throw invalid('SUPER_USER itself is not passed on.')
}

const SHARED_OF_TAGS: readonly Permission[] = ['DESCRIBE', 'ASSOCIATE']

/** "When granting to an external account, you must include the grant option" (lake-formation dg, TBAC-granting-tags). */
function checkSharedTag(to: string, permissions: readonly Permission[], grantable: readonly Permission[]): void {
  if (permissions.some((one) => !SHARED_OF_TAGS.includes(one)))
    throw invalid('Only DESCRIBE and ASSOCIATE on an LF-Tag can be granted to an external account.')
  if (!to.startsWith('arn:') && permissions.some((one) => !grantable.includes(one)))
    throw invalid('Permissions on an LF-Tag are granted to an external account with the grant option.')
}

const invalid = (message: string): Fault => new Fault('invalid', 'grant', message)

/** lake-formation dg, data-filtering-notes. */
function checkColumns(table: Table, { resource, grantable }: GrantRequest): void {
  if (resource.kind !== 'columns') return
  const { StorageDescriptor, PartitionKeys = [], TableType } = table.descriptor
  const keys = PartitionKeys.map(({ Name }) => Name.toLowerCase())
  const known = new Set([...(StorageDescriptor?.Columns ?? []).map(({ Name }) => Name.toLowerCase()), ...keys])
  const named = 'include' in resource ? resource.include : resource.except
  const missing = named.find((name) => !known.has(name))
  if (TableType === 'VIRTUAL_VIEW') throw invalid('Column-level permissions are not available for a view.')
  if (missing !== undefined && fieldPath(missing))
    throw invalid(`Fields inside of columns are named in data cells filters only: ${missing}.`)
  if (missing !== undefined) throw new Fault('not-found', 'column', `Column ${missing} not found.`)
  if (named.length === 0) throw invalid('Columns must be named.')
  if ('include' in resource) return
  if (grantable.length > 0) throw invalid('The grant option cannot be given with a list of excluded columns.')
  const key = named.find((name) => keys.includes(name))
  if (key !== undefined) throw invalid(`The partition key ${key} cannot be excluded.`)
}

const CHANGES: readonly Permission[] = ['ALL', 'ALTER', 'DROP', 'DELETE', 'INSERT']

/** "A principal with the SELECT permission on a subset of columns can't be granted ALTER, DROP, DELETE, or INSERT." */
function refuseMixture(tx: StateTransaction, scope: Scope, { principal, resource, permissions }: GrantRequest): void {
  if (resource.kind !== 'table' || !permissions.some((one) => CHANGES.includes(one)) || permissions.includes('ALL'))
    return
  const own = [...grantsOn(tx, scope, tablePrefix(resource))].filter((held) => held.principal === principal)
  const isWhole = own.some((held) => held.resource.kind === 'table' && held.permissions.includes('SELECT'))
  if (!isWhole && own.some((held) => held.resource.kind === 'columns'))
    throw invalid(`The principal has SELECT on a subset of the columns of ${resource.table} and cannot change it.`)
}

/** All grants, or those of one resource's key, in the order of their keys. */
export function* grantsAfter(state: StateStore, scope: Scope, after: string | undefined): Generator<Grant> {
  for (let last = after; ; ) {
    const page = state.list<Grant>(permissionSpace('grants', scope), {
      limit: 500,
      ...(last !== undefined && { after: last }),
    })
    for (const { doc } of page) yield doc
    if (page.length < 500) return
    last = page.at(-1)!.key
  }
}

export const grantsOfKey = (state: StateStore, scope: Scope, key: string, isPrefix: boolean): Grant[] =>
  [...grantsOn(state, scope, isPrefix ? key : `${key}${BESIDE}`)].sort((a, b) => (grantKey(a) < grantKey(b) ? -1 : 1))
