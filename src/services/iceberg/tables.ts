/** Tables of the catalog that Iceberg's clients can read: made, found, registered, renamed and dropped. */
import { randomUUID } from 'node:crypto'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Table } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { lakeUri } from '../../core/objects/addresses.ts'
import {
  type CommitContext,
  type Committed,
  registeredTable,
  takeSteps,
} from '../../core/queries/iceberg/commit-steps.ts'
import { isIcebergTable, isIcebergView, metadataLocation } from '../../core/queries/iceberg/iceberg-table.ts'
import { readMetadata, readMetadataAt } from '../../core/queries/iceberg/metadata-file.ts'
import { requirePlace } from '../../core/queries/iceberg/metadata-places.ts'
import { created, icebergTable } from '../../core/queries/iceberg/requested-commits.ts'
import { filesOfTable } from '../../core/queries/iceberg/table-files.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import type { TableMetadata } from '../../formats/iceberg/metadata.ts'
import { type NewTable, newTableUpdates } from '../../formats/iceberg/new-table.ts'
import { checkSchema } from '../../formats/iceberg/schema.ts'
import { checkedOrder, checkedSpec } from '../../formats/iceberg/update-checks.ts'
import type { CatalogAnswer, CatalogEndpoint, CatalogRequest } from '../../protocol/rest-catalog.ts'
import {
  identifierIn,
  inCatalog,
  moved,
  namedTable,
  placeOf,
  requireFree,
  requireNamespace,
  type TableIdentifier,
  textIn,
} from './catalog-context.ts'
import { catalogScope } from './catalog-scope.ts'
import { badRequest } from './faults.ts'
import { namespaceName, texts } from './namespaces.ts'
import { pageOf } from './paging.ts'
import { storageAccess, tableFolders, vending } from './storage-access.ts'

/** `location` is absent of a table that is only staged. */
type Told = Omit<Committed, 'location'> & Partial<Committed>

export type TableAnswers = (request: CatalogRequest, table: TableIdentifier, told: Told) => CatalogAnswer

/** A table as clients are told it, with what they need to reach its files. */
export const tableAnswers =
  (lake: Lake, sessions: Sessions): TableAnswers =>
  (request, { database, name }, { metadata, location }) => {
    const prefix = request.prefix === '' ? '' : `/${request.prefix.split('/').map(encodeURIComponent).join('/')}`
    const path = `v1${prefix}/namespaces/${encodeURIComponent(database)}/tables/${encodeURIComponent(name)}`
    const keys = vending(lake, sessions, request, { database, name })
    const access = storageAccess(request, tableFolders(metadata), keys, path)
    return { body: { ...(location !== undefined && { 'metadata-location': location }), metadata, ...access } }
  }

