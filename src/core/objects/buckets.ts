/** Buckets and what is configured on them. */
import { Fault } from '../faults.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { spaces } from './object.ts'
import type { ObjectStore } from './store.ts'

export interface Bucket {
  readonly name: string
  readonly account: string
  readonly region: string
  readonly createdAtMs: number
  /** Absent until it was switched on for the first time; it can never be absent again. */
  readonly versioning?: 'Enabled' | 'Suspended'
}

const notFound = (name: string) =>
  new Fault('not-found', 'bucket', 'The specified bucket does not exist', { BucketName: name })

/** Throws `Fault('not-found', 'bucket')`. */
export function bucketIn(reader: StateReader, name: string): Bucket {
  const bucket = reader.get<Bucket>(spaces.buckets, name)?.doc
  if (!bucket) throw notFound(name)
  return bucket
}

export const findBucket = (store: ObjectStore, name: string): Bucket | undefined =>
  store.state.get<Bucket>(spaces.buckets, name)?.doc

export async function createBucket(
  store: ObjectStore,
  bucket: Pick<Bucket, 'name' | 'account' | 'region'>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Bucket> {
  checkBucketName(bucket.name)
  return addBucket(store, bucket, settings)
}

/** Where a table of a table bucket lies: a bucket that no list shows, under a name that nobody may give to one. */
export const TABLE_STORE = '--table-s3'

export const createTableStore = (
  store: ObjectStore,
  bucket: Pick<Bucket, 'name' | 'account' | 'region'>,
  settings: Readonly<Record<string, unknown>>,
): Promise<Bucket> => addBucket(store, bucket, settings)

async function addBucket(
  store: ObjectStore,
  bucket: Pick<Bucket, 'name' | 'account' | 'region'>,
  settings: Readonly<Record<string, unknown>>,
): Promise<Bucket> {
  return await store.state.transaction((tx) => {
    const taken = tx.get<Bucket>(spaces.buckets, bucket.name)?.doc
    if (taken) {
      const own = taken.account === bucket.account
      const message = own
        ? 'Your previous request to create the named bucket succeeded and you already own it.'
        : 'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.'
      throw new Fault('already-exists', own ? 'own bucket' : 'bucket', message, { BucketName: bucket.name })
    }
    const created: Bucket = { ...bucket, createdAtMs: store.clock.now().getTime() }
    tx.put(spaces.buckets, bucket.name, created)
    for (const [name, doc] of Object.entries(settings)) tx.put(spaces.settings, `${bucket.name}/${name}`, doc)
    return created
  })
}

/** Throws `Fault('not-empty', 'bucket')` while any version or marker is left. Uploads under way go with the bucket. */
export async function deleteBucket(
  store: ObjectStore,
  name: string,
  abortUploads: (tx: StateTransaction) => readonly string[],
): Promise<readonly string[]> {
  return await store.state.transaction((tx) => {
    bucketIn(tx, name)
    const kept = [spaces.objects(name), spaces.versions(name)]
    if (kept.some((space) => tx.list(space, { limit: 1 }).length > 0)) {
      throw new Fault('not-empty', 'bucket', 'The bucket you tried to delete is not empty', { BucketName: name })
    }
    const freed = abortUploads(tx)
    tx.delete(spaces.buckets, name)
    tx.deleteAll(spaces.settings, `${name}/`)
    return freed
  })
}

/** The buckets of an account, in order. `after` is exclusive. */
export function listBuckets(
  store: ObjectStore,
  account: string,
  options: { readonly prefix?: string; readonly after?: string; readonly region?: string; readonly limit: number },
): { readonly buckets: readonly Bucket[]; readonly next?: string } {
  const found: Bucket[] = []
  let after = options.after
  for (;;) {
    const page = store.state.list<Bucket>(spaces.buckets, { prefix: options.prefix, after, limit: 1000 })
    for (const { doc } of page) {
      if (
        doc.account !== account ||
        doc.name.endsWith(TABLE_STORE) ||
        (options.region && doc.region !== options.region)
      )
        continue
      if (found.length === options.limit) return { buckets: found, next: found.at(-1)?.name }
      found.push(doc)
    }
    if (page.length < 1000) return { buckets: found }
    after = page.at(-1)?.key
  }
}

export async function setVersioning(
  store: ObjectStore,
  name: string,
  versioning: 'Enabled' | 'Suspended',
): Promise<void> {
  await store.state.transaction((tx) => tx.put(spaces.buckets, name, { ...bucketIn(tx, name), versioning }))
}

/** A setting is a document of the door's own shape; only what this room acts on has a shape here. */
export function setting<T>(store: ObjectStore, bucket: string, name: string): T | undefined {
  bucketIn(store.state, bucket)
  return store.state.get<T>(spaces.settings, `${bucket}/${name}`)?.doc
}

export async function putSetting(store: ObjectStore, bucket: string, name: string, doc: unknown): Promise<void> {
  await store.state.transaction((tx) => {
    bucketIn(tx, bucket)
    tx.put(spaces.settings, `${bucket}/${name}`, doc)
  })
}

export async function deleteSetting(store: ObjectStore, bucket: string, name: string): Promise<void> {
  await store.state.transaction((tx) => {
    bucketIn(tx, bucket)
    tx.delete(spaces.settings, `${bucket}/${name}`)
  })
}

/** Buckets that have the setting, with it. */
export function* settings<T>(store: ObjectStore, name: string): Iterable<{ readonly bucket: string; readonly doc: T }> {
  let after: string | undefined
  for (;;) {
    const page = store.state.list<Bucket>(spaces.buckets, { after, limit: 1000 })
    for (const { key } of page) {
      const doc = store.state.get<T>(spaces.settings, `${key}/${name}`)?.doc
      if (doc !== undefined) yield { bucket: key, doc }
    }
    if (page.length < 1000) return
    after = page.at(-1)?.key
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const legalName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-']
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', TABLE_STORE]

function checkBucketName(name: string): void {
  const legal =
    legalName.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !reservedPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !reservedSuffixes.some((suffix) => name.endsWith(suffix))
  if (!legal) throw new Fault('invalid', 'bucket', 'The specified bucket is not valid.', { BucketName: name })
}

/** As it was put, where one was. */
export const bucketPolicy = (state: StateReader, bucket: string): string | undefined =>
  state.get<string>(spaces.settings, `${bucket}/policy`)?.doc
