import { createHash } from 'node:crypto'
import { readBlob } from '../../core/objects/bodies.ts'
import { bucketIn } from '../../core/objects/buckets.ts'
import { precondition, readOutcome } from '../../core/objects/conditions.ts'
import { attributesIn, type Checksum, type ObjectAttributes, type StoredObject } from '../../core/objects/object.ts'
import { copyObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { type ChecksumAlgorithm, createChecksum } from '../../protocol/checksums.ts'
import { attributesOf, expirationOf, quoted, wholeSeconds, writtenEncryptionOf } from './attributes.ts'
import { invalidArgument, invalidRequest } from './faults.ts'
import type { S3Handlers } from './handlers.ts'
import { checksumMembers } from './integrity.ts'
import { checkReadable, type KeyRooms } from './key-encryption.ts'
import { writeCondition } from './objects.ts'
import { shownVersion } from './versioning.ts'

const maxCopyBytes = 5 * 1024 ** 3

export const copyHandlers = (store: ObjectStore, rooms: KeyRooms): S3Handlers => ({
  async CopyObject(input, call) {
    const { Bucket, Key } = input
    bucketIn(store.state, Bucket)
    const from = parseCopySource(input.CopySource)
    const given = await attributesOf(store, rooms, input, call)
    const condition = writeCondition(input)
    const replaces = input.MetadataDirective === 'REPLACE'
    const changes =
      replaces || [input.StorageClass, input.WebsiteRedirectLocation, input.ServerSideEncryption].some(Boolean)
    if (from.bucket === Bucket && from.key === Key && from.versionId === undefined && !changes) throw copyOntoItself()

    const { object, source } = await copyObject(
      store,
      from,
      { bucket: Bucket, key: Key, condition },
      async (source) => {
        checkCopyCondition(source, input)
        checkReadable(source, rooms, from, call)
        if (source.sizeBytes > maxCopyBytes) {
          throw invalidRequest(
            `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
          )
        }
        const described = replaces ? given : { ...attributesIn(source), ...overrides(given, input) }
        const tags = input.TaggingDirective === 'REPLACE' ? given.tags : source.tags
        return { attributes: { ...described, tags }, ...(await digestsOf(store, source, input.ChecksumAlgorithm)) }
      },
    )
    return {
      CopyObjectResult: {
        ETag: quoted(object.etag),
        LastModified: wholeSeconds(object.modifiedAtMs),
        ...checksumMembers(object.checksum),
      },
      CopySourceVersionId: shownVersion(store, from.bucket, source.versionId),
      VersionId: shownVersion(store, Bucket, object.versionId),
      Expiration: expirationOf(store, Bucket, Key, object),
      ...writtenEncryptionOf(object),
    }
  },
})

const copyOntoItself = () =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )

/** What a copy does not take over from its source, whatever the directive: class, encryption, ACL, redirect. */
function overrides(given: ObjectAttributes, input: { readonly StorageClass?: string }): Partial<ObjectAttributes> {
  const { storageClass, encryption, acl, redirect } = given
  return { storageClass: input.StorageClass ? storageClass : 'STANDARD', encryption, acl, redirect }
}

/**
 * A copy is an object put whole, also of one that was uploaded in parts, and it may be asked for another checksum: then
 * the bytes must be read once. Otherwise its digests are the source's.
 */
async function digestsOf(
  store: ObjectStore,
  source: StoredObject,
  wanted: string | undefined,
): Promise<{ readonly etag?: string; readonly checksum?: Checksum }> {
  const algorithm = (wanted as ChecksumAlgorithm | undefined) ?? source.checksum?.algorithm
  const known = source.checksum?.type === 'FULL_OBJECT' && source.checksum.algorithm === algorithm
  if (!source.parts && (known || !algorithm)) return { checksum: source.checksum }
  const md5 = createHash('md5')
  const checksum = algorithm && createChecksum(algorithm)
  for await (const chunk of readBlob(store, source.blob)) {
    md5.update(chunk)
    checksum?.update(chunk)
  }
  const etag = md5.digest('hex')
  if (!algorithm || !checksum) return { etag }
  return { etag, checksum: { algorithm, value: checksum.digest().toString('base64'), type: 'FULL_OBJECT' } }
}

export interface CopySource {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** `bucket/key?versionId=id`, URL-encoded, with or without a slash before it. */
export function parseCopySource(header: string): CopySource {
  const at = header.indexOf('?versionId=')
  const path = at < 0 ? header : header.slice(0, at)
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decode(path))
  if (!match?.[1] || !match[2]) {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      header,
    )
  }
  const versionId = at < 0 ? undefined : decode(header.slice(at + '?versionId='.length))
  return { bucket: match[1], key: match[2], versionId }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', text)
  }
}

interface CopyCondition {
  readonly CopySourceIfMatch?: string
  readonly CopySourceIfNoneMatch?: string
  readonly CopySourceIfModifiedSince?: Date
  readonly CopySourceIfUnmodifiedSince?: Date
}

/** As of a read, but what a read would answer with 304 is a failure here. */
export function checkCopyCondition(source: StoredObject, input: CopyCondition): void {
  const outcome = readOutcome(source, {
    ifMatch: input.CopySourceIfMatch,
    ifNoneMatch: input.CopySourceIfNoneMatch,
    ifModifiedSince: input.CopySourceIfModifiedSince,
    ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  })
  if (!outcome.holds) throw precondition(`x-amz-copy-source-${outcome.failed}`)
}
