/** Tags on databases, tables and columns: put, taken away, told. */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { governedNames, seenNames } from '../../core/federation/governed-names.ts'
import type { Lake } from '../../core/lake.ts'
import { governedColumns } from '../../core/permissions/column-parts.ts'
import type { GovernedNames } from '../../core/permissions/granting.ts'
import { requireGrantor } from '../../core/permissions/grantors.ts'
import { heldValues } from '../../core/permissions/held-tags.ts'
import { namesLeft } from '../../core/permissions/narrowed-table.ts'
import type { Permission } from '../../core/permissions/permission.ts'
import { ANY_VALUE, type Resource } from '../../core/permissions/resource.ts'
import { isShared } from '../../core/permissions/shared-scopes.ts'
import { holdsValues, requireConditions } from '../../core/permissions/tag-rights.ts'
import { type LfTags, putTags, type Tagged, tagScope, tagsOn } from '../../core/permissions/tags.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { catalogIdOf, resourceOf } from './resource-shape.ts'
import { grantedScope, reachedScope } from './scope.ts'
import { requireOnTag } from './tags.ts'

/** "The maximum number of LF-Tags that can be assigned to a resource is 50": lake-formation dg, TBAC-overview. */
const MOST_TAGS = 50

export function assignedTags(lake: Lake): Handlers<typeof Sdk> {
  const { state } = lake
  type Change = (tags: Record<string, string>, key: string, value: string) => void
  const changed = async (
    input: Pick<Sdk.AddLFTagsToResourceRequest, 'CatalogId'> & { Resource: Sdk.Resource; LFTags: Sdk.LFTagPair[] },
    call: ServiceCall,
    change: Change,
  ) => {
    const catalogId = input.CatalogId ?? catalogIdOf(input.Resource)
    const scope = reachedScope(call, catalogId)
    const { account: home } = tagScope(scope)
    const granted = grantedScope(call, catalogId)
    const targets = await taggedBy(lake, granted, input.Resource, governedNames(lake, call.signal))
    const Failures: Sdk.LFTagError[] = []
    for (const pair of input.LFTags) {
      const key = pair.TagKey!.toLowerCase()
      const value = pair.TagValues?.[0]?.toLowerCase() ?? ''
      try {
        if (pair.TagValues?.length !== 1) throw new Fault('invalid', 'tag', 'A resource has one value of a tag.')
        // "The LF-Tag and the resource … must be in the same AWS account" (lake-formation dg, TBAC-assigning-tags).
        if (pair.CatalogId !== undefined && pair.CatalogId !== home)
          throw new Fault('invalid', 'tag', 'An LF-Tag is assigned to resources of its own account.')
        if (value === ANY_VALUE) throw new Fault('invalid', 'tag', 'Wildcards are not used with LF-Tags of resources.')
        requireOnTag(lake, scope, 'ASSOCIATE', { key, values: [value] })
        requireConditions(state, scope, [{ key, values: [value] }])
        await state.transaction((tx) => {
          for (const of of targets) {
            const tags = { ...tagsOn(tx, scope, of) }
            change(tags, key, value)
            if (Object.keys(tags).length > MOST_TAGS)
              throw new Fault('limit', 'tag', `The number of tags of a resource cannot exceed ${MOST_TAGS}.`)
            putTags(tx, scope, of, tags)
          }
        })
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        Failures.push({ LFTag: pair, Error: errorDetail(error) })
      }
    }
    return { Failures }
  }
  return {
    AddLFTagsToResource: (input, call) =>
      changed(input, call, (tags, key, value) => {
        tags[key] = value
      }),

    RemoveLFTagsFromResource: (input, call) =>
      changed(input, call, (tags, key, value) => {
        if (tags[key] !== value) throw new Fault('not-found', 'tag', `The resource has not the tag ${key}.`)
        delete tags[key]
      }),

    async GetResourceLFTags(input, call) {
      const scope = reachedScope(call, input.CatalogId ?? catalogIdOf(input.Resource))
      const resource = resourceOf(input.Resource)
      const isOwn = input.ShowAssignedLFTags ?? false
      if (!('database' in resource)) throw untaggable()
      await seenNames(lake, call.signal).require(
        scope,
        resource.database,
        'table' in resource ? resource.table : undefined,
      )
      if (resource.kind === 'database')
        return { LFTagOnDatabase: awsTags(lake, lake.permissions.rules(scope).tags.of(resource.database), scope) }
      if (resource.kind !== 'table' && resource.kind !== 'columns') throw untaggable()
      const { database, table } = resource
      const decision = lake.permissions.table(call.principal, scope, { database, table })
      const columns = governedColumns(await governedNames(lake, call.signal).table(scope, resource))
      const known = [...namesLeft(columns, decision)]
      return tableTags(lake, scope, resource, { known, isOwn })
    },
  }
}

