/** What somebody may do with LF-Tags: each permission is of a tag's values, of some or of all (lake-formation dg, TBAC-granting-tags). */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { addGrant } from './grants.ts'
import { lakePrincipal } from './lake-principal.ts'
import { type Permission, spelledOut } from './permission.ts'
import { ANY_VALUE, type Resource, type TagCondition } from './resource.ts'
import type { PrincipalRights } from './rights.ts'
import { permissionSpace } from './spaces.ts'
import { tagScope } from './tags.ts'

/** Values by a key, as they were given; keys and values are folded. */
export interface StoredTag {
  readonly values: readonly string[]
}

export const findTag = (state: StateReader, scope: Scope, key: string): StoredTag | undefined =>
  state.get<StoredTag>(permissionSpace('tags', tagScope(scope)), key)?.doc

/** Throws not-found for a key that there is not. */
export function requireTag(state: StateReader, scope: Scope, key: string): StoredTag {
  const found = findTag(state, scope, key)
  if (!found) throw new Fault('not-found', 'tag', `Tag key does not exist: ${key}`)
  return found
}

/** "All LF-Tags must be predefined before they can be assigned or granted" (lake-formation dg, lf-tag-considerations). */
export function requireConditions(state: StateReader, scope: Scope, conditions: readonly TagCondition[]): void {
  for (const { key, values } of conditions) {
    const known = requireTag(state, scope, key)
    const unknown = values.find((value) => value !== ANY_VALUE && !known.values.includes(value))
    if (unknown !== undefined) throw new Fault('not-found', 'tag', `Tag value does not exist: ${unknown}`)
  }
}

/** For what names tags, or an expression of them. Throws not-found for one that there is not. */
export function requireTagsOf(state: StateReader, scope: Scope, resource: Resource): void {
  if (resource.kind === 'tag') requireConditions(state, scope, [resource])
  else if ('conditions' in resource) requireConditions(state, scope, resource.conditions)
  const name =
    resource.kind === 'tag-expression' ? resource.name : 'expression' in resource ? resource.expression : undefined
  if (name !== undefined && !state.get(permissionSpace('tag-expressions', tagScope(scope)), name))
    throw new Fault('not-found', 'expression', `LF-Tag expression ${name} not found.`)
}

/** Values of the tag for which the permission is held; any other permission of a value lets it be seen. */
export function valuesWith({ tags }: Pick<PrincipalRights, 'tags'>, key: string, permission: Permission): Set<string> {
  const holding = tags.filter(
    ({ permissions }) => permission === 'DESCRIBE' || spelledOut('tag', permissions).includes(permission),
  )
  return new Set(
    holding.flatMap(({ resource }) => (resource.kind === 'tag' && resource.key === key ? resource.values : [])),
  )
}

export const holdsValues = (held: ReadonlySet<string>, values: readonly string[]): boolean =>
  held.has(ANY_VALUE) || (held.size > 0 && values.every((value) => held.has(value)))

/** Whoever makes a tag, or an expression, has all of it, and may pass it on (lake-formation dg, TBAC-adding-tag-creator). */
export function owned(tx: StateTransaction, scope: Scope, resource: Resource, at: string): void {
  const { principal } = scope
  if (!principal || principal.kind === 'root') return
  const holder = lakePrincipal(principal)
  const everything = { permissions: ['ALL'], grantable: ['ALL'] } as const
  addGrant(tx, tagScope(scope), { principal: holder, resource, ...everything, updatedAt: at, updatedBy: holder })
}
