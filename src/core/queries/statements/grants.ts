/** GRANT and REVOKE, which say in SQL what Lake Formation's operations do. */
import type { GrantStatement, Privilege } from '../../../sql/hive/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { type GrantRequest, grant, revoke } from '../../permissions/granting.ts'
import { PERMISSIONS, type Permission } from '../../permissions/permission.ts'
import { type Resource, sortedNames } from '../../permissions/resource.ts'
import type { QueryContext } from '../context.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { tableName } from './table-names.ts'

export async function grantOrRevoke(statement: GrantStatement, context: QueryContext): Promise<StatementOutcome> {
  const { scope, principal } = context
  const change = statement.kind === 'grant' ? grant : revoke
  for (const request of requestsOf(statement, context)) await change(context.rooms, { ...scope, principal }, request)
  return done
}

function requestsOf(statement: GrantStatement, context: QueryContext): GrantRequest[] {
  const { kind, option, holder, principal: name } = statement
  const principal = name.startsWith('arn:') ? name : `arn:aws:iam::${context.principal.account}:${holder}/${name}`
  // Of columns each list is a grant of its own; all others are one.
  const plain = statement.privileges.filter(({ columns }) => !columns)
  const listed = statement.privileges.filter(({ columns }) => columns)
  return [...(plain.length > 0 ? [plain] : []), ...listed.map((one) => [one])].map((privileges): GrantRequest => {
    const permissions = privileges.map((one) => permissionOf(one, statement))
    const resource = resourceOf(statement, privileges[0]!, context)
    // REVOKE GRANT OPTION FOR leaves what is held.
    const isOptionOnly = kind === 'revoke' && option
    return { principal, resource, permissions: isOptionOnly ? [] : permissions, grantable: option ? permissions : [] }
  })
}

function permissionOf({ name }: Privilege, { at }: GrantStatement): Permission {
  const found = PERMISSIONS.find((permission) => permission === name)
  if (found) return found
  throw new SqlError('NOT_SUPPORTED', `There is no permission ${name.replaceAll('_', ' ')}`, at)
}

function resourceOf({ on, name, at }: GrantStatement, { columns }: Privilege, context: QueryContext): Resource {
  if (on === 'database') {
    if (columns) throw new SqlError('NOT_SUPPORTED', 'Columns are of tables', at)
    return { kind: 'database', database: name.parts.at(-1)!.name.toLowerCase() }
  }
  const { database, table } = tableName(name, context)
  if (!columns) return { kind: 'table', database, table }
  return { kind: 'columns', database, table, include: sortedNames(columns.map((column) => column.name)) }
}
