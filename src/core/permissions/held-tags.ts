/** Values of LF-Tags that somebody may do something with, be the tag of their own account or one that another has shared. */
import type { Scope } from '../catalog/catalog.ts'
import { isAdministrator } from './grantors.ts'
import { type Permission, spelledOut } from './permission.ts'
import type { Permissions } from './permissions.ts'
import { ANY_VALUE, type TagCondition } from './resource.ts'
import { isAbroad } from './shared-scopes.ts'
import { valuesWith } from './tag-rights.ts'
import { tagScope } from './tags.ts'

const EVERY_VALUE: ReadonlySet<string> = new Set([ANY_VALUE])

/**
 * `scope`: where the tag is kept, with who asks. "A data lake administrator in that account can then grant those permissions
 * to other principals in the account" (lake-formation dg, TBAC-granting-tags); what is effective is in both grants.
 */
export function heldValues(permissions: Permissions, scope: Scope, key: string, permission: Permission) {
  const home = tagScope(scope)
  const { principal } = home
  if (!principal || isAdministrator(permissions, home)) return EVERY_VALUE
  if (!isAbroad(principal, home)) {
    const { rights } = permissions.compiled(principal, home)
    return permission === 'DESCRIBE' && rights.describesAll ? EVERY_VALUE : valuesWith(rights, key, permission)
  }
  const { direct, share, passedOn } = permissions.shared(principal, home)
  const shared = valuesWith(share, key, permission)
  const isAll = passedOn === 'root' || passedOn.administers
  const common = isAll ? shared : commonValues(shared, valuesWith(passedOn, key, permission))
  return valuesWith(direct, key, permission).union(common)
}

/**
 * As far as whoever asks may see what they are about: what a search finds tells of tags. None, which nothing matches, where one
 * of them is about nothing that is seen. "`Describe` or `Associate` on the LF-Tag" (lake-formation dg, TBAC-view-tag-resources).
 */
export function seenConditions(
  permissions: Permissions,
  scope: Scope,
  conditions: readonly TagCondition[],
): readonly TagCondition[] {
  const seen = conditions.map(({ key, values }) => {
    const held = heldValues(permissions, scope, key, 'DESCRIBE')
    return { key, values: [...commonValues(held, new Set(values))] }
  })
  return seen.every(({ values }) => values.length > 0) ? seen : []
}

function commonValues(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  if (one.has(ANY_VALUE)) return other
  return other.has(ANY_VALUE) ? one : one.intersection(other)
}

/** Administrators, and whom they have made creators of expressions (lake-formation dg, TBAC-creating-tag-expressions). */
export function makesExpressions(permissions: Permissions, scope: Scope): boolean {
  if (isAdministrator(permissions, scope)) return true
  const { rights } = permissions.compiled(scope.principal!, scope)
  return rights.catalog.some((grant) => spelledOut('catalog', grant.permissions).includes('CREATE_LF_TAG_EXPRESSION'))
}

/** Of one of the account's own. Whoever makes expressions sees all of them (lake-formation dg, TBAC-listing-expressions). */
export function mayOnExpression(permissions: Permissions, scope: Scope, name: string, permission: Permission): boolean {
  if (isAdministrator(permissions, scope)) return true
  const { rights } = permissions.compiled(scope.principal!, scope)
  const held = rights.tags.flatMap(({ resource: of, permissions: given }) =>
    of.kind === 'tag-expression' && of.name === name ? spelledOut(of.kind, given) : [],
  )
  if (permission !== 'DESCRIBE') return held.includes(permission)
  return held.length > 0 || rights.describesAll !== undefined || makesExpressions(permissions, scope)
}
