import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { governedNames } from '../../core/federation/governed-names.ts'
import type { Lake } from '../../core/lake.ts'
import { type GrantRequest, grant, revoke } from '../../core/permissions/granting.ts'
import { requirePrincipalName } from '../../core/permissions/lake-principal.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { listPermissions } from './permission-lists.ts'
import { catalogIdOf, resourceOf } from './resource-shape.ts'
import { grantedScope } from './scope.ts'

type Entry = Omit<Sdk.BatchPermissionsRequestEntry, 'Id'>
type Change = typeof grant

export function grants(lake: Lake): Handlers<typeof Sdk> {
  const change = async (how: Change, entry: Entry, catalogId: string | undefined, call: ServiceCall) => {
    const scope = grantedScope(call, catalogId ?? catalogIdOf(entry.Resource))
    await how(lake, scope, requestOf(entry), governedNames(lake, call.signal))
    return {}
  }
  const batch = async (
    how: Change,
    entries: readonly Sdk.BatchPermissionsRequestEntry[],
    catalogId: string | undefined,
    call: ServiceCall,
  ) => {
    const Failures: Sdk.BatchPermissionsFailureEntry[] = []
    for (const entry of entries) {
      try {
        await change(how, entry, catalogId, call)
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        Failures.push({ RequestEntry: entry, Error: errorDetail(error) })
      }
    }
    return { Failures }
  }
  return {
    GrantPermissions: (input, call) => change(grant, input, input.CatalogId, call),
    RevokePermissions: (input, call) => change(revoke, input, input.CatalogId, call),
    BatchGrantPermissions: (input, call) => batch(grant, input.Entries, input.CatalogId, call),
    BatchRevokePermissions: (input, call) => batch(revoke, input.Entries, input.CatalogId, call),
    ListPermissions(input, call) {
      const scope: Scope = grantedScope(call, input.CatalogId ?? catalogIdOf(input.Resource))
      return listPermissions(lake, scope, input)
    },
  }
}

function requestOf({ Principal, Resource, Permissions, PermissionsWithGrantOption, Condition }: Entry): GrantRequest {
  const principal = requirePrincipalName(Principal?.DataLakePrincipalIdentifier)
  if (!Resource) throw new Fault('invalid', 'resource', 'A resource must be given.')
  if (Condition?.Expression !== undefined)
    throw new Fault('unsupported', 'condition', 'Conditions of permissions are not supported.')
  return {
    principal,
    resource: resourceOf(Resource),
    permissions: Permissions ?? [],
    grantable: PermissionsWithGrantOption ?? [],
  }
}