export function tables(lake: Lake, answers: TableAnswers, places: TablePlaces): CatalogEndpoint[] {
  const { catalog } = lake
  return [
    {
      name: 'listTables',
      address: 'GET /v1/{prefix}/namespaces/{namespace}/tables',
      // "All tables including non-Iceberg tables will be listed": docs, glue dg, iceberg-rest-apis.
      answer: (request) => listed(request, lake, (table) => !isIcebergView(table)),
    },
    {
      name: 'createTable',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/tables',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const table = { database: namespaceName(request.labels.namespace!), name: textIn(request.body, 'name') }
          requireFree('Table', table, context)
          const definition = newDefinition(request)
          const { location, parameters } = await placeOf(table, request.body.location, request, lake, places)
          requirePlace(location, context)
          const metadata = created(newTableUpdates({ ...definition, location }), lake.clock.now().getTime())
          if (request.body['stage-create'] === true) return answers(request, table, { metadata })
          const step = { kind: 'create', ...table, created: metadata, files: [], parameters } as const
          const [made] = await takeSteps([step], context).catch(async (error: unknown) => {
            if (parameters) await places.remove(location)
            throw error
          })
          return answers(request, table, made!)
        }),
    },
    {
      name: 'registerTable',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/register',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const table = { database: namespaceName(request.labels.namespace!), name: textIn(request.body, 'name') }
          if (catalogScope(request, lake).tableBucket)
            throw badRequest('Tables of a table bucket lie where the bucket lays them: none is registered')
          const location = lakeUri(textIn(request.body, 'metadata-location'))
          const known = catalog.tables.find(context.scope, table.database, table.name)
          const overwritten = request.body.overwrite === true && known && isIcebergTable(known) ? known : undefined
          if (!overwritten) requireFree('Table', table, context)
          requirePlace(location, context)
          const metadata = await readMetadataAt(location, `${table.database}.${table.name}`, context)
          const descriptor = registeredTable(table.name, metadata, location)
          if (overwritten) {
            const options = { expect: overwritten.version, keepVersion: false }
            await catalog.tables.update(context.scope, table.database, descriptor, options)
          } else await catalog.tables.create(context.scope, table.database, descriptor, request.call.principal.arn)
          return answers(request, table, { metadata, location })
        }),
    },
    {
      name: 'loadTable',
      address: 'GET /v1/{prefix}/namespaces/{namespace}/tables/{table}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const table = icebergTableNamed(request, context)
          const metadata = await readMetadata(table, context)
          const shown = request.query.get('snapshots') === 'refs' ? withReferredSnapshots(metadata) : metadata
          return answers(request, namedTable(request), { metadata: shown, location: metadataLocation(table) })
        }),
    },
    {
      name: 'tableExists',
      address: 'HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          icebergTableNamed(request, context)
          return {}
        }),
    },
    {
      name: 'dropTable',
      address: 'DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const table = icebergTableNamed(request, context)
          const purged = request.query.get('purgeRequested')?.toLowerCase() === 'true'
          const { tableBucket } = catalogScope(request, lake)
          // "You can only drop tables with purge enabled": docs, AmazonS3 userguide, s3-tables-integrating-open-source.
          if (tableBucket && !purged)
            throw badRequest('Tables of a table bucket are dropped with purgeRequested=true only')
          const files = purged && !tableBucket ? await filesOfTable(table, context) : new Set<string>()
          await catalog.tables.delete(context.scope, table.database, table.descriptor.Name)
          const { files: kept } = context.rooms
          await kept.delete([...files].filter((uri) => kept.stat(uri)))
          if (tableBucket) await places.remove(table.descriptor.StorageDescriptor?.Location ?? '')
          return {}
        }),
    },
    {
      name: 'renameTable',
      address: 'POST /v1/{prefix}/tables/rename',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const source = identifierIn(request.body.source, 'source')
          icebergTable(source.database, source.name, context)
          await moved(source, identifierIn(request.body.destination, 'destination'), context)
          return {}
        }),
    },
  ]
}

/** Tables and views that `keep` keeps, of one namespace, a page of them. */
export function listed(request: CatalogRequest, lake: Lake, keep: (table: Table) => boolean): CatalogAnswer {
  const { scope } = catalogScope(request, lake)
  const database = namespaceName(request.labels.namespace!)
  requireNamespace(database, { rooms: lake, scope })
  const { items, next } = pageOf(
    request.query,
    (page) => lake.catalog.tables.list(scope, database, page),
    ({ descriptor }) => descriptor.Name,
  )
  const identifiers = items.filter(keep).map(({ descriptor }) => ({ namespace: [database], name: descriptor.Name }))
  return { body: { identifiers, ...(next !== undefined && { 'next-page-token': next }) } }
}

function icebergTableNamed(request: CatalogRequest, context: CommitContext): Table {
  const { database, name } = namedTable(request)
  return icebergTable(database, name, context)
}

/** All but its place, looked at before one is made. */
function newDefinition({ body }: CatalogRequest): Omit<NewTable, 'location'> {
  const { schema, 'partition-spec': spec, 'write-order': order, properties } = body
  if (schema === undefined || schema === null) throw badRequest('Cannot parse schema: an object is expected')
  return {
    uuid: randomUUID(),
    schema: checkSchema(schema),
    spec: checkedSpec(spec),
    order: checkedOrder(order),
    properties: texts(properties, 'properties'),
  }
}

/** What branches and tags lead to; a client that is told so little asks for the rest when it wants it. */
function withReferredSnapshots(metadata: TableMetadata): TableMetadata {
  const referred = new Set(Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']))
  return { ...metadata, snapshots: metadata.snapshots?.filter((one) => referred.has(one['snapshot-id'])) }
}
