/** GetDatabase, ListDatabases, GetTableMetadata and ListTableMetadata: of the lake's own catalog, and of data sources. */
import type * as Sdk from '@aws-sdk/client-athena'
import { wholePattern } from '../../core/catalog/name-pattern.ts'
import { Fault } from '../../core/faults.ts'
import { isSource, sourceCatalog } from '../../core/federation/registered-sources.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import { sdkNote } from '../../core/sdk-note.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { lakeCatalogs, registeredCatalog } from './data-catalogs.ts'
import { invalidRequest } from './faults.ts'
import { lakeMetadata } from './lake-metadata.ts'
import type { PageInput } from './paging.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import { sourceMetadata } from './source-metadata.ts'

/** What can be looked up in a catalog. */
export interface CatalogMetadata {
  database(name: string): Promise<Sdk.Database | undefined>
  databases(input: PageInput): Promise<MetadataPage<Sdk.Database>>
  table(database: string, name: string): Promise<Sdk.TableMetadata | undefined>
  /** Of a database that is there; those whose names match. */
  tables(database: string, names: RegExp | undefined, input: PageInput): Promise<MetadataPage<Sdk.TableMetadata>>
}

export interface MetadataPage<T> {
  readonly items: readonly T[]
  readonly NextToken?: string
}

export const catalogMetadataHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async GetDatabase(input, call) {
    return { Database: await foundDatabase(metadataOf(lake, call, input.CatalogName), call, input.DatabaseName) }
  },
  async ListDatabases(input, call) {
    const { items, NextToken } = await metadataOf(lake, call, input.CatalogName).databases(input)
    const databases = attributes(input) ? items.map(({ Name }) => ({ Name })) : items
    return { DatabaseList: [...databases], NextToken }
  },
  async GetTableMetadata(input, call) {
    const table = await metadataOf(lake, call, input.CatalogName).table(input.DatabaseName, input.TableName)
    if (!table) throw new Fault('not-found', 'table', `Entity Not Found ${serviceNote(call)}`)
    return { TableMetadata: table }
  },
  async ListTableMetadata(input, call) {
    const metadata = metadataOf(lake, call, input.CatalogName)
    await foundDatabase(metadata, call, input.DatabaseName)
    const wanted = attributes(input)
    if (wanted && !wanted.has('NAME')) throw invalidRequest('AttributesToGet must include NAME')
    const names = input.Expression === undefined ? undefined : namePattern(input.Expression)
    const { items, NextToken } = await metadata.tables(input.DatabaseName, names, input)
    return { TableMetadataList: items.map((table) => only(wanted, table)), NextToken }
  },
})

/** Throws for a registered catalog that has no reader here. */
function metadataOf(house: Lake, call: ServiceCall, name: string): CatalogMetadata {
  const lake = forwardedLake(house, call, ATHENA_PRINCIPAL)
  const ofLake = lakeCatalogs(lake, call).find(name.toLowerCase())
  if (ofLake) return lakeMetadata(lake, ofLake.scope)
  const registered = registeredCatalog(lake, call, name)
  if (isSource(registered)) return sourceMetadata(lake, sourceCatalog(lake, call, registered), call)
  if (registered.type === 'GLUE') return lakeMetadata(lake, call)
  throw invalidRequest(`Data catalog ${name} is of type ${registered.type}, whose metadata can not be read`)
}

async function foundDatabase(metadata: CatalogMetadata, call: ServiceCall, name: string): Promise<Sdk.Database> {
  const found = await metadata.database(name)
  if (found) return found
  throw new Fault('not-found', 'database', `Database ${name} not found. ${serviceNote(call)}`)
}

const serviceNote = ({ requestId }: ServiceCall): string =>
  sdkNote('AmazonDataCatalog', 'EntityNotFoundException', requestId)

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

/** As SHOW TABLES reads one: a bare star means any text. */
const namePattern = (text: string): RegExp => wholePattern(text.replace(/(^|[^.\])])\*/g, '$1.*'))
