/**
 * What operations need: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, and which
 * action an operation is: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
import type { Question } from '../../core/access/access.ts'
import { passedRoles } from '../../protocol/passed-roles.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import { parseCopySource } from './copies.ts'
import { type Known, policyFacts } from './policy-facts.ts'

/** The members of inputs that policies may ask about. */
export interface AddressedInput {
  readonly Bucket?: string
  readonly Key?: string
  readonly VersionId?: string
  readonly CopySource?: string
  readonly Prefix?: string
  readonly Delimiter?: string
  readonly MaxKeys?: number
  readonly Tagging?: unknown
  readonly ACL?: string
  readonly ServerSideEncryption?: string
  readonly SSEKMSKeyId?: string
  readonly StorageClass?: string
  readonly CreateBucketConfiguration?: { readonly LocationConstraint?: string }
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string; readonly VersionId?: string }[] }
  readonly ReplicationConfiguration?: { readonly Role?: string }
  readonly ExpectedBucketOwner?: string
  readonly ExpectedSourceBucketOwner?: string
}

/** By operation, where the action is not called as it is. A second one is for what names a version. */
const bucketActions: Readonly<Record<string, string>> = {
  CreateBucket: 'CreateBucket',
  DeleteBucket: 'DeleteBucket',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  GetBucketLocation: 'GetBucketLocation',
  GetBucketAcl: 'GetBucketAcl',
  PutBucketAcl: 'PutBucketAcl',
  GetBucketPolicy: 'GetBucketPolicy',
  PutBucketPolicy: 'PutBucketPolicy',
  DeleteBucketPolicy: 'DeleteBucketPolicy',
  GetBucketVersioning: 'GetBucketVersioning',
  PutBucketVersioning: 'PutBucketVersioning',
  GetBucketTagging: 'GetBucketTagging',
  PutBucketTagging: 'PutBucketTagging',
  DeleteBucketTagging: 'PutBucketTagging',
  GetBucketCors: 'GetBucketCORS',
  PutBucketCors: 'PutBucketCORS',
  DeleteBucketCors: 'PutBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  GetBucketReplication: 'GetReplicationConfiguration',
  PutBucketReplication: 'PutReplicationConfiguration',
  DeleteBucketReplication: 'PutReplicationConfiguration',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
  GetBucketLogging: 'GetBucketLogging',
  PutBucketLogging: 'PutBucketLogging',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  GetBucketOwnershipControls: 'GetBucketOwnershipControls',
  PutBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  GetBucketRequestPayment: 'GetBucketRequestPayment',
  PutBucketRequestPayment: 'PutBucketRequestPayment',
  GetBucketWebsite: 'GetBucketWebsite',
  PutBucketWebsite: 'PutBucketWebsite',
  DeleteBucketWebsite: 'DeleteBucketWebsite',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
}

const objectActions: Readonly<Record<string, string>> = {
  GetObject: 'GetObject',
  HeadObject: 'GetObject',
  GetObjectAttributes: 'GetObject',
  GetObjectAcl: 'GetObjectAcl',
  PutObjectAcl: 'PutObjectAcl',
  GetObjectTagging: 'GetObjectTagging',
  PutObjectTagging: 'PutObjectTagging',
  DeleteObjectTagging: 'DeleteObjectTagging',
  PutObject: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  AbortMultipartUpload: 'AbortMultipartUpload',
  ListParts: 'ListMultipartUploadParts',
  DeleteObject: 'DeleteObject',
}

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`
const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`

/** `GetObject` of a version is `GetObjectVersion`, and so on; writing has no such twin but `DeleteObject`. */
const ofVersion = (action: string, version: string | undefined): string => {
  if (version === undefined) return action
  if (action === 'DeleteObject' || action === 'GetObject') return `${action}Version`
  return /^(?:Get|Put|Delete)Object(?:Acl|Tagging)$/.test(action) ? action.replace('Object', 'ObjectVersion') : action
}

/**
 * What an operation asks of its bucket or objects. What it copies from is asked apart, of whoever owns that.
 */
export function s3Questions(operation: string, input: AddressedInput, call: ServiceCall, known: Known): Question[] {
  const { Bucket, Key = '', VersionId } = input
  const context = policyFacts(operation, input, call, known)
  if (Bucket === undefined) return [{ action: 's3:ListAllMyBuckets', resource: '*', context }]
  if (operation === 'DeleteObjects')
    return (input.Delete?.Objects ?? []).map((object) => ({
      action: `s3:${ofVersion('DeleteObject', object.VersionId)}`,
      resource: objectArn(Bucket, object.Key ?? ''),
      context: { ...context, 's3:versionid': object.VersionId },
    }))
  const onBucket = bucketActions[operation]
  if (onBucket !== undefined)
    return [
      { action: `s3:${onBucket}`, resource: bucketArn(Bucket), context },
      ...passedRoles(call, 's3', input.ReplicationConfiguration?.Role),
    ]
  const action = objectActions[operation] ?? operation
  const resource = objectArn(Bucket, Key)
  const questions = [{ action: `s3:${ofVersion(action, VersionId)}`, resource, context }]
  if (action === 'PutObject' && input.Tagging !== undefined && input.Tagging !== '')
    questions.push({ action: 's3:PutObjectTagging', resource, context })
  if (action === 'PutObject' && input.ACL !== undefined)
    questions.push({ action: 's3:PutObjectAcl', resource, context })
  return questions
}

export function copyQuestion(source: string, context: Question['context']): Question {
  const { bucket, key, versionId } = parseCopySource(source)
  return { action: `s3:${ofVersion('GetObject', versionId)}`, resource: objectArn(bucket, key), context }
}
