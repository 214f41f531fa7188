import type { Scope } from '../../core/catalog/catalog.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'

/**
 * The catalog a call means. An account's own is the only one there is: another account's is closed without a resource
 * policy, and there are no catalogs below an account's.
 */
export function scopeOf(call: ServiceCall, catalogId: string | undefined): Scope {
  const { account, region } = call
  if (catalogId === undefined || catalogId === account) return { account, region }
  if (/^\d{12}$/.test(catalogId))
    throw new AwsError(
      'AccessDeniedException',
      `User: ${call.principal.arn} is not authorized to perform: glue:${call.operation} on resource: ` +
        `arn:aws:glue:${region}:${catalogId}:catalog because no resource-based policy allows the glue:${call.operation} action`,
    )
  throw new AwsError('EntityNotFoundException', `Catalog ${catalogId} not found.`)
}
