/**
 * Grants of Lake Formation to another account, as what the catalog's own policy would say of them: at AWS they make a resource
 * share of RAM's, which allows these actions on what is shared. What of it somebody sees is for Lake Formation to decide.
 */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { Permissions } from '../permissions/permissions.ts'
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
  const rights = permissions.shared(principal, { account, region })
  const [, kind, path = ''] = /^arn:[^:]*:glue:[^:]*:[^:]*:([a-zA-Z]+)(?:\/(.*))?$/.exec(arn) ?? []
  const [database = '', table = ''] = path.split('/')
  if (kind === 'catalog') return path === '' && isAnythingShared(rights)
  if (kind === 'database') return database === '*' ? isAnythingShared(rights) : isDatabaseShared(rights, database)
  if (kind !== 'table') return false
  if (database === '*') return isAnythingShared(rights)
  return table === '*' ? isDatabaseShared(rights, database) : isTableShared(rights, { database, table })
}
