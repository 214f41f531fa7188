import type * as Sdk from '@aws-sdk/client-athena'
import { namesMatching } from '../../core/catalog/name-pattern.ts'
import { Fault } from '../../core/faults.ts'
import { failureText, type SourceDefinition, SourceError, type SourceTable } from '../../core/federation/connector.ts'
import type { SourceCatalog } from '../../core/federation/source-catalogs.ts'
import type { Lake } from '../../core/lake.ts'
import { hiveTypeName } from '../../sql/hive/type.ts'
import type { CatalogMetadata, MetadataPage } from './catalog-metadata.ts'
import { type PageInput, page } from './paging.ts'

/** Of a data source, which is asked each time. What it says of itself when it fails is told as a failure of metadata. */
export function sourceMetadata({ sources }: Lake, catalog: SourceCatalog, signal: AbortSignal): CatalogMetadata {
  const source = catalog.definition()
  const schemas = () => asking(catalog, () => sources.schemas(source, signal))
  const spelled = async (database: string) =>
    (await schemas()).find((name) => name.toLowerCase() === database.toLowerCase())
  const table = (database: string, name: string) =>
    asking(catalog, () => sources.table(source, database.toLowerCase(), name.toLowerCase(), signal))
  return {
    async database(name) {
      return (await spelled(name)) === undefined ? undefined : { Name: name.toLowerCase() }
    },
    async databases(input) {
      return named(await schemas(), input, (name) => ({ Name: name }))
    },
    async table(database, name) {
      const found = await table(database, name)
      return found && tableMetadata(found, source)
    },
    async tables(database, names, input) {
      const all = await asking(catalog, async () => {
        const schema = await spelled(database)
        return schema === undefined ? [] : sources.tables(source, schema, signal)
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

function tableMetadata({ name, columns }: SourceTable, { kind }: SourceDefinition): Sdk.TableMetadata {
  const told = columns.map(({ name: column, type, comment, partition }) => ({
    partition,
    column: {
      Name: column.toLowerCase(),
      Type: hiveTypeName(type),
      ...(comment !== undefined && { Comment: comment }),
    },
  }))
  return {
    Name: name.toLowerCase(),
    TableType: 'EXTERNAL_TABLE',
    Columns: told.filter(({ partition }) => !partition).map(({ column }) => column),
    PartitionKeys: told.filter(({ partition }) => partition).map(({ column }) => column),
    Parameters: { 'connector.kind': kind },
  }
}
