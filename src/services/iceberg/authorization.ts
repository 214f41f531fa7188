/**
 * What each operation asks of its caller's policies. Signed for Glue:
 * https://docs.aws.amazon.com/glue/latest/dg/iceberg-rest-apis.html; for S3 Tables:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-integrating-open-source.html. Views and what came to the
 * protocol later are asked for as tables are.
 */
import type { Question } from '../../core/access/access.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { catalogArns, databaseArns, functionArns, tableArns } from '../../core/catalog/resource-arns.ts'
import type { Lake } from '../../core/lake.ts'
import { tableArnAt } from '../../core/table-buckets/table-buckets.ts'
import type { CatalogEndpoint, CatalogRequest } from '../../protocol/rest-catalog.ts'
import { type CatalogScope, catalogScope, prefixOf } from './catalog-scope.ts'

interface Named {
  readonly database: string
  readonly name: string
}

/** Of the catalog, of all namespaces, of one with what is in it, of all its tables, or of tables. */
type Subject =
  | 'catalog'
  | 'namespaces'
  | 'namespace'
  | 'whole namespace'
  | 'tables'
  | ((request: CatalogRequest) => readonly Named[])

interface Needed {
  readonly glue: string
  readonly s3tables: readonly string[]
  readonly of: Subject
  /** The operation looks into the table's files, or says how to: Lake Formation may have to give them out. */
  readonly opens?: true
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const levelsIn = (value: unknown): string => (Array.isArray(value) ? value.map(text).join('.') : '')

const inPath = ({ labels }: CatalogRequest): Named[] => [
  { database: labels.namespace ?? '', name: labels.table ?? labels.view ?? '' },
]
const inBody = ({ labels, body }: CatalogRequest): Named[] => [
  { database: labels.namespace ?? '', name: text(body.name) },
]
const identified = (value: unknown): Named => {
  const { namespace, name } = (value ?? {}) as { readonly namespace?: unknown; readonly name?: unknown }
  return { database: levelsIn(namespace), name: text(name) }
}
type Change = { readonly identifier?: unknown; readonly requirements?: unknown }
const changesIn = ({ body }: CatalogRequest): readonly Change[] =>
  Array.isArray(body['table-changes']) ? body['table-changes'].map((one) => (one ?? {}) as Change) : []
const creates = ({ requirements }: Change): boolean =>
  Array.isArray(requirements) &&
  requirements.some((one) => (one as { type?: unknown } | null)?.type === 'assert-create')

const READS = ['GetTableMetadataLocation', 'GetTableData']
const CREATES = ['CreateTable', 'PutTableData']
const UPDATES = ['UpdateTableMetadataLocation', 'PutTableData', 'GetTableData']

const reading: Needed = { glue: 'GetTable', s3tables: READS, of: inPath, opens: true }
const creating: Needed = { glue: 'CreateTable', s3tables: CREATES, of: inBody, opens: true }
const updating: Needed = { glue: 'UpdateTable', s3tables: UPDATES, of: inPath, opens: true }
const deleting: Needed = { glue: 'DeleteTable', s3tables: ['DeleteTable'], of: inPath }
const listing: Needed = { glue: 'GetTables', s3tables: ['ListTables'], of: 'tables' }
const existing: Needed = { glue: 'GetTable', s3tables: ['GetTable'], of: inPath }
/** "The caller must also have glue:CreateTable for the table to be renamed to." */
const renaming: readonly Needed[] = [
  { glue: 'UpdateTable', s3tables: ['RenameTable'], of: ({ body }) => [identified(body.source)] },
  { glue: 'CreateTable', s3tables: [], of: ({ body }) => [identified(body.destination)] },
]
const namespace: Needed = { glue: 'GetDatabase', s3tables: ['GetNamespace'], of: 'namespace' }

const NEEDED: Readonly<Record<string, readonly Needed[]>> = {
  getConfig: [{ glue: 'GetCatalog', s3tables: ['GetTableBucket'], of: 'catalog' }],
  listNamespaces: [{ glue: 'GetDatabase', s3tables: ['ListNamespaces'], of: 'namespaces' }],
  createNamespace: [{ glue: 'CreateDatabase', s3tables: ['CreateNamespace'], of: 'namespace' }],
  loadNamespaceMetadata: [namespace],
  namespaceExists: [namespace],
  updateProperties: [{ glue: 'UpdateDatabase', s3tables: ['CreateNamespace'], of: 'namespace' }],
  dropNamespace: [{ glue: 'DeleteDatabase', s3tables: ['DeleteNamespace'], of: 'whole namespace' }],
  listTables: [listing],
  createTable: [creating],
  registerTable: [creating],
  loadTable: [reading],
  tableExists: [existing],
  updateTable: [
    { ...updating, of: (request) => (creates(request.body) ? [] : inPath(request)) },
    { ...creating, of: (request) => (creates(request.body) ? inPath(request) : []) },
  ],
  commitTransaction: [
    {
      ...updating,
      of: (request) =>
        changesIn(request)
          .filter((one) => !creates(one))
          .map((one) => identified(one.identifier)),
    },
    {
      ...creating,
      of: (request) =>
        changesIn(request)
          .filter(creates)
          .map((one) => identified(one.identifier)),
    },
  ],
  dropTable: [deleting],
  renameTable: renaming,
  loadCredentials: [reading],
  signRequest: [reading],
  // What is signed there is signed for the caller, whom S3 asks itself.
  signS3Request: [],
  planTableScan: [reading],
  fetchPlanningResult: [reading],
  cancelPlanning: [existing],
  fetchScanTasks: [reading],
  reportMetrics: [existing],
  listMetrics: [existing],
  listViews: [listing],
  createView: [creating],
  registerView: [creating],
  loadView: [reading],
  viewExists: [existing],
  replaceView: [updating],
  dropView: [deleting],
  renameView: renaming,
}

/** The same endpoint, which asks before it answers. One that the table does not know is nobody's but the root's. */
export const authorized = (lake: Lake, endpoint: CatalogEndpoint): CatalogEndpoint => ({
  ...endpoint,
  answer(request) {
    const { access } = lake
    const { call } = request
    if (!access.isUnbound(call.principal))
      for (const question of questionsOf(lake, endpoint.name, request)) access.check(call, question)
    return endpoint.answer(request)
  },
})

/** Of the table in a table bucket, by who has signed for S3 Tables. */
export function mayWriteData(lake: Lake, request: CatalogRequest, table: Named, where: CatalogScope): boolean {
  const { scope, tableBucket } = where
  if (request.signedFor !== 's3tables' || !tableBucket || lake.access.isUnbound(request.call.principal)) return true
  const writing: Needed = { glue: '', s3tables: ['PutTableData'], of: () => [table] }
  const questions = s3TablesQuestions(lake, writing, { scope, tableBucket }, request)
  return questions.every((one) => lake.access.allows(request.call, one))
}

function questionsOf(lake: Lake, name: string, request: CatalogRequest): readonly Question[] {
  const needed = NEEDED[name] ?? [{ glue: name, s3tables: [name], of: 'catalog' as const }]
  if (needed.length === 0) return []
  const where = catalogScope(name === 'getConfig' ? configured(request) : request, lake)
  const { scope, tableBucket } = where
  // Whatever a request is signed for, only table buckets are asked for as S3 Tables names things.
  return needed.flatMap((one) =>
    request.signedFor === 's3tables' && tableBucket
      ? s3TablesQuestions(lake, one, { scope, tableBucket }, request)
      : glueQuestions(one, where, request),
  )
}

/** Of the warehouse that is asked for. */
function configured(request: CatalogRequest): CatalogRequest {
  const prefix = prefixOf(request.query.get('warehouse') ?? undefined, request)
  return { ...request, prefix: prefix.split('/').map(decodeURIComponent).join('/') }
}

function glueQuestions(
  { glue, of, opens }: Needed,
  { scope, tableBucket }: CatalogScope,
  request: CatalogRequest,
): Question[] {
  const action = `glue:${glue}`
  const resources = glueArns(of, scope, request)
  const asked = [...new Set(resources)].map((resource) => ({ action, resource }))
  // Table buckets are registered with Lake Formation as whole catalogs: docs, AmazonS3 userguide, s3-tables-integrating-glue-endpoint.
  const given = opens && tableBucket && asked.length > 0
  return given ? [...asked, { action: 'lakeformation:GetDataAccess', resource: '*' }] : asked
}

function glueArns(of: Subject, scope: Scope, request: CatalogRequest): readonly string[] {
  const database = namespaceIn(request)
  switch (of) {
    case 'catalog':
      return catalogArns(scope, undefined)
    case 'namespaces':
      return databaseArns(scope, undefined, '*')
    case 'namespace':
      return databaseArns(scope, undefined, database)
    case 'whole namespace':
      return [...tableArns(scope, undefined, database, '*'), ...functionArns(scope, undefined, database, '*').slice(-1)]
    case 'tables':
      return tableArns(scope, undefined, database, '*')
    default:
      return of(request).flatMap((one) => tableArns(scope, undefined, one.database, one.name))
  }
}

const namespaceIn = ({ labels, body }: CatalogRequest): string => labels.namespace ?? levelsIn(body.namespace)

function s3TablesQuestions(
  lake: Lake,
  { s3tables, of }: Needed,
  { scope, tableBucket }: Required<Pick<CatalogScope, 'scope' | 'tableBucket'>>,
  request: CatalogRequest,
): Question[] {
  const { account, region } = request.call
  const bucket = `arn:aws:s3tables:${region}:${account}:bucket/${tableBucket.name}`
  if (typeof of === 'string') {
    const database = namespaceIn(request)
    const context = of === 'namespace' || of === 'whole namespace' ? { 's3tables:namespace': database } : undefined
    return s3tables.map((action) => ({ action: `s3tables:${action}`, resource: bucket, ...(context && { context }) }))
  }
  return of(request).flatMap(({ database, name }) => {
    const table = lake.catalog.tables.find({ account: scope.account, region: scope.region }, database, name)
    const arn = (table && tableArnAt(scope, table.descriptor)) ?? `${bucket}/table/*`
    const context = { 's3tables:namespace': database, 's3tables:tablename': name }
    return s3tables.map((action) => ({
      action: `s3tables:${action}`,
      resource: action === 'CreateTable' ? bucket : arn,
      context,
    }))
  })
}
