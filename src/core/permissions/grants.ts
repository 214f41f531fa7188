/**
 * Grants: who may do what with which resource. A grant is a document by its principal, and a key by its resource, so that
 * both are found without looking at others.
 */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { type Permission, spelledOut, summedUp } from './permission.ts'
import { type Resource, resourceKey } from './resource.ts'
import { BESIDE, noteChange, permissionSpace } from './spaces.ts'

export interface Grant {
  /** An ARN, an account, or a group such as `IAM_ALLOWED_PRINCIPALS`. */
  readonly principal: string
  readonly resource: Resource
  readonly permissions: readonly Permission[]
  /** Those of them that the principal may pass on. */
  readonly grantable: readonly Permission[]
  /** ISO 8601. */
  readonly updatedAt: string
  readonly updatedBy: string
}

export const grantKey = ({ principal, resource }: Pick<Grant, 'principal' | 'resource'>): string =>
  `${principal}${BESIDE}${resourceKey(resource)}`

export function* grantsTo(state: StateReader, scope: Scope, principal: string): Generator<Grant> {
  const prefix = `${principal}${BESIDE}`
  for (const { doc } of paged(
    (page) => state.list<Grant>(permissionSpace('grants', scope), { ...page, prefix }),
    ({ key }) => key,
  ))
    yield doc
}

/** Of everything whose key begins so. */
export function* grantsOn(state: StateReader, scope: Scope, prefix: string): Generator<Grant> {
  const keys = paged(
    (page) => state.keys(permissionSpace('grantees', scope), { ...page, prefix }),
    (key) => key,
  )
  for (const key of keys) {
    const at = key.lastIndexOf(BESIDE)
    const found = state.get<Grant>(permissionSpace('grants', scope), `${key.slice(at + 1)}${BESIDE}${key.slice(0, at)}`)
    if (found) yield found.doc
  }
}

export function putGrant(tx: StateTransaction, scope: Scope, grant: Grant): void {
  tx.put(permissionSpace('grants', scope), grantKey(grant), grant)
  tx.put(permissionSpace('grantees', scope), `${resourceKey(grant.resource)}${BESIDE}${grant.principal}`, true)
  noteChange(tx, scope)
}

export function eraseGrant(tx: StateTransaction, scope: Scope, grant: Pick<Grant, 'principal' | 'resource'>): void {
  tx.delete(permissionSpace('grants', scope), grantKey(grant))
  tx.delete(permissionSpace('grantees', scope), `${resourceKey(grant.resource)}${BESIDE}${grant.principal}`)
  noteChange(tx, scope)
}

/** Adds to what the principal has of the resource already. */
export function addGrant(tx: StateTransaction, scope: Scope, grant: Grant): void {
  const held = tx.get<Grant>(permissionSpace('grants', scope), grantKey(grant))?.doc
  const { kind } = grant.resource
  const together = (name: 'permissions' | 'grantable') => summedUp(kind, [...grant[name], ...(held?.[name] ?? [])])
  const grantable = together('grantable')
  putGrant(tx, scope, {
    ...grant,
    // What may be passed on is held.
    permissions: summedUp(kind, [...together('permissions'), ...grantable]),
    grantable,
  })
}

/** True if anything was taken. `resource` is the grant's own. */
export function takeFromGrant(
  tx: StateTransaction,
  scope: Scope,
  from: Grant,
  taken: Pick<Grant, 'permissions' | 'grantable' | 'updatedAt' | 'updatedBy'>,
): boolean {
  const { kind } = from.resource
  const [held, grantable] = [spelledOut(kind, from.permissions), spelledOut(kind, from.grantable)]
  const gone = spelledOut(kind, taken.permissions)
  const notPassedOn = new Set([...gone, ...spelledOut(kind, taken.grantable)])
  const kept = held.filter((one) => !gone.includes(one))
  const keptGrantable = grantable.filter((one) => !notPassedOn.has(one))
  if (kept.length === held.length && keptGrantable.length === grantable.length) return false
  if (kept.length === 0) eraseGrant(tx, scope, from)
  else
    putGrant(tx, scope, {
      ...from,
      permissions: summedUp(kind, kept),
      grantable: summedUp(kind, keptGrantable),
      updatedAt: taken.updatedAt,
      updatedBy: taken.updatedBy,
    })
  return true
}
