/**
 * By whose leave a file is opened: by the caller's own for S3's objects; in a place that is registered with Lake Formation by
 * the credentials that it gives out there for a table, or for a place that the caller has been granted; in a table bucket by what is allowed of the table.
 * https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
 */
import type { Caller } from '../access/access.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { asFolder } from '../catalog/folder-names.ts'
import { meantTable } from '../catalog/links.ts'
import { Fault } from '../faults.ts'
import { lakeUri, splitAddress } from '../objects/addresses.ts'
import { arnOfPlace, mayTakeLocation } from '../permissions/locations.ts'
import type { Permission } from '../permissions/permission.ts'
import type { Permissions } from '../permissions/permissions.ts'
import type { TableName } from '../permissions/resource.ts'
import { isAbroad, ownerOf as ownerOfCatalog } from '../permissions/shared-scopes.ts'
import type { StoredTable } from '../table-buckets/stored-tables.ts'
import { tableArnAt } from '../table-buckets/table-buckets.ts'

export type Opening =
  /** `readsOnly`: by a table that the caller may not change; `own`: by whose leave it is opened where not by this one. */
  { readonly by: 'lake-formation'; readonly readsOnly: boolean; readonly own: OwnOpening } | OwnOpening

type OwnOpening = { readonly by: 's3' } | { readonly by: 'table'; readonly table: Pick<StoredTable, 'arn' | 'name'> }

export interface Openings {
  /** A table that the work is about. */
  met(scope: Scope, table: Pick<Table, 'database' | 'descriptor' | 'abroad'>): void
  /** Where a partition of such a table lies, if not in its folder. */
  metPlace(of: PartitionedTable, location: string | undefined): void
  /** Of a file or a folder `s3://bucket/folder/`. */
  of(uri: string): Opening
  /**
   * For what a table that has been met leads to: its properties, its log, its metadata may name the files of any other, which
   * are open to that one's readers and not to its own. `scope`: where its partitions are listed.
   */
  byTable(table: MetTable['table'], scope?: Scope): Pick<Openings, 'of'>
}

export interface PartitionedTable {
  readonly scope: Scope
  readonly database: string
  readonly name: string
}

interface MetTable {
  readonly scope: Scope
  readonly table: Pick<Table, 'database' | 'descriptor' | 'abroad'>
}

/** What is open by tables of the work, or by one of them alone. */
interface Lenders {
  tableAt(folder: string): MetTable | undefined
  /** The table of which a partition lies there. */
  placeAt(folder: string): PartitionedTable | undefined
}

const BY_S3 = { by: 's3' } as const
const CHANGES: readonly Permission[] = ['INSERT', 'DELETE', 'ALTER', 'DROP']

/** Of a bucket by its name. */
interface Buckets {
  ownerOf(bucket: string): string | undefined
  /** The table of a table bucket that lies in it. */
  tableIn(bucket: string): StoredTable | undefined
}

