import type * as Sdk from '@aws-sdk/client-athena'
import type { Scope as CatalogScope } from '../../core/catalog/catalog.ts'
import {
  admitCatalog,
  type DataCatalog,
  dataCatalogSpace,
  dismissCatalog,
  isSource,
} from '../../core/federation/registered-sources.ts'
import {
  type RegisteredCatalog,
  refuseOpenPassword,
  sourceDefinition,
} from '../../core/federation/source-definition.ts'
import type { Lake } from '../../core/lake.ts'
import { DEFAULT_CATALOG, isDefaultCatalog, type LakeCatalog, type LakeCatalogs } from '../../core/queries/context.ts'
import { collection } from '../../core/resources/collection.ts'
import { tableBucketExists, tableBucketNamed, tableBucketScope } from '../../core/table-buckets/table-buckets.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { page } from './paging.ts'
import type { Scope } from './spaces.ts'
import { tagNew, untagGone } from './tags.ts'

const stored = (lake: Lake, call: Scope) =>
  collection<DataCatalog>(lake.state, dataCatalogSpace(call), {
    noun: 'data-catalog',
    missing: (name) => `Data catalog ${name} was not found`,
    exists: (name) => `Data catalog ${name} already exists`,
  })

export const hasDataCatalog = (lake: Lake, call: ServiceCall, name: string): boolean =>
  isDefault(name) || stored(lake, call).find(name) !== undefined

const isDefault = (name: string): boolean => name.toLowerCase() === DEFAULT_CATALOG

/** One that is not the lake's own. Throws not-found. */
export const registeredCatalog = (lake: Lake, call: Scope, name: string): RegisteredCatalog => ({
  ...stored(lake, call).get(name),
  name,
})

/** `s3tablescatalog/sales` is the catalog of the table bucket sales, registered nowhere: docs, athena ug, gdc-register-s3-table-bucket-cat. */
function tableBucketCatalog(lake: Lake, scope: CatalogScope, name: string): CatalogScope | undefined {
  const bucket = tableBucketNamed(name.toLowerCase())
  return bucket !== undefined && tableBucketExists(lake.state, scope, bucket)
    ? tableBucketScope(scope, bucket)
    : undefined
}

/** The account's own catalog and those of its table buckets, under the names that were registered for them too. */
export const lakeCatalogs = (lake: Lake, own: CatalogScope): LakeCatalogs => ({
  find(name) {
    if (isDefaultCatalog(name)) return { scope: own }
    const ofBucket = tableBucketCatalog(lake, own, name)
    return ofBucket ? { scope: ofBucket } : registeredGlueCatalog(lake, own, name)
  },
})

/** Its `catalog-id` is `123456789012`, or `123456789012:s3tablescatalog/sales`: docs, athena api, DataCatalog, "Parameters". */
function registeredGlueCatalog(lake: Lake, own: CatalogScope, name: string): LakeCatalog | undefined {
  const registered = lake.state.list<DataCatalog>(dataCatalogSpace(own), { limit: 1000 })
  const found = registered.find(({ key, doc }) => doc.type === 'GLUE' && key.toLowerCase() === name)
  if (!found) return undefined
  const [account = '', ...child] = (found.doc.parameters?.['catalog-id'] ?? own.account).split(':')
  if (account !== own.account) return catalogAbroad(lake, own, account, child)
  if (child.length === 0) return { scope: own }
  const ofBucket = tableBucketCatalog(lake, own, child.join(':'))
  return ofBucket && { scope: ofBucket, refusesDdl: true }
}

/** Another account's (docs: athena ug, data-sources-glue-cross-account), or a table bucket of it, as far as they are shared. */
function catalogAbroad(
  lake: Lake,
  own: CatalogScope,
  account: string,
  child: readonly string[],
): LakeCatalog | undefined {
  if (!/^\d{12}$/.test(account)) return undefined
  const scope = { ...own, account }
  if (child.length === 0) return { scope }
  const ofBucket = tableBucketCatalog(lake, scope, child.join(':'))
  return ofBucket && { scope: ofBucket, refusesDdl: true }
}

/** What it names must be there. */
function requireDefined(lake: Lake, call: ServiceCall, name: string, { type, parameters }: DataCatalog): void {
  if (type !== 'FEDERATED') return
  refuseOpenPassword(parameters ?? {})
  sourceDefinition({ name, type, parameters }, call, lake)
}

const described = (name: string, catalog: DataCatalog): Sdk.DataCatalog => ({
  Name: name,
  Type: catalog.type,
  Description: catalog.description,
  Parameters: catalog.parameters && { ...catalog.parameters },
  Status: 'CREATE_COMPLETE',
})

export const dataCatalogHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async CreateDataCatalog(input, call) {
    if (isDefault(input.Name)) throw invalidRequest(`Data catalog ${input.Name} already exists`)
    const catalog: DataCatalog = { type: input.Type, description: input.Description, parameters: input.Parameters }
    requireDefined(lake, call, input.Name, catalog)
    await stored(lake, call).create(input.Name, catalog, (tx) => {
      tagNew(tx, call, 'datacatalog', input.Name, input.Tags ?? [])
      if (isSource(catalog)) admitCatalog(tx, call, input.Name)
    })
    return { DataCatalog: described(input.Name, catalog) }
  },
  GetDataCatalog(input, call) {
    if (isDefault(input.Name))
      return {
        DataCatalog: {
          Name: 'AwsDataCatalog',
          Type: 'GLUE',
          Description: 'AWS Glue Data Catalog',
          Parameters: { 'catalog-id': call.account },
        },
      }
    return { DataCatalog: described(input.Name, stored(lake, call).get(input.Name)) }
  },
  ListDataCatalogs(input, call) {
    const registered = stored(lake, call)
    const { items, NextToken } = page(
      input,
      50,
      ({ after, limit }) =>
        [
          ...(after === undefined ? [{ CatalogName: 'AwsDataCatalog', Type: 'GLUE' as const }] : []),
          ...registered
            .list({ after: after === 'AwsDataCatalog' ? undefined : after, limit })
            .map((row) => ({ CatalogName: row.key, Type: row.doc.type })),
        ].slice(0, limit),
      (row) => row.CatalogName,
    )
    return { DataCatalogsSummary: [...items], NextToken }
  },
  async UpdateDataCatalog(input, call) {
    if (isDefault(input.Name)) throw invalidRequest('The AwsDataCatalog catalog can not be changed')
    await stored(lake, call).update(input.Name, (current) => {
      const catalog: DataCatalog = {
        type: input.Type,
        description: input.Description ?? current.description,
        parameters: input.Parameters ?? current.parameters,
      }
      requireDefined(lake, call, input.Name, catalog)
      return catalog
    })
    return {}
  },
  async DeleteDataCatalog(input, call) {
    if (isDefault(input.Name)) throw invalidRequest('The AwsDataCatalog catalog can not be deleted')
    const catalog = stored(lake, call).get(input.Name)
    await stored(lake, call).delete(input.Name, (tx) => {
      untagGone(tx, call, 'datacatalog', input.Name)
      dismissCatalog(tx, call, input.Name)
    })
    return { DataCatalog: described(input.Name, catalog) }
  },
})
