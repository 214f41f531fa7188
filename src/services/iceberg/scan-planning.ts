/** Scans planned on the server: at once, and told in portions where they are large. */
import type { Sessions } from '../../core/access/sessions.ts'
import type { Lake } from '../../core/lake.ts'
import { rightsHolder } from '../../core/permissions/lake-principal.ts'
import type { CommitContext } from '../../core/queries/iceberg/commit-steps.ts'
import { readMetadata } from '../../core/queries/iceberg/metadata-file.ts'
import { icebergTable } from '../../core/queries/iceberg/requested-commits.ts'
import type { ScanRequest } from '../../core/queries/iceberg/scan-plans.ts'
import { currentSchema, type Id } from '../../formats/iceberg/metadata.ts'
import type { CatalogEndpoint, CatalogRequest } from '../../protocol/rest-catalog.ts'
import { tellAccess } from './access-events.ts'
import { inCatalog, namedTable, textIn } from './catalog-context.ts'
import { badRequest } from './faults.ts'
import type { PlannedScan, PlannedScans } from './planned-scans.ts'
import { askedCredentials, tableFolders, vending } from './storage-access.ts'

/** With the first scan that is asked for: most clients plan theirs themselves. */
const scanTasks = () => import('./scan-tasks.ts')

const TABLE = '/v1/{prefix}/namespaces/{namespace}/tables/{table}'

export function scanPlanning(lake: Lake, sessions: Sessions, scans: PlannedScans): CatalogEndpoint[] {
  /** With the first portion, and what follows it. */
  const answered = async (scan: PlannedScan, request: CatalogRequest, context: CommitContext) => {
    const folders = tableFolders(scan.plan.view.metadata)
    const keys = vending(lake, sessions, request, namedTable(request))
    const credentials = askedCredentials(request, folders, keys)
    return {
      body: {
        status: 'completed',
        'plan-id': scan.id,
        ...(await (await scanTasks()).tasksOf(scan.plan, scan.portions[0] ?? [], context)),
        'plan-tasks': scans.tasks(scan),
        ...(credentials && { 'storage-credentials': credentials }),
      },
    }
  }

  return [
    {
      name: 'planTableScan',
      address: `POST ${TABLE}/plan`,
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { database, name } = namedTable(request)
          const metadata = await readMetadata(icebergTable(database, name, context), context)
          const table = { name: `${database}.${name}`, metadata }
          const { plannedScan } = await scanTasks()
          const selected = textsIn(request.body, 'select')
          const planned = await plannedScan(table, scanRequest(request.body), context)
          const columns = selected.length > 0 ? selected : currentSchema(metadata).fields.map((field) => field.name)
          tellAccess(lake, request, { database, name }, { columns })
          return answered(scans.keep({ of: ownerOf(request), ...planned }), request, context)
        }),
    },
    {
      name: 'fetchPlanningResult',
      address: `GET ${TABLE}/plan/{plan-id}`,
      answer: (request) =>
        inCatalog(lake, request, async (context) => answered(planNamed(request, context), request, context)),
    },
    {
      name: 'cancelPlanning',
      address: `DELETE ${TABLE}/plan/{plan-id}`,
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          scans.forget(planNamed(request, context))
          return {}
        }),
    },
    {
      name: 'fetchScanTasks',
      address: `POST ${TABLE}/tasks`,
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          requireTable(request, context)
          const { scan, portion } = scans.portion(textIn(request.body, 'plan-task'), ownerOf(request))
          return { body: await (await scanTasks()).tasksOf(scan.plan, portion, context) }
        }),
    },
  ]

  function planNamed(request: CatalogRequest, context: CommitContext): PlannedScan {
    requireTable(request, context)
    return scans.get(request.labels['plan-id']!, ownerOf(request))
  }
}

function requireTable(request: CatalogRequest, context: CommitContext): void {
  const { database, name } = namedTable(request)
  icebergTable(database, name, context)
}

const ownerOf = (request: CatalogRequest): string => {
  const { database, name } = namedTable(request)
  const { principal } = request.call
  return JSON.stringify([principal.arn, rightsHolder(principal), request.prefix, database, name.toLowerCase()])
}

function scanRequest(body: CatalogRequest['body']): ScanRequest {
  const [snapshotId, startId, endId] = ['snapshot-id', 'start-snapshot-id', 'end-snapshot-id'].map((member) =>
    idIn(body, member),
  )
  if (snapshotId !== undefined && (startId !== undefined || endId !== undefined))
    throw badRequest('Invalid scan: a snapshot and a range of snapshots are both asked for')
  if ((startId === undefined) !== (endId === undefined))
    throw badRequest('Invalid incremental scan: startSnapshotId and endSnapshotId is required')
  return {
    snapshotId,
    since: startId === undefined || endId === undefined ? undefined : { startId, endId },
    filter: body.filter,
    caseSensitive: body['case-sensitive'] !== false,
    snapshotSchema: body['use-snapshot-schema'] === true,
    statsFields: textsIn(body, 'stats-fields'),
  }
}

function idIn(body: CatalogRequest['body'], member: string): Id | undefined {
  const value = body[member] ?? undefined
  if (value === undefined || typeof value === 'bigint' || Number.isSafeInteger(value)) return value as Id | undefined
  throw badRequest(`Cannot parse ${member}: a whole number is expected`)
}

function textsIn(body: CatalogRequest['body'], member: string): readonly string[] {
  const value = body[member] ?? []
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw badRequest(`Cannot parse ${member}: a list of strings is expected`)
}
