/**
 * Configurations that are stored and answered as given. What acts on them elsewhere: CORS (`cors.ts`), ownership and the
 * public-access block (`acls.ts`, `access.ts`), lifecycle (`lifecycle.ts`). The others are records only.
 */
import type {
  AccelerateConfiguration,
  BucketLoggingStatus,
  CORSConfiguration,
  NotificationConfiguration,
  OwnershipControls,
  PublicAccessBlockConfiguration,
  ReplicationConfiguration,
  ServerSideEncryptionConfiguration,
  WebsiteConfiguration,
} from '@aws-sdk/client-s3'
import { Fault } from '../../core/faults.ts'
import { bucketIn, deleteSetting, putSetting, setting } from '../../core/objects/buckets.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { parsePolicy } from '../../core/policies/document.ts'
import { AwsError } from '../../protocol/service.ts'
import { checkAclOfNewBucket } from './acls.ts'
import { malformedXml } from './faults.ts'
import type { S3Handlers } from './handlers.ts'

/** What every new bucket has (userguide/create-bucket-faq): public access blocked, ACLs off. */
export function newBucketSettings(ownership: string | undefined, acl: string | undefined) {
  const ObjectOwnership = ownership ?? 'BucketOwnerEnforced'
  checkAclOfNewBucket(ObjectOwnership, acl)
  return {
    ownership: { Rules: [{ ObjectOwnership }] },
    'public-access-block': {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    acl: acl ?? 'private',
  }
}

/** Every bucket has it since 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
const defaultEncryption: ServerSideEncryptionConfiguration = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
}

/** The error that says that a bucket has no such configuration. */
type Missing = readonly [code: string, message: string]

const missing = {
  policy: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
  cors: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
  block: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  ownership: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
  website: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'],
  objectLock: ['ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'],
  replication: ['ReplicationConfigurationNotFoundError', 'The replication configuration was not found'],
} as const satisfies Record<string, Missing>

export const bucketSettingHandlers = (store: ObjectStore): S3Handlers => {
  const required = <T>(bucket: string, name: string, [code, message]: Missing): T => {
    const doc = setting<T>(store, bucket, name)
    if (doc === undefined) throw new AwsError(code, message, { status: 404, members: { BucketName: bucket } })
    return doc
  }
  const put = async (bucket: string, name: string, doc: unknown) => {
    await putSetting(store, bucket, name, doc)
    return {}
  }
  const remove = async (bucket: string, name: string) => {
    await deleteSetting(store, bucket, name)
    return {}
  }
  return {
    GetBucketPolicy: async ({ Bucket }) => ({ Policy: required<string>(Bucket, 'policy', missing.policy) }),
    async PutBucketPolicy({ Bucket, Policy }) {
      checkPolicy(Bucket, Policy)
      return await put(Bucket, 'policy', Policy)
    },
    DeleteBucketPolicy: ({ Bucket }) => remove(Bucket, 'policy'),

    GetBucketCors: async ({ Bucket }) => required<CORSConfiguration>(Bucket, 'cors', missing.cors),
    async PutBucketCors({ Bucket, CORSConfiguration }) {
      checkCors(CORSConfiguration)
      return await put(Bucket, 'cors', CORSConfiguration)
    },
    DeleteBucketCors: ({ Bucket }) => remove(Bucket, 'cors'),

    GetBucketEncryption: async ({ Bucket }) => ({
      ServerSideEncryptionConfiguration:
        setting<ServerSideEncryptionConfiguration>(store, Bucket, 'encryption') ?? defaultEncryption,
    }),
    PutBucketEncryption: ({ Bucket, ServerSideEncryptionConfiguration }) =>
      put(Bucket, 'encryption', ServerSideEncryptionConfiguration),
    DeleteBucketEncryption: ({ Bucket }) => remove(Bucket, 'encryption'),

    GetPublicAccessBlock: async ({ Bucket }) => ({
      PublicAccessBlockConfiguration: required<PublicAccessBlockConfiguration>(
        Bucket,
        'public-access-block',
        missing.block,
      ),
    }),
    PutPublicAccessBlock: ({ Bucket, PublicAccessBlockConfiguration }) =>
      put(Bucket, 'public-access-block', PublicAccessBlockConfiguration),
    DeletePublicAccessBlock: ({ Bucket }) => remove(Bucket, 'public-access-block'),

    GetBucketOwnershipControls: async ({ Bucket }) => ({
      OwnershipControls: required<OwnershipControls>(Bucket, 'ownership', missing.ownership),
    }),
    PutBucketOwnershipControls: ({ Bucket, OwnershipControls }) => put(Bucket, 'ownership', OwnershipControls),
    DeleteBucketOwnershipControls: ({ Bucket }) => remove(Bucket, 'ownership'),

    GetBucketNotificationConfiguration: async ({ Bucket }) =>
      setting<NotificationConfiguration>(store, Bucket, 'notification') ?? {},
    PutBucketNotificationConfiguration: ({ Bucket, NotificationConfiguration }) =>
      put(Bucket, 'notification', NotificationConfiguration),

    GetBucketLogging: async ({ Bucket }) => setting<BucketLoggingStatus>(store, Bucket, 'logging') ?? {},
    PutBucketLogging: ({ Bucket, BucketLoggingStatus }) => put(Bucket, 'logging', BucketLoggingStatus),

    GetBucketWebsite: async ({ Bucket }) => required<WebsiteConfiguration>(Bucket, 'website', missing.website),
    PutBucketWebsite: ({ Bucket, WebsiteConfiguration }) => put(Bucket, 'website', WebsiteConfiguration),
    DeleteBucketWebsite: ({ Bucket }) => remove(Bucket, 'website'),

    GetBucketAccelerateConfiguration: async ({ Bucket }) =>
      setting<AccelerateConfiguration>(store, Bucket, 'accelerate') ?? {},
    PutBucketAccelerateConfiguration: ({ Bucket, AccelerateConfiguration }) =>
      put(Bucket, 'accelerate', AccelerateConfiguration),

    GetBucketRequestPayment: async ({ Bucket }) => ({
      Payer: setting<'BucketOwner' | 'Requester'>(store, Bucket, 'request-payment') ?? 'BucketOwner',
    }),
    PutBucketRequestPayment: ({ Bucket, RequestPaymentConfiguration }) =>
      put(Bucket, 'request-payment', RequestPaymentConfiguration.Payer),

    GetBucketReplication: async ({ Bucket }) => ({
      ReplicationConfiguration: required<ReplicationConfiguration>(Bucket, 'replication', missing.replication),
    }),
    async PutBucketReplication({ Bucket, ReplicationConfiguration }) {
      if (bucketIn(store.state, Bucket).versioning !== 'Enabled') {
        const message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        throw new AwsError('InvalidRequest', message)
      }
      return await put(Bucket, 'replication', ReplicationConfiguration)
    },
    DeleteBucketReplication: ({ Bucket }) => remove(Bucket, 'replication'),

    // Object Lock cannot be switched on here, so no bucket has it; tools that read all of a bucket ask.
    GetObjectLockConfiguration: async ({ Bucket }) => required(Bucket, 'object-lock', missing.objectLock),
  }
}

/** "Bucket policies are limited to 20 KB in size" (s3 ug, add-bucket-policy). */
const MOST_POLICY_BYTES = 20_480

function checkPolicy(bucket: string, policy: string): void {
  const malformed = (message: string) => new AwsError('MalformedPolicy', message)
  if (Buffer.byteLength(policy) > MOST_POLICY_BYTES)
    throw malformed(`Policies must not be larger than ${MOST_POLICY_BYTES} bytes`)
  try {
    const { statements } = parsePolicy(policy, 'resource')
    const own = new RegExp(`^(?:\\*|arn:aws[a-z-]*:s3:::${bucket.replaceAll('.', '\\.')}(?:\\*|/.*)?)$`, 's')
    if (!statements.every(({ resources }) => resources?.names.every((name) => own.test(name))))
      throw malformed('Policy has invalid resource')
    if (!statements.every(({ actions }) => actions.names.every((name) => /^(?:\*|s3:.+)$/i.test(name))))
      throw malformed('Policy has invalid action')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const noJson = error.message === 'Syntax errors in policy.'
    throw malformed(noJson ? "Policies must be valid JSON and the first byte must be '{'" : error.message)
  }
}

const corsMethods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'HEAD'])

function checkCors({ CORSRules = [] }: Partial<CORSConfiguration>): void {
  if (CORSRules.length === 0 || CORSRules.length > 100) throw malformedXml()
  for (const { AllowedMethods = [], AllowedOrigins = [] } of CORSRules) {
    for (const method of AllowedMethods) {
      if (corsMethods.has(method)) continue
      const message = `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`
      throw new AwsError('InvalidRequest', message)
    }
    for (const origin of AllowedOrigins) {
      if (origin.split('*').length > 2) {
        throw new AwsError('InvalidRequest', `AllowedOrigin "${origin}" can not have more than one wildcard.`)
      }
    }
  }
}
