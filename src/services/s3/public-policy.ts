/** Whether a bucket's policy lets in the public. */
import { bucketPolicy } from '../../core/objects/buckets.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { isPublicDocument } from '../../core/policies/public-policies.ts'

export function isPublicPolicy(store: ObjectStore, bucket: string): boolean {
  const text = bucketPolicy(store.state, bucket)
  return text !== undefined && isPublicDocument(text)
}