export function openings(permissions: Permissions, { principal, region }: Caller, buckets: Buckets): Openings {
  /** By their folders, `s3://bucket/folder/`. */
  const tables = new Map<string, MetTable>()
  /** By the folders of partitions. */
  const places = new Map<string, PartitionedTable[]>()
  const known = new Map<string, Opening>()
  const own: Scope = { account: principal.account, region }

  const everyone: Lenders = {
    /** Of tables inside each other the innermost. */
    tableAt(folder) {
      let best = ''
      for (const root of tables.keys()) if (root.length > best.length && folder.startsWith(root)) best = root
      return tables.get(best)
    },
    placeAt: (folder) => placesAround(folder)[0],
  }
  const placesAround = (folder: string): PartitionedTable[] => {
    const found: PartitionedTable[] = []
    if (places.size === 0) return found
    for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 2) + 1)
      found.push(...(places.get(folder.slice(0, end)) ?? []))
    return found
  }
  const lent = (scope: Scope, { database, table }: TableName, otherwise: OwnOpening = BY_S3): Opening => {
    const decision = permissions.table(principal, scope, { database, table })
    return {
      by: 'lake-formation',
      readsOnly: !CHANGES.some((change) => decision.permissions.has(change)),
      own: otherwise,
    }
  }
  const openingBy = (lenders: Lenders, folder: string): Opening => {
    const met = lenders.tableAt(folder)
    const meant = met && meantTable(met.scope, met.table)
    const name = meant?.name
    const arn = meant && tableArnAt(meant.scope, met.table.descriptor)
    if (met && name && arn !== undefined)
      return permissions.governs(principal, meant.scope, name)
        ? lent(meant.scope, name, { by: 'table', table: { arn, name } })
        : { by: 'table', table: { arn, name } }
    const bucket = bucketOf(folder)
    // By another name than its own catalog's it is not Lake Formation's to give out.
    const table = buckets.tableIn(bucket)
    if (table) return { by: 'table', table }
    const owners = meant ? catalogOwner(meant.scope) : own
    const registered = permissions.registered(owners, arnOfPlace(folder) ?? '')
    // Nobody gives out what is not theirs by registering it.
    if (!registered || buckets.ownerOf(bucket) !== owners.account) return BY_S3
    if (meant && isAbroad(principal, meant.scope) && !permissions.governs(principal, meant.scope, meant.name))
      return BY_S3
    if (registered.hybridAccess)
      return meant && permissions.optsIn(principal, meant.scope, meant.name) ? lent(meant.scope, meant.name) : BY_S3
    if (meant) return lent(meant.scope, meant.name)
    const place = lenders.placeAt(folder)
    if (place) return lent(place.scope, { database: place.database, table: place.name })
    // What a caller's own files name, or its statement, is nothing that Lake Formation gives keys for.
    return mayTake(permissions, { ...own, principal }, folder)
      ? { by: 'lake-formation', readsOnly: false, own: BY_S3 }
      : BY_S3
  }
  const remembered = (found: Map<string, Opening>, lenders: Lenders, uri: string): Opening => {
    const folder = uri.slice(0, uri.lastIndexOf('/') + 1)
    const opening = found.get(folder) ?? openingBy(lenders, folder)
    found.set(folder, opening)
    return opening
  }
  return {
    met(scope, table) {
      const location = table.descriptor.StorageDescriptor?.Location
      const root = location && s3Folder(location)
      if (!root || tables.has(root)) return
      tables.set(root, { scope, table })
      known.clear()
    },
    metPlace(of, location) {
      const root = location && s3Folder(location)
      if (!root || isTable(everyone.tableAt(root), of)) return
      const there = places.get(root) ?? []
      if (there.some((one) => isSame(one, of))) return
      places.set(root, [...there, of])
      known.clear()
    },
    of(uri) {
      return remembered(known, everyone, uri)
    },
    byTable({ database, descriptor: { Name, StorageDescriptor } }, scope) {
      const root = StorageDescriptor?.Location && s3Folder(StorageDescriptor.Location)
      const itself = scope && { scope, database, name: Name }
      const lenders: Lenders = {
        tableAt: (folder) => (root && folder.startsWith(root) ? tables.get(root) : undefined),
        placeAt: (folder) => (itself ? placesAround(folder).find((one) => isSame(one, itself)) : undefined),
      }
      const found = new Map<string, Opening>()
      return { of: (uri) => remembered(found, lenders, uri) }
    },
  }
}

const isTable = (met: MetTable | undefined, { scope, database, name }: PartitionedTable): boolean =>
  met !== undefined &&
  isSame({ scope: met.scope, database: met.table.database, name: met.table.descriptor.Name }, { scope, database, name })

const isSame = (one: PartitionedTable, other: PartitionedTable): boolean =>
  one.name === other.name &&
  one.database === other.database &&
  one.scope.account === other.scope.account &&
  one.scope.region === other.scope.region

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

const bucketOf = (uri: string): string => splitAddress(uri)?.bucket ?? ''

const s3Folder = (location: string): string | undefined => {
  const uri = lakeUri(location)
  return splitAddress(uri) && asFolder(uri)
}
