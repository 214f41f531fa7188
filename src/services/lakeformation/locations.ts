import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope, Table } from '../../core/catalog/catalog.ts'
import { withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { grantsOfKey } from '../../core/permissions/granting.ts'
import { requireAdministrator } from '../../core/permissions/grantors.ts'
import { type Grant, grantKey } from '../../core/permissions/grants.ts'
import { arnOfPlace, isWithin, type RegisteredLocation } from '../../core/permissions/locations.ts'
import { resourceKey, tablePrefix } from '../../core/permissions/resource.ts'
import { permissionSpace } from '../../core/permissions/spaces.ts'
import { paged } from '../../core/resources/paging.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { pageOfGrants } from './permission-lists.ts'
import { ofHouse, scopeOf } from './scope.ts'

const SERVICE_ROLE = 'aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess'

export function locations(lake: Lake): Handlers<typeof Sdk> {
  const { state, permissions, clock } = lake
  const space = (scope: Scope): string => permissionSpace('locations', scope)
  const missing = (): Fault => new Fault('not-found', 'location', 'Entity not found')
  const required = (scope: Scope, arn: string): RegisteredLocation => {
    const found = state.get<RegisteredLocation>(space(scope), placeOf(arn))
    if (!found) throw missing()
    return found.doc
  }
  return {
    async RegisterResource(input, call) {
      const scope = scopeOf(call, undefined)
      requireAdministrator(permissions, scope)
      const arn = placeOf(input.ResourceArn)
      if (!input.UseServiceLinkedRole && input.RoleArn === undefined)
        throw new Fault('invalid', 'location', 'A role must be given, or the service-linked role be used.')
      const { ExpectedResourceOwnerAccount: expectedOwner } = input
      const location: RegisteredLocation = {
        arn,
        roleArn: input.RoleArn ?? `arn:aws:iam::${call.account}:role/${SERVICE_ROLE}`,
        withFederation: input.WithFederation ?? false,
        hybridAccess: input.HybridAccessEnabled ?? false,
        withPrivilegedAccess: input.WithPrivilegedAccess ?? false,
        ...(expectedOwner !== undefined && { expectedOwner }),
        updatedAt: clock.now().toISOString(),
      }
      await state.transaction((tx) => {
        if (tx.get(space(scope), arn))
          throw new Fault('already-exists', 'location', 'An error occurred: the resource is already registered.')
        tx.put(space(scope), arn, location)
      })
      return {}
    },

    async UpdateResource(input, call) {
      const scope = scopeOf(call, undefined)
      requireAdministrator(permissions, scope)
      const known = required(scope, input.ResourceArn)
      await state.transaction((tx) =>
        tx.put(space(scope), known.arn, {
          ...known,
          roleArn: input.RoleArn,
          withFederation: input.WithFederation ?? known.withFederation,
          hybridAccess: input.HybridAccessEnabled ?? known.hybridAccess,
          updatedAt: clock.now().toISOString(),
        }),
      )
      return {}
    },

    async DeregisterResource(input, call) {
      const scope = scopeOf(call, undefined)
      requireAdministrator(permissions, scope)
      await state.transaction((tx) => {
        if (!tx.delete(space(scope), placeOf(input.ResourceArn))) throw missing()
      })
      return {}
    },

    DescribeResource(input, call) {
      return { ResourceInfo: told(required(scopeOf(call, undefined), input.ResourceArn)) }
    },

    ListResources(input, call) {
      const scope = scopeOf(call, undefined)
      const { items, NextToken } = pageOf(
        input,
        (page) => state.list<RegisteredLocation>(space(scope), page),
        ({ key }) => key,
      )
      const ResourceInfoList = items.map(({ doc }) => told(doc)).filter((one) => meets(one, input.FilterConditionList))
      return { ResourceInfoList, NextToken }
    },

    GetEffectivePermissionsForPath(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      requireAdministrator(permissions, scope)
      const grants = grantsAt(lake, scope, placeOf(input.ResourceArn))
      const { PrincipalResourcePermissions: Permissions, NextToken } = pageOfGrants(
        input,
        scope,
        () => true,
        (after) => grants.filter((grant) => after === undefined || grantKey(grant) > after),
      )
      return { Permissions, NextToken }
    },
  }
}

/** Without the slash at the end, and a whole bucket as such. Throws invalid. */
function placeOf(arn: string): string {
  if (!/^arn:aws[^:]*:s3:::[^/]+/.test(arn)) throw new Fault('invalid', 'location', `Not a location in S3: ${arn}`)
  return withoutEndSlashes(arn.replace(/\/?\*?$/, ''))
}

function told(location: RegisteredLocation): Sdk.ResourceInfo {
  const { arn, roleArn, withFederation, hybridAccess, withPrivilegedAccess, expectedOwner, updatedAt } = location
  return {
    ResourceArn: arn,
    RoleArn: roleArn,
    LastModified: new Date(updatedAt),
    WithFederation: withFederation,
    HybridAccessEnabled: hybridAccess,
    WithPrivilegedAccess: withPrivilegedAccess,
    ExpectedResourceOwnerAccount: expectedOwner,
  }
}

function meets(info: Sdk.ResourceInfo, conditions: readonly Sdk.FilterCondition[] = []): boolean {
  return conditions.every(({ Field, ComparisonOperator, StringValueList = [] }) => {
    const value =
      Field === 'ROLE_ARN'
        ? info.RoleArn
        : Field === 'LAST_MODIFIED'
          ? info.LastModified?.toISOString()
          : info.ResourceArn
    return compare(value ?? '', ComparisonOperator, StringValueList)
  })
}

function compare(
  value: string,
  operator: Sdk.ComparisonOperator | undefined,
  [first = '', ...rest]: readonly string[],
): boolean {
  switch (operator) {
    case 'NE':
      return value !== first
    case 'LE':
      return value <= first
    case 'LT':
      return value < first
    case 'GE':
      return value >= first
    case 'GT':
      return value > first
    case 'CONTAINS':
      return value.includes(first)
    case 'NOT_CONTAINS':
      return !value.includes(first)
    case 'BEGINS_WITH':
      return value.startsWith(first)
    case 'IN':
      return [first, ...rest].includes(value)
    case 'BETWEEN':
      return value >= first && value <= (rest[0] ?? '')
    default:
      return value === first
  }
}

/** Of databases and tables that lie at or below the place, and of the place itself. */
function grantsAt({ state, catalog }: Lake, scope: Scope, arn: string): Grant[] {
  const house = ofHouse(scope)
  const found = grantsOfKey(state, scope, resourceKey({ kind: 'location', arn }), false)
  const lies = (location: string | undefined): boolean => {
    const place = location === undefined ? undefined : arnOfPlace(location)
    return place !== undefined && isWithin(place, arn)
  }
  for (const { descriptor } of paged((page) => catalog.databases.list(house, page), nameOf)) {
    const database = descriptor.Name
    if (lies(descriptor.LocationUri))
      found.push(...grantsOfKey(state, scope, resourceKey({ kind: 'database', database }), false))
    for (const table of paged((page) => catalog.tables.list(house, database, page), nameOf))
      if (lies(table.descriptor.StorageDescriptor?.Location))
        found.push(...grantsOfKey(state, scope, tablePrefix({ database, table: table.descriptor.Name }), true))
  }
  return found.sort((a, b) => (grantKey(a) < grantKey(b) ? -1 : 1))
}

const nameOf = ({ descriptor }: Pick<Table, 'descriptor'> | { descriptor: { Name: string } }): string => descriptor.Name
