/** LF-Tags: keys with their values, where they are put, and what a condition over them says of a resource. */
import type { Scope } from '../catalog/catalog.ts'
import { SEPARATOR } from '../catalog/names.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { addGrant, eraseGrant, type Grant } from './grants.ts'
import { ANY_VALUE, type Resource, resourceKey, type TableName, type TagCondition, tablePrefix } from './resource.ts'
import { meantCatalog } from './shared-scopes.ts'
import { catalogsBelow, noteChange, permissionSpace, topScope } from './spaces.ts'

/** One value by each key, both folded. */
export type LfTags = Readonly<Record<string, string>>

/** A database, a table, or a column of it. */
export interface Tagged {
  readonly database: string
  readonly table?: string
  readonly column?: string
}

function taggedKey({ database, table, column }: Tagged): string {
  if (table === undefined) return resourceKey({ kind: 'database', database })
  const prefix = tablePrefix({ database, table })
  return column === undefined ? prefix : `${prefix}column${SEPARATOR}${column}`
}

/** What was put on the resource itself. */
export const tagsOn = (state: StateReader, scope: Scope, of: Tagged): LfTags =>
  state.get<LfTags>(permissionSpace('tagged', scope), taggedKey(of))?.doc ?? {}

export function putTags(tx: StateTransaction, scope: Scope, of: Tagged, tags: LfTags): void {
  if (Object.keys(tags).length > 0) tx.put(permissionSpace('tagged', scope), taggedKey(of), tags)
  else tx.delete(permissionSpace('tagged', scope), taggedKey(of))
  noteChange(tx, scope)
}

/** Tags are the account's: they are put on what lies in its own catalog and in those below it, and tell of all of it. */
export const tagScope = (scope: Scope): Scope => ({
  ...topScope(meantCatalog(scope)),
  ...(scope.principal && { principal: scope.principal }),
})

/**
 * A tag, or some of its values, of which nothing is left: neither on what had it nor of what was granted by it, nor in a
 * named expression ("any principals that were granted permissions on that key-value pair no longer have the permissions",
 * lake-formation dg, TBAC-updating-tags). `values` absent: all.
 */
export function eraseTag(tx: StateTransaction, scope: Scope, key: string, values?: readonly string[]): void {
  const isGone = (value: string): boolean => values === undefined || values.includes(value)
  const left = (condition: TagCondition): TagCondition | undefined => {
    if (condition.key !== key) return condition
    const kept = condition.values.filter((value) => !isGone(value))
    return kept.length > 0 ? { key, values: kept } : undefined
  }
  for (const one of [scope, ...catalogsBelow(tx, scope)]) {
    for (const { key: of, doc } of all<LfTags>(tx, permissionSpace('tagged', one))) {
      if (doc[key] === undefined || !isGone(doc[key])) continue
      const { [key]: _, ...others } = doc
      if (Object.keys(others).length > 0) tx.put(permissionSpace('tagged', one), of, others)
      else tx.delete(permissionSpace('tagged', one), of)
    }
    for (const { doc: grant } of all<Grant>(tx, permissionSpace('grants', one))) {
      const resource = narrowedBy(left, grant.resource)
      if (resource === grant.resource) continue
      eraseGrant(tx, one, grant)
      if (resource) addGrant(tx, one, { ...grant, resource })
    }
  }
  for (const { key: name, doc } of all<{ conditions: readonly TagCondition[] }>(
    tx,
    permissionSpace('tag-expressions', scope),
  )) {
    const conditions = conditionsLeft(left, doc.conditions)
    if (conditions === doc.conditions) continue
    if (conditions) tx.put(permissionSpace('tag-expressions', scope), name, { ...doc, conditions })
    else tx.delete(permissionSpace('tag-expressions', scope), name)
  }
  noteChange(tx, scope)
}

/** What was granted on an expression that is gone, and by it (lake-formation dg, TBAC-deleting-expressions). */
export function eraseExpression(tx: StateTransaction, scope: Scope, name: string): void {
  for (const one of [scope, ...catalogsBelow(tx, scope)])
    for (const { doc: grant } of all<Grant>(tx, permissionSpace('grants', one))) {
      const { resource: of } = grant
      const isOf = of.kind === 'tag-expression' ? of.name === name : 'expression' in of && of.expression === name
      if (isOf) eraseGrant(tx, one, grant)
    }
  noteChange(tx, scope)
}

const all = <T>(tx: StateTransaction, space: string): { readonly key: string; readonly doc: T }[] => [
  ...paged(
    (page) => tx.list<T>(space, page),
    (one) => one.key,
  ),
]

type Narrowing = (condition: TagCondition) => TagCondition | undefined

/** The same where nothing is gone, undefined where a condition has nothing left by which it could hold. */
function conditionsLeft(left: Narrowing, conditions: readonly TagCondition[]): readonly TagCondition[] | undefined {
  const kept = conditions.map(left)
  if (kept.some((one) => one === undefined)) return undefined
  const isSame = kept.every((one, i) => one!.values.length === conditions[i]!.values.length)
  return isSame ? conditions : (kept as TagCondition[])
}

function narrowedBy(left: Narrowing, resource: Resource): Resource | undefined {
  if (resource.kind === 'tag') {
    const kept = left(resource)
    if (!kept) return undefined
    return kept.values.length === resource.values.length ? resource : { ...resource, values: kept.values }
  }
  if (!('conditions' in resource)) return resource
  const conditions = conditionsLeft(left, resource.conditions)
  if (!conditions) return undefined
  return conditions === resource.conditions ? resource : { ...resource, conditions }
}

/** AND over keys, OR over the values of one, of which `*` is any; what has not the tag does not match. */
export const matches = (conditions: readonly TagCondition[], tags: LfTags): boolean =>
  conditions.length > 0 &&
  conditions.every(({ key, values }) => {
    const value = tags[key]
    return value !== undefined && (values.includes(ANY_VALUE) || values.includes(value))
  })

/** All that was put anywhere in a catalog. */
export interface AssignedTags {
  of(database: string): LfTags
  /** Inherited where the table has none of its own by a key. */
  ofTable(name: TableName): LfTags
  /** Columns with tags of their own, and what they have of those and inherit. */
  columnsOf(name: TableName): ReadonlyMap<string, LfTags>
}

const NONE: LfTags = {}
const NO_COLUMNS: ReadonlyMap<string, LfTags> = new Map()

export function assignedTags(entries: Iterable<readonly [string, LfTags]>): AssignedTags {
  const own = new Map<string, LfTags>()
  const columns = new Map<string, Map<string, LfTags>>()
  for (const [key, tags] of entries) {
    const [kind, database = '', table = '', what, column] = key.split(SEPARATOR)
    if (kind !== 'table' || what !== 'column') {
      own.set(key, tags)
      continue
    }
    const prefix = tablePrefix({ database, table })
    const known = columns.get(prefix) ?? new Map<string, LfTags>()
    columns.set(prefix, known.set(column ?? '', tags))
  }
  const of = (database: string): LfTags => own.get(taggedKey({ database })) ?? NONE
  const ofTable = (name: TableName): LfTags => {
    const [inherited, table] = [of(name.database), own.get(tablePrefix(name))]
    return table ? { ...inherited, ...table } : inherited
  }
  return {
    of,
    ofTable,
    columnsOf(name) {
      const known = columns.get(tablePrefix(name))
      if (!known) return NO_COLUMNS
      const inherited = ofTable(name)
      return new Map([...known].map(([column, tags]) => [column, { ...inherited, ...tags }]))
    },
  }
}
