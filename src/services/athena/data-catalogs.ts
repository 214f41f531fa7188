import type * as Sdk from '@aws-sdk/client-athena'
import type { ColumnDescriptor, Table } from '../../core/catalog/catalog.ts'
import { namesMatching, wholePattern } from '../../core/catalog/name-pattern.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { DEFAULT_CATALOG } from '../../core/queries/context.ts'
import { collection } from '../../core/resources/collection.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { page } from './paging.ts'
import { dataCatalogSpace, type Scope } from './spaces.ts'
import { tagNew, untagGone } from './tags.ts'

interface DataCatalog {
  readonly type: Sdk.DataCatalogType
  readonly description?: string
  readonly parameters?: Readonly<Record<string, string>>
}

const stored = (lake: Lake, call: Scope) =>
  collection<DataCatalog>(lake.state, dataCatalogSpace(call), {
    noun: 'data-catalog',
    missing: (name) => `Data catalog ${name} was not found`,
    exists: (name) => `Data catalog ${name} already exists`,
  })

export const hasDataCatalog = (lake: Lake, call: ServiceCall, name: string): boolean =>
  isDefault(name) || stored(lake, call).find(name) !== undefined

const isDefault = (name: string): boolean => name.toLowerCase() === DEFAULT_CATALOG

/** The registered names of this account's own Glue catalog, folded. */
export function glueAliases(lake: Lake, call: Scope): ReadonlySet<string> {
  const registered = lake.state.list<DataCatalog>(dataCatalogSpace(call), { limit: 1000 })
  const own = registered.filter(
    ({ doc }) => doc.type === 'GLUE' && (doc.parameters?.['catalog-id'] ?? call.account) === call.account,
  )
  return new Set(own.map(({ key }) => key.toLowerCase()))
}

/** Only the Glue catalog can be looked into; a registered one of another kind has no reader here. */
function requireGlue(lake: Lake, call: ServiceCall, name: string): void {
  if (isDefault(name)) return
  const { type } = stored(lake, call).get(name)
  if (type !== 'GLUE') throw invalidRequest(`Data catalog ${name} is of type ${type}, whose metadata can not be read`)
}

/** AWS deploys a function and a connection for a federated catalog; the other types only name what is there already. */
function requireRegistrable(type: Sdk.DataCatalogType): void {
  if (type === 'FEDERATED') throw invalidRequest('A data catalog of type FEDERATED can not be created here.')
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
    requireRegistrable(input.Type)
    const catalog: DataCatalog = { type: input.Type, description: input.Description, parameters: input.Parameters }
    await stored(lake, call).create(input.Name, catalog, (tx) =>
      tagNew(tx, call, 'datacatalog', input.Name, input.Tags ?? []),
    )
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
    requireRegistrable(input.Type)
    await stored(lake, call).update(input.Name, (current) => ({
      type: input.Type,
      description: input.Description ?? current.description,
      parameters: input.Parameters ?? current.parameters,
    }))
    return {}
  },
  async DeleteDataCatalog(input, call) {
    if (isDefault(input.Name)) throw invalidRequest('The AwsDataCatalog catalog can not be deleted')
    const catalog = stored(lake, call).get(input.Name)
    await stored(lake, call).delete(input.Name, (tx) => untagGone(tx, call, 'datacatalog', input.Name))
    return { DataCatalog: described(input.Name, catalog) }
  },
  GetDatabase(input, call) {
    requireGlue(lake, call, input.CatalogName)
    const { descriptor } = foundDatabase(lake, call, input.DatabaseName)
    return {
      Database: {
        Name: descriptor.Name,
        Description: descriptor.Description,
        Parameters: descriptor.Parameters && { ...descriptor.Parameters },
      },
    }
  },
  ListDatabases(input, call) {
    requireGlue(lake, call, input.CatalogName)
    const { items, NextToken } = page(
      input,
      50,
      (range) => lake.catalog.databases.list(call, range),
      (d) => d.descriptor.Name,
    )
    const wanted = attributes(input)
    return {
      DatabaseList: items.map(({ descriptor: { Name, Description, Parameters } }) =>
        wanted ? { Name } : { Name, Description, Parameters: Parameters && { ...Parameters } },
      ),
      NextToken,
    }
  },
  GetTableMetadata(input, call) {
    requireGlue(lake, call, input.CatalogName)
    const table = lake.catalog.tables.find(call, input.DatabaseName, input.TableName)
    if (!table)
      throw new Fault(
        'not-found',
        'table',
        `Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: ${call.requestId}; Proxy: null)`,
      )
    return { TableMetadata: tableMetadata(table) }
  },
  ListTableMetadata(input, call) {
    requireGlue(lake, call, input.CatalogName)
    foundDatabase(lake, call, input.DatabaseName)
    const wanted = attributes(input)
    if (wanted && !wanted.has('NAME')) throw invalidRequest('AttributesToGet must include NAME')
    const expression = input.Expression === undefined ? undefined : namePattern(input.Expression)
    const { items, NextToken } = page(
      input,
      50,
      (range) => matching(lake, call, input.DatabaseName, range, expression),
      (t) => t.descriptor.Name,
    )
    return { TableMetadataList: items.map((table) => only(wanted, tableMetadata(table))), NextToken }
  },
})

