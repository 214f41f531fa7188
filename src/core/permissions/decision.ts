/**
 * What a principal may do with a table or a database, decided from grants, tags and filters alone. Pure: whoever asks has
 * compiled them before (`rights.ts`). Permissions of all sources are one union (lake-formation dg, metadata-permissions).
 */
import type { DataFilter, RowCondition } from './data-filters.ts'
import type { Grant } from './grants.ts'
import { closesDatabase, closesTable } from './openness.ts'
import { type Permission, spelledOut } from './permission.ts'
import { type ColumnChoice, resourceKey, type TableName, tablePrefix } from './resource.ts'
import type { CatalogRules, PrincipalRights } from './rights.ts'
import { type LfTags, matches } from './tags.ts'

/** Why a permission is there. */
export type Reason =
  /** Nobody has closed the resource: what IAM allows is allowed. */
  | { readonly by: 'iam-allowed-principals' }
  | { readonly by: 'root' | 'administrator' | 'read-only-administrator' }
  | { readonly by: 'grant'; readonly grant: Grant; readonly tags?: LfTags }
  /** Another account's: what it has granted to the account, and what that has passed on. */
  | { readonly by: 'share'; readonly share: Reason; readonly passedOn: Reason }

/** What one source lets be read. */
export interface Reading {
  /** Absent: all of them. */
  readonly columns?: ColumnChoice
  /** Absent: all rows. */
  readonly rows?: RowCondition
  readonly reason: Reason
}

export interface Decision {
  readonly permissions: ReadonlyMap<Permission, readonly Reason[]>
}

export interface TableDecision extends Decision {
  readonly readings: readonly Reading[]
  /** What of its columns is told to who reads none of them; absent: all. */
  readonly outline?: readonly Reading[]
}

const EVERYTHING: readonly Permission[] = spelledOut('table', ['ALL'])
export const ALL_OF_A_DATABASE: readonly Permission[] = spelledOut('database', ['ALL'])

class Found {
  readonly permissions = new Map<Permission, Reason[]>()

  add(permissions: readonly Permission[], reason: Reason): void {
    for (const permission of permissions) {
      const reasons = this.permissions.get(permission)
      if (reasons) reasons.push(reason)
      else this.permissions.set(permission, [reason])
    }
  }

  /** Whoever has any other permission sees what it is about (perm-describe in lf-permissions-reference). */
  sum(): Decision['permissions'] {
    if (this.permissions.size > 0 && !this.permissions.has('DESCRIBE'))
      this.permissions.set('DESCRIBE', [[...this.permissions.values()][0]![0]!])
    return this.permissions
  }
}

/** `reason`: why nobody needs to ask. */
export const everythingOf = (reason: Reason): TableDecision => ({
  permissions: new Map(EVERYTHING.map((permission) => [permission, [reason]])),
  readings: [{ reason }],
})

export function decideTable(rights: PrincipalRights, rules: CatalogRules, name: TableName): TableDecision {
  if (!isGoverned(rights, rules, name)) return everythingOf({ by: 'iam-allowed-principals' })
  return grantedTable(rights, rules, name)
}

/** By grants alone, whoever else may be let in. */
export function grantedTable(rights: PrincipalRights, rules: CatalogRules, name: TableName): TableDecision {
  const found = new Found()
  const readings: Reading[] = []
  if (rights.describesAll) found.add(['DESCRIBE'], { by: rights.describesAll })
  for (const grant of rights.superUser) {
    found.add(EVERYTHING, { by: 'grant', grant })
    readings.push({ reason: { by: 'grant', grant } })
  }
  const whole = [...(rights.tables.get(name.database) ?? []), ...(rights.named.get(tablePrefix(name)) ?? [])]
  for (const grant of whole) addNamed(grant, rules, found, readings)
  if (rights.taggedTables.length > 0) addTagged(rights, rules, name, found, readings)
  return { permissions: found.sum(), readings }
}

/** Whether grants decide; where they do not, whom IAM lets in may do everything. */
export const isGoverned = (rights: PrincipalRights, rules: CatalogRules, name: TableName): boolean =>
  closesTable(rules.openness, tablePrefix(name), name.database) || optsIn(rights, name)

