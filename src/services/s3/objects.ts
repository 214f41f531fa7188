import { openBlob } from '../../core/objects/bodies.ts'
import { bucketIn } from '../../core/objects/buckets.ts'
import { checkRead, checkWrite } from '../../core/objects/conditions.ts'
import type { StoredObject } from '../../core/objects/object.ts'
import { findObject, putObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import {
  attributesOf,
  describeObject,
  expirationOf,
  quoted,
  type ResponseOverrides,
  wholeSeconds,
  writtenEncryptionOf,
} from './attributes.ts'
import { invalidRequest } from './faults.ts'
import type { S3Handlers } from './handlers.ts'
import { checksumMembers, partChecksumMembers, receiveVerified } from './integrity.ts'
import { checkReadable, type KeyRooms } from './key-encryption.ts'
import { partRange, rangeOf } from './ranges.ts'
import { shownVersion } from './versioning.ts'

export const objectHandlers = (store: ObjectStore, rooms: KeyRooms): S3Handlers => ({
  async PutObject(input, call) {
    const { Bucket, Key } = input
    bucketIn(store.state, Bucket)
    const attributes = await attributesOf(store, rooms, input, call)
    const condition = writeCondition(input)
    // Before the body is read, to refuse in time; what counts is the same check when the object is written.
    checkWrite(store.state, Bucket, Key, condition)
    const { received, checksum } = await receiveVerified(store, input, call)
    const object = await putObject(store, { bucket: Bucket, key: Key, attributes, checksum, condition }, received)
    return {
      ETag: quoted(object.etag),
      VersionId: shownVersion(store, Bucket, object.versionId),
      Expiration: expirationOf(store, Bucket, Key, object),
      ...checksumMembers(object.checksum),
      ...writtenEncryptionOf(object),
    }
  },

  async GetObject(input, call) {
    const { object, range, answer } = read(store, input, call)
    checkReadable(object, rooms, placeOf(input), call)
    return { ...answer, Body: openBlob(store, object.blob, range, call.signal) }
  },

  async HeadObject(input, call) {
    const { object, answer } = read(store, input, call)
    if (input.ChecksumMode === 'ENABLED') checkChecksum(object, rooms, input, call)
    return answer
  },

  async GetObjectAttributes(input, call) {
    const { Bucket, Key, VersionId, ObjectAttributes, MaxParts, PartNumberMarker } = input
    const object = findObject(store, Bucket, Key, VersionId)
    const asked = new Set<string>(ObjectAttributes)
    if (asked.has('Checksum')) checkChecksum(object, rooms, input, call)
    return {
      LastModified: wholeSeconds(object.modifiedAtMs),
      VersionId: shownVersion(store, Bucket, object.versionId),
      ETag: asked.has('ETag') ? object.etag : undefined,
      Checksum: asked.has('Checksum') && object.checksum ? checksumMembers(object.checksum) : undefined,
      ObjectParts: asked.has('ObjectParts')
        ? describeParts(object, Number(PartNumberMarker ?? 0), MaxParts)
        : undefined,
      StorageClass: asked.has('StorageClass') ? (object.storageClass as 'STANDARD') : undefined,
      ObjectSize: asked.has('ObjectSize') ? object.sizeBytes : undefined,
    }
  },
})

const placeOf = ({ Bucket: bucket, Key: key }: { readonly Bucket: string; readonly Key: string }) => ({ bucket, key })

/** "When SSE-KMS is requested for the object, the S3 checksum is stored in encrypted form" (docs: s3 userguide, UsingKMSEncryption). */
function checkChecksum(
  object: StoredObject,
  rooms: KeyRooms,
  input: { readonly Bucket: string; readonly Key: string },
  call: ServiceCall,
): void {
  if (object.checksum) checkReadable(object, rooms, placeOf(input), call)
}

interface ReadInput extends ResponseOverrides {
  readonly Bucket: string
  readonly Key: string
  readonly VersionId?: string
  readonly Range?: string
  readonly PartNumber?: number
  readonly ChecksumMode?: string
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
  readonly IfModifiedSince?: Date
  readonly IfUnmodifiedSince?: Date
}

/** All that GetObject and HeadObject answer but the bytes. */
function read(store: ObjectStore, input: ReadInput, call: ServiceCall) {
  const { Bucket, Key, VersionId, PartNumber, Range } = input
  if (Range !== undefined && PartNumber !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter.')
  }
  const object = findObject(store, Bucket, Key, VersionId)
  checkRead(object, {
    ifMatch: input.IfMatch,
    ifNoneMatch: input.IfNoneMatch,
    ifModifiedSince: input.IfModifiedSince,
    ifUnmodifiedSince: input.IfUnmodifiedSince,
  })
  const range = PartNumber === undefined ? rangeOf(object, Range) : partRange(object, PartNumber)
  const whole = range === undefined || (range.start === 0 && range.end === object.sizeBytes - 1)
  if (range) call.reply.status = 206
  // The model says a date, but it is answered as it was given, whatever it is.
  const expires = input.ResponseExpires?.toUTCString() ?? object.expires
  if (expires !== undefined) call.reply.headers.expires = expires
  const answer = {
    ...describeObject(store, Bucket, Key, object, input),
    ContentLength: range ? range.end - range.start + 1 : object.sizeBytes,
    ContentRange: range && `bytes ${range.start}-${range.end}/${object.sizeBytes}`,
    PartsCount: PartNumber === undefined ? undefined : object.parts?.length,
    // A checksum is one of the whole: a client would hold it against the bytes it got.
    ...(input.ChecksumMode === 'ENABLED' && whole ? checksumMembers(object.checksum) : {}),
  }
  return { object, range, answer }
}

function describeParts(object: StoredObject, after: number, limit = 1000) {
  if (!object.parts) return undefined
  // "ObjectParts is returned with the parts only where they have additional checksums" (API_GetObjectAttributes).
  const listed = object.checksum?.type === 'COMPOSITE' ? object.parts.filter(({ number }) => number > after) : []
  const page = listed.slice(0, limit)
  return {
    TotalPartsCount: object.parts.length,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    MaxParts: limit,
    IsTruncated: listed.length > limit,
    Parts: page.map(({ number, sizeBytes, checksum }) => ({
      PartNumber: number,
      Size: sizeBytes,
      ...partChecksumMembers(checksum),
    })),
  }
}

export const writeCondition = ({
  IfMatch,
  IfNoneMatch,
}: {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
}) => {
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') {
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', {
      status: 501,
      members: { Header: 'If-None-Match' },
    })
  }
  return { ifMatch: IfMatch, ifNoneMatch: IfNoneMatch }
}
