/**
 * By whose leave a file is opened: by the caller's own for S3's objects; in a place that is registered with Lake Formation by
 * the credentials that it gives out there for a table, or for a place that the caller has been granted; in a table bucket by what is allowed of the table.
 * https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
 */
import type { Caller } from '../access/access.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { Fault } from '../faults.ts'
import { arnOfPlace, mayTakeLocation } from '../permissions/locations.ts'
import type { Permissions } from '../permissions/permissions.ts'
import { isAbroad, ownerOf as ownerOfCatalog } from '../permissions/shared-scopes.ts'
import { tableArnAt } from '../table-buckets/table-buckets.ts'

export type Opening =
  | { readonly by: 's3' }
  | { readonly by: 'lake-formation' }
  | { readonly by: 'table'; readonly arn: string; readonly namespace: string; readonly name: string }

export interface Openings {
  /** A table that the work is about. */
  met(scope: Scope, table: Pick<Table, 'database' | 'descriptor' | 'abroad'>): void
  /** Where a partition of such a table lies, if not in its folder. */
  metPlace(location: string | undefined): void
  /** Of a file or a folder `s3://bucket/folder/`. */
  of(uri: string): Opening
}

interface MetTable {
  readonly scope: Scope
  readonly table: Pick<Table, 'database' | 'descriptor' | 'abroad'>
}

const BY_S3: Opening = { by: 's3' }
const BY_LAKE_FORMATION: Opening = { by: 'lake-formation' }

/** `ownerOf`: of a bucket. */
export function openings(
  permissions: Permissions,
  { principal, region }: Caller,
  ownerOf: (bucket: string) => string | undefined,
): Openings {
  /** By their folders, `s3://bucket/folder/`. */
  const tables = new Map<string, MetTable>()
  /** Folders of partitions. */
  const places = new Set<string>()
  const known = new Map<string, Opening>()
  const own: Scope = { account: principal.account, region }

  /** Of tables inside each other the innermost. */
  const tableAt = (folder: string): MetTable | undefined => {
    let best = ''
    for (const root of tables.keys()) if (root.length > best.length && folder.startsWith(root)) best = root
    return tables.get(best)
  }
  /** What a caller's own files name, or its statement, is nothing that Lake Formation gives keys for. */
  const isGivenOut = (folder: string): boolean => {
    for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 2) + 1)
      if (places.has(folder.slice(0, end))) return true
    return mayTake(permissions, { ...own, principal }, folder)
  }
  const openingOf = (folder: string): Opening => {
    const met = tableAt(folder)
    const meant = met && meantTable(met.scope, met.table)
    const name = meant?.name
    const arn = met && tableArnAt(met.scope, met.table.descriptor)
    if (met && name && arn !== undefined)
      return permissions.governs(principal, meant.scope, name)
        ? BY_LAKE_FORMATION
        : { by: 'table', arn, namespace: name.database, name: name.table }
    const owners = meant ? catalogOwner(meant.scope) : own
    const registered = permissions.registered(owners, arnOfPlace(folder) ?? '')
    // Nobody gives out what is not theirs by registering it.
    if (!registered || ownerOf(/^s3:\/\/([^/]+)/.exec(folder)?.[1] ?? '') !== owners.account) return BY_S3
    if (meant && isAbroad(principal, meant.scope) && !permissions.governs(principal, meant.scope, meant.name))
      return BY_S3
    if (!registered.hybridAccess) return met || isGivenOut(folder) ? BY_LAKE_FORMATION : BY_S3
    return meant && permissions.optsIn(principal, meant.scope, meant.name) ? BY_LAKE_FORMATION : BY_S3
  }
  return {
    met(scope, table) {
      const location = table.descriptor.StorageDescriptor?.Location
      const root = location && s3Folder(location)
      if (!root || tables.has(root)) return
      tables.set(root, { scope, table })
      known.clear()
    },
    metPlace(location) {
      const root = location && s3Folder(location)
      if (!root || places.has(root) || tableAt(root)) return
      places.add(root)
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

const catalogOwner = (scope: Scope): Scope => ({ account: ownerOfCatalog(scope), region: scope.region })

function mayTake(permissions: Permissions, scope: Scope, folder: string): boolean {
  try {
    mayTakeLocation(permissions, scope, folder)
    return true
  } catch (error) {
    if (error instanceof Fault && error.kind === 'denied') return false
    throw error
  }
}

const s3Folder = (location: string): string | undefined => {
  const [, path] = /^s3[an]?:\/\/(.+)$/.exec(location) ?? []
  return path && `s3://${path.replace(/\/+$/, '')}/`
}
