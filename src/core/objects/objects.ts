/** Objects: put, read, copy, delete. */
import { Fault } from '../faults.ts'
import type { StateTransaction } from '../ports.ts'
import { keep, keepReceived, type Received } from './bodies.ts'
import { bucketIn } from './buckets.ts'
import { checkWrite, type WriteCondition } from './conditions.ts'
import type { Checksum, DeleteMarker, ObjectAttributes, ObjectVersion, StoredObject } from './object.ts'
import { type ObjectStore, reclaim, reference } from './store.ts'
import { addVersion, findVersion, removeVersion, requireObject } from './versions.ts'

interface NewObject {
  readonly bucket: string
  readonly key: string
  readonly attributes: ObjectAttributes
  readonly checksum?: Checksum
  readonly condition?: WriteCondition
}

export async function putObject(store: ObjectStore, target: NewObject, received: Received): Promise<StoredObject> {
  const { sizeBytes, md5 } = received
  return await keepReceived(store, received, (tx, blob) =>
    writeObject(store, tx, target, { blob, sizeBytes, etag: md5.toString('hex') }),
  )
}

export function writeObject(
  store: ObjectStore,
  tx: StateTransaction,
  target: NewObject,
  content: Pick<StoredObject, 'blob' | 'sizeBytes' | 'etag' | 'parts' | 'uploadId'>,
): { readonly version: StoredObject; readonly freed: string[] } {
  const bucket = bucketIn(tx, target.bucket)
  checkWrite(tx, target.bucket, target.key, target.condition ?? {})
  reference(tx, content.blob)
  return addVersion(tx, bucket, target.key, {
    ...target.attributes,
    ...content,
    checksum: target.checksum,
    modifiedAtMs: store.clock.now().getTime(),
  })
}

/** Throws `not-found` (bucket, key, version) or `denied` (marker). */
export function findObject(store: ObjectStore, bucket: string, key: string, versionId?: string): StoredObject {
  bucketIn(store.state, bucket)
  return requireObject(store.state, bucket, key, versionId)
}

/**
 * A copy names the same blob: no byte is moved. `describe` says what the copy is to be, given the source; should the
 * source change while it does, it is asked again. Throws as `findObject` and `checkWrite` do.
 */
export async function copyObject(
  store: ObjectStore,
  source: { readonly bucket: string; readonly key: string; readonly versionId?: string },
  target: Omit<NewObject, 'attributes' | 'checksum'>,
  describe: (source: StoredObject) => Promise<Pick<NewObject, 'attributes' | 'checksum'> & { readonly etag?: string }>,
): Promise<{ readonly object: StoredObject; readonly source: StoredObject }> {
  for (let attempt = 1; attempt <= copyAttempts; attempt++) {
    const seen = findObject(store, source.bucket, source.key, source.versionId)
    const { etag = seen.etag, ...described } = await describe(seen)
    const object = await keep(store, (tx) => {
      bucketIn(tx, source.bucket)
      const now = requireObject(tx, source.bucket, source.key, source.versionId)
      if (now.id !== seen.id) return { version: undefined, freed: [] }
      const content = { blob: seen.blob, sizeBytes: seen.sizeBytes, etag }
      return writeObject(store, tx, { ...target, ...described }, content)
    })
    if (object) return { object, source: seen }
  }
  throw new Fault(
    'conflict',
    'key',
    'A conflicting conditional operation is currently in progress against this resource.',
  )
}

const copyAttempts = 5

interface Deletion {
  readonly key: string
  readonly versionId?: string
  readonly condition?: WriteCondition
}

/** What was removed or laid: `laid` is the marker that now hides the key. Nothing, where there was nothing. */
export interface Deleted {
  readonly removed?: ObjectVersion
  readonly laid?: DeleteMarker
}

export async function deleteObject(store: ObjectStore, bucket: string, deletion: Deletion): Promise<Deleted> {
  const { deleted, freed } = await store.state.transaction((tx) => deleteIn(store, tx, bucket, deletion))
  reclaim(store, freed)
  return deleted
}

/** Each on its own: one that fails says so in its place and does not keep the others. */
export async function deleteObjects(
  store: ObjectStore,
  bucket: string,
  deletions: readonly Deletion[],
): Promise<readonly (Deleted | Fault)[]> {
  const outcomes = await store.state.transaction((tx) => {
    bucketIn(tx, bucket)
    return deletions.map((deletion) => {
      try {
        return deleteIn(store, tx, bucket, deletion)
      } catch (error) {
        // A deletion checks before it writes, so a refused one has written nothing.
        if (error instanceof Fault) return error
        throw error
      }
    })
  })
  reclaim(
    store,
    outcomes.flatMap((outcome) => (outcome instanceof Fault ? [] : outcome.freed)),
  )
  return outcomes.map((outcome) => (outcome instanceof Fault ? outcome : outcome.deleted))
}

export function deleteIn(
  store: ObjectStore,
  tx: StateTransaction,
  name: string,
  { key, versionId, condition }: Deletion,
): { readonly deleted: Deleted; readonly freed: readonly (string | undefined)[] } {
  const bucket = bucketIn(tx, name)
  checkWrite(tx, name, key, condition ?? {})
  if (versionId === undefined && bucket.versioning) {
    const modifiedAtMs = store.clock.now().getTime()
    const { version, freed } = addVersion(tx, bucket, key, { marker: true as const, modifiedAtMs })
    return { deleted: { laid: version }, freed }
  }
  const version = findVersion(tx, name, key, versionId ?? 'null')
  if (!version) return { deleted: {}, freed: [] }
  return { deleted: { removed: version }, freed: [removeVersion(tx, name, key, version)] }
}
