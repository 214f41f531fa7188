import type { Caller } from '../access/access.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import type { Lake } from '../lake.ts'
import { forwardedLake } from './forwarded-lake.ts'

/**
 * The lake of a caller who has been asked already what they may of the catalog: metadata and what it names is read and written
 * by their leave. `via`: the service in whose name.
 */
export function withCallersFiles(lake: Lake, caller: Caller, via: string): Lake {
  const { files, forwarded } = forwardedLake(lake, caller, via)
  if (!forwarded) return { ...lake, files }
  const { catalog } = lake
  const met = (scope: Scope, table: Table | undefined): Table | undefined => {
    if (table) forwarded.met(scope, table)
    return table
  }
  const tables: Lake['catalog']['tables'] = {
    ...catalog.tables,
    get: (scope, database, name) => met(scope, catalog.tables.get(scope, database, name))!,
    find: (scope, database, name) => met(scope, catalog.tables.find(scope, database, name)),
  }
  return { ...lake, catalog: { ...catalog, tables }, files: { ...files, bucketOwner: lake.files.bucketOwner } }
}
