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
  /** `INSERT` where the tables are written to. */
  readonly permission?: 'SELECT' | 'INSERT'
  /** Why nothing was read. */
  readonly failure?: { readonly code: string; readonly message: string }
  /** What else there is to say of it. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/**
 * `GetDataAccess` of Lake Formation, which AWS logs "whenever a principal or integrated AWS service requests temporary
 * credentials to access data" (docs: lake-formation dg, logging-using-cloudtrail); here it is logged of every table, and
 * tells the columns.
 */
export function readEvents(reads: readonly TableRead[], reader: Reader, now: Date): EventRecord[] {
  const { principal, scope, service, source, queryId, workGroup, permission = 'SELECT', failure, detail } = reader
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
      errorCode: failure?.code,
      errorMessage: failure?.message,
      requestParameters: {
        tableArn: arn,
        permissions: [permission],
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
        ...detail,
      },
      requestID: queryId,
      readOnly: true,
      resources: [{ accountId: scope.account, type: 'AWS::Glue::Table', ARN: arn }],
      category: 'Management',
    })
  })
}

/** Of a catalog of table buckets, that catalog stands before it; of a data source, the data catalog that it is. */
function tableArn({ account, region }: Scope, { name, catalog }: TableRead): string {
  const path = name.replace('.', '/')
  if (catalog === undefined) return `arn:aws:glue:${region}:${account}:table/${path}`
  if (catalog.startsWith('arn:')) return `${catalog}/table/${path}`
  const below = /(?:^|:)(s3tablescatalog\/.+)$/.exec(catalog)?.[1]
  return below === undefined
    ? `arn:aws:athena:${region}:${account}:datacatalog/${catalog}/${path}`
    : `arn:aws:glue:${region}:${account}:table/${below}/${path}`
}
