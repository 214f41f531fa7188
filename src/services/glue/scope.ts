import type { Scope } from '../../core/catalog/catalog.ts'
import { CATALOG_ID } from '../../core/catalog/links.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'

/** `000000000000:sales`, or the catalog's name alone. */
const BELOW = /^(?:(\d{12}):)?((?:s3tablescatalog\/)?[a-z0-9_-]*[a-z_-][a-z0-9_-]*)$/

/**
 * The catalog a call means: the account's own, or one below it, whose scope is that of an account called
 * `000000000000:sales`; whether there is such a one is asked before (`catalogs`). Another account's is closed.
 */
export function scopeOf(call: ServiceCall, catalogId: string | undefined): Scope {
  const { account, region, principal } = call
  if (catalogId === undefined || catalogId === account) return { account, region, principal }
  const name = catalogBelow(account, catalogId)
  if (name !== undefined) return { account: `${account}:${name}`, region, principal }
  const [owner = ''] = catalogId.split(':')
  if (/^\d{12}$/.test(owner) && owner !== account)
    throw new AwsError(
      'AccessDeniedException',
      `User: ${call.principal.arn} is not authorized to perform: glue:${call.operation} on resource: ` +
        `arn:aws:glue:${region}:${owner}:catalog because no resource-based policy allows the glue:${call.operation} action`,
    )
  throw catalogMissing(catalogId)
}

/**
 * The same, or another account's catalog: of databases and tables, which have been let in by policies and are seen as their
 * owner has shared them.
 */
export const reachedScope = (call: ServiceCall, catalogId: string | undefined): Scope =>
  catalogId !== undefined && CATALOG_ID.test(catalogId)
    ? { account: catalogId, region: call.region, principal: call.principal }
    : scopeOf(call, catalogId)

/** The name of a catalog below the account's, if the id is that of one. */
export function catalogBelow(account: string, catalogId: string): string | undefined {
  const [, owner = account, name] = BELOW.exec(catalogId) ?? []
  return owner === account ? name : undefined
}

export const catalogMissing = (catalogId: string): AwsError =>
  new AwsError('EntityNotFoundException', `Catalog ${catalogId} not found.`)
