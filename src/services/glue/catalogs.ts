import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import { childCatalogExists, childCatalogSpace } from '../../core/catalog/child-catalogs.ts'
import type { Lake } from '../../core/lake.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import { forgetCatalog, ownCatalog } from '../../core/permissions/openings.ts'
import type { Permission } from '../../core/permissions/permission.ts'
import { type Collection, collection } from '../../core/resources/collection.ts'
import { addTags, eraseTags } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { catalogBelow, catalogMissing, scopeOf } from './scope.ts'

/** A catalog below the account's: databases of its own. */
interface StoredCatalog {
  readonly name: string
  readonly descriptor: Omit<Sdk.CatalogInput, 'FederatedCatalog' | 'TargetRedshiftCatalog'>
  /** ISO 8601. */
  readonly createdAt: string
  readonly updatedAt: string
}

const PORTION = 500

const catalogsOf = ({ state }: Pick<Lake, 'state'>, scope: Scope): Collection<StoredCatalog> =>
  collection<StoredCatalog>(state, childCatalogSpace(scope), {
    noun: 'catalog',
    missing: (name) => `Catalog ${name} not found.`,
    exists: (name) => `Catalog ${name} already exists.`,
  })

const catalogArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:glue:${region}:${account}:catalog/${name}`

export const requireCatalog = (lake: Pick<Lake, 'state'>, scope: Scope, name: string): StoredCatalog =>
  catalogsOf(lake, scope).get(name)

/** No call goes on to a catalog that is not there. */
export function withKnownCatalogs(lake: Lake, handlers: Handlers<typeof Sdk>): Handlers<typeof Sdk> {
  type Handler = (input: { readonly CatalogId?: string; readonly CatalogID?: string }, call: ServiceCall) => unknown
  const guarded = Object.entries(handlers as Record<string, Handler>).map(([operation, handler]) => {
    const guard: Handler = (input, call) => {
      const id = input.CatalogId ?? input.CatalogID
      const name = id === undefined || id === call.account ? undefined : catalogBelow(call.account, id)
      if (name !== undefined && !childCatalogExists(lake.state, call, name)) throw catalogMissing(id!)
      return handler(input, call)
    }
    return [operation, guard]
  })
  return Object.fromEntries(guarded) as Handlers<typeof Sdk>
}

export function catalogs(lake: Lake): Handlers<typeof Sdk> {
  const { clock, catalog, permissions } = lake
  const now = () => clock.now().toISOString()
  const may = (call: ServiceCall, name: string, permission: Permission): boolean =>
    permissions.mayInCatalog(call.principal, belowScope(call, name), permission)
  const require = (call: ServiceCall, name: string, permission: Permission): void => {
    if (!may(call, name, permission)) throw insufficient(permission, name)
  }

  return {
    async CreateCatalog({ Name, CatalogInput: input, Tags = {} }, call) {
      if (/^\d{12}$/.test(Name)) throw invalid('The name of a catalog cannot be an account id.')
      if (!permissions.mayInCatalog(call.principal, call, 'CREATE_CATALOG'))
        throw insufficient('CREATE_CATALOG', 'Catalog')
      const doc = { name: Name, descriptor: described(input), createdAt: now(), updatedAt: now() }
      await catalogsOf(lake, call).create(Name, doc, (tx) => {
        addTags(tx, catalogArn(call, Name), Tags)
        ownCatalog(tx, belowScope(call, Name), doc.createdAt)
      })
      return {}
    },

    async UpdateCatalog({ CatalogId, CatalogInput: input }, call) {
      const name = requireName(call, CatalogId)
      require(call, name, 'ALTER')
      await catalogsOf(lake, call).update(name, (old) => ({
        ...old,
        descriptor: described(input),
        updatedAt: now(),
      }))
      return {}
    },

    GetCatalog({ CatalogId }, call) {
      if (CatalogId === call.account) return { Catalog: rootCatalog(call) }
      const name = requireName(call, CatalogId)
      require(call, name, 'DESCRIBE')
      return { Catalog: glueCatalog(catalogsOf(lake, call).get(name), call) }
    },

    GetCatalogs({ ParentCatalogId: parent, IncludeRoot, MaxResults = 1000, NextToken: token }, call) {
      if (parent !== undefined && parent !== call.account) {
        if (IncludeRoot !== undefined) throw invalid('IncludeRoot is for the catalogs of the account.')
        catalogsOf(lake, call).get(requireName(call, parent))
        // There are no catalogs below those below the account's.
        return { CatalogList: [] }
      }
      const { items, NextToken } = pageOf(
        MaxResults,
        token,
        (page) => catalogsOf(lake, call).list(page),
        ({ key }) => key,
      )
      const found = items.filter(({ key }) => may(call, key, 'DESCRIBE')).map(({ doc }) => glueCatalog(doc, call))
      return { CatalogList: IncludeRoot && !token ? [rootCatalog(call), ...found] : found, NextToken }
    },

    async DeleteCatalog({ CatalogId }, call) {
      const name = requireName(call, CatalogId)
      require(call, name, 'DROP')
      await catalogsOf(lake, call).delete(name, (tx) => {
        eraseTags(tx, catalogArn(call, name))
        forgetCatalog(tx, belowScope(call, name))
      })
      // With the catalog everything in it goes, whoever has made it.
      const { account, region } = scopeOf(call, CatalogId)
      const scope = { account, region }
      for (;;) {
        const databases = catalog.databases.list(scope, { limit: PORTION })
        for (const { descriptor } of databases) await catalog.databases.delete(scope, descriptor.Name)
        if (databases.length < PORTION) return {}
      }
    },
  }
}

const belowScope = ({ account, region, principal }: ServiceCall, name: string): Scope => ({
  account: `${account}:${name.toLowerCase()}`,
  region,
  principal,
})

/** Throws for the account's own catalog, which nobody makes, changes or deletes. */
function requireName(call: ServiceCall, catalogId: string): string {
  const name = catalogBelow(call.account, catalogId)
  if (name !== undefined) return name
  if (catalogId === call.account) throw invalid('The catalog of the account cannot be changed or deleted.')
  scopeOf(call, catalogId)
  throw catalogMissing(catalogId)
}

function described(input: Sdk.CatalogInput): StoredCatalog['descriptor'] {
  const { FederatedCatalog, TargetRedshiftCatalog, ...kept } = input
  if (FederatedCatalog) throw invalid('FederatedCatalog is not supported.')
  if (TargetRedshiftCatalog) throw invalid('TargetRedshiftCatalog is not supported.')
  return kept
}

function glueCatalog({ name, descriptor, createdAt, updatedAt }: StoredCatalog, scope: Scope): Sdk.Catalog {
  const { OverwriteChildResourcePermissionsWithDefault: _, ...shown } = descriptor
  return {
    ...shown,
    CatalogId: `${scope.account}:${name}`,
    Name: name,
    ResourceArn: catalogArn(scope, name),
    CreateTime: new Date(createdAt),
    UpdateTime: new Date(updatedAt),
  }
}

const rootCatalog = ({ account, region }: Scope): Sdk.Catalog => ({
  CatalogId: account,
  Name: account,
  ResourceArn: `arn:aws:glue:${region}:${account}:catalog`,
})

const invalid = (message: string): AwsError => new AwsError('InvalidInputException', message)
