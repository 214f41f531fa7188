/** Lists of permissions, those of everyone whom IAM lets in among them: of what is open nothing else is kept. */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { MeantGrant } from '../../core/permissions/explanation.ts'
import { grantsAfter, grantsOfKey } from '../../core/permissions/granting.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { type Grant, grantKey, grantsTo } from '../../core/permissions/grants.ts'
import { lakePrincipals } from '../../core/permissions/lake-principal.ts'
import { isOpen } from '../../core/permissions/openness.ts'
import { type Resource, resourceKey, tablePrefix } from '../../core/permissions/resource.ts'
import { IAM_ALLOWED_PRINCIPALS } from '../../core/permissions/settings.ts'
import { isShared, meantCatalog, ownerOf } from '../../core/permissions/shared-scopes.ts'
import { tagScope } from '../../core/permissions/tags.ts'
import { paged } from '../../core/resources/paging.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { awsResource, resourceOf } from './resource-shape.ts'
import { ofHouse } from './scope.ts'

type Input = Pick<Sdk.ListPermissionsRequest, 'Principal' | 'Resource' | 'ResourceType' | 'MaxResults' | 'NextToken'>

const KINDS: Readonly<Record<string, readonly Resource['kind'][]>> = {
  CATALOG: ['catalog'],
  DATABASE: ['database'],
  TABLE: ['table', 'tables', 'columns', 'filter'],
  DATA_LOCATION: ['location'],
  LF_TAG: ['tag'],
  LF_TAG_POLICY: ['tagged-databases', 'tagged-tables'],
  LF_TAG_POLICY_DATABASE: ['tagged-databases'],
  LF_TAG_POLICY_TABLE: ['tagged-tables'],
  LF_NAMED_TAG_EXPRESSION: ['tag-expression'],
}

export function listPermissions(lake: Lake, scope: Scope, input: Input): Sdk.ListPermissionsResponse {
  const resource = input.Resource && resourceOf(input.Resource)
  const principal = input.Principal?.DataLakePrincipalIdentifier
  const kinds = input.ResourceType === undefined ? undefined : (KINDS[input.ResourceType] ?? [])
  const isAsked = (grant: Grant): boolean =>
    (principal === undefined || grant.principal === principal) &&
    (kinds === undefined || kinds.includes(grant.resource.kind)) &&
    isShown(lake, scope, grant)
  return pageOfGrants(input, scope, isAsked, (after) => candidates(lake, scope, resource, after))
}

/** Who does not administer the lake sees what it has itself, and what it may pass on. */
function isShown({ permissions }: Lake, scope: Scope, grant: Grant): boolean {
  if (isAdministrator(permissions, scope) || grant.principal === IAM_ALLOWED_PRINCIPALS) return true
  const { rights } = permissions.compiled(scope.principal!, scope)
  if (rights.describesAll || lakePrincipals(scope.principal!).includes(grant.principal)) return true
  const { resource } = grant
  const held = 'table' in resource ? rights.named.get(tablePrefix(resource)) : undefined
  return held?.some(({ grantable }) => grantable.length > 0) ?? false
}

export function pageOfGrants(
  input: Pick<Input, 'MaxResults' | 'NextToken'>,
  scope: Scope,
  isAsked: (grant: Grant) => boolean,
  list: (after: string | undefined) => Iterable<Grant>,
): { PrincipalResourcePermissions: Sdk.PrincipalResourcePermissions[]; NextToken?: string } {
  const limit = input.MaxResults ?? 1000
  const found: Grant[] = []
  for (const grant of list(cursorOf(input.NextToken))) {
    if (!isAsked(grant)) continue
    if (found.length === limit)
      return {
        PrincipalResourcePermissions: found.map((one) => told(one, scope)),
        NextToken: tokenOf(orderOf(found.at(-1)!)),
      }
    found.push(grant)
  }
  return { PrincipalResourcePermissions: found.map((one) => told(one, scope)) }
}

