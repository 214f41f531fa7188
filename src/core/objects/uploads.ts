/** Multipart uploads: parts are blobs of their own until they are put together as one. */
import { createHash, randomBytes } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { keep, keepOrAbandon, keepReceived, type Received, readHeld } from './bodies.ts'
import { bucketIn } from './buckets.ts'
import { checkWrite, type WriteCondition } from './conditions.ts'
import { type Checksum, compoundKey, type Part, type StoredObject, spaces, type Upload } from './object.ts'
import { writeObject } from './objects.ts'
import { dereference, isInline, newBlobKey, type ObjectStore, pin, pinName, reclaim, reference } from './store.ts'
import { current } from './versions.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const uploadLimits = { minPartBytes: 5 * 1024 ** 2, maxPartBytes: 5 * 1024 ** 3, maxParts: 10_000 } as const

const notFound = (id: string) =>
  new Fault(
    'not-found',
    'upload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  )

export async function startUpload(
  store: ObjectStore,
  bucket: string,
  upload: Omit<Upload, 'id' | 'startedAtMs'>,
): Promise<Upload> {
  const startedAtMs = store.clock.now().getTime()
  // Begins with the time, so that the uploads of a key are listed in the order they were started.
  const id = startedAtMs.toString(16).padStart(12, '0') + randomBytes(26).toString('hex')
  const started: Upload = { ...upload, id, startedAtMs }
  await store.state.transaction((tx) => {
    bucketIn(tx, bucket)
    tx.put(spaces.uploads(bucket), compoundKey(upload.key, id), started)
  })
  return started
}

/** Throws `not-found` of the bucket or the upload. */
export function uploadIn(reader: StateReader, bucket: string, key: string, id: string): Upload {
  bucketIn(reader, bucket)
  const upload = reader.get<Upload>(spaces.uploads(bucket), compoundKey(key, id))?.doc
  if (!upload) throw notFound(id)
  return upload
}

const partKey = (number: number): string => String(number).padStart(5, '0')

/** A part sent again takes the place of the one before. */
export async function putPart(
  store: ObjectStore,
  target: { readonly bucket: string; readonly key: string; readonly uploadId: string; readonly number: number },
  received: Received,
  checksum: Checksum | undefined,
): Promise<Part> {
  const described = {
    number: target.number,
    sizeBytes: received.sizeBytes,
    etag: received.md5.toString('hex'),
    modifiedAtMs: store.clock.now().getTime(),
    checksum,
  }
  return await keepReceived(store, received, (tx, blob) => {
    const part: Part = { ...described, blob }
    uploadIn(tx, target.bucket, target.key, target.uploadId)
    const space = spaces.parts(target.uploadId)
    const before = tx.get<Part>(space, partKey(target.number))?.doc
    tx.put(space, partKey(target.number), part)
    reference(tx, blob)
    const freed = before && dereference(tx, before.blob)
    return { version: part, freed: freed ? [freed] : [] }
  })
}

/** `after` is a part number, exclusive. */
export function listParts(
  store: ObjectStore,
  uploadId: string,
  options: { readonly after?: number; readonly limit: number },
): { readonly parts: readonly Part[]; readonly truncated: boolean } {
  const after = options.after === undefined ? undefined : partKey(options.after)
  const page = store.state.list<Part>(spaces.parts(uploadId), { after, limit: options.limit + 1 })
  return { parts: page.slice(0, options.limit).map((entry) => entry.doc), truncated: page.length > options.limit }
}

export async function abortUpload(store: ObjectStore, bucket: string, key: string, id: string): Promise<void> {
  const freed = await store.state.transaction((tx) => {
    uploadIn(tx, bucket, key, id)
    return abortIn(tx, bucket, key, id)
  })
  reclaim(store, freed)
}

export function abortIn(tx: StateTransaction, bucket: string, key: string, id: string): string[] {
  const freed = allParts(tx, id).map((part) => dereference(tx, part.blob))
  tx.deleteAll(spaces.parts(id), '')
  tx.delete(spaces.uploads(bucket), compoundKey(key, id))
  return freed.filter((blob) => blob !== undefined)
}

/** Of a bucket that is being deleted. */
export function abortAllIn(tx: StateTransaction, bucket: string): string[] {
  const freed: string[] = []
  for (;;) {
    const page = tx.list<Upload>(spaces.uploads(bucket), { limit: 1000 })
    if (page.length === 0) return freed
    for (const { doc } of page) freed.push(...abortIn(tx, bucket, doc.key, doc.id))
  }
}

const allParts = (reader: StateReader, id: string): Part[] =>
  reader.list<Part>(spaces.parts(id), { limit: uploadLimits.maxParts }).map((entry) => entry.doc)

export interface ChosenPart {
  readonly number: number
  /** Without quotes. */
  readonly etag: string | undefined
  /** Throws where the client states a checksum that is not the part's. */
  check(part: Part): void
}

interface Completion {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly ChosenPart[]
  readonly condition?: WriteCondition
  readonly sizeBytes?: number
  /** The checksum of the whole, from those of its parts. Throws where it is not what the client stated. */
  checksum(upload: Upload, parts: readonly Part[]): Checksum | undefined
}

/** Puts the chosen parts together, in their order, as one object; parts not chosen are dropped. */
export async function completeUpload(store: ObjectStore, completion: Completion): Promise<StoredObject> {
  const { bucket, key, uploadId } = completion
  const done = completedBefore(store, completion)
  if (done) return done
  const upload = uploadIn(store.state, bucket, key, uploadId)
  const parts = choose(allParts(store.state, uploadId), completion)
  const checksum = completion.checksum(upload, parts)
  checkWrite(store.state, bucket, key, completion.condition ?? {})

  const content = {
    sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0),
    etag: etagOf(parts),
    uploadId,
    parts: parts.map(({ number, sizeBytes, checksum }) => ({ number, sizeBytes, checksum })),
  }
  const write = (blob: string) => (tx: StateTransaction) => {
    // It may have been aborted, or completed by another call, while the parts were put together.
    uploadIn(tx, bucket, key, uploadId)
    // So may a part have been sent again: the bytes it had are no longer this upload's.
    for (const part of parts) {
      const now = tx.get<Part>(spaces.parts(uploadId), partKey(part.number))?.doc
      if (now?.blob !== part.blob) throw invalidPart(completion, part)
    }
    const target = { bucket, key, attributes: upload.attributes, checksum, condition: completion.condition }
    const { version, freed } = writeObject(store, tx, target, { blob, ...content })
    return { version, freed: [...freed, ...abortIn(tx, bucket, key, uploadId)] }
  }
  // One part is the object already; of several the bytes are copied.
  const only = parts.length === 1 && parts[0]
  if (only) return await keep(store, write(only.blob))
  const blob = await join(store, parts)
  return await keepOrAbandon(store, [blob], write(blob))
}

