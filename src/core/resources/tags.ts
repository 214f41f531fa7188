/**
 * Tags of any resource, by its ARN. Whoever owns a resource erases its tags in the transaction that deletes it; whether
 * the resource exists is the owner's to know, not this room's.
 */
import { Fault } from '../faults.ts'
import type { StateReader, StateTransaction } from '../ports.ts'

export type Tags = Readonly<Record<string, string>>

/** As nearly all of AWS's APIs spell them. */
export interface TagPair {
  readonly Key?: string
  readonly Value?: string
}

export const tagRecord = (pairs: readonly TagPair[] = []): Tags =>
  Object.fromEntries(pairs.map(({ Key = '', Value = '' }) => [Key, Value]))

export const tagPairs = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

const SPACE = 'tags'
/** "Maximum number of tags per resource: 50", "keys must not start with aws:": Tagging AWS resources, AWS General Reference. */
const MAX_TAGS = 50

export function tagsOf(state: StateReader, arn: string): Tags {
  return Object.fromEntries(state.get<[string, string][]>(SPACE, arn)?.doc ?? [])
}

/** Throws `Fault('limit', 'tag')` beyond 50 tags, `Fault('invalid', 'tag')` for a key that is AWS's own. */
export function addTags(tx: StateTransaction, arn: string, tags: Tags): void {
  const merged = new Map(tx.get<[string, string][]>(SPACE, arn)?.doc)
  for (const [key, value] of Object.entries(tags)) {
    if (key.toLowerCase().startsWith('aws:'))
      throw new Fault('invalid', 'tag', 'aws: prefixed tag key names are not allowed for external use.')
    merged.set(key, value)
  }
  if (merged.size > MAX_TAGS)
    throw new Fault('limit', 'tag', `The number of tags of a resource cannot exceed ${MAX_TAGS}.`)
  // Pairs and not an object: a tag may be called `__proto__`.
  if (merged.size > 0) tx.put(SPACE, arn, [...merged])
}

/** Keys that are not there are no error. */
export function removeTags(tx: StateTransaction, arn: string, keys: readonly string[]): void {
  const kept = new Map(tx.get<[string, string][]>(SPACE, arn)?.doc)
  for (const key of keys) kept.delete(key)
  if (kept.size > 0) tx.put(SPACE, arn, [...kept])
  else eraseTags(tx, arn)
}

export function eraseTags(tx: StateTransaction, arn: string): void {
  tx.delete(SPACE, arn)
}

/** For a resource that is renamed. */
export function moveTags(tx: StateTransaction, from: string, to: string): void {
  addTags(tx, to, tagsOf(tx, from))
  eraseTags(tx, from)
}
