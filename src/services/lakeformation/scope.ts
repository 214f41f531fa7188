import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { meantCatalog, sharedScope } from '../../core/permissions/shared-scopes.ts'
import type { ServiceCall } from '../../protocol/service.ts'

/** The catalog that a request is about, on behalf of its caller: the account's own, or one below it. */
export function scopeOf({ account, region, principal }: ServiceCall, catalogId: string | undefined): Scope {
  if (catalogId === undefined || catalogId === account) return { account, region, principal }
  const below = (catalogId.startsWith(`${account}:`) ? catalogId : `${account}:${catalogId}`).toLowerCase()
  if (/^\d{12}(:|$)/.test(catalogId) && below !== catalogId.toLowerCase())
    throw new Fault('denied', 'catalog', `Insufficient Lake Formation permission(s): Required Describe on ${catalogId}`)
  return { account: below, region, principal }
}

const ACCOUNT = /^\d{12}$/

/** The same, or what the caller's account passes on of another's catalog. */
export const grantedScope = (call: ServiceCall, catalogId: string | undefined): Scope =>
  catalogId !== undefined && ACCOUNT.test(catalogId) && catalogId !== call.account
    ? sharedScope({ account: catalogId, region: call.region, principal: call.principal }, call.account)
    : scopeOf(call, catalogId)

/** The same, or another account's catalog as its owner has shared it. */
export const reachedScope = (call: ServiceCall, catalogId: string | undefined): Scope =>
  catalogId !== undefined && ACCOUNT.test(catalogId)
    ? { account: catalogId, region: call.region, principal: call.principal }
    : scopeOf(call, catalogId)

/** As the house sees the same catalog. */
export const ofHouse = (scope: Scope): Scope => meantCatalog(scope)
