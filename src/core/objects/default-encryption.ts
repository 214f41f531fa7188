/** How a bucket has its objects encrypted that say nothing of it themselves. */
import { setting } from './buckets.ts'
import type { ObjectEncryption } from './encryption.ts'
import type { ObjectStore } from './store.ts'

/** As S3's API has it. */
export interface DefaultEncryption {
  readonly Rules?: readonly {
    readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string }
    readonly BucketKeyEnabled?: boolean
  }[]
  /** As `ObjectEncryption` has it; what the bucket says then holds for all objects in it, whatever is asked for. */
  readonly partOf?: string
}

/** Of what says nothing else. Undefined where it is what every bucket has unless told otherwise. */
export function defaultEncryption(store: ObjectStore, bucket: string): ObjectEncryption | undefined {
  const { Rules = [], partOf } = setting<DefaultEncryption>(store, bucket, 'encryption') ?? {}
  const [rule] = Rules
  const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {}
  if (SSEAlgorithm === undefined || SSEAlgorithm === 'AES256') return undefined
  return {
    algorithm: SSEAlgorithm,
    keyId: KMSMasterKeyID,
    bucketKey: rule?.BucketKeyEnabled,
    ...(partOf !== undefined && { partOf }),
  }
}
