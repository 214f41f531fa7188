/** What policies may ask of a request to S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html */
import type { ContextFacts } from '../../core/access/request-context.ts'
import { Fault } from '../../core/faults.ts'
import { findObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import type { AddressedInput } from './authorization.ts'

type Tags = Readonly<Record<string, string>>

/** Headers that are told by their own names. */
const TOLD = [
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
  'x-amz-metadata-directive',
  'x-amz-object-ownership',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-website-redirect-location',
  'x-amz-content-sha256',
  'if-match',
  'if-none-match',
]
/** Where an object comes to be; a part of one to come is none. */
const CREATING = /^(?:PutObject|CopyObject|CompleteMultipartUpload)$/

export interface Known {
  /** Tags of the object that is asked for, where it is there. */
  readonly existing: Tags
  readonly now: Date
}

export function policyFacts(
  operation: string,
  input: AddressedInput,
  call: ServiceCall,
  { existing, now }: Known,
): ContextFacts {
  const { headers, query } = call.http
  const presigned = query.has('X-Amz-Signature') || query.has('Signature')
  return {
    ...Object.fromEntries(TOLD.map((name) => [`s3:${name}`, headers[name]])),
    's3:prefix': input.Prefix,
    's3:delimiter': input.Delimiter,
    's3:max-keys': input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
    's3:versionid': input.VersionId,
    's3:locationconstraint': input.CreateBucketConfiguration?.LocationConstraint,
    's3:objectcreationoperation': String(CREATING.test(operation)),
    's3:x-amz-acl': input.ACL,
    's3:x-amz-copy-source': input.CopySource,
    's3:x-amz-server-side-encryption': input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    's3:x-amz-storage-class': input.StorageClass,
    's3:authtype': presigned ? 'REST-QUERY-STRING' : 'REST-HEADER',
    's3:signatureage': ageMs(query.get('X-Amz-Date') ?? headers['x-amz-date'], now),
    's3:signatureversion': query.has('Signature') ? 'AWS' : 'AWS4-HMAC-SHA256',
    ...tagFacts('s3:existingobjecttag/', existing),
    ...requestTagFacts(givenTags(input.Tagging)),
  }
}

/** `20150830T123600Z`. */
function ageMs(signedAt: string | undefined, now: Date): string | undefined {
  const iso = signedAt?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return iso === undefined ? undefined : String(now.getTime() - Date.parse(iso))
}

const tagFacts = (prefix: string, tags: Tags): ContextFacts =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key.toLowerCase()}`, value]))

const requestTagFacts = (tags: Tags | undefined): ContextFacts =>
  tags ? { 's3:requestobjecttagkeys': Object.keys(tags), ...tagFacts('s3:requestobjecttag/', tags) } : {}

/** A header `key=value&other=`, or a set of them in a body. Whether they are good is for the handler to say. */
function givenTags(tagging: unknown): Tags | undefined {
  if (typeof tagging === 'string') return Object.fromEntries(new URLSearchParams(tagging))
  const { TagSet } = (tagging ?? {}) as { readonly TagSet?: readonly { Key?: string; Value?: string }[] }
  return TagSet && Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]))
}

export const known = (store: ObjectStore, input: AddressedInput): Known => ({
  existing: existingTags(store, input),
  now: store.clock.now(),
})

/** None where the object is not there: that is for the handler to say, to those who may ask. */
function existingTags(store: ObjectStore, { Bucket, Key, VersionId }: AddressedInput): Tags {
  if (Bucket === undefined || Key === undefined) return {}
  try {
    return findObject(store, Bucket, Key, VersionId).tags ?? {}
  } catch (error) {
    if (error instanceof Fault) return {}
    throw error
  }
}
