/** What an object carries beside its bytes, from a request and into an answer. */

import { setting, TABLE_STORE } from '../../core/objects/buckets.ts'
import { defaultEncryption } from '../../core/objects/default-encryption.ts'
import type { ObjectEncryption } from '../../core/objects/encryption.ts'
import { expiryOf } from '../../core/objects/lifecycle.ts'
import type { ObjectAttributes, StoredObject } from '../../core/objects/object.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { checkAclAllowed } from './acls.ts'
import { invalidArgument, invalidRequest } from './faults.ts'
import { contextHeader, encryptionContextIn, type KeyRooms, keyedEncryption } from './key-encryption.ts'
import type { StoredLifecycle } from './lifecycle.ts'
import { parseTagHeader } from './tags.ts'
import { shownVersion } from './versioning.ts'

interface AttributeInput {
  readonly Bucket: string
  readonly Key: string
  readonly ContentType?: string
  readonly CacheControl?: string
  readonly ContentDisposition?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly Metadata?: Readonly<Record<string, string>>
  readonly StorageClass?: string
  readonly Tagging?: string
  readonly ACL?: string
  readonly WebsiteRedirectLocation?: string
  readonly ServerSideEncryption?: string
  readonly SSEKMSKeyId?: string
  readonly BucketKeyEnabled?: boolean
  readonly SSEKMSEncryptionContext?: string
  readonly SSECustomerAlgorithm?: string
  readonly ObjectLockMode?: string
  readonly ObjectLockLegalHoldStatus?: string
  readonly GrantFullControl?: string
  readonly GrantRead?: string
  readonly GrantReadACP?: string
  readonly GrantWriteACP?: string
  readonly WriteOffsetBytes?: number
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html, UsingMetadata.html */
const limits = { keyBytes: 1024, metadataBytes: 2048 } as const

const storageClasses = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
])

/** Throws what S3 says of a key too long, metadata too large, a storage class it does not know, an ACL, or a key of KMS. */
export async function attributesOf(
  store: ObjectStore,
  rooms: KeyRooms,
  input: AttributeInput,
  call: ServiceCall,
): Promise<ObjectAttributes> {
  checkServed(input)
  checkKey(input.Key)
  const metadata = { ...input.Metadata }
  checkMetadata(metadata)
  const storageClass = input.StorageClass ?? 'STANDARD'
  if (!storageClasses.has(storageClass)) {
    throw new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', {
      members: { StorageClassRequested: storageClass },
    })
  }
  checkAclAllowed(store, input.Bucket, input.ACL)
  return {
    contentType: input.ContentType ?? 'binary/octet-stream',
    cacheControl: input.CacheControl,
    contentDisposition: input.ContentDisposition,
    contentEncoding: withoutChunking(input.ContentEncoding),
    contentLanguage: input.ContentLanguage,
    expires: call.http.headers.expires,
    metadata,
    storageClass,
    tags: input.Tagging === undefined ? undefined : parseTagHeader(input.Tagging),
    acl: input.ACL,
    redirect: input.WebsiteRedirectLocation,
    encryption: await keyedEncryption(wantedEncryption(store, input), rooms, placeOf(input), call),
  }
}

const placeOf = ({ Bucket: bucket, Key: key }: AttributeInput) => ({ bucket, key })

/** What the bucket says of its own key holds for objects that ask for another one too (docs: s3 userguide, bucket-key). */
function wantedEncryption(store: ObjectStore, input: AttributeInput): ObjectEncryption | undefined {
  const { ServerSideEncryption: algorithm, SSEKMSKeyId: keyId, BucketKeyEnabled, SSEKMSEncryptionContext } = input
  const usual = defaultEncryption(store, input.Bucket)
  const context = encryptionContextIn(SSEKMSEncryptionContext)
  if (keyId !== undefined && !algorithm?.startsWith('aws:kms'))
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      'x-amz-server-side-encryption',
      algorithm,
    )
  if (algorithm === undefined) return usual
  if (input.Bucket.endsWith(TABLE_STORE)) {
    if (algorithm === (usual?.algorithm ?? 'AES256') && (keyId ?? usual?.keyId) === usual?.keyId && !context)
      return usual
    throw invalidRequest('Objects of a table are encrypted as the table is.')
  }
  const bucketKey = algorithm === 'aws:kms' ? (BucketKeyEnabled ?? usual?.bucketKey) : undefined
  return { algorithm, keyId, bucketKey, ...(context && { context }) }
}

