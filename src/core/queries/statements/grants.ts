/** GRANT and REVOKE, which say in SQL what Lake Formation's operations do. */
import type { GrantStatement, Privilege } from '../../../sql/hive/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Scope } from '../../catalog/catalog.ts'
import type { ModelCall } from '../../events/model-call.ts'
import { sourceNames } from '../../federation/governed-names.ts'
import { type GovernedNames, type GrantRequest, grant, revoke } from '../../permissions/granting.ts'
import { PERMISSIONS, type Permission } from '../../permissions/permission.ts'
import { type Resource, sortedNames } from '../../permissions/resource.ts'
import { isAbroad, meantCatalog, sharedScope } from '../../permissions/shared-scopes.ts'
import { ofHouse, type QueryContext, sourceNamed } from '../context.ts'
import { done, type StatementOutcome } from '../outcome.ts'
import { lakeTarget } from './statement-target.ts'

export async function grantOrRevoke(statement: GrantStatement, context: QueryContext): Promise<StatementOutcome> {
  const { scope, names } = placeOf(statement, context)
  const change = statement.kind === 'grant' ? grant : revoke
  for (const request of requestsOf(statement, context)) {
    const call = grantCall(statement, request, {
      catalog: meantCatalog(scope).account,
      account: context.principal.account,
    })
    try {
      await change(context.rooms, scope, request, names)
      context.onGrant?.(call)
    } catch (error) {
      context.onGrant?.({ ...call, error })
      throw error
    }
  }
  return done
}

/** The call of Lake Formation's that it stands for. */
function grantCall(
  { kind }: GrantStatement,
  { principal, resource, permissions, grantable }: GrantRequest,
  { catalog, account }: { readonly catalog: string; readonly account: string },
): ModelCall {
  const input = {
    ...(catalog !== account && { CatalogId: catalog }),
    Principal: { DataLakePrincipalIdentifier: principal },
    Resource: namedResource(resource),
    Permissions: permissions,
    PermissionsWithGrantOption: grantable,
  }
  return { service: 'lakeformation', operation: kind === 'grant' ? 'GrantPermissions' : 'RevokePermissions', input }
}

function namedResource(resource: Resource): Readonly<Record<string, unknown>> {
  switch (resource.kind) {
    case 'database':
      return { Database: { Name: resource.database } }
    case 'columns': {
      const { database: DatabaseName, table: Name } = resource
      return {
        TableWithColumns: { DatabaseName, Name, ColumnNames: 'include' in resource ? resource.include : undefined },
      }
    }
    case 'table':
      return { Table: { DatabaseName: resource.database, Name: resource.table } }
    default:
      return {}
  }
}

/** The catalog that is named, or the context's: one of the lake's, what the account passes on of another's, or a source. */
function placeOf(
  { on, name, at }: GrantStatement,
  context: QueryContext,
): { readonly scope: Scope; readonly names?: GovernedNames } {
  const { principal, rooms, signal } = context
  const catalog = name.parts.at(on === 'database' ? -2 : -3)?.name.toLowerCase() ?? context.catalog
  const source = sourceNamed(catalog, context)
  if (source) return { scope: { ...source.scope, principal }, names: sourceNames(rooms.sources, source, signal) }
  const found = context.lakeCatalogs.find(catalog)
  if (!found) throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${catalog}' does not exist`, at)
  const own = ofHouse(found.scope)
  return { scope: { ...(isAbroad(principal, own) ? sharedScope(own, principal.account) : own), principal } }
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
  const { database, table } = lakeTarget(name, context)
  if (!columns) return { kind: 'table', database, table }
  return { kind: 'columns', database, table, include: sortedNames(columns.map((column) => column.name)) }
}
