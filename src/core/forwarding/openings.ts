/**
 * By whose leave a file is opened: by the caller's own for S3's objects; in a place that is registered with Lake Formation by
 * the credentials that it gives out there; in a table bucket by what is allowed of the table.
 * https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
 */
import type { Caller } from '../access/access.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { targetName } from '../catalog/links.ts'
import { arnOfPlace } from '../permissions/locations.ts'
import type { Permissions } from '../permissions/permissions.ts'
import { tableArnAt } from '../table-buckets/table-buckets.ts'

export type Opening =
  | { readonly by: 's3' }
  | { readonly by: 'lake-formation' }
  | { readonly by: 'table'; readonly arn: string; readonly namespace: string; readonly name: string }

export interface Openings {
  /** A table that the work is about. */
  met(scope: Scope, table: Pick<Table, 'database' | 'descriptor'>): void
  /** Of a file or a folder `s3://bucket/folder/`. */
  of(uri: string): Opening
}

interface MetTable {
  readonly scope: Scope
  readonly table: Pick<Table, 'database' | 'descriptor'>
}

const BY_S3: Opening = { by: 's3' }
const BY_LAKE_FORMATION: Opening = { by: 'lake-formation' }

export function openings(permissions: Permissions, { principal, region }: Caller): Openings {
  /** By their folders, `s3://bucket/folder/`. */
  const tables = new Map<string, MetTable>()
  const known = new Map<string, Opening>()
  const own: Scope = { account: principal.account, region }

  /** Of tables inside each other the innermost. */
  const tableAt = (folder: string): MetTable | undefined => {
    let best = ''
    for (const root of tables.keys()) if (root.length > best.length && folder.startsWith(root)) best = root
    return tables.get(best)
  }
  const openingOf = (folder: string): Opening => {
    const met = tableAt(folder)
    const name = met && targetName(met.table)
    const arn = met && tableArnAt(met.scope, met.table.descriptor)
    if (met && name && arn !== undefined)
      return permissions.governs(principal, met.scope, name)
        ? BY_LAKE_FORMATION
        : { by: 'table', arn, namespace: name.database, name: name.table }
    const registered = permissions.registered(own, arnOfPlace(folder) ?? '')
    if (!registered) return BY_S3
    if (!registered.hybridAccess) return BY_LAKE_FORMATION
    return met && name && permissions.optsIn(principal, met.scope, name) ? BY_LAKE_FORMATION : BY_S3
  }
  return {
    met(scope, table) {
      const location = table.descriptor.StorageDescriptor?.Location
      const root = location && s3Folder(location)
      if (!root || tables.has(root)) return
      tables.set(root, { scope, table })
      known.clear()
    },
    of(uri) {
      const folder = uri.slice(0, uri.lastIndexOf('/') + 1)
      const found = known.get(folder) ?? openingOf(folder)
      known.set(folder, found)
      return found
    },
  }
}

const s3Folder = (location: string): string | undefined => {
  const [, path] = /^s3[an]?:\/\/(.+)$/.exec(location) ?? []
  return path && `s3://${path.replace(/\/+$/, '')}/`
}
