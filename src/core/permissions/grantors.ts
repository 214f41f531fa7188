/** Who may grant and revoke: administrators everything, others what they have been given with the option to pass it on. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Grant } from './grants.ts'
import { spelledOut } from './permission.ts'
import type { Permissions } from './permissions.ts'
import { type ColumnChoice, type Resource, resourceKey, resourceText, tablePrefix } from './resource.ts'
import type { PrincipalRights } from './rights.ts'

type Asked = Pick<Grant, 'resource' | 'permissions' | 'grantable'>

export const isAdministrator = (permissions: Permissions, scope: Scope): boolean => {
  const { principal } = scope
  return !principal || permissions.isUnlimited(principal) || permissions.compiled(principal, scope).rights.administers
}

export function requireAdministrator(permissions: Permissions, scope: Scope): void {
  if (!isAdministrator(permissions, scope)) throw denied('the data lake: only its administrators may do this')
}

const denied = (what: string): Fault =>
  new Fault('denied', 'permission', `Insufficient Lake Formation permission(s) on ${what}`)

export function requireGrantor(permissions: Permissions, scope: Scope, asked: Asked): void {
  if (isAdministrator(permissions, scope)) return
  const { rights } = permissions.compiled(scope.principal!, scope)
  const { kind } = asked.resource
  const wanted = [...spelledOut(kind, asked.permissions), ...spelledOut(kind, asked.grantable)]
  const held = new Set(
    grantsCovering(rights, asked.resource).flatMap((grant) => spelledOut(grant.resource.kind, grant.grantable)),
  )
  if (kind === 'tagged-databases' || kind === 'tagged-tables') {
    if (grantsWithTags(rights, asked.resource)) return
  } else if (wanted.length > 0 && wanted.every((permission) => held.has(permission))) return
  throw denied(resourceText(asked.resource))
}

/** Those whose option reaches all of the resource. */
function grantsCovering(rights: PrincipalRights, resource: Resource): readonly Grant[] {
  switch (resource.kind) {
    case 'catalog':
      return rights.catalog
    case 'database':
      return rights.databases.get(resource.database) ?? []
    case 'tables':
      return rights.tables.get(resource.database) ?? []
    case 'table':
    case 'columns':
    case 'filter': {
      const own = rights.named.get(tablePrefix(resource)) ?? []
      const choice = resource.kind === 'columns' ? resource : undefined
      return [...(rights.tables.get(resource.database) ?? []), ...own.filter((grant) => reaches(grant, choice))]
    }
    case 'location':
      return rights.locations.filter((grant) => resourceKey(grant.resource) === resourceKey(resource))
    case 'tag':
    case 'tag-expression':
      return rights.tags.filter((grant) => resourceKey(grant.resource) === resourceKey(resource))
    case 'tagged-databases':
    case 'tagged-tables':
      return []
  }
}

/** A grant of columns is passed on as a list of those columns or fewer; a row filter is granted by who sees all rows. */
function reaches({ resource }: Grant, choice: ColumnChoice | undefined): boolean {
  if (resource.kind === 'table') return true
  if (resource.kind !== 'columns' || !choice || !('include' in choice)) return false
  const { include } = choice
  return 'include' in resource
    ? include.every((column) => resource.include.includes(column))
    : !include.some((column) => resource.except.includes(column))
}

function grantsWithTags(rights: PrincipalRights, resource: Resource): boolean {
  if (resource.kind !== 'tagged-databases' && resource.kind !== 'tagged-tables') return false
  const passed = rights.tags.filter((grant) =>
    spelledOut(grant.resource.kind, grant.permissions).includes('GRANT_WITH_LF_TAG_EXPRESSION'),
  )
  if ('expression' in resource)
    return passed.some(({ resource: of }) => of.kind === 'tag-expression' && of.name === resource.expression)
  return resource.conditions.every(({ key, values }) =>
    passed.some(
      ({ resource: of }) =>
        of.kind === 'tag' &&
        of.key === key &&
        (of.values.includes('*') || values.every((one) => of.values.includes(one))),
    ),
  )
}
