/** By which way the partitions of a table are reached: in order of their values, or through one of its indexes. */
import { Fault } from '../faults.ts'
import type { KeyRange, StateReader } from '../ports.ts'
import type { Scope } from './catalog.ts'
import { SEPARATOR, space, type TableDocument } from './names.ts'
import { fixedValue, type KeyBounds, type PartitionBounds } from './partition-bounds.ts'
import { type IndexedKey, sortableText } from './partition-index-entry.ts'
import { entryPrefix, indexesOf, type PartitionIndexDocument } from './partition-index-state.ts'
import { encodeValues, pastValues } from './partition-key.ts'
import { keyType } from './partition-value.ts'

export interface PartitionPath {
  readonly space: string
  /** What all keys begin with before the values. */
  readonly base: string
  /** The part of the keys that the bounds leave. */
  readonly range: Omit<KeyRange, 'limit'>
  readonly index?: PartitionIndexDocument
  /** Under which the partition is, whose entry this is. */
  partitionKey(key: string): string
}

/** No encoded value has it: there SOH is followed by itself or STX. Cursors of an index begin with it. */
const INDEX_CURSOR = '\x01\x03'
/** From here on the order of UTF-16, in which values are compared, is not that of UTF-8, in which they lie. */
const ORDER_DIFFERS = /[\ud800-\uffff]/

/** The one that leads closest to what the bounds say; a listing goes on by the way on which it began. */
export function partitionPath(
  state: StateReader,
  scope: Scope,
  home: TableDocument,
  bounds: PartitionBounds,
  cursor: string | undefined,
): { path: PartitionPath; after?: string } {
  if (cursor?.startsWith(INDEX_CURSOR)) return resumedPath(state, scope, home, bounds, cursor)
  const own = ownPath(scope, home, bounds)
  if (cursor !== undefined) return { path: own, after: own.base + cursor }
  const closest = closestIndex(state, scope, home, bounds)
  return { path: closest ? indexPath(scope, home, closest, bounds) : own }
}

export const cursorAt = ({ base, index }: PartitionPath, key: string): string =>
  index ? `${INDEX_CURSOR}${index.id}${SEPARATOR}${key.slice(base.length)}` : key.slice(base.length)

function resumedPath(
  state: StateReader,
  scope: Scope,
  home: TableDocument,
  bounds: PartitionBounds,
  cursor: string,
): { path: PartitionPath; after: string } {
  const [id = ''] = cursor.slice(INDEX_CURSOR.length).split(SEPARATOR, 1)
  const index = indexesOf(state, scope, home.id).find((one) => one.id === id && one.state === 'ACTIVE')
  if (!index)
    throw new Fault(
      'invalid',
      'partition',
      'The partition index that the listing followed has been deleted: begin again.',
    )
  const path = indexPath(scope, home, index, bounds)
  return { path, after: path.base + cursor.slice(INDEX_CURSOR.length + id.length + 1) }
}

function closestIndex(
  state: StateReader,
  scope: Scope,
  home: TableDocument,
  bounds: PartitionBounds,
): PartitionIndexDocument | undefined {
  if (!bounds.some((one) => one !== undefined)) return undefined
  let most = closeness(ownKeys(home), bounds)
  let closest: PartitionIndexDocument | undefined
  for (const index of indexesOf(state, scope, home.id)) {
    if (index.state !== 'ACTIVE' || closeness(index.keys, bounds) <= most) continue
    closest = index
    most = closeness(index.keys, bounds)
  }
  return closest
}

/** A fixed value leads closer than bounds, and only what stands behind fixed values alone leads anywhere. */
function closeness(keys: readonly IndexedKey[], bounds: PartitionBounds): number {
  const fixed = fixedCount(keys, bounds)
  return 2 * fixed + (rangeOf(bounds[keys[fixed]?.at ?? -1]) ? 1 : 0)
}

function fixedCount(keys: readonly IndexedKey[], bounds: PartitionBounds): number {
  const open = keys.findIndex(({ at }) => fixedValue(bounds[at]) === undefined)
  return open < 0 ? keys.length : open
}

/** The first keys of a table whose values are kept as text that stands for nothing else. */
function ownKeys({ descriptor }: TableDocument): IndexedKey[] {
  const keys = (descriptor.PartitionKeys ?? []).map(({ Name, Type = 'string' }, at) => ({ name: Name, at, type: Type }))
  const loose = keys.findIndex(({ type }) => !keyType(type)?.exact)
  return loose < 0 ? keys : keys.slice(0, loose)
}

function ownPath(scope: Scope, home: TableDocument, bounds: PartitionBounds): PartitionPath {
  const base = `${home.id}${SEPARATOR}`
  return {
    space: space('partitions', scope),
    base,
    range: keyRange(base, ownKeys(home), bounds),
    partitionKey: (key) => key,
  }
}

function indexPath(
  scope: Scope,
  home: TableDocument,
  index: PartitionIndexDocument,
  bounds: PartitionBounds,
): PartitionPath {
  const base = entryPrefix(home.id, index.id)
  return {
    space: space('partition-index-entries', scope),
    base,
    range: keyRange(base, index.keys, bounds),
    index,
    partitionKey(key) {
      let end = base.length - 1
      for (const _ of index.keys) end = key.indexOf(SEPARATOR, end + 1)
      return `${home.id}${SEPARATOR}${key.slice(end + 1)}`
    },
  }
}

function keyRange(base: string, keys: readonly IndexedKey[], bounds: PartitionBounds): Omit<KeyRange, 'limit'> {
  const count = fixedCount(keys, bounds)
  const fixed = keys.slice(0, count).map(({ at }) => sortableText(fixedValue(bounds[at])!))
  const prefix = base + encodeValues(fixed)
  const range = rangeOf(bounds[keys[count]?.at ?? -1])
  if (!range) return { prefix }
  return {
    prefix,
    ...(range.low !== undefined && { after: prefix + encodeValues([sortableText(range.low)]).slice(0, -1) }),
    ...(range.high !== undefined && { before: prefix + pastValues([sortableText(range.high)]) }),
  }
}

/** The bounds by which keys can be limited, if there are any. */
function rangeOf(bounds: KeyBounds | undefined): KeyBounds | undefined {
  const usable = (value: KeyBounds['low']) =>
    typeof value === 'string' && ORDER_DIFFERS.test(value) ? undefined : value
  const [low, high] = [usable(bounds?.low), usable(bounds?.high)]
  return low === undefined && high === undefined ? undefined : { low, high }
}
