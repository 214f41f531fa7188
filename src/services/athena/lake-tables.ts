/** The tables of the caller's lake, one by one: as many as there are are never held at once. */
import type { Table } from '../../core/catalog/catalog.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { paged } from '../../core/resources/paging.ts'

/** Of all databases that are the lake's own, or of the one that is named. */
export function* tablesOf(context: QueryContext, database?: string, table?: string): Generator<Table> {
  const { catalog } = context.rooms
  for (const name of database === undefined ? databaseNames(context) : [database])
    for (const found of paged((page) => catalog.tables.list(context.scope, name, page), nameOf))
      if (table === undefined || nameOf(found) === table.toLowerCase()) yield found
}

function* databaseNames({ rooms, scope }: QueryContext): Generator<string> {
  for (const { descriptor } of paged((page) => rooms.catalog.databases.list(scope, page), nameOf))
    if (!descriptor.TargetDatabase) yield descriptor.Name
}

const nameOf = ({ descriptor }: { readonly descriptor: { readonly Name: string } }): string => descriptor.Name

/** Where they lie, read once when it is first asked for. */
export function tableFolders(context: QueryContext): () => readonly string[] {
  let folders: readonly string[] | undefined
  return () => {
    folders ??= [...tablesOf(context)].flatMap(({ descriptor }) => descriptor.StorageDescriptor?.Location || [])
    return folders
  }
}
