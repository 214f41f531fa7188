import type * as Sdk from '@aws-sdk/client-athena'
import type { ColumnDescriptor, Database, Table } from '../../core/catalog/catalog.ts'
import { namesMatching } from '../../core/catalog/name-pattern.ts'
import type { Lake } from '../../core/lake.ts'
import type { CatalogMetadata } from './catalog-metadata.ts'
import { page } from './paging.ts'
import type { Scope } from './spaces.ts'

/** Of the lake's own catalog, as Athena tells of it. */
export const lakeMetadata = ({ catalog }: Lake, scope: Scope): CatalogMetadata => ({
  async database(name) {
    const found = catalog.databases.find(scope, name)
    return found && databaseMetadata(found)
  },
  async databases(input) {
    const found = page(
      input,
      50,
      (range) => catalog.databases.list(scope, range),
      (d) => d.descriptor.Name,
    )
    return { ...found, items: found.items.map(databaseMetadata) }
  },
  async table(database, name) {
    const found = catalog.tables.find(scope, database, name)
    return found && tableMetadata(found)
  },
  async tables(database, names, input) {
    const found = page(
      input,
      50,
      (range) => matching(catalog, scope, database, range, names),
      (t) => t.descriptor.Name,
    )
    return { ...found, items: found.items.map(tableMetadata) }
  },
})

const databaseMetadata = ({ descriptor: { Name, Description, Parameters } }: Database): Sdk.Database => ({
  Name,
  Description,
  Parameters: Parameters && { ...Parameters },
})

/** As many matching tables as a page wants, reading on past those that do not match. */
function matching(
  catalog: Lake['catalog'],
  scope: Scope,
  database: string,
  range: { after?: string; limit: number },
  expression: RegExp | undefined,
): Table[] {
  const found: Table[] = []
  let after = range.after
  while (found.length < range.limit) {
    const tables = catalog.tables.list(scope, database, { after, limit: 200 })
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
