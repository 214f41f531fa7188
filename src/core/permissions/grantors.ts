/** Who may grant and revoke: administrators everything, others what they have been given with the option to pass it on. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Grant } from './grants.ts'
import { spelledOut } from './permission.ts'
import type { Permissions } from './permissions.ts'
import {
  type ColumnChoice,
  type Resource,
  resourceKey,
  resourceText,
  type TableName,
  type TagCondition,
  tablePrefix,
} from './resource.ts'
import type { CatalogRules, PrincipalRights, TaggedGrant } from './rights.ts'
import { isShared, meantCatalog } from './shared-scopes.ts'
import { holdsValues, valuesWith } from './tag-rights.ts'
import { type LfTags, matches } from './tags.ts'

type Asked = Pick<Grant, 'resource' | 'permissions' | 'grantable'>

export const isAdministrator = (permissions: Permissions, scope: Scope): boolean => {
  const { principal } = scope
  return (
    !principal || permissions.isUnlimited(principal, scope) || permissions.compiled(principal, scope).rights.administers
  )
}

export function requireAdministrator(permissions: Permissions, scope: Scope): void {
  if (!isAdministrator(permissions, scope)) throw denied('the data lake: only its administrators may do this')
}

const denied = (what: string): Fault =>
  new Fault('denied', 'permission', `Insufficient Lake Formation permission(s) on ${what}`)

export function requireGrantor(permissions: Permissions, scope: Scope, asked: Asked): void {
  if (isShared(scope)) requirePassable(permissions, scope, asked)
  if (isAdministrator(permissions, scope)) return
  const { rights, rules } = permissions.compiled(scope.principal!, scope)
  if (grantsWithTags(rights, asked.resource) || mayPassOn(rights, rules, asked)) return
  throw denied(resourceText(asked.resource))
}

/** "The ability to grant these permissions to other principals on all … databases, and tables" (lf-permissions-reference). */
const OF_SUPER_USERS: readonly Resource['kind'][] = ['database', 'tables', 'table', 'columns', 'filter']

function mayPassOn(rights: PrincipalRights, rules: CatalogRules, { resource, ...asked }: Asked): boolean {
  if (rights.superUser.length > 0 && OF_SUPER_USERS.includes(resource.kind)) return true
  const wanted = [...spelledOut(resource.kind, asked.permissions), ...spelledOut(resource.kind, asked.grantable)]
  const held = new Set(
    grantsCovering(rights, rules, resource).flatMap((grant) => spelledOut(grant.resource.kind, grant.grantable)),
  )
  return wanted.length > 0 && wanted.every((permission) => held.has(permission))
}

/**
 * What another account has shared with the option to pass it on. "The data lake administrator in the external account can grant
 * SELECT on all columns": what is effective is what is in both (lake-formation dg, data-filtering-notes).
 */
function requirePassable(permissions: Permissions, scope: Scope, { resource, ...asked }: Asked): void {
  const { share, rules } = permissions.shared(scope.principal!, meantCatalog(scope))
  const wanted = [...spelledOut(resource.kind, asked.permissions), ...spelledOut(resource.kind, asked.grantable)]
  const given = new Set(
    grantsAbout(share, rules, resource).flatMap((grant) => spelledOut(grant.resource.kind, grant.grantable)),
  )
  if (wanted.length === 0 || !wanted.every((one) => given.has(one))) throw denied(resourceText(resource))
}

function grantsAbout(share: PrincipalRights, { tags }: CatalogRules, resource: Resource): readonly Grant[] {
  const fitting = (tagged: readonly TaggedGrant[], own: LfTags): Grant[] =>
    tagged.flatMap(({ grant, conditions }) => (matches(conditions, own) ? [grant] : []))
  switch (resource.kind) {
    case 'database':
      return [
        ...(share.databases.get(resource.database) ?? []),
        ...fitting(share.taggedDatabases, tags.of(resource.database)),
      ]
    case 'tables':
      return share.tables.get(resource.database) ?? []
    case 'table':
    case 'columns':
    case 'filter':
      return [
        ...(share.tables.get(resource.database) ?? []),
        ...(share.named.get(tablePrefix(resource)) ?? []),
        ...fitting(share.taggedTables, tags.ofTable(resource)),
      ]
    case 'tag':
      return tagGrantsCovering(share, resource)
    case 'tagged-databases':
      return share.taggedDatabases.map(({ grant }) => grant)
    case 'tagged-tables':
      return share.taggedTables.map(({ grant }) => grant)
    default:
      return []
  }
}

/**
 * Those whose option reaches all of the resource. One by tags is passed on by the names of what has them, and by the very
 * expression that it is of (lake-formation dg, lf-tag-considerations).
 */
function grantsCovering(rights: PrincipalRights, rules: CatalogRules, resource: Resource): readonly Grant[] {
  switch (resource.kind) {
    case 'catalog':
      return rights.catalog
    case 'database':
      return [
        ...(rights.databases.get(resource.database) ?? []),
        ...rights.taggedDatabases.flatMap(({ grant, conditions }) =>
          matches(conditions, rules.tags.of(resource.database)) ? [grant] : [],
        ),
      ]
    case 'tables':
      return rights.tables.get(resource.database) ?? []
    case 'table':
    case 'columns':
    case 'filter': {
      const own = rights.named.get(tablePrefix(resource)) ?? []
      const choice = resource.kind === 'columns' ? resource : undefined
      return [
        ...(rights.tables.get(resource.database) ?? []),
        ...own.filter((grant) => reaches(grant, choice)),
        ...rights.taggedTables.flatMap((one) => (reachesByTags(one, rules, resource, choice) ? [one.grant] : [])),
      ]
    }
    case 'location':
      return rights.locations.filter((grant) => resourceKey(grant.resource) === resourceKey(resource))
    case 'tag':
      return tagGrantsCovering(rights, resource)
    case 'tag-expression':
      return rights.tags.filter((grant) => resourceKey(grant.resource) === resourceKey(resource))
    case 'tagged-databases':
    case 'tagged-tables':
      return [...rights.taggedDatabases, ...rights.taggedTables].flatMap(({ grant }) =>
        resourceKey(grant.resource) === resourceKey(resource) ? [grant] : [],
      )
  }
}

const tagGrantsCovering = ({ tags }: PrincipalRights, { key, values }: TagCondition): readonly Grant[] =>
  tags.filter(({ resource: of }) => of.kind === 'tag' && of.key === key && holdsValues(new Set(of.values), values))

/** All columns of the table, or all that are asked for. */
function reachesByTags(
  { conditions }: TaggedGrant,
  { tags }: CatalogRules,
  table: TableName,
  choice: ColumnChoice | undefined,
): boolean {
  const [ofTable, ofColumns] = [tags.ofTable(table), tags.columnsOf(table)]
  if (choice && 'include' in choice)
    return choice.include.every((column) => matches(conditions, ofColumns.get(column) ?? ofTable))
  return matches(conditions, ofTable) && ofColumns.values().every((own) => matches(conditions, own))
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
  if ('expression' in resource)
    return rights.tags.some(
      ({ resource: of, permissions }) =>
        of.kind === 'tag-expression' &&
        of.name === resource.expression &&
        spelledOut(of.kind, permissions).includes('GRANT_WITH_LF_TAG_EXPRESSION'),
    )
  if (resource.conditions.length === 0) return false
  return resource.conditions.every(({ key, values }) =>
    holdsValues(valuesWith(rights, key, 'GRANT_WITH_LF_TAG_EXPRESSION'), values),
  )
}