/** What is asked for and would not be done is refused, never taken in silence. */
function checkServed(input: AttributeInput): void {
  if (input.ObjectLockMode || input.ObjectLockLegalHoldStatus) {
    throw new AwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration')
  }
  const unserved = [
    ['encryption with keys that customers provide', input.SSECustomerAlgorithm],
    ['grants', input.GrantFullControl ?? input.GrantRead ?? input.GrantReadACP ?? input.GrantWriteACP],
    ['appending to an object', input.WriteOffsetBytes],
  ].find(([, asked]) => asked !== undefined)
  if (!unserved) return
  const message = `A header you provided implies functionality that is not implemented: ${unserved[0]}`
  throw new AwsError('NotImplemented', message, { status: 501 })
}

function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key)
  if (bytes <= limits.keyBytes) return
  throw new AwsError('KeyTooLongError', 'Your key is too long', {
    members: { Size: bytes, MaxSizeAllowed: limits.keyBytes },
  })
}

/** "The sum of the number of bytes in the UTF-8 encoding of each key and value." */
function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
  if (bytes <= limits.metadataBytes) return
  throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    members: { Size: bytes, MaxSizeAllowed: limits.metadataBytes },
  })
}

/** `aws-chunked` says how the request travelled, not what the object is. */
function withoutChunking(encoding: string | undefined): string | undefined {
  const left = encoding
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'aws-chunked' && name !== '')
  return left?.length ? left.join(',') : undefined
}

export interface ResponseOverrides {
  readonly ResponseContentType?: string
  readonly ResponseCacheControl?: string
  readonly ResponseContentDisposition?: string
  readonly ResponseContentEncoding?: string
  readonly ResponseContentLanguage?: string
  readonly ResponseExpires?: Date
}

/** The members that GetObject and HeadObject share. */
export function describeObject(
  store: ObjectStore,
  bucket: string,
  key: string,
  object: StoredObject,
  overrides: ResponseOverrides,
) {
  const tagCount = Object.keys(object.tags ?? {}).length
  return {
    AcceptRanges: 'bytes',
    LastModified: wholeSeconds(object.modifiedAtMs),
    ETag: quoted(object.etag),
    ContentType: overrides.ResponseContentType ?? object.contentType,
    CacheControl: overrides.ResponseCacheControl ?? object.cacheControl,
    ContentDisposition: overrides.ResponseContentDisposition ?? object.contentDisposition,
    ContentEncoding: overrides.ResponseContentEncoding ?? object.contentEncoding,
    ContentLanguage: overrides.ResponseContentLanguage ?? object.contentLanguage,
    Metadata: { ...object.metadata },
    VersionId: shownVersion(store, bucket, object.versionId),
    // STANDARD is what is not said (API_GetObject, x-amz-storage-class).
    StorageClass: object.storageClass === 'STANDARD' ? undefined : (object.storageClass as 'STANDARD_IA'),
    TagCount: tagCount > 0 ? tagCount : undefined,
    WebsiteRedirectLocation: object.redirect,
    Expiration: expirationOf(store, bucket, key, object),
    ...encryptionOf(object),
  }
}

/** Every object is encrypted, with SSE-S3 where nothing else was asked for (default-encryption-faq.html). */
export const encryptionOf = ({ encryption }: Pick<ObjectAttributes, 'encryption'>) => ({
  ServerSideEncryption: (encryption?.algorithm ?? 'AES256') as 'AES256',
  SSEKMSKeyId: encryption?.keyId,
  BucketKeyEnabled: encryption?.bucketKey,
})

/** What is told of it to who writes it. */
export const writtenEncryptionOf = (object: Pick<ObjectAttributes, 'encryption'>) => ({
  ...encryptionOf(object),
  SSEKMSEncryptionContext: contextHeader(object),
})

/** S3 tells times in whole seconds, in XML as in headers: clients compare the two. */
export const wholeSeconds = (timeMs: number): Date => new Date(timeMs - (timeMs % 1000))

export const quoted = (etag: string): string => `"${etag}"`

export function expirationOf(
  store: ObjectStore,
  bucket: string,
  key: string,
  object: StoredObject,
): string | undefined {
  const lifecycle = setting<StoredLifecycle>(store, bucket, 'lifecycle')
  const expiry = lifecycle && expiryOf(lifecycle.rules, key, object)
  if (!expiry) return undefined
  return `expiry-date="${new Date(expiry.atMs).toUTCString()}", rule-id="${encodeURIComponent(expiry.rule.id)}"`
}
