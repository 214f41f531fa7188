/**
 * Grants of Lake Formation to another account, as what the catalog's own policy would say of them: at AWS they make a resource
 * share of RAM's, which allows these actions on what is shared. What of it somebody sees is for Lake Formation to decide.
 */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { Permissions } from '../permissions/permissions.ts'
import { ownerOf, sharingCatalogs } from '../permissions/shared-scopes.ts'
import { isAnythingShared, isDatabaseShared, isTableShared } from '../permissions/sharing.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy } from '../policies/evaluation.ts'

/** docs: ram userguide, the managed permissions of Glue's databases and tables. */
const ACTIONS: ReadonlySet<string> = new Set(
  `GetDatabase GetDatabases GetTable GetTables GetTableVersion GetTableVersions GetPartition GetPartitions BatchGetPartition
  GetPartitionIndexes SearchTables GetColumnStatisticsForTable GetColumnStatisticsForPartition UpdateDatabase CreateTable
  UpdateTable DeleteTable BatchDeleteTable DeleteTableVersion BatchDeleteTableVersion CreatePartition UpdatePartition
  DeletePartition BatchCreatePartition BatchUpdatePartition BatchDeletePartition UpdateColumnStatisticsForTable
  UpdateColumnStatisticsForPartition DeleteColumnStatisticsForTable DeleteColumnStatisticsForPartition`
    .split(/\s+/)
    .map((name) => `glue:${name}`),
)

export const SHARED: AppliedPolicy = {
  name: 'resource share',
  compiled: compiledPolicy(
    JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: 'glue:*', Resource: '*' } }),
    'resource',
  ),
}

/** Whether the action on what the ARN names is part of anything that the owner of the catalog has granted abroad. */
export function sharesByGrant(
  permissions: Permissions,
  principal: Principal,
  { account, region }: Scope,
  action: string,
  arn: string,
): boolean {
  if (!ACTIONS.has(action) || principal.kind === 'anonymous') return false
  const [, kind = '', path] = /^arn:[^:]*:glue:[^:]*:[^:]*:([a-zA-Z]+)(?:\/(.*))?$/.exec(arn) ?? []
  const parts = path?.split('/') ?? []
  const own = NAMES_IN[kind]
  if (own === undefined) return false
  // Before the names stands the catalog that has them, where it is one below the account's.
  const below = parts.slice(0, Math.max(0, parts.length - own)).join('/')
  const scope = { account: below === '' ? account : `${account}:${below}`, region }
  const rights = permissions.shared(principal, scope)
  const [database = '', table = ''] = parts.slice(parts.length - own)
  if (kind === 'catalog')
    return isAnythingShared(rights) || (below === '' && sharesBelow(permissions, principal, scope))
  if (database === '*') return isAnythingShared(rights)
  if (kind === 'database' || table === '*') return isDatabaseShared(rights, database)
  return isTableShared(rights, { database, table })
}

/** How many names an ARN of the kind ends in. */
const NAMES_IN: Readonly<Record<string, number>> = { catalog: 0, database: 1, table: 2 }

/** What is in a catalog below an account's is asked of the account's own too. */
const sharesBelow = (permissions: Permissions, principal: Principal, owners: Scope): boolean =>
  sharingCatalogs(permissions.state, { account: principal.account, region: owners.region }).some(
    (scope) => ownerOf(scope) === owners.account && isAnythingShared(permissions.shared(principal, scope)),
  )