/** Whether LF decides for the principal where IAM alone does for others (lake-formation dg, hybrid-access-mode). */
export function optsIn({ optIns }: PrincipalRights, { database, table }: TableName): boolean {
  if (optIns.size === 0) return false
  return (
    optIns.has(tablePrefix({ database, table })) ||
    optIns.has(resourceKey({ kind: 'tables', database })) ||
    optIns.has(resourceKey({ kind: 'database', database })) ||
    optIns.has(CATALOG)
  )
}

const CATALOG = resourceKey({ kind: 'catalog' })

function addNamed(grant: Grant, { filters }: CatalogRules, found: Found, readings: Reading[]): void {
  const { resource } = grant
  const permissions = spelledOut(resource.kind, grant.permissions)
  const reason = { by: 'grant', grant } as const
  if (resource.kind === 'filter') {
    // DESCRIBE and DROP of a filter are about the filter.
    const filter = permissions.includes('SELECT') ? filters.get(resourceKey(resource)) : undefined
    if (!filter) return
    found.add(['SELECT'], reason)
    readings.push(readingOf(filter, reason))
    return
  }
  found.add(permissions, reason)
  if (!permissions.includes('SELECT')) return
  readings.push(resource.kind === 'columns' ? { columns: resource, reason } : { reason })
}

const readingOf = ({ rows, columns }: DataFilter, reason: Reason): Reading => ({
  ...(columns && { columns }),
  ...(rows && { rows }),
  reason,
})

/**
 * Columns may have tags of their own, by which they are in where the table is out, or the other way round. Where an
 * expression reaches a part of the columns, what takes all of them is not granted by it: "Instead, only Describe is granted.
 * If the granted permission is All (Super), then only Select and Describe" (lake-formation dg, lf-tag-considerations).
 */
function addTagged(
  rights: PrincipalRights,
  { tags }: CatalogRules,
  name: TableName,
  found: Found,
  readings: Reading[],
): void {
  const ofTable = tags.ofTable(name)
  const ofColumns = tags.columnsOf(name)
  for (const { grant, conditions } of rights.taggedTables) {
    const permissions = spelledOut('tagged-tables', grant.permissions)
    const isIn = matches(conditions, ofTable)
    const others = [...ofColumns].filter(([, own]) => matches(conditions, own) !== isIn).map(([column]) => column)
    if (!isIn && others.length === 0) continue
    const reason = { by: 'grant', grant, tags: ofTable } as const
    const reads = permissions.includes('SELECT')
    if (others.length === 0) found.add(permissions, reason)
    else found.add(reads ? ['SELECT', 'DESCRIBE'] : ['DESCRIBE'], reason)
    const columns = isIn ? { except: others } : { include: others }
    if (reads) readings.push(others.length === 0 ? { reason } : { columns, reason })
  }
}

export function decideDatabase(rights: PrincipalRights, rules: CatalogRules, database: string): Decision {
  const key = resourceKey({ kind: 'database', database })
  if (!closesDatabase(rules.openness, key) && !rights.optIns.has(key) && !rights.optIns.has(CATALOG))
    return { permissions: new Map(ALL_OF_A_DATABASE.map((one) => [one, [{ by: 'iam-allowed-principals' }]])) }
  const found = namedDatabase(rights, rules, database)
  // Whoever sees a table sees where it is.
  const inside = rights.inside.get(database)
  if (inside) found.add(['DESCRIBE'], { by: 'grant', grant: inside })
  return { permissions: found.sum() }
}

/**
 * By grants of the database alone, whoever else may be let in: "For cross-account resources, you must explicitly grant
 * DESCRIBE permissions" (lake-formation dg, granting-catalog-permissions).
 */
export const grantedDatabase = (rights: PrincipalRights, rules: CatalogRules, database: string): Decision => ({
  permissions: namedDatabase(rights, rules, database).sum(),
})

function namedDatabase(rights: PrincipalRights, rules: CatalogRules, database: string): Found {
  const found = new Found()
  if (rights.describesAll) found.add(['DESCRIBE'], { by: rights.describesAll })
  for (const grant of rights.superUser) found.add(ALL_OF_A_DATABASE, { by: 'grant', grant })
  for (const grant of rights.databases.get(database) ?? [])
    found.add(spelledOut('database', grant.permissions), { by: 'grant', grant })
  const tags = rules.tags.of(database)
  for (const { grant, conditions } of rights.taggedDatabases)
    if (matches(conditions, tags)) found.add(spelledOut('database', grant.permissions), { by: 'grant', grant, tags })
  return found
}
