import type { Scope } from '../../core/catalog/catalog.ts'
import { CATALOG_ID } from '../../core/catalog/links.ts'
import { Fault } from '../../core/faults.ts'
import { isAbroad, meantCatalog, sharedScope } from '../../core/permissions/shared-scopes.ts'
import type { ServiceCall } from '../../protocol/service.ts'

/** The catalog that a request is about, on behalf of its caller: the account's own, or one below it. */
export function scopeOf({ account, region, principal }: ServiceCall, catalogId: string | undefined): Scope {
  if (catalogId === undefined || catalogId === account) return { account, region, principal }
  const below = (catalogId.startsWith(`${account}:`) ? catalogId : `${account}:${catalogId}`).toLowerCase()
  if (/^\d{12}(:|$)/.test(catalogId) && below !== catalogId.toLowerCase())
    throw new Fault('denied', 'catalog', `Insufficient Lake Formation permission(s): Required Describe on ${catalogId}`)
  return { account: below, region, principal }
}

/** The same, or what the caller's account passes on of another's catalog. */
export function grantedScope(call: ServiceCall, catalogId: string | undefined): Scope {
  const scope = reachedScope(call, catalogId)
  return isAbroad(call.principal, scope) ? sharedScope(scope, call.account) : scope
}

/** The same, or another account's catalog as its owner has shared it. */
export function reachedScope(call: ServiceCall, catalogId: string | undefined): Scope {
  const { account, region, principal } = call
  const id = catalogId?.toLowerCase()
  const isForeign = id !== undefined && CATALOG_ID.test(id) && !id.startsWith(account)
  return isForeign ? { account: id, region, principal } : scopeOf(call, catalogId)
}

/** As the house sees the same catalog. */
export const ofHouse = (scope: Scope): Scope => meantCatalog(scope)
