/** Who has been let at a table's files, for the record: by keys to them, or by a plan of a scan. */
import { readEvents } from '../../core/events/reads.ts'
import type { Lake } from '../../core/lake.ts'
import type { CatalogRequest } from '../../protocol/rest-catalog.ts'
import { GLUE_PRINCIPAL, type TableIdentifier } from './catalog-context.ts'

const GLUE = { service: 'GLUE', source: GLUE_PRINCIPAL } as const

export function tellAccess(
  { clock, events }: Lake,
  { call, prefix, signedFor }: CatalogRequest,
  { database, name }: TableIdentifier,
  { columns, ...detail }: Readonly<Record<string, unknown>> & { readonly columns: readonly string[] },
): void {
  const { account, region, principal, requestId } = call
  const reader = {
    ...GLUE,
    principal,
    scope: { account, region },
    queryId: requestId,
    detail: { ...detail, signedFor },
  }
  const catalog = prefix.replace(/^catalogs\//, '')
  const isOwn = catalog === '' || catalog === account
  const read = { name: `${database}.${name}`, columns, ...(!isOwn && { catalog }) }
  for (const event of readEvents([read], reader, clock.now())) events.journal.append(event)
}
