import { readBlob } from '../../core/objects/bodies.ts'
import { bucketIn } from '../../core/objects/buckets.ts'
import { checkWrite } from '../../core/objects/conditions.ts'
import type { Checksum } from '../../core/objects/object.ts'
import { findObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import {
  abortUpload,
  completeUpload,
  listParts,
  putPart,
  startUpload,
  uploadIn,
  uploadLimits,
} from '../../core/objects/uploads.ts'
import { ownerOf } from './acls.ts'
import { attributesOf, encryptionOf, expirationOf, quoted, wholeSeconds, writtenEncryptionOf } from './attributes.ts'
import { checkCopyCondition, parseCopySource } from './copies.ts'
import { invalidArgument, invalidRequest, malformedXml } from './faults.ts'
import type { S3Handlers } from './handlers.ts'
import { checksumMembers, partChecksumMembers, receiveCopy, receiveVerified } from './integrity.ts'
import { checkReadable, type KeyRooms } from './key-encryption.ts'
import { writeCondition } from './objects.ts'
import { checkPartAlgorithm, choiceOf, uploadChecksum, wholeChecksum } from './part-checksums.ts'
import { copyRange } from './ranges.ts'
import { shownVersion } from './versioning.ts'

export const uploadHandlers = (store: ObjectStore, rooms: KeyRooms): S3Handlers => ({
  async CreateMultipartUpload(input, call) {
    const { Bucket, Key } = input
    bucketIn(store.state, Bucket)
    const attributes = await attributesOf(store, rooms, input, call)
    const checksum = uploadChecksum(input)
    const initiator = call.principal.arn
    const upload = await startUpload(store, Bucket, { key: Key, attributes, checksum, initiator })
    return {
      Bucket,
      Key,
      UploadId: upload.id,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
      ...writtenEncryptionOf(attributes),
    }
  },

  async UploadPart(input, call) {
    const { Bucket, Key, UploadId, PartNumber } = input
    checkPartNumber(PartNumber)
    const upload = uploadIn(store.state, Bucket, Key, UploadId)
    checkPartAlgorithm(upload, input, call)
    checkReadable(upload.attributes, rooms, { bucket: Bucket, key: Key }, call)
    const target = { bucket: Bucket, key: Key, uploadId: UploadId, number: PartNumber }
    const { received, checksum } = await receiveVerified(store, input, call, upload.checksum?.algorithm)
    const part = await putPart(store, target, received, checksum)
    return { ETag: quoted(part.etag), ...partChecksumMembers(checksum), ...encryptionOf(upload.attributes) }
  },

  async UploadPartCopy(input, call) {
    const { Bucket, Key, UploadId, PartNumber } = input
    checkPartNumber(PartNumber)
    const upload = uploadIn(store.state, Bucket, Key, UploadId)
    checkReadable(upload.attributes, rooms, { bucket: Bucket, key: Key }, call)
    const from = parseCopySource(input.CopySource)
    const source = findObject(store, from.bucket, from.key, from.versionId)
    checkCopyCondition(source, input)
    checkReadable(source, rooms, from, call)
    const range = copyRange(source, input.CopySourceRange)
    const size = range ? range.end - range.start + 1 : source.sizeBytes
    if (size > uploadLimits.maxPartBytes) {
      throw invalidRequest(
        `The specified copy source is larger than the maximum allowable size for a copy source: ${uploadLimits.maxPartBytes}`,
      )
    }
    const bytes = readBlob(store, source.blob, range)
    const { received, checksum } = await receiveCopy(store, bytes, size, upload.checksum?.algorithm)
    const target = { bucket: Bucket, key: Key, uploadId: UploadId, number: PartNumber }
    const part = await putPart(store, target, received, checksum)
    return {
      CopySourceVersionId: shownVersion(store, from.bucket, source.versionId),
      CopyPartResult: {
        ETag: quoted(part.etag),
        LastModified: wholeSeconds(part.modifiedAtMs),
        ...partChecksumMembers(checksum),
      },
      ...encryptionOf(upload.attributes),
    }
  },

  async CompleteMultipartUpload(input, call) {
    const { Bucket, Key, UploadId } = input
    const given = input.MultipartUpload?.Parts ?? []
    if (given.length === 0 || given.length > uploadLimits.maxParts) throw malformedXml()
    const condition = writeCondition(input)
    checkWrite(store.state, Bucket, Key, condition)
    const object = await completeUpload(store, {
      bucket: Bucket,
      key: Key,
      uploadId: UploadId,
      parts: given.map((part) => choiceOf(input, part)),
      condition,
      checksum(upload, parts): Checksum | undefined {
        const size = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
        if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== size) {
          throw invalidRequest("The provided 'x-amz-mp-object-size' header does not match what was computed")
        }
        // "You must have permission to use the kms:Decrypt action for the CompleteMultipartUpload request to succeed" (API_CompleteMultipartUpload).
        if (upload.checksum) checkReadable(upload.attributes, rooms, { bucket: Bucket, key: Key }, call)
        return wholeChecksum(upload, parts, input)
      },
    })
    return {
      Location: `${call.http.origin}/${Bucket}/${encodeURIComponent(Key)}`,
      Bucket,
      Key,
      ETag: quoted(object.etag),
      VersionId: shownVersion(store, Bucket, object.versionId),
      Expiration: expirationOf(store, Bucket, Key, object),
      ...checksumMembers(object.checksum),
      ...encryptionOf(object),
    }
  },

  async AbortMultipartUpload({ Bucket, Key, UploadId }) {
    await abortUpload(store, Bucket, Key, UploadId)
    return {}
  },

  async ListParts({ Bucket, Key, UploadId, PartNumberMarker, MaxParts }) {
    const upload = uploadIn(store.state, Bucket, Key, UploadId)
    const limit = Math.min(MaxParts ?? 1000, 1000)
    if (limit < 0)
      throw invalidArgument(
        'Argument max-parts must be an integer between 0 and 2147483647',
        'max-parts',
        String(MaxParts),
      )
    const after = Number(PartNumberMarker ?? 0)
    const { parts, truncated } = listParts(store, UploadId, { after, limit })
    return {
      Bucket,
      Key,
      UploadId,
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(parts.at(-1)?.number ?? 0),
      MaxParts: limit,
      IsTruncated: truncated && limit > 0,
      Parts: parts.map((part) => ({
        PartNumber: part.number,
        LastModified: wholeSeconds(part.modifiedAtMs),
        ETag: quoted(part.etag),
        Size: part.sizeBytes,
        ...partChecksumMembers(part.checksum),
      })),
      Initiator: { ID: upload.initiator },
      Owner: ownerOf(bucketIn(store.state, Bucket).account),
      StorageClass: upload.attributes.storageClass as 'STANDARD',
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
    }
  },
})

function checkPartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= uploadLimits.maxParts) return
  const message = `Part number must be an integer between 1 and ${uploadLimits.maxParts}, inclusive`
  throw invalidArgument(message, 'partNumber', String(number))
}