/** The properties that are asked for; undefined when all are. The SDK that types the handlers does not know the member yet. */
function attributes(input: object): ReadonlySet<string> | undefined {
  const { AttributesToGet: asked } = input as { readonly AttributesToGet?: readonly string[] }
  return asked?.length ? new Set(asked) : undefined
}

function only(
  wanted: ReadonlySet<string> | undefined,
  { Name, TableType, ...rest }: Sdk.TableMetadata,
): Sdk.TableMetadata {
  if (!wanted) return { Name, TableType, ...rest }
  return wanted.has('TABLE_TYPE') ? { Name, TableType } : { Name }
}

function foundDatabase(lake: Lake, call: ServiceCall, name: string) {
  const found = lake.catalog.databases.find(call, name)
  if (found) return found
  throw new Fault(
    'not-found',
    'database',
    `Database ${name} not found. (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: ${call.requestId}; Proxy: null)`,
  )
}

/** As SHOW TABLES reads one: a bare star means any text. */
const namePattern = (text: string): RegExp => wholePattern(text.replace(/(^|[^.\])])\*/g, '$1.*'))

/** As many matching tables as a page wants, reading on past those that do not match. */
function matching(
  lake: Lake,
  call: ServiceCall,
  database: string,
  range: { after?: string; limit: number },
  expression: RegExp | undefined,
): Table[] {
  const found: Table[] = []
  let after = range.after
  while (found.length < range.limit) {
    const tables = lake.catalog.tables.list(call, database, { after, limit: 200 })
    const names = tables.map((t) => t.descriptor.Name)
    const wanted = new Set(expression ? namesMatching(expression, names) : names)
    found.push(...tables.filter((t) => wanted.has(t.descriptor.Name)))
    if (tables.length < 200) break
    after = tables.at(-1)!.descriptor.Name
  }
  return found.slice(0, range.limit)
}

/** Athena adds the storage classes to the parameters, which clients read the format from. */
function tableMetadata({ descriptor, createdAt }: Table): Sdk.TableMetadata {
  const storage = descriptor.StorageDescriptor ?? {}
  return {
    Name: descriptor.Name,
    CreateTime: new Date(createdAt),
    LastAccessTime: new Date(0),
    TableType: descriptor.TableType,
    Columns: (storage.Columns ?? []).map(column),
    PartitionKeys: (descriptor.PartitionKeys ?? []).map(column),
    Parameters: {
      ...descriptor.Parameters,
      ...(storage.InputFormat ? { inputformat: storage.InputFormat } : {}),
      ...(storage.OutputFormat ? { outputformat: storage.OutputFormat } : {}),
      ...(storage.Location ? { location: storage.Location } : {}),
      ...(storage.SerdeInfo?.SerializationLibrary
        ? { 'serde.serialization.lib': storage.SerdeInfo.SerializationLibrary }
        : {}),
      ...Object.fromEntries(
        Object.entries(storage.SerdeInfo?.Parameters ?? {}).map(([key, value]) => [`serde.param.${key}`, value]),
      ),
    },
  }
}

const column = ({ Name, Type, Comment }: ColumnDescriptor): Sdk.Column => ({
  Name,
  Type,
  ...(Comment ? { Comment } : {}),
})
