/** The `Files` of a lake over its objects: `s3://bucket/key` addresses, local paths, no versions. */
import { createHash } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { Fault } from '../faults.ts'
import type { StagedBlob } from '../ports.ts'
import { keepOrAbandon, readBlob, receive } from './bodies.ts'
import { bucketIn, findBucket } from './buckets.ts'
import type { FileAttributes, Files, LakeFile, WrittenFile } from './files.ts'
import { listObjects } from './listing.ts'
import type { ObjectAttributes, StoredObject } from './object.ts'
import { deleteObjects, putObject, writeObject } from './objects.ts'
import { abandon, newBlobKey, type ObjectStore, pin, pinName } from './store.ts'
import { current, requireObject } from './versions.ts'

export function lakeFiles(store: ObjectStore): Files {
  return {
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
    stage: () => store.blobs.stage(),
    async putStaged(uri, staged, attributes) {
      const [file] = await nameAll(store, [await commitStaged(store, uri, staged)], attributes)
      return file!
    },
    async put(uri, body, attributes) {
      const { bucket, key } = parseUri(uri)
      bucketIn(store.state, bucket)
      const target = { bucket, key, attributes: objectAttributes(attributes) }
      return fileOf(store, bucket, key, await putObject(store, target, await receive(store, [body])))
    },
    adopt: (written, attributes) => adopt(store, written, attributes),
    workspace: () => workspace(store),
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

/** Throws `invalid` where it is no `s3://bucket/key`. Athena and Spark also write `s3a://` and `s3n://`. */
function parseUri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri)
  if (!match?.[1]) throw new Fault('invalid', 'location', `Not an s3:// location: ${uri}`)
  return { bucket: match[1], key: match[2] ?? '' }
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
})

const objectAttributes = (attributes: FileAttributes): ObjectAttributes => ({
  ...attributes,
  metadata: {},
  storageClass: 'STANDARD',
})

interface Committed extends Pick<StoredObject, 'blob' | 'sizeBytes' | 'etag'> {
  readonly bucket: string
  readonly key: string
}

/** Whoever staged may have written to the file itself, so its digest is taken from the durable bytes. */
async function commitStaged(store: ObjectStore, uri: string, staged: StagedBlob): Promise<Committed> {
  const { bucket, key } = parseUri(uri)
  bucketIn(store.state, bucket)
  const blob = newBlobKey(store)
  const { sizeBytes } = await staged.commit(blob)
  const hash = createHash('md5')
  for await (const chunk of store.blobs.read(blob)) hash.update(chunk)
  return { bucket, key, blob, sizeBytes, etag: hash.digest('hex') }
}

/** One transaction, so that nobody ever sees some of them. */
async function nameAll(
  store: ObjectStore,
  committed: readonly Committed[],
  fileAttributes: FileAttributes,
): Promise<readonly LakeFile[]> {
  const attributes = objectAttributes(fileAttributes)
  const blobs = committed.map(({ blob }) => blob)
  const objects = await keepOrAbandon(store, blobs, (tx) => {
    const written = committed.map(({ bucket, key, ...content }) =>
      writeObject(store, tx, { bucket, key, attributes }, content),
    )
    return { version: written.map(({ version }) => version), freed: written.flatMap(({ freed }) => freed) }
  })
  return committed.map(({ bucket, key }, i) => fileOf(store, bucket, key, objects[i]!))
}

async function adopt(
  store: ObjectStore,
  written: readonly WrittenFile[],
  attributes: FileAttributes,
): Promise<readonly LakeFile[]> {
  const committed: Committed[] = []
  try {
    for (const { uri, localPath } of written) {
      const staged = await store.blobs.stage()
      await rename(localPath, localPathOf(staged))
      committed.push(await commitStaged(store, uri, staged))
    }
  } catch (error) {
    await abandon(
      store,
      committed.map(({ blob }) => blob),
    )
    throw error
  }
  return nameAll(store, committed, attributes)
}

/** A folder where staged files lie, so that adopting one is a rename and what a crash leaves is swept with them. */
async function workspace(store: ObjectStore): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = localPathOf(await store.blobs.stage())
  await mkdir(directory, { recursive: true })
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

function localPathOf(staged: StagedBlob): string {
  if (staged.localPath === undefined) {
    throw new Fault(
      'unsupported',
      'workspace',
      'Engines write files, and this lake keeps its objects on no local disk.',
    )
  }
  return staged.localPath
}
