/**
 * Expiry by a bucket's lifecycle rules. Rules come from the door in this room's terms.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
import { setImmediate } from 'node:timers/promises'
import type { StateTransaction } from '../ports.ts'
import { type Bucket, bucketIn, settings } from './buckets.ts'
import { type Listed, type ListPage, listObjects, listUploads, listVersions } from './listing.ts'
import type { ObjectVersion, StoredObject, Upload } from './object.ts'
import { deleteIn } from './objects.ts'
import { type ObjectStore, reclaim } from './store.ts'
import { abortIn } from './uploads.ts'
import { current, removeVersion } from './versions.ts'

export interface LifecycleRule {
  readonly enabled: boolean
  readonly filter: {
    readonly prefix: string
    readonly tags: Readonly<Record<string, string>>
    readonly largerThanBytes?: number
    readonly smallerThanBytes?: number
  }
  readonly expireAfterDays?: number
  readonly expireAtMs?: number
  readonly expireLoneMarkers?: boolean
  readonly expireOldVersions?: { readonly afterDays: number; readonly keepNewest?: number }
  readonly abortUploadsAfterDays?: number
}

/** The setting that holds the rules; the door keeps the configuration as given beside them. */
export interface Lifecycle {
  readonly rules: readonly LifecycleRule[]
}

const dayMs = 24 * 60 * 60 * 1000

/** S3 counts whole days and rounds up to the next midnight UTC. */
export const dueAt = (sinceMs: number, days: number): number => Math.ceil((sinceMs + days * dayMs) / dayMs) * dayMs

/** When the rules expire an object, and by which of them (the `x-amz-expiration` of an answer); the earliest counts. */
export function expiryOf<R extends LifecycleRule>(
  rules: readonly R[],
  key: string,
  object: StoredObject,
): { readonly rule: R; readonly atMs: number } | undefined {
  let earliest: { readonly rule: R; readonly atMs: number } | undefined
  for (const rule of rules) {
    if (!rule.enabled || !applies(rule, key, object)) continue
    const atMs = rule.expireAfterDays === undefined ? rule.expireAtMs : dueAt(object.modifiedAtMs, rule.expireAfterDays)
    if (atMs !== undefined && (!earliest || atMs < earliest.atMs)) earliest = { rule, atMs }
  }
  return earliest
}

function applies({ filter }: LifecycleRule, key: string, object: StoredObject): boolean {
  return (
    key.startsWith(filter.prefix) &&
    Object.entries(filter.tags).every(([name, value]) => object.tags?.[name] === value) &&
    object.sizeBytes > (filter.largerThanBytes ?? -1) &&
    object.sizeBytes < (filter.smallerThanBytes ?? Number.POSITIVE_INFINITY)
  )
}

/** Applies every bucket's rules as of `now`. Returns how many versions, markers and uploads went. */
export async function expire(store: ObjectStore, now: Date): Promise<number> {
  let expired = 0
  for (const { bucket, doc } of [...settings<Lifecycle>(store, 'lifecycle')]) {
    const rules = doc.rules.filter((rule) => rule.enabled)
    if (rules.length === 0) continue
    expired += await expireObjects(store, bucket, rules, now.getTime())
    expired += await expireVersions(store, bucket, rules, now.getTime())
    expired += await abortUploads(store, bucket, rules, now.getTime())
  }
  return expired
}

/** Each page is one transaction, in which what is to go is looked at again. */
async function expireObjects(
  store: ObjectStore,
  bucket: string,
  rules: readonly LifecycleRule[],
  nowMs: number,
): Promise<number> {
  const isDue = (key: string, object: StoredObject) => (expiryOf(rules, key, object)?.atMs ?? Infinity) <= nowMs
  return await sweepPages(
    store,
    (options) => listObjects(store.state, bucket, options),
    ({ key, doc }) => isDue(key, doc),
    (tx, entries) => {
      const still = new Map(entries.map((entry) => [entry.key, entry.doc.id]))
      return entries.flatMap(({ key }) => {
        const object = current(tx, bucket, key)
        if (!object || object.id !== still.get(key) || !isDue(key, object)) return []
        return deleteIn(store, tx, bucket, { key }).freed
      })
    },
  )
}