/** Those that IAM has stand behind all others. */
const BEHIND = '\x7f'
const orderOf = (grant: Grant): string =>
  grant.principal === IAM_ALLOWED_PRINCIPALS ? `${BEHIND}${resourceKey(grant.resource)}` : grantKey(grant)

function* candidates(
  lake: Lake,
  scope: Scope,
  resource: Resource | undefined,
  after: string | undefined,
): Generator<Grant> {
  if (after === undefined || !after.startsWith(BEHIND)) {
    if (!resource) yield* grantsAfter(lake.state, scope, after)
    else {
      const key = resourceKey(resource)
      for (const grant of grantsOfKey(lake.state, scope, key, resource.kind === 'table'))
        if (after === undefined || orderOf(grant) > after) yield grant
    }
  }
  if (isShared(scope)) {
    yield* sharedBy(lake, scope, resource, after)
    return
  }
  for (const grant of openedBy(lake, scope, resource))
    if (after === undefined || !after.startsWith(BEHIND) || orderOf(grant) > after) yield grant
}

/** What the owner of the catalog has granted to the account, behind what the account has passed on. */
function* sharedBy(
  { state }: Lake,
  scope: Scope,
  resource: Resource | undefined,
  after: string | undefined,
): Generator<Grant> {
  const key = resource && resourceKey(resource)
  for (const grant of grantsTo(state, meantCatalog(scope), ownerOf(scope))) {
    const about = resourceKey(grant.resource)
    const isAsked = key === undefined || (resource?.kind === 'table' ? about.startsWith(key) : about === key)
    if (isAsked && (after === undefined || orderOf(grant) > after)) yield grant
  }
}

function* openedBy(lake: Lake, scope: Scope, resource: Resource | undefined): Generator<Grant> {
  const open = (of: Resource): Grant => ({
    principal: IAM_ALLOWED_PRINCIPALS,
    resource: of,
    permissions: of.kind === 'catalog' ? ['CREATE_DATABASE'] : ['ALL'],
    grantable: [],
    updatedAt: '',
    updatedBy: '',
  })
  for (const one of resource ? [resource] : resources(lake, scope))
    if ((one.kind === 'catalog' || one.kind === 'database' || one.kind === 'table') && isOpen(lake.state, scope, one))
      yield open(one)
}

/** In the order of their keys. */
function* resources({ catalog }: Lake, scope: Scope): Generator<Resource> {
  yield { kind: 'catalog' }
  const house = ofHouse(scope)
  const databases = Array.from(
    paged(
      (page) => catalog.databases.list(house, page),
      ({ descriptor }) => descriptor.Name,
    ),
    ({ descriptor }) => descriptor.Name,
  )
  for (const database of databases) yield { kind: 'database', database }
  for (const database of databases)
    for (const table of paged(
      (page) => catalog.tables.list(house, database, page),
      ({ descriptor }) => descriptor.Name,
    ))
      if (table.database === database) yield { kind: 'table', database, table: table.descriptor.Name }
}

function told(grant: Grant, scope: Scope): Sdk.PrincipalResourcePermissions {
  return {
    Principal: { DataLakePrincipalIdentifier: grant.principal },
    Resource: awsResource(grant.resource, ofHouse(scope).account),
    Permissions: [...grant.permissions],
    PermissionsWithGrantOption: [...grant.grantable],
    ...(grant.updatedAt && { LastUpdated: new Date(grant.updatedAt), LastUpdatedBy: grant.updatedBy }),
  }
}

/** A grant as it is granted and revoked. */
export interface GrantInput {
  /** Whose administrators call it. */
  readonly account: string
  readonly input: Sdk.GrantPermissionsRequest
}

export function grantInput({ account, catalog, principal, resource, permissions }: MeantGrant): GrantInput {
  // What tags grant stands in the account's own catalog, wherever it reaches.
  const { account: id } = 'conditions' in resource || 'expression' in resource ? tagScope(catalog) : catalog
  const Principal = { DataLakePrincipalIdentifier: principal }
  return { account, input: { Principal, Resource: awsResource(resource, id), Permissions: [...permissions] } }
}
