/**
 * Catalogs shared with other accounts. What the owner grants to an account holds there for nobody until that account's
 * administrators pass it on, and then as far as both go: what is effective is the intersection (lake-formation dg,
 * data-filtering-notes and cross-account-read-data). What is granted to somebody of another account holds at once.
 * What an account passes on is kept with it, as a catalog below its own.
 */

import type { Expr } from '../../sql/ast.ts'
import { commonChoice, hasWhole } from './column-parts.ts'
import { conditionPaths, type RowCondition } from './data-filters.ts'
import {
  ALL_OF_A_DATABASE,
  type Decision,
  everythingOf,
  grantedDatabase,
  grantedTable,
  optsIn,
  type Reading,
  type Reason,
  type TableDecision,
} from './decision.ts'
import { closesDatabase, closesTable } from './openness.ts'
import type { Permission } from './permission.ts'
import { resourceKey, type TableName, tablePrefix } from './resource.ts'
import type { CatalogRules, PrincipalRights } from './rights.ts'

export interface SharedRights {
  /** Of the owner's catalog. */
  readonly rules: CatalogRules
  /** What the owner has granted to who asks. */
  readonly direct: PrincipalRights
  /** What the owner has granted to the account of who asks. */
  readonly share: PrincipalRights
  /** What that account has passed on to who asks; `root` has all of it. */
  readonly passedOn: PrincipalRights | 'root'
  /** By the owner's tags, and by data cells filters of either. */
  readonly passedOnRules: CatalogRules
}

/** Undefined where grants do not decide: the owner lets in whom the policy of its catalog lets in. */
export function decideSharedTable(rights: SharedRights, name: TableName): TableDecision | undefined {
  const { rules, direct, share, passedOn } = rights
  if (!closesTable(rules.openness, tablePrefix(name), name.database) && !isOptedIn(rights, name)) return undefined
  const own = grantedTable(direct, rules, name)
  const shared = grantedTable(share, rules, name)
  const held = passedOn === 'root' ? everythingOf({ by: 'root' }) : grantedTable(passedOn, rights.passedOnRules, name)
  const permissions = united(own.permissions, both(shared.permissions, held.permissions))
  const common = held.readings.flatMap((one) => narrower(shared.readings, one))
  const readings = [...own.readings, ...common]
  // Both may read, and no column is in what both may.
  if (readings.length === 0) permissions.delete('SELECT')
  return { permissions, readings, outline: [...own.readings, ...shared.readings] }
}

/** Whether the owner, or the account, wants grants to decide where others are let in by policies. */
export const isOptedIn = ({ direct, share, passedOn }: SharedRights, name: TableName): boolean =>
  [direct, share, passedOn].some((one) => one !== 'root' && optsIn(one, name))

export function decideSharedDatabase(rights: SharedRights, database: string): Decision | undefined {
  const { rules, direct, share, passedOn } = rights
  const own = grantedDatabase(direct, rules, database)
  const shared = grantedDatabase(share, rules, database)
  const held = passedOn === 'root' ? everythingOfDatabase : grantedDatabase(passedOn, rights.passedOnRules, database)
  const permissions = united(own.permissions, both(shared.permissions, held.permissions))
  if (permissions.size === 0 && !closesDatabase(rules.openness, resourceKey({ kind: 'database', database })))
    return undefined
  return { permissions }
}

const everythingOfDatabase: Decision = {
  permissions: new Map(ALL_OF_A_DATABASE.map((one) => [one, [{ by: 'root' }]])),
}

/** Whether the owner has granted anything of a table to the account or to who asks: then its catalog answers them. */
export const isTableShared = ({ rules, direct, share }: SharedRights, name: TableName): boolean =>
  (closesTable(rules.openness, tablePrefix(name), name.database) || optsIn(direct, name) || optsIn(share, name)) &&
  [direct, share].some((rights) => grantedTable(rights, rules, name).permissions.size > 0)

/** Of which something is shared, be it one table; those that are shared by their tags may be in any database. */
export const isDatabaseShared = ({ rules, direct, share }: SharedRights, database: string): boolean =>
  [direct, share].some(
    (rights) =>
      rights.taggedTables.length > 0 ||
      rights.inside.has(database) ||
      grantedDatabase(rights, rules, database).permissions.size > 0,
  )

export const isAnythingShared = ({ direct, share }: SharedRights): boolean =>
  [direct, share].some(
    ({ databases, tables, named, taggedDatabases, taggedTables }) =>
      databases.size + tables.size + named.size + taggedDatabases.length + taggedTables.length > 0,
  )

type Permissions = Decision['permissions']

function united(one: Permissions, other: Permissions): Map<Permission, readonly Reason[]> {
  const all = new Map(one)
  for (const [permission, reasons] of other) all.set(permission, [...(all.get(permission) ?? []), ...reasons])
  return all
}

function both(shared: Permissions, held: Permissions): Permissions {
  const common = new Map<Permission, readonly Reason[]>()
  for (const [permission, reasons] of shared) {
    const passed = held.get(permission)
    if (passed) common.set(permission, [sharedReason(reasons[0]!, passed[0]!)])
  }
  return common
}

const sharedReason = (share: Reason, passedOn: Reason): Reason => ({ by: 'share', share, passedOn })

/** What of the shared readings is held too. None where no column is in both. */
function narrower(shared: readonly Reading[], held: Reading): Reading[] {
  return shared.flatMap((one) => {
    const columns = commonChoice(one.columns, held.columns)
    if (columns && 'include' in columns && columns.include.length === 0) return []
    return conditionsOn(one, held.rows, shared).map((rows) => ({
      ...(columns && { columns }),
      ...(rows && { rows }),
      reason: sharedReason(one.reason, held.reason),
    }))
  })
}

/**
 * The condition of who holds it, on rows of a shared reading: it is asked of nothing that is not shared, or which rows meet it
 * would tell what is hidden. Where it names what the reading leaves out, it holds in those rows in which another shares that.
 */
function conditionsOn(
  one: Reading,
  held: RowCondition | undefined,
  shared: readonly Reading[],
): (RowCondition | undefined)[] {
  const paths = held ? conditionPaths(held.condition) : []
  const shows = ({ columns }: Reading): boolean => !columns || paths.every((path) => hasWhole(columns, path))
  if (shows(one)) return [bothConditions(one.rows, held)]
  return shared.filter(shows).map(({ rows }) => bothConditions(bothConditions(one.rows, rows), held))
}

function bothConditions(one: RowCondition | undefined, other: RowCondition | undefined): RowCondition | undefined {
  if (!one || !other) return one ?? other
  if (one.text === other.text) return one
  const condition: Expr = { kind: 'logical', op: 'and', terms: [one.condition, other.condition], at: one.condition.at }
  return { text: `(${one.text}) AND (${other.text})`, condition }
}
