import type * as Sdk from '@aws-sdk/client-athena'
import { namesMatching } from '../../core/catalog/name-pattern.ts'
import { Fault } from '../../core/faults.ts'
import { failureText, type SourceDefinition, SourceError, type SourceTable } from '../../core/federation/connector.ts'
import type { SourceCatalog } from '../../core/federation/source-catalogs.ts'
import { asCatalogTable, sourceSight } from '../../core/federation/source-sight.ts'
import type { Lake } from '../../core/lake.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import type { CatalogMetadata, MetadataPage } from './catalog-metadata.ts'
import { type PageInput, page } from './paging.ts'

/** Of a data source, which is asked each time. What it says of itself when it fails is told as a failure of metadata. */
export function sourceMetadata(
  { sources, permissions }: Lake,
  catalog: SourceCatalog,
  { principal, signal }: ServiceCall,
): CatalogMetadata {
  const source = catalog.definition()
  const sight = sourceSight(permissions, principal, catalog)
  const schemas = async () => sight.schemas(await asking(catalog, () => sources.schemas(source, signal)))
  const spelled = async (database: string) =>
    (await schemas()).find((name) => name.toLowerCase() === database.toLowerCase())
  const table = async (database: string, name: string) =>
    sight.table(await asking(catalog, () => sources.table(source, database.toLowerCase(), name.toLowerCase(), signal)))
  return {
    async database(name) {
      if ((await spelled(name)) !== undefined) return { Name: name.toLowerCase() }
      sight.refuseGuess(name)
      return undefined
    },
    async databases(input) {
      return named(await schemas(), input, (name) => ({ Name: name }))
    },
    async table(database, name) {
      const found = await table(database, name)
      if (!found) sight.refuseGuess(name)
      return found && tableMetadata(found, source)
    },
    async tables(database, names, input) {
      const all = await asking(catalog, async () => {
        const schema = await spelled(database)
        return schema === undefined ? [] : sight.tables(schema, await sources.tables(source, schema, signal))
      })
      const folded = all.map((name) => name.toLowerCase())
      const { items, NextToken } = named(names ? namesMatching(names, folded) : folded, input, (name) => name)
      const tables = await Promise.all(items.map((name) => table(database, name)))
      // One that has gone meanwhile is left out.
      return { items: tables.flatMap((found) => (found ? [tableMetadata(found, source)] : [])), NextToken }
    },
  }
}

async function asking<T>({ name }: SourceCatalog, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new Fault('not-found', 'database', failureText(name, error))
  }
}

function named<T>(names: readonly string[], input: PageInput, tell: (name: string) => T): MetadataPage<T> {
  const sorted = [...new Set(names.map((name) => name.toLowerCase()))].toSorted()
  const { items, NextToken } = page(
    input,
    50,
    ({ after, limit }) => sorted.filter((name) => after === undefined || name > after).slice(0, limit),
    (name) => name,
  )
  return { items: items.map(tell), NextToken }
}

function tableMetadata(table: SourceTable, { kind }: SourceDefinition): Sdk.TableMetadata {
  const { Name, TableType, StorageDescriptor, PartitionKeys } = asCatalogTable(table).descriptor
  return {
    Name,
    TableType,
    Columns: [...(StorageDescriptor?.Columns ?? [])],
    PartitionKeys: [...(PartitionKeys ?? [])],
    Parameters: { 'connector.kind': kind },
  }
}
