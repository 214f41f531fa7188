/** Principals for whom Lake Formation decides where for others IAM alone does (lake-formation dg, hybrid-access-mode). */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { requireAdministrator } from '../../core/permissions/grantors.ts'
import { lakePrincipal, requirePrincipalName } from '../../core/permissions/lake-principal.ts'
import { type Resource, resourceKey } from '../../core/permissions/resource.ts'
import { BESIDE, noteChange, permissionSpace } from '../../core/permissions/spaces.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { awsResource, catalogIdOf, resourceOf } from './resource-shape.ts'
import { scopeOf } from './scope.ts'

interface OptIn {
  readonly principal: string
  readonly resource: Resource
  readonly updatedAt: string
  readonly updatedBy: string
}

export function optIns({ state, permissions, clock, catalog }: Lake): Handlers<typeof Sdk> {
  const space = (scope: Scope): string => permissionSpace('opt-ins', scope)
  const keyOf = (principal: string, resource: Resource): string => `${principal}${BESIDE}${resourceKey(resource)}`
  return {
    async CreateLakeFormationOptIn(input, call) {
      const scope = scopeOf(call, catalogIdOf(input.Resource))
      requireAdministrator(permissions, scope)
      const resource = requireOptable(input.Resource)
      const principal = requirePrincipalName(input.Principal.DataLakePrincipalIdentifier)
      if ('table' in resource) catalog.tables.get(scope, resource.database, resource.table)
      const doc: OptIn = {
        principal,
        resource,
        updatedAt: clock.now().toISOString(),
        updatedBy: lakePrincipal(call.principal),
      }
      await state.transaction((tx) => {
        tx.put(space(scope), keyOf(principal, resource), doc)
        noteChange(tx, scope)
      })
      return {}
    },

    async DeleteLakeFormationOptIn(input, call) {
      const scope = scopeOf(call, catalogIdOf(input.Resource))
      requireAdministrator(permissions, scope)
      const key = keyOf(input.Principal.DataLakePrincipalIdentifier ?? '', requireOptable(input.Resource))
      await state.transaction((tx) => {
        if (!tx.delete(space(scope), key)) throw new Fault('not-found', 'opt-in', 'Opt-in not found.')
        noteChange(tx, scope)
      })
      return {}
    },

    ListLakeFormationOptIns(input, call) {
      const scope = scopeOf(call, catalogIdOf(input.Resource))
      const principal = input.Principal?.DataLakePrincipalIdentifier
      const wanted = input.Resource && resourceKey(resourceOf(input.Resource))
      const { items, NextToken } = pageOf(
        input,
        (page) => state.list<OptIn>(space(scope), { ...page, ...(principal && { prefix: `${principal}${BESIDE}` }) }),
        ({ key }) => key,
      )
      const found = items.filter(({ doc }) => wanted === undefined || resourceKey(doc.resource) === wanted)
      return {
        LakeFormationOptInsInfoList: found.map(({ doc }) => ({
          Principal: { DataLakePrincipalIdentifier: doc.principal },
          Resource: awsResource(doc.resource, scope.account),
          LastModified: new Date(doc.updatedAt),
          LastUpdatedBy: doc.updatedBy,
        })),
        NextToken,
      }
    },
  }
}

function requireOptable(input: Sdk.Resource): Resource {
  const resource = resourceOf(input)
  if (resource.kind === 'database' || resource.kind === 'table' || resource.kind === 'tables') return resource
  throw new Fault('invalid', 'resource', 'Only databases and tables can be opted in.')
}
