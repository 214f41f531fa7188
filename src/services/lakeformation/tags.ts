import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { heldValues } from '../../core/permissions/held-tags.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import { type Permission, spelledOut } from '../../core/permissions/permission.ts'
import { ANY_VALUE, type TagCondition } from '../../core/permissions/resource.ts'
import { sharingCatalogs } from '../../core/permissions/shared-scopes.ts'
import { permissionSpace } from '../../core/permissions/spaces.ts'
import { findTag, holdsValues, owned, requireTag, type StoredTag } from '../../core/permissions/tag-rights.ts'
import { eraseTag, tagScope } from '../../core/permissions/tags.ts'
import { paged } from '../../core/resources/paging.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { reachedScope, scopeOf } from './scope.ts'

/** "1,000 values per key": lake-formation dg, TBAC-overview. */
const MOST_VALUES = 1000

/** Of a tag, whoever administers the lake may do everything; others what was granted to them of these values of it. */
export function requireOnTag(
  { permissions }: Lake,
  scope: Scope,
  permission: Permission,
  { key, values }: TagCondition,
): void {
  if (!holdsValues(heldValues(permissions, scope, key, permission), values)) throw insufficient(permission, key)
}

export function tags(lake: Lake): Handlers<typeof Sdk> {
  const { state, permissions, clock } = lake
  const scopeFor = (call: ServiceCall, catalogId: string | undefined): Scope => tagScope(scopeOf(call, catalogId))
  /** Another account's too, of which it is told what it has shared. */
  const reached = (call: ServiceCall, catalogId: string | undefined): Scope => tagScope(reachedScope(call, catalogId))
  const folded = (values: readonly string[]): string[] => [...new Set(values.map((value) => value.toLowerCase()))]
  const checked = (values: readonly string[]): readonly string[] => {
    if (values.length > MOST_VALUES)
      throw new Fault('limit', 'tag', `The number of values of a tag cannot exceed ${MOST_VALUES}.`)
    return values
  }
  return {
    async CreateLFTag(input, call) {
      const scope = scopeFor(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      if (!permissions.mayInCatalog(call.principal, scope, 'CREATE_LF_TAG') || !mayCreateTags(lake, scope))
        throw insufficient('CREATE_LF_TAG', 'Catalog')
      await state.transaction((tx) => {
        if (findTag(tx, scope, key)) throw new Fault('already-exists', 'tag', `Tag key already exists: ${key}`)
        tx.put(permissionSpace('tags', scope), key, { values: checked(folded(input.TagValues)) })
        owned(tx, scope, { kind: 'tag', key, values: [ANY_VALUE] }, clock.now().toISOString())
      })
      return {}
    },

    GetLFTag(input, call) {
      const scope = reached(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      const seen = heldValues(permissions, scope, key, 'DESCRIBE')
      if (seen.size === 0) throw insufficient('DESCRIBE', key)
      const { values } = requireTag(state, scope, key)
      return { CatalogId: scope.account, TagKey: key, TagValues: values.filter((one) => holdsValues(seen, [one])) }
    },

    async UpdateLFTag(input, call) {
      const scope = scopeFor(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      requireOnTag(lake, scope, 'ALTER', { key, values: [] })
      await state.transaction((tx) => {
        const { values } = requireTag(tx, scope, key)
        const gone = folded(input.TagValuesToDelete ?? [])
        const unknown = gone.find((value) => !values.includes(value))
        if (unknown !== undefined) throw new Fault('not-found', 'tag', `Tag value does not exist: ${unknown}`)
        const left = [...values.filter((value) => !gone.includes(value)), ...folded(input.TagValuesToAdd ?? [])]
        if (left.length === 0) throw new Fault('invalid', 'tag', 'A tag must have a value.')
        tx.put(permissionSpace('tags', scope), key, { values: checked(folded(left)) })
        if (gone.length > 0) eraseTag(tx, scope, key, gone)
      })
      return {}
    },

    async DeleteLFTag(input, call) {
      const scope = scopeFor(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      requireOnTag(lake, scope, 'DROP', { key, values: [] })
      await state.transaction((tx) => {
        requireTag(tx, scope, key)
        tx.delete(permissionSpace('tags', scope), key)
        eraseTag(tx, scope, key)
      })
      return {}
    },

    ListLFTags(input, call) {
      const own = reached(call, input.CatalogId)
      const { ResourceShareType: type } = input
      const foreign = type === undefined ? [] : sharingCatalogs(state, scopeFor(call, undefined))
      const catalogs = type === 'FOREIGN' ? foreign : [own, ...foreign]
      const { items, NextToken } = pageOf(
        input,
        ({ after = '', limit }) =>
          catalogs
            .flatMap((scope) => storedTags(lake, scope))
            .filter(({ order }) => order > after)
            .sort((a, b) => (a.order < b.order ? -1 : 1))
            .slice(0, limit),
        ({ order }) => order,
      )
      const LFTags = items.flatMap(({ scope, key, values }) => {
        const seen = heldValues(permissions, scope, key, 'DESCRIBE')
        const TagValues = values.filter((value) => holdsValues(seen, [value]))
        return TagValues.length > 0 ? [{ CatalogId: scope.account, TagKey: key, TagValues }] : []
      })
      return { LFTags, NextToken }
    },
  }
}

/** Tags are made by administrators, and by whom they have let (lake-formation dg, TBAC-adding-tag-creator). */
function mayCreateTags({ permissions }: Lake, scope: Scope): boolean {
  if (isAdministrator(permissions, scope)) return true
  const { rights } = permissions.compiled(scope.principal!, scope)
  return rights.catalog.some((grant) => spelledOut('catalog', grant.permissions).includes('CREATE_LF_TAG'))
}

/** "The values listed with each LF-Tag key are the values that you have permissions on" (lake-formation dg, TBAC-listing-tags). */
const storedTags = ({ state }: Lake, scope: Scope) =>
  Array.from(
    paged(
      (page) => state.list<StoredTag>(permissionSpace('tags', scope), page),
      ({ key }) => key,
    ),
    ({ key, doc: { values } }) => ({ scope, key, values, order: `${scope.account} ${key}` }),
  )
