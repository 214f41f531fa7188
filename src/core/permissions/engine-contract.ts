/**
 * What engines that are trusted to filter are told, and what they must be able to do before they are told anything
 * (lake-formation dg, api-overview and full-table-credential-vending). Whoever is not trusted gets a table whole or not at all.
 */
import type { Principal } from '../call.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { Fault } from '../faults.ts'
import { governedColumns } from './column-parts.ts'
import { insufficient } from './insufficient.ts'
import type { Permission } from './permission.ts'
import type { Permissions } from './permissions.ts'
import { names } from './settings.ts'
import { type TablePart, tableParts, type Visibility, visibilityOf } from './visibility.ts'

export interface EngineSight {
  readonly permissions: ReadonlySet<Permission>
  readonly visibility: Visibility
  /** Those that are seen. */
  readonly parts: readonly TablePart[]
}

/** Throws denied without `needed`, and `Fault('denied', 'permission type')` for a filter that the engine cannot apply. */
export function engineSight(
  permissions: Permissions,
  principal: Principal,
  scope: Scope,
  table: Table,
  { needed, supported }: { readonly needed: readonly Permission[]; readonly supported: readonly string[] | undefined },
): EngineSight {
  const meant = meantTable(scope, table)
  const decision = permissions.table(principal, meant.scope, meant.name)
  const missing = needed.find((permission) => !decision.permissions.has(permission))
  if (missing !== undefined) throw insufficient(missing, table.descriptor.Name)
  const columns = governedColumns(table)
  const visibility = visibilityOf(decision, columns)
  const parts = tableParts(visibility, columns).filter(({ where }) => where?.length !== 0)
  if (!visibility.isLasting && decision.readings.length > 0) {
    const wanted = permissionTypes(parts)
    if (!supported?.some((one) => wanted.includes(one)))
      throw new Fault(
        'denied',
        'permission type',
        `The table has permissions of the type ${wanted[0]}, which the caller does not support.`,
      )
    requireTrusted(permissions, principal, meant.scope)
  }
  return { permissions: new Set(decision.permissions.keys()), visibility, parts }
}

/** Of which an engine has to know one: the first says what there is, and what is nested takes engines that know of it. */
function permissionTypes(parts: readonly TablePart[]): readonly string[] {
  const filtersCells = parts.some(({ where }) => where !== undefined)
  const isNested = parts.some(({ path }) => path.length > 1)
  const nested = filtersCells ? 'NESTED_CELL_PERMISSION' : 'NESTED_PERMISSION'
  return isNested ? [nested] : [filtersCells ? 'CELL_FILTER_PERMISSION' : 'COLUMN_PERMISSION', nested]
}

/** Of an account that the lake lets filter by itself, in a session that carries one of the lake's tags. */
function requireTrusted(permissions: Permissions, principal: Principal, scope: Scope): void {
  const { settings } = permissions.rules(scope)
  const tag = sessionTag(principal)
  const isTrusted =
    settings.AllowExternalDataFiltering === true &&
    names(settings.ExternalDataFilteringAllowList).includes(principal.account) &&
    tag !== undefined &&
    (settings.AuthorizedSessionTagValueList ?? []).includes(tag)
  if (!isTrusted)
    throw new Fault(
      'denied',
      'engine',
      'The caller is not authorized to filter data: its session carries no authorized tag.',
    )
}

/** Keys to whole tables are for engines that are trusted, and for all where the lake says so. */
export function requireFullAccess(permissions: Permissions, principal: Principal, scope: Scope): void {
  if (permissions.isUnlimited(principal, scope) || permissions.rules(scope).settings.AllowFullTableExternalDataAccess)
    return
  requireTrusted(permissions, principal, scope)
}

function sessionTag(principal: Principal): string | undefined {
  const { session } = principal as { readonly session?: { readonly tags?: Readonly<Record<string, string>> } }
  return session?.tags?.LakeFormationAuthorizedCaller
}
