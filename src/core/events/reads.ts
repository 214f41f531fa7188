/** Which tables and columns a statement reads, as events: one for each table, when its reading begins. */
import { randomBytes, randomUUID } from 'node:crypto'
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
  /** Accounts that are told who has read their tables; others are told whose account it was. */
  readonly trustedOwners?: readonly string[] | undefined
  /** What else there is to say of it. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/**
 * `GetDataAccess` of Lake Formation, which AWS logs "whenever a principal or integrated AWS service requests temporary
 * credentials to access data" (docs: lake-formation dg, logging-using-cloudtrail); here it is logged of every table, and
 * tells the columns. Of another account's table it is told in both accounts beside.
 */
export const readEvents = (reads: readonly TableRead[], reader: Reader, now: Date): EventRecord[] =>
  reads.flatMap((read) => [
    readEvent(read, reader, now),
    ...(read.owner ? sharedEvents(read, read.owner, reader, now) : []),
  ])

function readEvent(read: TableRead, reader: Reader, now: Date): EventRecord {
  const { principal, scope, source, queryId, workGroup, detail } = reader
  const arn = tableArn(scope, read)
  return callRecord({
    ...callOf(arn, reader, now),
    identity: { ...identityOf(principal), invokedBy: source },
    account: scope.account,
    additionalEventData: {
      requesterService: reader.service,
      lakeFormationPrincipal: principal.arn,
      queryExecutionId: queryId,
      ...(workGroup !== undefined && { workGroup }),
      catalog: read.catalog ?? 'AwsDataCatalog',
      table: read.name,
      columns: read.columns,
      ...detail,
    },
    resources: [{ accountId: scope.account, type: 'AWS::Glue::Table', ARN: arn }],
  })
}

/**
 * What both accounts are told of an access to a shared table: whose it was, and by whom only where the reader's account
 * trusts the owner with it. docs: lake-formation dg, cross-account-logging.
 */
function sharedEvents(
  { columns }: TableRead,
  owner: NonNullable<TableRead['owner']>,
  reader: Reader,
  now: Date,
): EventRecord[] {
  const { principal, scope, service, trustedOwners = [] } = reader
  const arn = tableArn({ ...scope, account: owner.account }, { name: owner.name })
  const sharedEventID = randomUUID()
  const suffix = randomBytes(8).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 10)
  const { principalId = principal.account } = identityOf(principal)
  const event = {
    ...callOf(arn, reader, now),
    identity: { type: 'AWSAccount', principalId, accountId: principal.account } as const,
    additionalEventData: {
      requesterService: service,
      ...(trustedOwners.includes(owner.account) && { lakeFormationPrincipal: principal.arn }),
      lakeFormationRoleSessionName: `AWSLF-00-${ENGINE_CODES[service] ?? 'GL'}-${principal.account}-${suffix}`,
      table: owner.name,
      columns,
    },
    resources: [{ accountId: owner.account, type: 'AWS::Glue::Table', ARN: arn }],
  }
  return [scope.account, owner.account].map((account) => ({ ...callRecord({ ...event, account }), sharedEventID }))
}

const ENGINE_CODES: Readonly<Record<string, string>> = { ATHENA: 'AT' }

/** What all records of one access have. */
function callOf(tableArn: string, reader: Reader, at: Date) {
  const { scope, source, queryId, permission = 'SELECT', failure } = reader
  return {
    at,
    source: 'lakeformation.amazonaws.com',
    name: 'GetDataAccess',
    region: scope.region,
    address: source,
    userAgent: source,
    errorCode: failure?.code,
    errorMessage: failure?.message,
    requestParameters: {
      tableArn,
      permissions: [permission],
      auditContext: { additionalAuditContext: `{queryId: ${queryId}}` },
    },
    requestID: queryId,
    readOnly: true,
    category: 'Management',
  } as const
}

/** Of a catalog of table buckets, that catalog stands before it; of a data source, the data catalog that it is. */
function tableArn({ account, region }: Scope, { name, catalog }: Pick<TableRead, 'name' | 'catalog'>): string {
  const path = name.replace('.', '/')
  if (catalog === undefined) return `arn:aws:glue:${region}:${account}:table/${path}`
  if (catalog.startsWith('arn:')) return `${catalog}/table/${path}`
  const below = /(?:^|:)(s3tablescatalog\/.+)$/.exec(catalog)?.[1]
  return below === undefined
    ? `arn:aws:athena:${region}:${account}:datacatalog/${catalog}/${path}`
    : `arn:aws:glue:${region}:${account}:table/${below}/${path}`
}
