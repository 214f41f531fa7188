/** The versions of a key: how one is found, added and removed, within one transaction. */
import { randomBytes } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { type Bucket, bucketIn } from './buckets.ts'
import { compoundKey, type DeleteMarker, type ObjectVersion, type StoredObject, spaces } from './object.ts'
import { dereference } from './store.ts'

const nullVersion = 'null'

/** The current object of a key, unless it is deleted. */
export const current = (reader: StateReader, bucket: string, key: string): StoredObject | undefined =>
  reader.get<StoredObject>(spaces.objects(bucket), key)?.doc

export function findVersion(
  reader: StateReader,
  bucket: string,
  key: string,
  versionId: string,
): ObjectVersion | undefined {
  const now = current(reader, bucket, key)
  if (now?.versionId === versionId) return now
  if (versionId !== nullVersion) {
    const stored = reader.get<ObjectVersion>(spaces.versions(bucket), compoundKey(key, versionId))?.doc
    return stored?.versionId === versionId ? stored : undefined
  }
  return nullAmong(reader, bucket, key)
}

/**
 * Makes `object` the current version of its key as the bucket's versioning says.
 * Returns it as stored, and the blobs that no version names any more.
 */
export function addVersion<V extends Omit<StoredObject, 'id' | 'versionId'> | Omit<DeleteMarker, 'id' | 'versionId'>>(
  tx: StateTransaction,
  bucket: Bucket,
  key: string,
  version: V,
): { readonly version: V & { readonly id: string; readonly versionId: string }; readonly freed: string[] } {
  const freed: (string | undefined)[] = []
  const before = current(tx, bucket.name, key)
  const id = nextId(version.modifiedAtMs, bucket.versioning && (before ?? newestStored(tx, bucket.name, key)))
  const stored = { ...version, id, versionId: bucket.versioning === 'Enabled' ? id : nullVersion }

  if (bucket.versioning !== 'Enabled') freed.push(dropNull(tx, bucket, key))
  const kept = current(tx, bucket.name, key)
  if (kept) {
    tx.put(spaces.versions(bucket.name), compoundKey(key, kept.id), kept)
    tx.delete(spaces.objects(bucket.name), key)
  }
  if (stored.marker) tx.put(spaces.versions(bucket.name), compoundKey(key, id), stored)
  else tx.put(spaces.objects(bucket.name), key, stored)
  return { version: stored, freed: freed.filter((blob) => blob !== undefined) }
}

/** Removes one version for good; what is then the newest becomes current. Returns the blob that is free then. */
export function removeVersion(
  tx: StateTransaction,
  bucket: string,
  key: string,
  version: ObjectVersion,
): string | undefined {
  const wasCurrent = current(tx, bucket, key)?.id === version.id
  const removed = wasCurrent
    ? tx.delete(spaces.objects(bucket), key)
    : tx.delete(spaces.versions(bucket), compoundKey(key, version.id))
  if (!removed) return undefined
  if (!current(tx, bucket, key)) promote(tx, bucket, key)
  return version.marker ? undefined : dereference(tx, version.blob)
}

/** Rewrites what is said of a version without touching its bytes or its place. Returns the version changed. */
export function amendVersion(
  tx: StateTransaction,
  bucket: string,
  key: string,
  versionId: string | undefined,
  change: (object: StoredObject) => StoredObject,
): StoredObject {
  bucketIn(tx, bucket)
  const version = requireObject(tx, bucket, key, versionId)
  const changed = change(version)
  if (current(tx, bucket, key)?.id === version.id) tx.put(spaces.objects(bucket), key, changed)
  else tx.put(spaces.versions(bucket), compoundKey(key, version.id), changed)
  return changed
}

/** Throws `not-found` of the key or the version, or `denied` of a delete marker. */
export function requireObject(reader: StateReader, bucket: string, key: string, versionId?: string): StoredObject {
  if (versionId === undefined) {
    const object = current(reader, bucket, key)
    if (object) return object
    const marker = newestStored(reader, bucket, key)
    throw new Fault('not-found', 'key', 'The specified key does not exist.', {
      Key: key,
      ...(marker && { markerVersionId: marker.versionId }),
    })
  }
  const version = findVersion(reader, bucket, key, versionId)
  if (!version) {
    throw new Fault('not-found', 'version', 'The specified version does not exist.', { Key: key, VersionId: versionId })
  }
  if (version.marker) {
    const message = 'The specified method is not allowed against this resource.'
    throw new Fault('denied', 'marker', message, {
      markerVersionId: version.versionId,
      modifiedAtMs: version.modifiedAtMs,
    })
  }
  return version
}

function newestStored(reader: StateReader, bucket: string, key: string): ObjectVersion | undefined {
  return reader.list<ObjectVersion>(spaces.versions(bucket), { prefix: compoundKey(key, ''), limit: 1 })[0]?.doc
}

/** There is at most one, and any number of others. */
function nullAmong(reader: StateReader, bucket: string, key: string): ObjectVersion | undefined {
  const prefix = compoundKey(key, '')
  let after: string | undefined
  for (;;) {
    const page = reader.list<ObjectVersion>(spaces.versions(bucket), { prefix, after, limit: 1000 })
    const found = page.find((entry) => entry.doc.versionId === nullVersion)
    if (found || page.length < 1000) return found?.doc
    after = page.at(-1)?.key
  }
}

/** What is written without versioning takes the place of the one null version. */
function dropNull(tx: StateTransaction, bucket: Bucket, key: string): string | undefined {
  const now = current(tx, bucket.name, key)
  const old = now?.versionId === nullVersion ? now : bucket.versioning && nullAmong(tx, bucket.name, key)
  if (!old) return undefined
  if (old === now) tx.delete(spaces.objects(bucket.name), key)
  else tx.delete(spaces.versions(bucket.name), compoundKey(key, old.id))
  return old.marker ? undefined : dereference(tx, old.blob)
}

function promote(tx: StateTransaction, bucket: string, key: string): void {
  const newest = newestStored(tx, bucket, key)
  if (!newest || newest.marker) return
  tx.delete(spaces.versions(bucket), compoundKey(key, newest.id))
  tx.put(spaces.objects(bucket), key, newest)
}

/** 13 digits of time that run backwards, so that ids sort newest first, and 19 of chance. */
const latestOrder = 0xfffffffffffff

function nextId(nowMs: number, newest: ObjectVersion | undefined): string {
  const order = latestOrder - nowMs * 1000
  const before = newest ? Number.parseInt(newest.id.slice(0, 13), 16) - 1 : latestOrder
  const time = Math.min(order, before).toString(16).padStart(13, '0')
  return time + randomBytes(10).toString('hex').slice(1)
}
