/** Whose bucket it is: what S3 asks before any operation on one, and who but its owner's account is let in. */
import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3'
import type { Access, Question } from '../../core/access/access.ts'
import type { Principal } from '../../core/call.ts'
import { type Bucket, findBucket, setting } from '../../core/objects/buckets.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { current, findVersion } from '../../core/objects/versions.ts'
import { type StoredTable, storedTable } from '../../core/table-buckets/stored-tables.ts'
import { tableDataAction, tableDataQuestion } from '../../core/table-buckets/table-data.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { aclGrants, aclsAreOff } from './acls.ts'
import { type AddressedInput, copyQuestion, s3Questions } from './authorization.ts'
import { parseCopySource } from './copies.ts'
import type { S3Handlers } from './handlers.ts'
import { known, policyFacts } from './policy-facts.ts'
import { isPublicPolicy } from './public-policy.ts'

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
export function guarded(store: ObjectStore, access: Access, handlers: S3Handlers): S3Handlers {
  const entries = Object.entries(handlers).map(([operation, handler]) => {
    const behind = (input: AddressedInput, call: ServiceCall) => {
      admit(store, access, operation, input, call)
      return (handler as (input: unknown, call: ServiceCall) => unknown)(input, call)
    }
    return [operation, behind]
  })
  return Object.fromEntries(entries) as S3Handlers
}

export function admit(
  store: ObjectStore,
  access: Access,
  operation: string,
  input: AddressedInput,
  call: ServiceCall,
): void {
  const { principal } = call
  if (principal.readsOnly && !READS.test(operation)) throw accessDenied()
  if (principal.confinedTo) requireInside(principal.confinedTo, operation, input)
  const name = input.Bucket
  if (principal.kind === 'anonymous' && (name === undefined || operation === 'CreateBucket')) throw accessDenied()
  // A bucket that is not there is for the handler to say, to those who may ask: only then is it NoSuchBucket.
  const bucket = name === undefined || operation === 'CreateBucket' ? undefined : findBucket(store, name)
  if (bucket && (input.ExpectedBucketOwner ?? bucket.account) !== bucket.account) throw accessDenied()
  const table = bucket && storedTable(store.state, bucket.name)
  const ofTable = table && [tableQuestion(table, operation, input, call)]
  if (!isOwner(access, principal, bucket))
    for (const question of ofTable ?? s3Questions(operation, input, call, known(store, input)))
      requireAllowed(store, access, call, question, { bucket, operation, input })
  if (input.CopySource !== undefined) admitToSource(store, access, input, call)
}

/** Throws MethodNotAllowed, whoever asks, as S3 does (github.com/trinodb/trino/issues/25481); nothing is public there. */
function tableQuestion(table: StoredTable, operation: string, { Key }: AddressedInput, call: ServiceCall): Question {
  if (call.principal.kind === 'anonymous') throw accessDenied()
  const action = tableDataAction(operation)
  if (action !== undefined) return tableDataQuestion(action, table)
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    status: 405,
    members: { Method: call.http.method, ResourceType: Key === undefined ? 'BUCKET' : 'OBJECT' },
  })
}

/**
 * Whoever owns the account owns its buckets, and need not be asked for each. A key that was given out for some folders is
 * itself the leave to enter them.
 */
const isOwner = (access: Access, principal: Principal, bucket: Bucket | undefined): boolean =>
  (principal.confinedTo !== undefined || access.isUnbound(principal)) &&
  (bucket === undefined || bucket.account === (principal.confinedBy ?? principal.account))

function admitToSource(store: ObjectStore, access: Access, input: AddressedInput, call: ServiceCall): void {
  const source = parseCopySource(input.CopySource!)
  const bucket = findBucket(store, source.bucket)
  if (bucket && (input.ExpectedSourceBucketOwner ?? bucket.account) !== bucket.account) throw accessDenied()
  if (isOwner(access, call.principal, bucket)) return
  const read = { Bucket: source.bucket, Key: source.key, VersionId: source.versionId }
  const table = bucket && storedTable(store.state, bucket.name)
  const question = table
    ? tableQuestion(table, 'GetObject', read, call)
    : copyQuestion(input.CopySource!, policyFacts('GetObject', read, call, known(store, read)))
  requireAllowed(store, access, call, question, { bucket, operation: 'GetObject', input: read })
}

interface Asked {
  readonly bucket: Bucket | undefined
  readonly operation: string
  readonly input: AddressedInput
}

/** By policies, or where none denies it by an ACL. Callers of other accounts do not hear why they may not. */
function requireAllowed(
  store: ObjectStore,
  access: Access,
  call: ServiceCall,
  question: Question,
  { bucket, operation, input }: Asked,
): void {
  const decision = access.decide(call, question)
  if (decision.allowed) {
    if (decision.by?.role === 'resource' && bucket && isRestricted(store, bucket, call)) throw accessDenied()
    return
  }
  const isOther = call.principal.kind === 'anonymous' || (bucket && bucket.account !== call.principal.account)
  if (!isOther) access.check(call, question)
  if (decision.explicit || decision.missing !== 'resource' || !bucket) throw accessDenied()
  requireAcl(store, bucket, operation, input, call)
}

/** "RestrictPublicBuckets": what a public policy grants is for the owner's account alone. */
function isRestricted(store: ObjectStore, bucket: Bucket, { principal }: ServiceCall): boolean {
  if (principal.kind !== 'anonymous' && principal.account === bucket.account) return false
  const block = setting<PublicAccessBlockConfiguration>(store, bucket.name, 'public-access-block')
  return block?.RestrictPublicBuckets === true && isPublicPolicy(store, bucket.name)
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

function requireAcl(
  store: ObjectStore,
  bucket: Bucket,
  operation: string,
  input: AddressedInput,
  call: ServiceCall,
): void {
  const permission = grantable[operation]
  if (!permission || aclsAreOff(store, bucket.name) || ignoresPublicAcls(store, bucket.name)) throw accessDenied()
  const grantee = call.principal.kind === 'anonymous' ? 'everyone' : 'authenticated'
  if (!aclGrants(aclFor(store, bucket.name, operation, input), grantee, permission)) throw accessDenied()
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
