/** In whose name, and in which catalog, an operation reads and commits. */
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { CommitContext } from '../../core/queries/iceberg/commit-steps.ts'
import type { CatalogRequest } from '../../protocol/rest-catalog.ts'
import { catalogScope } from './catalog-scope.ts'
import { badRequest } from './faults.ts'
import { namespaceMissing, namespaceName } from './namespaces.ts'

export async function inCatalog<T>(
  lake: Lake,
  request: CatalogRequest,
  work: (context: CommitContext) => Promise<T>,
): Promise<T> {
  const { call } = request
  return work({
    rooms: lake,
    scope: catalogScope(request, lake).scope,
    principal: call.principal,
    protection: {},
    get signal() {
      return call.signal
    },
  })
}

export interface TableIdentifier {
  readonly database: string
  readonly name: string
}

export const namedTable = ({ labels }: CatalogRequest): TableIdentifier => ({
  database: namespaceName(labels.namespace!),
  name: labels.table ?? labels.view ?? '',
})

/** `{ "namespace": ["db"], "name": "t" }`, in a body. */
export function identifierIn(value: unknown, member: string): TableIdentifier {
  const { namespace, name } = (value ?? {}) as { readonly namespace?: unknown; readonly name?: unknown }
  if (!Array.isArray(namespace) || !namespace.every((one) => typeof one === 'string') || typeof name !== 'string')
    throw badRequest(`Cannot parse ${member}: a namespace and a name are expected`)
  return { database: namespaceName(namespace.join('\x1f')), name }
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

/** A place that metadata may be written to, or read from: in a bucket of the caller's account. */
export function requirePlace(location: string, { rooms, principal }: CommitContext): void {
  const bucket = /^s3[an]?:\/\/([^/]+)/.exec(location)?.[1]
  if (bucket === undefined) throw badRequest(`Not an s3:// location: ${location}`)
  const owner = rooms.files.bucketOwner(bucket)
  if (owner === undefined) throw badRequest(`There is no bucket of the location ${location}`)
  if (owner !== principal.account) throw new Fault('denied', 'bucket', `Access to ${location} is denied`)
}

/** Where a table or view goes of which nobody has said it. */
export function placeOf(
  { database, name }: TableIdentifier,
  given: unknown,
  request: CatalogRequest,
  lake: Lake,
): string {
  if (typeof given === 'string' && given !== '') return given.replace(/\/+$/, '')
  const { scope, warehouse } = catalogScope(request, lake)
  const home = lake.catalog.databases.find(scope, database)?.descriptor.LocationUri
  const folder = home || (warehouse && `${warehouse}/${database}`)
  if (folder) return `${folder.replace(/\/+$/, '')}/${name.toLowerCase()}`
  throw badRequest(
    `The namespace ${database} has no location, and no warehouse is asked for: say where ${name} is to lie`,
  )
}
