/** LF-Tags: keys with their values, where they are put, and what a condition over them says of a resource. */
import type { Scope } from '../catalog/catalog.ts'
import { SEPARATOR } from '../catalog/names.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { resourceKey, type TableName, type TagCondition, tablePrefix } from './resource.ts'
import { noteChange, permissionSpace } from './spaces.ts'

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

/** From everything that has it. */
export function eraseTag(tx: StateTransaction, scope: Scope, key: string): void {
  const space = permissionSpace('tagged', scope)
  const all = [
    ...paged(
      (page) => tx.list<LfTags>(space, page),
      (one) => one.key,
    ),
  ]
  for (const { key: of, doc } of all) {
    if (!(key in doc)) continue
    const { [key]: _, ...left } = doc
    if (Object.keys(left).length > 0) tx.put(space, of, left)
    else tx.delete(space, of)
  }
  noteChange(tx, scope)
}

/** AND over keys, OR over the values of one; what has not the tag does not match. */
export const matches = (conditions: readonly TagCondition[], tags: LfTags): boolean =>
  conditions.length > 0 &&
  conditions.every(({ key, values }) => {
    const value = tags[key]
    return value !== undefined && values.includes(value)
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