/** Those that whoever asks may see: "You must have the DESCRIBE or ASSOCIATE permission on a LF-Tag" (TBAC-view-resource-tags). */
export function awsTags({ permissions }: Lake, tags: LfTags, scope: Scope): Sdk.LFTagPair[] {
  const { account: CatalogId } = tagScope(scope)
  return Object.entries(tags)
    .filter(([key, value]) => holdsValues(heldValues(permissions, scope, key, 'DESCRIBE'), [value]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([TagKey, value]) => ({ CatalogId, TagKey, TagValues: [value] }))
}

/** What hangs on the resource; of others than its own what it inherits too. */
function tableTags(
  lake: Lake,
  scope: Scope,
  resource: Extract<Resource, { readonly kind: 'table' | 'columns' }>,
  { known, isOwn }: { readonly known: readonly string[]; readonly isOwn: boolean },
): Sdk.GetResourceLFTagsResponse {
  const { tags } = lake.permissions.rules(scope)
  const { database, table } = resource
  const name = { database, table }
  const ofTable = isOwn ? tagsOn(lake.state, scope, name) : tags.ofTable(name)
  const columns =
    resource.kind === 'columns' && 'include' in resource ? resource.include.filter((one) => known.includes(one)) : known
  const own = tags.columnsOf(name)
  const LFTagsOnColumns = columns.flatMap((column) => {
    const ofColumn = isOwn ? tagsOn(lake.state, scope, { ...name, column }) : (own.get(column) ?? tags.ofTable(name))
    const LFTags = awsTags(lake, ofColumn, scope)
    const isTold = LFTags.length > 0 && (resource.kind === 'columns' || !isOwn || own.has(column))
    return isTold ? [{ Name: column, LFTags }] : []
  })
  const LFTagOnDatabase = isOwn ? [] : awsTags(lake, tags.of(database), scope)
  return { LFTagOnDatabase, LFTagsOnTable: awsTags(lake, ofTable, scope), LFTagsOnColumns }
}

const untaggable = (): Fault => new Fault('invalid', 'resource', 'Only databases, tables and columns have LF-Tags.')

/** "For databases in an external account" (lake-formation dg, TBAC-assigning-tags). */
const OF_SHARED_DATABASES: readonly Permission[] = ['DESCRIBE', 'CREATE_TABLE', 'ALTER']

/**
 * Throws where it is not there, or not the caller's to tag: that takes all of it with the option to pass it on, or the
 * office of an administrator (lake-formation dg, TBAC-assigning-tags).
 */
async function taggedBy(
  { permissions }: Lake,
  scope: Scope,
  input: Sdk.Resource,
  names: GovernedNames,
): Promise<readonly Tagged[]> {
  const resource = resourceOf(input)
  const everything = { permissions: ['ALL'], grantable: ['ALL'] } as const
  if (resource.kind === 'database') {
    const needed = isShared(scope) ? { permissions: OF_SHARED_DATABASES, grantable: OF_SHARED_DATABASES } : everything
    requireGrantor(permissions, scope, { resource, ...needed })
    await names.database(scope, resource.database)
    return [{ database: resource.database }]
  }
  if (resource.kind !== 'table' && resource.kind !== 'columns') throw untaggable()
  const { database, table } = resource
  requireGrantor(permissions, scope, { resource: { kind: 'table', database, table }, ...everything })
  const found = await names.table(scope, { database, table })
  if (resource.kind === 'table') return [{ database, table }]
  if (!('include' in resource)) throw new Fault('invalid', 'resource', 'Columns must be named.')
  const known = governedColumns(found).map(({ name }) => name)
  const unknown = resource.include.find((column) => !known.includes(column))
  if (unknown !== undefined) throw new Fault('not-found', 'column', `Column ${unknown} not found.`)
  return resource.include.map((column) => ({ database, table, column }))
}
