/** The `Files` of a lake over its objects: `s3://bucket/key` addresses, local paths, no versions, and no keys (`keyed-files`). */
import { mkdir, rename, rm } from 'node:fs/promises'
import { Fault } from '../faults.ts'
import { isEnveloped } from '../keys/envelope.ts'
import type { StagedBlob, StateTransaction } from '../ports.ts'
import { type Address, splitAddress } from './addresses.ts'
import { INLINE_BYTES, keepSettled, readBlob, receive, type Settled, settle, settleStaged } from './bodies.ts'
import { bucketIn, findBucket } from './buckets.ts'
import type { Arrivals, FileAttributes, Files, LakeFile, NewFile, WrittenFile } from './files.ts'
import { listObjects } from './listing.ts'
import { attributesIn, type ObjectAttributes, type StoredObject } from './object.ts'
import { copyObject, deleteObjects, putObject, writeObject } from './objects.ts'
import { abandon, type ObjectStore, pin, pinName } from './store.ts'
import { current, requireObject } from './versions.ts'

export function lakeFiles(store: ObjectStore): Files {
  return {
    lake: {},
    bucketOwner: (bucket) => findBucket(store, bucket)?.account,
    list: (folder) => list(store, folder),
    folders: (folder) => folders(store, folder),
    stat(uri) {
      const { bucket, key } = parseUri(uri)
      const object = current(store.state, bucket, key)
      return object && fileOf(store, bucket, key, object)
    },
    read(uri, range) {
      const { bucket, key } = parseUri(uri)
      bucketIn(store.state, bucket)
      return readBlob(store, requireObject(store.state, bucket, key).blob, range)
    },
    requireReadable: () => {},
    encryptionOf: async (_uri, given) => given,
    stage: () => store.blobs.stage(),
    arrive: (newFiles) => arrivals(store, newFiles),
    async put(uri, body, attributes) {
      const { bucket, key } = parseUri(uri)
      bucketIn(store.state, bucket)
      const target = { bucket, key, attributes: objectAttributes(attributes) }
      return fileOf(store, bucket, key, await putObject(store, target, await receive(store, [body])))
    },
    adopt: (written, attributes) => adopt(store, written, attributes),
    workspace: () => workspace(store),
    async copy(from, to) {
      await copyObject(store, parseUri(from), parseUri(to), async (source) => {
        const { tags, acl, encryption, checksum } = source
        // A checksum of parts means nothing without them, and a copy has none.
        const kept = checksum?.type === 'FULL_OBJECT' ? checksum : undefined
        return { attributes: { ...attributesIn(source), tags, acl, encryption }, checksum: kept }
      })
    },
    async delete(uris) {
      const byBucket = Map.groupBy(uris.map(parseUri), ({ bucket }) => bucket)
      for (const [bucket, addresses] of byBucket) {
        for (const outcome of await deleteObjects(store, bucket, addresses)) if (outcome instanceof Fault) throw outcome
      }
    },
    pin: (files) =>
      pin(
        store,
        files.map((file) => file.localPath),
      ),
  }
}

/** Throws `invalid` where it is no address of the lake. */
export function parseUri(uri: string): Address {
  const address = splitAddress(uri)
  if (address === undefined) throw new Fault('invalid', 'location', `Not an s3:// location: ${uri}`)
  return address
}

function folderOf(folder: string): { readonly bucket: string; readonly prefix: string } {
  const { bucket, key } = parseUri(folder)
  return { bucket, prefix: key === '' || key.endsWith('/') ? key : `${key}/` }
}

function* list(store: ObjectStore, folder: string): Iterable<LakeFile> {
  const { bucket, prefix } = folderOf(folder)
  bucketIn(store.state, bucket)
  let after: string | undefined
  do {
    const page = listObjects(store.state, bucket, { prefix, after, limit: 1000 })
    for (const { key, doc } of page.entries) {
      if (!(doc.sizeBytes === 0 && key.endsWith('/'))) yield fileOf(store, bucket, key, doc)
    }
    after = page.truncated ? page.next?.key : undefined
  } while (after !== undefined)
}

function* folders(store: ObjectStore, folder: string): Iterable<string> {
  const { bucket, prefix } = folderOf(folder)
  bucketIn(store.state, bucket)
  let after: string | undefined
  do {
    const page = listObjects(store.state, bucket, { prefix, delimiter: '/', after, limit: 1000 })
    for (const found of page.prefixes) yield found.slice(prefix.length, -1)
    after = page.truncated ? page.next?.key : undefined
  } while (after !== undefined)
}

