/** Which tables and columns a statement reads, as events: one for each table, when its reading begins. */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { TableRead } from '../queries/table-reads.ts'
import type { EventRecord } from './event.ts'
import { identityOf } from './identity.ts'
import { callRecord } from './record.ts'

/** The door by which a statement came. */
export interface Reader {
  readonly principal: Principal
  readonly scope: Scope
  /** `ATHENA`, as Lake Formation names those who ask it for access. */
  readonly service: string
  /** `athena.amazonaws.com`. */
  readonly source: string
  readonly queryId: string
  readonly workGroup?: string
}

/**
 * `GetDataAccess` of Lake Formation, which AWS logs "whenever a principal or integrated AWS service requests temporary
 * credentials to access data" (docs: lake-formation dg, logging-using-cloudtrail); here it is logged of every table, and
 * tells the columns.
 */
export function readEvents(reads: readonly TableRead[], reader: Reader, now: Date): EventRecord[] {
  const { principal, scope, service, source, queryId, workGroup } = reader
  return reads.map((read) => {
    const arn = tableArn(scope, read)
    return callRecord({
      identity: { ...identityOf(principal), invokedBy: source },
      at: now,
      source: 'lakeformation.amazonaws.com',
      name: 'GetDataAccess',
      region: scope.region,
      account: scope.account,
      address: source,
      userAgent: source,
      requestParameters: {
        tableArn: arn,
        permissions: ['SELECT'],
        auditContext: { additionalAuditContext: `{queryId: ${queryId}}` },
      },
      additionalEventData: {
        requesterService: service,
        lakeFormationPrincipal: principal.arn,
        queryExecutionId: queryId,
        ...(workGroup !== undefined && { workGroup }),
        catalog: read.catalog ?? 'AwsDataCatalog',
        table: read.name,
        columns: read.columns,
      },
      requestID: queryId,
      readOnly: true,
      resources: [{ accountId: scope.account, type: 'AWS::Glue::Table', ARN: arn }],
      category: 'Management',
    })
  })
}

/** Of a table of a data source, the data catalog stands before it. */
function tableArn({ account, region }: Scope, { name, catalog }: TableRead): string {
  const path = name.replace('.', '/')
  return catalog === undefined
    ? `arn:aws:glue:${region}:${account}:table/${path}`
    : `arn:aws:athena:${region}:${account}:datacatalog/${catalog}/${path}`
}
