/** Tags on databases, tables and columns: put, taken away, told. */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import type { Resource } from '../../core/permissions/resource.ts'
import { type LfTags, putTags, type Tagged, tagsOn } from '../../core/permissions/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { catalogIdOf, resourceOf } from './resource-shape.ts'
import { ofHouse, scopeOf } from './scope.ts'
import { requireOnTag, requireTag } from './tags.ts'

/** "The maximum number of LF-Tags that can be assigned to a resource is 50": lake-formation dg, TBAC-overview. */
const MOST_TAGS = 50

export function assignedTags(lake: Lake): Handlers<typeof Sdk> {
  const { state } = lake
  type Change = (tags: Record<string, string>, key: string, value: string) => void
  const changed = async (
    input: Pick<Sdk.AddLFTagsToResourceRequest, 'CatalogId'> & { Resource: Sdk.Resource; LFTags: Sdk.LFTagPair[] },
    scope: Scope,
    change: Change,
  ) => {
    const targets = taggedBy(lake, scope, input.Resource)
    const Failures: Sdk.LFTagError[] = []
    for (const pair of input.LFTags) {
      const key = pair.TagKey!.toLowerCase()
      const value = pair.TagValues?.[0]?.toLowerCase() ?? ''
      try {
        requireOnTag(lake, scope, key, 'ASSOCIATE')
        const known = requireTag(state, scope, key)
        if (pair.TagValues?.length !== 1) throw new Fault('invalid', 'tag', 'A resource has one value of a tag.')
        if (!known.values.includes(value)) throw new Fault('not-found', 'tag', `Tag value does not exist: ${value}`)
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
      changed(input, scopeOf(call, input.CatalogId ?? catalogIdOf(input.Resource)), (tags, key, value) => {
        tags[key] = value
      }),

    RemoveLFTagsFromResource: (input, call) =>
      changed(input, scopeOf(call, input.CatalogId ?? catalogIdOf(input.Resource)), (tags, key, value) => {
        if (tags[key] !== value) throw new Fault('not-found', 'tag', `The resource has not the tag ${key}.`)
        delete tags[key]
      }),

    GetResourceLFTags(input, call) {
      const scope = scopeOf(call, input.CatalogId ?? catalogIdOf(input.Resource))
      const resource = resourceOf(input.Resource)
      const isOwn = input.ShowAssignedLFTags ?? false
      requireSeen(lake, scope, resource)
      return { ...resourceTags(lake, scope, resource, isOwn) }
    },
  }
}

export const awsTags = (tags: LfTags, { account }: Scope): Sdk.LFTagPair[] =>
  Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([TagKey, value]) => ({ CatalogId: account, TagKey, TagValues: [value] }))

/** What hangs on the resource; of others than its own what it inherits too. */
function resourceTags(lake: Lake, scope: Scope, resource: Resource, isOwn: boolean): Sdk.GetResourceLFTagsResponse {
  const { tags } = lake.permissions.rules(scope)
  if (resource.kind === 'database') return { LFTagOnDatabase: awsTags(tags.of(resource.database), scope) }
  if (resource.kind !== 'table' && resource.kind !== 'columns') throw untaggable()
  const { database, table } = resource
  const name = { database, table }
  const ofTable = isOwn ? tagsOn(lake.state, scope, name) : tags.ofTable(name)
  const columns = resource.kind === 'columns' && 'include' in resource ? resource.include : columnsOf(lake, scope, name)
  const own = tags.columnsOf(name)
  const LFTagsOnColumns = columns.flatMap((column) => {
    const ofColumn = isOwn ? tagsOn(lake.state, scope, { ...name, column }) : (own.get(column) ?? tags.ofTable(name))
    const isTold = Object.keys(ofColumn).length > 0 && (resource.kind === 'columns' || !isOwn || own.has(column))
    return isTold ? [{ Name: column, LFTags: awsTags(ofColumn, scope) }] : []
  })
  const LFTagOnDatabase = isOwn ? [] : awsTags(tags.of(database), scope)
  return { LFTagOnDatabase, LFTagsOnTable: awsTags(ofTable, scope), LFTagsOnColumns }
}

const untaggable = (): Fault => new Fault('invalid', 'resource', 'Only databases, tables and columns have LF-Tags.')

function columnsOf(
  { catalog }: Lake,
  scope: Scope,
  { database, table }: { database: string; table: string },
): string[] {
  const { StorageDescriptor, PartitionKeys = [] } = catalog.tables.get(ofHouse(scope), database, table).descriptor
  return [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map(({ Name }) => Name.toLowerCase())
}

/** Throws where it is not there, or not the caller's to tag: that takes ALTER, or the office of an administrator. */
function taggedBy(lake: Lake, scope: Scope, input: Sdk.Resource): readonly Tagged[] {
  const resource = resourceOf(input)
  const { catalog } = lake
  if (resource.kind === 'database') {
    catalog.databases.get(ofHouse(scope), resource.database)
    requireAlter(lake, scope, resource)
    return [{ database: resource.database }]
  }
  if (resource.kind !== 'table' && resource.kind !== 'columns') throw untaggable()
  const { database, table } = resource
  const known = columnsOf(lake, scope, { database, table })
  requireAlter(lake, scope, resource)
  if (resource.kind === 'table') return [{ database, table }]
  if (!('include' in resource)) throw new Fault('invalid', 'resource', 'Columns must be named.')
  const unknown = resource.include.find((column) => !known.includes(column))
  if (unknown !== undefined) throw new Fault('not-found', 'column', `Column ${unknown} not found.`)
  return resource.include.map((column) => ({ database, table, column }))
}

function requireAlter({ permissions }: Lake, scope: Scope, resource: Resource): void {
  if (isAdministrator(permissions, scope) || !('database' in resource)) return
  const decision =
    'table' in resource
      ? permissions.table(scope.principal!, scope, resource)
      : permissions.database(scope.principal!, scope, resource.database)
  if (!decision.permissions.has('ALTER'))
    throw insufficient('ALTER', 'table' in resource ? resource.table : resource.database)
}

/** As the caller sees the catalog. */
function requireSeen({ catalog }: Lake, scope: Scope, resource: Resource): void {
  if (!('database' in resource)) throw untaggable()
  if ('table' in resource) catalog.tables.get(scope, resource.database, resource.table)
  else catalog.databases.get(scope, resource.database)
}
