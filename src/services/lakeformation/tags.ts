import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import { type Permission, spelledOut } from '../../core/permissions/permission.ts'
import { permissionSpace } from '../../core/permissions/spaces.ts'
import { eraseTag } from '../../core/permissions/tags.ts'
import type { StateReader } from '../../core/ports.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { scopeOf } from './scope.ts'

/** Values by a key, as they were given; keys and values are folded. */
export interface StoredTag {
  readonly values: readonly string[]
}

/** "1,000 values per key": lake-formation dg, TBAC-overview. */
const MOST_VALUES = 1000

const findTag = (state: StateReader, scope: Scope, key: string): StoredTag | undefined =>
  state.get<StoredTag>(permissionSpace('tags', scope), key)?.doc

export function requireTag(state: StateReader, scope: Scope, key: string): StoredTag {
  const found = findTag(state, scope, key)
  if (!found) throw new Fault('not-found', 'tag', `Tag key does not exist: ${key}`)
  return found
}

/** Of a tag, whoever administers the lake may do everything; others what was granted to them. */
export function requireOnTag({ permissions }: Lake, scope: Scope, key: string, permission: Permission): void {
  if (isAdministrator(permissions, scope)) return
  const { rights } = permissions.compiled(scope.principal!, scope)
  const isHeld = rights.tags.some(
    ({ resource, permissions: held }) =>
      resource.kind === 'tag' && resource.key === key && spelledOut('tag', held).includes(permission),
  )
  if (!isHeld) throw insufficient(permission, key)
}

export function tags(lake: Lake): Handlers<typeof Sdk> {
  const { state, permissions } = lake
  const folded = (values: readonly string[]): string[] => [...new Set(values.map((value) => value.toLowerCase()))]
  const checked = (values: readonly string[]): readonly string[] => {
    if (values.length > MOST_VALUES)
      throw new Fault('limit', 'tag', `The number of values of a tag cannot exceed ${MOST_VALUES}.`)
    return values
  }
  return {
    async CreateLFTag(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      if (!permissions.mayInCatalog(call.principal, scope, 'CREATE_LF_TAG') || !mayCreateTags(lake, scope))
        throw insufficient('CREATE_LF_TAG', 'Catalog')
      await state.transaction((tx) => {
        if (findTag(tx, scope, key)) throw new Fault('already-exists', 'tag', `Tag key already exists: ${key}`)
        tx.put(permissionSpace('tags', scope), key, { values: checked(folded(input.TagValues)) })
      })
      return {}
    },

    GetLFTag(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      requireOnTag(lake, scope, key, 'DESCRIBE')
      const { values } = requireTag(state, scope, key)
      return { CatalogId: scope.account, TagKey: key, TagValues: [...values] }
    },

    async UpdateLFTag(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      requireOnTag(lake, scope, key, 'ALTER')
      await state.transaction((tx) => {
        const { values } = requireTag(tx, scope, key)
        const gone = folded(input.TagValuesToDelete ?? [])
        const unknown = gone.find((value) => !values.includes(value))
        if (unknown !== undefined) throw new Fault('not-found', 'tag', `Tag value does not exist: ${unknown}`)
        const left = [...values.filter((value) => !gone.includes(value)), ...folded(input.TagValuesToAdd ?? [])]
        if (left.length === 0) throw new Fault('invalid', 'tag', 'A tag must have a value.')
        tx.put(permissionSpace('tags', scope), key, { values: checked(folded(left)) })
      })
      return {}
    },

    async DeleteLFTag(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const key = input.TagKey.toLowerCase()
      requireOnTag(lake, scope, key, 'DROP')
      await state.transaction((tx) => {
        requireTag(tx, scope, key)
        tx.delete(permissionSpace('tags', scope), key)
        eraseTag(tx, scope, key)
      })
      return {}
    },

    ListLFTags(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      if (input.ResourceShareType === 'FOREIGN') return { LFTags: [] }
      const { items, NextToken } = pageOf(
        input,
        (page) => state.list<StoredTag>(permissionSpace('tags', scope), page),
        ({ key }) => key,
      )
      const shown = items.filter(({ key }) => isShown(lake, scope, key))
      return {
        LFTags: shown.map(({ key, doc }) => ({ CatalogId: scope.account, TagKey: key, TagValues: [...doc.values] })),
        NextToken,
      }
    },
  }
}

/** Tags are made by administrators, and by whom they have let (lake-formation dg, TBAC-adding-tag-creator). */
function mayCreateTags({ permissions }: Lake, scope: Scope): boolean {
  if (isAdministrator(permissions, scope)) return true
  const { rights } = permissions.compiled(scope.principal!, scope)
  return rights.catalog.some((grant) => spelledOut('catalog', grant.permissions).includes('CREATE_LF_TAG'))
}

function isShown(lake: Lake, scope: Scope, key: string): boolean {
  if (isAdministrator(lake.permissions, scope)) return true
  const { rights } = lake.permissions.compiled(scope.principal!, scope)
  return (
    rights.describesAll !== undefined ||
    rights.tags.some(({ resource }) => resource.kind === 'tag' && resource.key === key)
  )
}
