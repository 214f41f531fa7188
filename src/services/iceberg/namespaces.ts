/** Namespaces are databases of the catalog, of one level each. */
import type { Database, DatabaseDescriptor } from '../../core/catalog/catalog.ts'
import { foldName } from '../../core/catalog/names.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { type CatalogEndpoint, CatalogError, type CatalogRequest } from '../../protocol/rest-catalog.ts'
import { catalogScope } from './catalog-scope.ts'
import { badRequest } from './faults.ts'
import { pageOf } from './paging.ts'

type Properties = Readonly<Record<string, string>>

/** What stands between the levels of a namespace. */
export const LEVELS = '\x1f'

/** Throws not-found where there are several levels, for no namespace has. */
export function namespaceName(label: string): string {
  const levels = label.split(LEVELS)
  if (levels.length === 1 && label !== '') return foldName(label)
  throw new Fault('not-found', 'database', `Namespace does not exist: ${levels.join('.')}`)
}

export const namespaceMissing = (name: string): Fault =>
  new Fault('not-found', 'database', `Namespace does not exist: ${name}`)

/** As Iceberg's own catalog of Glue calls them. */
const LOCATION = 'location'
const COMMENT = 'comment'

const namespaceProperties = ({ descriptor }: Database): Properties => ({
  ...descriptor.Parameters,
  ...(descriptor.LocationUri && { [LOCATION]: descriptor.LocationUri }),
  ...(descriptor.Description && { [COMMENT]: descriptor.Description }),
})

function databaseOf(Name: string, properties: Properties): DatabaseDescriptor {
  const { [LOCATION]: LocationUri, [COMMENT]: Description, ...Parameters } = properties
  return {
    Name,
    ...(LocationUri !== undefined && { LocationUri }),
    ...(Description !== undefined && { Description }),
    Parameters,
  }
}

export function namespaces(lake: Lake): CatalogEndpoint[] {
  const { databases } = lake.catalog
  const named = (request: CatalogRequest) => {
    const { scope } = catalogScope(request, lake)
    const name = namespaceName(request.labels.namespace!)
    const found = databases.find(scope, name)
    if (!found) throw namespaceMissing(name)
    return { scope, name, found }
  }
  return [
    {
      name: 'listNamespaces',
      address: 'GET /v1/{prefix}/namespaces',
      answer(request) {
        const { scope } = catalogScope(request, lake)
        const parent = request.query.get('parent')
        if (parent) {
          const name = namespaceName(parent)
          if (!databases.find(scope, name)) throw namespaceMissing(name)
          return { body: { namespaces: [] } }
        }
        const { items, next } = pageOf(
          request.query,
          (page) => databases.list(scope, page),
          ({ descriptor }) => descriptor.Name,
        )
        const found = items.map(({ descriptor }) => [descriptor.Name])
        return { body: { namespaces: found, ...(next !== undefined && { 'next-page-token': next }) } }
      },
    },
    {
      name: 'createNamespace',
      address: 'POST /v1/{prefix}/namespaces',
      async answer(request) {
        const { scope } = catalogScope(request, lake)
        const levels = textList(request.body.namespace, 'namespace')
        if (levels.length !== 1) throw badRequest(`Only namespaces of one level can be made: ${levels.join('.')}`)
        const name = foldName(levels[0]!)
        const properties = texts(request.body.properties, 'properties')
        await databases.create(scope, databaseOf(name, properties)).catch((error: unknown) => {
          if (!(error instanceof Fault && error.kind === 'already-exists')) throw error
          throw new Fault('already-exists', 'database', `Namespace already exists: ${name}`)
        })
        return { body: { namespace: [name], properties } }
      },
    },
    {
      name: 'loadNamespaceMetadata',
      address: 'GET /v1/{prefix}/namespaces/{namespace}',
      answer(request) {
        const { name, found } = named(request)
        return { body: { namespace: [name], properties: namespaceProperties(found) } }
      },
    },
    {
      name: 'namespaceExists',
      address: 'HEAD /v1/{prefix}/namespaces/{namespace}',
      answer(request) {
        named(request)
        return {}
      },
    },
    {
      name: 'dropNamespace',
      address: 'DELETE /v1/{prefix}/namespaces/{namespace}',
      async answer(request) {
        const { scope, name } = named(request)
        await databases.delete(scope, name, { onlyEmpty: true }).catch((error: unknown) => {
          if (!(error instanceof Fault && error.kind === 'not-empty')) throw error
          throw new Fault('not-empty', 'database', `Namespace ${name} is not empty. One or more tables exist.`)
        })
        return {}
      },
    },
    {
      name: 'updateProperties',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/properties',
      async answer(request) {
        const { scope } = catalogScope(request, lake)
        const name = namespaceName(request.labels.namespace!)
        const removals = textList(request.body.removals ?? [], 'removals')
        const updates = texts(request.body.updates, 'updates')
        const both = removals.filter((key) => Object.hasOwn(updates, key))
        if (both.length > 0)
          throw new CatalogError(
            422,
            'UnprocessableEntityException',
            `Keys both updated and removed: ${both.join(', ')}`,
          )
        if (!databases.find(scope, name)) throw namespaceMissing(name)
        const [removed, missing]: [string[], string[]] = [[], []]
        await databases.change(scope, name, (found) => {
          const before = namespaceProperties(found)
          for (const key of removals) (Object.hasOwn(before, key) ? removed : missing).push(key)
          const after = Object.fromEntries(
            Object.entries({ ...before, ...updates }).filter(([key]) => !removals.includes(key)),
          )
          const { LocationUri: _, Description: __, ...rest } = found.descriptor
          return { ...rest, ...databaseOf(name, after) }
        })
        return { body: { updated: Object.keys(updates), removed, missing } }
      },
    },
  ]
}

function textList(value: unknown, member: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw badRequest(`Cannot parse ${member}: a list of strings is expected`)
}

export function texts(value: unknown, member: string): Properties {
  if (value === undefined || value === null) return {}
  const entries = typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : undefined
  if (entries?.every(([, one]) => typeof one === 'string')) return Object.fromEntries(entries)
  throw badRequest(`Cannot parse ${member}: an object of strings is expected`)
}
