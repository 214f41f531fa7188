/** Whose bucket it is: what S3 asks before any operation on one, and who but its owner's account is let in. */
import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3'
import { type Bucket, findBucket, setting } from '../../core/objects/buckets.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { current, findVersion } from '../../core/objects/versions.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { aclGrants, aclsAreOff } from './acls.ts'
import { parseCopySource } from './copies.ts'
import type { S3Handlers } from './handlers.ts'

interface AddressedInput {
  readonly Bucket?: string
  readonly Key?: string
  readonly VersionId?: string
  readonly CopySource?: string
  readonly Prefix?: string
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string }[] }
  readonly ExpectedBucketOwner?: string
  readonly ExpectedSourceBucketOwner?: string
}

const accessDenied = () => new AwsError('AccessDenied', 'Access Denied', { status: 403 })

/** What an ACL can grant to others; everything else is for the bucket owner's account. */
const grantable: Readonly<Record<string, 'READ' | 'WRITE'>> = {
  GetObject: 'READ',
  HeadObject: 'READ',
  ListObjects: 'READ',
  ListObjectsV2: 'READ',
  ListObjectVersions: 'READ',
  HeadBucket: 'READ',
  PutObject: 'WRITE',
  DeleteObject: 'WRITE',
}

/** The same handlers, each behind the questions above. */
export function guarded(store: ObjectStore, handlers: S3Handlers): S3Handlers {
  const entries = Object.entries(handlers).map(([operation, handler]) => {
    const behind = (input: AddressedInput, call: ServiceCall) => {
      admit(store, operation, input, call)
      return (handler as (input: unknown, call: ServiceCall) => unknown)(input, call)
    }
    return [operation, behind]
  })
  return Object.fromEntries(entries) as S3Handlers
}

export function admit(store: ObjectStore, operation: string, input: AddressedInput, call: ServiceCall): void {
  if (call.principal.readsOnly && !READS.test(operation)) throw accessDenied()
  if (call.principal.confinedTo) requireInside(call.principal.confinedTo, operation, input)
  if (input.Bucket === undefined || operation === 'CreateBucket') {
    if (call.principal.kind === 'anonymous') throw accessDenied()
    return
  }
  const bucket = findBucket(store, input.Bucket)
  // A bucket that is not there is for the handler to say: only then is it NoSuchBucket.
  if (bucket) admitTo(store, bucket, operation, input, call, input.ExpectedBucketOwner)
  if (input.CopySource === undefined) return
  const source = parseCopySource(input.CopySource)
  const from = findBucket(store, source.bucket)
  const read = { Bucket: source.bucket, Key: source.key, VersionId: source.versionId }
  if (from) admitTo(store, from, 'GetObject', read, call, input.ExpectedSourceBucketOwner)
}

const READS = /^(Get|Head|List|Select)/
const listings: ReadonlySet<string> = new Set(['ListObjects', 'ListObjectsV2', 'ListObjectVersions'])

/** Keys that were given out for some folders open objects in them and lists of these, and nothing that is of the bucket. */
function requireInside(folders: readonly string[], operation: string, input: AddressedInput): void {
  const keys = listings.has(operation)
    ? [input.Prefix ?? '']
    : operation === 'DeleteObjects'
      ? (input.Delete?.Objects ?? []).map(({ Key = '' }) => Key)
      : [input.Key ?? '']
  const addresses = keys.map((key) => `${input.Bucket ?? ''}/${key}`)
  if (input.CopySource !== undefined) {
    const source = parseCopySource(input.CopySource)
    addresses.push(`${source.bucket}/${source.key}`)
  }
  if (!addresses.every((address) => folders.some((folder) => `s3://${address}`.startsWith(folder))))
    throw accessDenied()
}

function admitTo(
  store: ObjectStore,
  bucket: Bucket,
  operation: string,
  input: AddressedInput,
  call: ServiceCall,
  expectedOwner: string | undefined,
): void {
  if (expectedOwner !== undefined && expectedOwner !== bucket.account) throw accessDenied()
  const anonymous = call.principal.kind === 'anonymous'
  if (!anonymous && call.principal.account === bucket.account) return
  const permission = grantable[operation]
  if (!permission || aclsAreOff(store, bucket.name) || ignoresPublicAcls(store, bucket.name)) throw accessDenied()
  if (!aclGrants(aclFor(store, bucket.name, operation, input), anonymous ? 'everyone' : 'authenticated', permission)) {
    throw accessDenied()
  }
}

const ignoresPublicAcls = (store: ObjectStore, bucket: string): boolean =>
  setting<PublicAccessBlockConfiguration>(store, bucket, 'public-access-block')?.IgnorePublicAcls === true

/** Reading an object asks the object's own ACL; writing or listing asks the bucket's. */
function aclFor(store: ObjectStore, bucket: string, operation: string, input: AddressedInput): string | undefined {
  if (input.Key === undefined || (operation !== 'GetObject' && operation !== 'HeadObject')) {
    return setting<string>(store, bucket, 'acl')
  }
  const version =
    input.VersionId === undefined
      ? current(store.state, bucket, input.Key)
      : findVersion(store.state, bucket, input.Key, input.VersionId)
  return version?.marker ? undefined : version?.acl
}
