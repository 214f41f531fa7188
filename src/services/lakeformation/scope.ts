import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { ServiceCall } from '../../protocol/service.ts'

/** The catalog that a request is about, on behalf of its caller: the account's own, or one below it. */
export function scopeOf({ account, region, principal }: ServiceCall, catalogId: string | undefined): Scope {
  if (catalogId === undefined || catalogId === account) return { account, region, principal }
  const below = (catalogId.startsWith(`${account}:`) ? catalogId : `${account}:${catalogId}`).toLowerCase()
  if (/^\d{12}(:|$)/.test(catalogId) && below !== catalogId.toLowerCase())
    throw new Fault('denied', 'catalog', `Insufficient Lake Formation permission(s): Required Describe on ${catalogId}`)
  return { account: below, region, principal }
}

/** As the house sees the same catalog. */
export const ofHouse = ({ account, region }: Scope): Scope => ({ account, region })
