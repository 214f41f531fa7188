/** In whose name, and in which catalog, an operation reads and commits. */

import { asFolder, withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { withCallersFiles } from '../../core/forwarding/callers-files.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import type { CommitContext } from '../../core/queries/iceberg/commit-steps.ts'
import { isIcebergView } from '../../core/queries/iceberg/iceberg-table.ts'
import { TABLE_ID, type TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import type { CatalogRequest } from '../../protocol/rest-catalog.ts'
import { type CatalogScope, catalogScope } from './catalog-scope.ts'
import { badRequest } from './faults.ts'
import { LEVELS, namespaceMissing, namespaceName } from './namespaces.ts'

export async function inCatalog<T>(
  lake: Lake,
  request: CatalogRequest,
  work: (context: CommitContext) => Promise<T>,
): Promise<T> {
  const { call } = request
  const where = catalogScope(request, lake)
  return work({
    rooms: roomsFor(lake, request, where),
    scope: where.scope,
    principal: call.principal,
    protection: {},
    get signal() {
      return call.signal
    },
  })
}

/**
 * What is done with metadata is done with the caller's leave to the files, as Glue does it; in a table bucket with their leave
 * to the table's data and the key that it is encrypted under, as S3 Tables does it. Who asks Glue for a table of a table bucket
 * has been asked already (`authorization`), which leads to no other files (core's `enclosure`); and whose a bucket is tells
 * nobody anything.
 */
function roomsFor(lake: Lake, { call, signedFor }: CatalogRequest, { tableBucket }: CatalogScope): Lake {
  if (tableBucket && signedFor !== 's3tables') return lake
  if (tableBucket) {
    const { files } = forwardedLake(lake, call, S3_TABLES_PRINCIPAL)
    return { ...lake, files: { ...files, bucketOwner: lake.files.bucketOwner } }
  }
  return withCallersFiles(lake, call, GLUE_PRINCIPAL)
}

export const GLUE_PRINCIPAL = 'glue.amazonaws.com'
const S3_TABLES_PRINCIPAL = 's3tables.amazonaws.com'

export interface TableIdentifier {
  readonly database: string
  readonly name: string
}

/**
 * The table or view that the path names. No table has a namespace of several levels: engines ask whether one does before they
 * take its last level for a table, and what follows for a branch of it.
 */
export function namedTable({ labels }: CatalogRequest): TableIdentifier {
  const { namespace = '', table, view } = labels
  const name = table ?? view ?? ''
  if (!namespace.includes(LEVELS)) return { database: namespaceName(namespace), name }
  const what = view === undefined ? 'Table' : 'View'
  throw new Fault(
    'not-found',
    what.toLowerCase(),
    `${what} does not exist: ${namespace.replaceAll(LEVELS, '.')}.${name}`,
  )
}

/** `{ "namespace": ["db"], "name": "t" }`, in a body. */
export function identifierIn(value: unknown, member: string): TableIdentifier {
  const { namespace, name } = (value ?? {}) as { readonly namespace?: unknown; readonly name?: unknown }
  if (!Array.isArray(namespace) || !namespace.every((one) => typeof one === 'string') || typeof name !== 'string')
    throw badRequest(`Cannot parse ${member}: a namespace and a name are expected`)
  return { database: namespaceName(namespace.join(LEVELS)), name }
}

export function textIn(body: CatalogRequest['body'], member: string): string {
  const value = body[member]
  if (typeof value === 'string' && value !== '') return value
  throw badRequest(`Cannot parse ${member}: a string is expected`)
}

export function requireNamespace(
  database: string,
  { rooms, scope }: Pick<CommitContext, 'scope'> & { readonly rooms: Pick<Lake, 'catalog'> },
): void {
  if (!rooms.catalog.databases.find(scope, database)) throw namespaceMissing(database)
}

/** Tables and views share their names: each is refused the other's in the words of the Java library. */
export function requireFree(kind: Named, { database, name }: TableIdentifier, context: CommitContext): void {
  requireNamespace(database, context)
  const taken = namedThere({ database, name }, context)
  if (!taken) return
  const what = taken === kind ? taken : `${taken} with same name`
  throw new Fault('already-exists', 'table', `${what} already exists: ${database}.${name}`)
}

export async function moved(source: TableIdentifier, to: TableIdentifier, context: CommitContext): Promise<void> {
  requireNamespace(to.database, context)
  const taken = namedThere(to, context)
  const move = `${source.database}.${source.name} to ${to.database}.${to.name}`
  if (taken) throw new Fault('already-exists', 'table', `Cannot rename ${move}. ${taken} already exists`)
  await context.rooms.catalog.tables.move(context.scope, source, to)
}

type Named = 'Table' | 'View'

function namedThere({ database, name }: TableIdentifier, { rooms, scope }: CommitContext): Named | undefined {
  const found = rooms.catalog.tables.find(scope, database, name)
  return found && (isIcebergView(found) ? 'View' : 'Table')
}

/** Where a new table or view lies, and what the catalog is to know of it beside. */
export interface NewPlace {
  readonly location: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** Of a table of which nobody has said it: its namespace's folder, the warehouse's, or in a table bucket one of its own. */
export async function placeOf(
  { database, name }: TableIdentifier,
  given: unknown,
  request: CatalogRequest,
  lake: Lake,
  places?: TablePlaces,
): Promise<NewPlace> {
  const { scope, warehouse, tableBucket } = catalogScope(request, lake)
  const said = typeof given === 'string' && given !== '' ? withoutEndSlashes(given) : undefined
  if (tableBucket) {
    if (!places) throw badRequest('Table buckets hold no views')
    if (said !== undefined) throw badRequest('Tables of a table bucket lie where the bucket lays them')
    if (request.body['stage-create'] === true) throw badRequest('stage-create is not supported in table buckets')
    const { id, location } = await places.create(scope, { database, table: name })
    return { location, parameters: { [TABLE_ID]: id } }
  }
  if (said !== undefined) return { location: said }
  const home = lake.catalog.databases.find(scope, database)?.descriptor.LocationUri
  const folder = home || (warehouse && `${warehouse}/${database}`)
  if (folder) return { location: `${asFolder(folder)}${name.toLowerCase()}` }
  throw badRequest(
    `The namespace ${database} has no location, and no warehouse is asked for: say where ${name} is to lie`,
  )
}