async function expireVersions(
  store: ObjectStore,
  name: string,
  rules: readonly LifecycleRule[],
  nowMs: number,
): Promise<number> {
  const bucket: Bucket = bucketIn(store.state, name)
  if (!bucket.versioning) return 0
  const walk = new VersionWalk(rules, nowMs)
  return await sweepPages(
    store,
    (options) => listVersions(store.state, name, options),
    ({ key, doc }, following) => walk.isDue(key, doc.version, doc.latest, following?.key !== key),
    (tx, entries) => entries.map(({ key, doc }) => removeVersion(tx, name, key, doc.version)),
  )
}

/** Sees the versions of a key newest first, so a version became noncurrent when the one before it was made. */
class VersionWalk {
  readonly #rules: readonly LifecycleRule[]
  readonly #nowMs: number
  #successorMs = 0
  #noncurrent = 0

  constructor(rules: readonly LifecycleRule[], nowMs: number) {
    this.#rules = rules
    this.#nowMs = nowMs
  }

  isDue(key: string, version: ObjectVersion, latest: boolean, last: boolean): boolean {
    if (latest) {
      this.#noncurrent = 0
      this.#successorMs = version.modifiedAtMs
      return version.marker === true && last && this.#loneMarkerIsDue(key, version)
    }
    this.#noncurrent++
    const sinceMs = this.#successorMs
    this.#successorMs = version.modifiedAtMs
    return this.#rules.some((rule) => {
      const old = rule.expireOldVersions
      if (!old || this.#noncurrent <= (old.keepNewest ?? 0)) return false
      const applicable = version.marker ? key.startsWith(rule.filter.prefix) : applies(rule, key, version)
      return applicable && dueAt(sinceMs, old.afterDays) <= this.#nowMs
    })
  }

  #loneMarkerIsDue(key: string, marker: ObjectVersion): boolean {
    return this.#rules.some((rule) => {
      if (!key.startsWith(rule.filter.prefix)) return false
      if (rule.expireLoneMarkers) return true
      return rule.expireAfterDays !== undefined && dueAt(marker.modifiedAtMs, rule.expireAfterDays) <= this.#nowMs
    })
  }
}

async function abortUploads(
  store: ObjectStore,
  bucket: string,
  rules: readonly LifecycleRule[],
  nowMs: number,
): Promise<number> {
  const isDue = (upload: Upload) =>
    rules.some(
      (rule) =>
        rule.abortUploadsAfterDays !== undefined &&
        upload.key.startsWith(rule.filter.prefix) &&
        dueAt(upload.startedAtMs, rule.abortUploadsAfterDays) <= nowMs,
    )
  return await sweepPages(
    store,
    (options) => listUploads(store.state, bucket, options),
    ({ doc }) => isDue(doc),
    (tx, entries) => entries.flatMap(({ key, doc }) => abortIn(tx, bucket, key, doc.id)),
  )
}

async function sweepPages<T>(
  store: ObjectStore,
  list: (options: { after?: string; afterId?: string; limit: number }) => ListPage<T>,
  isDue: (entry: Listed<T>, following: Listed<T> | undefined) => boolean,
  remove: (tx: StateTransaction, entries: readonly Listed<T>[]) => readonly (string | undefined)[],
): Promise<number> {
  let removed = 0
  let after: { key: string; id?: string } | undefined
  let carried: Listed<T>[] = []
  for (;;) {
    const page = list({ after: after?.key, afterId: after?.id || undefined, limit: 500 })
    // The last entry waits for the next page, which says what follows it.
    const entries = [...carried, ...page.entries]
    carried = page.truncated ? entries.splice(-1) : []
    const due = entries.filter((entry, index) => isDue(entry, entries[index + 1] ?? carried[0]))
    if (due.length > 0) reclaim(store, await store.state.transaction((tx) => remove(tx, due)))
    removed += due.length
    if (!page.truncated) return removed
    after = page.next
    // A million keys must not keep a request waiting.
    await setImmediate()
  }
}
