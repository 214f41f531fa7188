/** How a bucket has its objects encrypted that say nothing of it themselves. */
import { setting } from './buckets.ts'
import type { ObjectEncryption } from './encryption.ts'
import type { ObjectStore } from './store.ts'

/** As S3's API has it. */
interface DefaultEncryption {
  readonly Rules?: readonly {
    readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string }
    readonly BucketKeyEnabled?: boolean
  }[]
}

/** Of what says nothing else. Undefined where it is what every bucket has unless told otherwise. */
export function defaultEncryption(store: ObjectStore, bucket: string): ObjectEncryption | undefined {
  const [rule] = setting<DefaultEncryption>(store, bucket, 'encryption')?.Rules ?? []
  const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {}
  if (SSEAlgorithm === undefined || SSEAlgorithm === 'AES256') return undefined
  return { algorithm: SSEAlgorithm, keyId: KMSMasterKeyID, bucketKey: rule?.BucketKeyEnabled }
}