/** A client that missed the answer asks again, and is told the same (API_CompleteMultipartUpload). */
function completedBefore(store: ObjectStore, { bucket, key, uploadId, parts }: Completion): StoredObject | undefined {
  const object = current(store.state, bucket, key)
  if (object?.uploadId !== uploadId || object.parts?.length !== parts.length) return undefined
  const same = parts.every((part) => part.etag !== undefined) && object.etag === etagOf(parts)
  return same ? object : undefined
}

const etagOf = (parts: readonly { readonly etag: string | undefined }[]): string => {
  const hash = createHash('md5')
  for (const { etag } of parts) hash.update(Buffer.from(etag ?? '', 'hex'))
  return `${hash.digest('hex')}-${parts.length}`
}

function choose(stored: readonly Part[], completion: Completion): Part[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  const chosen = completion.parts.map((choice, index) => {
    const before = completion.parts[index - 1]
    if (before && before.number >= choice.number) throw partOrder()
    const part = byNumber.get(choice.number)
    if (!part || (choice.etag !== undefined && choice.etag !== part.etag)) throw invalidPart(completion, choice)
    choice.check(part)
    return part
  })
  const small = chosen.slice(0, -1).find((part) => part.sizeBytes < uploadLimits.minPartBytes)
  if (small) throw tooSmall(small)
  return chosen
}

const partOrder = () =>
  new Fault(
    'invalid',
    'part order',
    'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
  )

export const invalidPart = (completion: Pick<Completion, 'uploadId'>, choice: Pick<ChosenPart, 'number' | 'etag'>) =>
  new Fault(
    'invalid',
    'part',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: completion.uploadId, PartNumber: choice.number, ETag: choice.etag },
  )

const tooSmall = (part: Part) =>
  new Fault('invalid', 'part size', 'Your proposed upload is smaller than the minimum allowed size', {
    ProposedSize: part.sizeBytes,
    MinSizeAllowed: uploadLimits.minPartBytes,
    PartNumber: part.number,
    ETag: part.etag,
  })

/** Copies the parts into one blob, a read's worth at a time; they are held meanwhile. */
async function join(store: ObjectStore, parts: readonly Part[]): Promise<string> {
  const files = parts.map((part) => part.blob).filter((blob) => !isInline(blob))
  const held = pin(
    store,
    files.map((blob) => pinName(store, blob)),
  )
  // What is small is in memory from here on.
  const bodies = parts.map((part) => readHeld(store, part.blob))
  const staged = await store.blobs.stage()
  try {
    for (const body of bodies) for await (const chunk of body) await staged.write(chunk)
    const blob = newBlobKey(store)
    await staged.commit(blob)
    return blob
  } catch (error) {
    await staged.discard()
    throw error
  } finally {
    held.release()
  }
}
