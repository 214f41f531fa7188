/** Who has been let at a table's files, for the record: by keys to them, or by a plan of a scan. */
import { readEvents } from '../../core/events/reads.ts'
import type { Lake } from '../../core/lake.ts'
import { settingsOf } from '../../core/permissions/settings.ts'
import { foreignOwner } from '../../core/queries/foreign-owner.ts'
import type { CatalogRequest } from '../../protocol/rest-catalog.ts'
import { GLUE_PRINCIPAL, type TableIdentifier } from './catalog-context.ts'

const GLUE = { service: 'GLUE', source: GLUE_PRINCIPAL } as const

export function tellAccess(
  { catalog: { tables }, clock, events, state }: Lake,
  { call, prefix, signedFor }: CatalogRequest,
  { database, name }: TableIdentifier,
  { columns, ...detail }: Readonly<Record<string, unknown>> & { readonly columns: readonly string[] },
): void {
  const { account, region, principal, requestId } = call
  const scope = { account, region }
  const reader = {
    ...GLUE,
    principal,
    scope,
    queryId: requestId,
    detail: { ...detail, signedFor },
    trustedOwners: settingsOf(state, scope).TrustedResourceOwners,
  }
  const catalog = prefix.replace(/^catalogs\//, '')
  const isOwn = catalog === '' || catalog === account
  const table = isOwn ? tables.find(scope, database, name) : undefined
  const owner = table && foreignOwner({ scope, table }, principal)
  const read = { name: `${database}.${name}`, columns, ...(!isOwn && { catalog }), ...owner }
  for (const event of readEvents([read], reader, clock.now())) events.journal.append(event)
}