const fileOf = (store: ObjectStore, bucket: string, key: string, object: StoredObject): LakeFile => ({
  uri: `s3://${bucket}/${key}`,
  localPath: pinName(store, object.blob),
  sizeBytes: object.sizeBytes,
  modifiedAt: new Date(object.modifiedAtMs),
  etag: object.etag,
  ...(isEnveloped(object.metadata) && { envelope: object.metadata }),
  ...(object.encryption?.keyId && { encryption: object.encryption }),
})

const objectAttributes = (attributes: FileAttributes): ObjectAttributes => ({
  metadata: {},
  ...attributes,
  storageClass: 'STANDARD',
})

const ARRIVALS_AT_ONCE = 8

interface Arrived extends Settled {
  readonly bucket: string
  readonly key: string
  readonly attributes: ObjectAttributes
}

/** `smallBytes`: up to this size it goes to where small bytes lie. */
async function arrive(store: ObjectStore, { uri, body, attributes }: NewFile, smallBytes: number): Promise<Arrived> {
  const { bucket, key } = parseUri(uri)
  bucketIn(store.state, bucket)
  const settled =
    body instanceof Uint8Array
      ? await settle(store, await receive(store, [body]))
      : await settleStaged(store, onDisk(body), smallBytes)
  return { bucket, key, attributes: objectAttributes(attributes), ...settled }
}

async function arriveAll(
  store: ObjectStore,
  files: readonly NewFile[],
  smallBytes = INLINE_BYTES,
): Promise<readonly Arrived[]> {
  const arrived: Arrived[] = []
  for (let at = 0; at < files.length; at += ARRIVALS_AT_ONCE) {
    const some = files.slice(at, at + ARRIVALS_AT_ONCE).map((file) => arrive(store, file, smallBytes))
    const outcomes = await Promise.allSettled(some)
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') arrived.push(outcome.value)
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (!failure) continue
    await discard(store, arrived)
    throw failure.reason
  }
  return arrived
}

const discard = (store: ObjectStore, arrived: readonly Arrived[]): Promise<void> =>
  abandon(
    store,
    arrived.filter(({ bytes }) => !bytes).map(({ blob }) => blob),
  )

async function arrivals(store: ObjectStore, files: readonly NewFile[], smallBytes?: number): Promise<Arrivals> {
  const arrived = await arriveAll(store, files, smallBytes)
  let asked = false
  return {
    appear(alsoWrite) {
      asked = true
      return nameAll(store, arrived, alsoWrite)
    },
    async discard() {
      if (!asked) await discard(store, arrived)
    },
  }
}

/** One transaction, so that nobody ever sees some of them. */
async function nameAll(
  store: ObjectStore,
  arrived: readonly Arrived[],
  alsoWrite: (tx: StateTransaction) => void,
): Promise<readonly LakeFile[]> {
  const objects = await keepSettled(store, arrived, (tx) => {
    const written = arrived.map(({ bucket, key, attributes, blob, sizeBytes, etag }) =>
      writeObject(store, tx, { bucket, key, attributes }, { blob, sizeBytes, etag }),
    )
    alsoWrite(tx)
    return { version: written.map(({ version }) => version), freed: written.flatMap(({ freed }) => freed) }
  })
  return arrived.map(({ bucket, key }, i) => fileOf(store, bucket, key, objects[i]!))
}

/** Files of tables stay files: engines read them. */
async function adopt(
  store: ObjectStore,
  written: readonly WrittenFile[],
  attributes: FileAttributes,
): Promise<Arrivals> {
  const files: NewFile[] = []
  for (const { uri, localPath } of written) {
    const body = await store.blobs.stage()
    await rename(localPath, onDisk(body).localPath)
    files.push({ uri, body, attributes })
  }
  return arrivals(store, files, 0)
}

/** A folder where staged files lie, so that adopting one is a rename and what a crash leaves is swept with them. */
async function workspace(store: ObjectStore): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const { localPath: directory } = onDisk(await store.blobs.stage())
  await mkdir(directory, { recursive: true })
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

function onDisk(staged: StagedBlob): StagedBlob & { readonly localPath: string } {
  const { localPath } = staged
  if (localPath === undefined) {
    throw new Fault(
      'unsupported',
      'workspace',
      'Engines write files, and this lake keeps its objects on no local disk.',
    )
  }
  return Object.assign(staged, { localPath })
}
