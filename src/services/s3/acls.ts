/**
 * Canned ACLs. With the ownership that new buckets have (`BucketOwnerEnforced`) ACLs are off and S3 refuses them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html, about-object-ownership.html
 */
import { createHash } from 'node:crypto'
import type { Grant, OwnershipControls } from '@aws-sdk/client-s3'
import { bucketIn, putSetting, setting } from '../../core/objects/buckets.ts'
import { findObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { amendVersion } from '../../core/objects/versions.ts'
import { AwsError } from '../../protocol/service.ts'
import type { S3Handlers } from './handlers.ts'

/** S3 names accounts by a canonical id of 64 hexadecimal digits; here it follows from the account. */
export const ownerOf = (account: string) => ({ ID: createHash('sha256').update(`canonical ${account}`).digest('hex') })

const groups = {
  everyone: 'http://acs.amazonaws.com/groups/global/AllUsers',
  authenticated: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
} as const

/** What a canned ACL grants beside full control for the owner. */
const cannedGrants: Readonly<Record<string, readonly (readonly [uri: string, permission: 'READ' | 'WRITE'])[]>> = {
  private: [],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
  'authenticated-read': [[groups.authenticated, 'READ']],
  'public-read': [[groups.everyone, 'READ']],
  'public-read-write': [
    [groups.everyone, 'READ'],
    [groups.everyone, 'WRITE'],
  ],
}

export function aclGrants(acl: string | undefined, who: 'everyone' | 'authenticated', permission: 'READ' | 'WRITE') {
  const grants = cannedGrants[acl ?? 'private'] ?? []
  return grants.some(([uri, granted]) => granted === permission && (uri === groups[who] || uri === groups.everyone))
}

export const aclsAreOff = (store: ObjectStore, bucket: string): boolean =>
  setting<OwnershipControls>(store, bucket, 'ownership')?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced'

/** Throws where the bucket takes no ACL, or the ACL is none that S3 knows. */
export function checkAclAllowed(store: ObjectStore, bucket: string, acl: string | undefined): void {
  if (acl === undefined) return
  requireCanned(acl)
  if (acl !== 'bucket-owner-full-control' && aclsAreOff(store, bucket))
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs')
}

/** Where ACLs are to be off, it must "give full control only to the bucket owner" (object-ownership-error-responses). */
export function checkAclOfNewBucket(ownership: string, acl: string | undefined): void {
  if (acl === undefined) return
  if (requireCanned(acl).length > 0 && ownership === 'BucketOwnerEnforced')
    throw new AwsError(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )
}

function requireCanned(acl: string) {
  const grants = cannedGrants[acl]
  if (!grants) throw new AwsError('InvalidArgument', 'Invalid canned ACL')
  return grants
}

function describe(account: string, acl: string | undefined) {
  const Owner = ownerOf(account)
  const own: Grant = { Grantee: { ...Owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }
  const others = (cannedGrants[acl ?? 'private'] ?? []).map(
    ([URI, Permission]): Grant => ({ Grantee: { URI, Type: 'Group' }, Permission }),
  )
  return { Owner, Grants: [own, ...others] }
}

/** Only canned ACLs, and a policy that says no more than that the owner has full control. */
function aclOf(
  input: {
    readonly ACL?: string
    readonly AccessControlPolicy?: { readonly Grants?: readonly Grant[] }
    readonly GrantFullControl?: string
    readonly GrantRead?: string
    readonly GrantReadACP?: string
    readonly GrantWrite?: string
    readonly GrantWriteACP?: string
  },
  account: string,
): string {
  if (input.ACL) return input.ACL
  const grants = input.AccessControlPolicy?.Grants
  const owner = ownerOf(account).ID
  if (grants?.every(({ Grantee, Permission }) => Grantee?.ID === owner && Permission === 'FULL_CONTROL'))
    return 'private'
  throw new AwsError('NotImplemented', 'Only canned ACLs are implemented, not grants.', { status: 501 })
}

export const aclHandlers = (store: ObjectStore): S3Handlers => ({
  async GetBucketAcl({ Bucket }) {
    return describe(bucketIn(store.state, Bucket).account, setting<string>(store, Bucket, 'acl'))
  },
  async PutBucketAcl(input) {
    const acl = aclOf(input, bucketIn(store.state, input.Bucket).account)
    if (aclsAreOff(store, input.Bucket) && acl !== 'private') checkAclAllowed(store, input.Bucket, acl)
    await putSetting(store, input.Bucket, 'acl', acl)
    return {}
  },
  async GetObjectAcl({ Bucket, Key, VersionId }) {
    const object = findObject(store, Bucket, Key, VersionId)
    return describe(bucketIn(store.state, Bucket).account, object.acl)
  },
  async PutObjectAcl(input) {
    const { Bucket, Key, VersionId } = input
    const acl = aclOf(input, bucketIn(store.state, Bucket).account)
    checkAclAllowed(store, Bucket, acl)
    await store.state.transaction((tx) => amendVersion(tx, Bucket, Key, VersionId, (version) => ({ ...version, acl })))
    return {}
  },
})
