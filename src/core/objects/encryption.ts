/** How objects are encrypted: by S3's own key, or by keys of KMS, of which AWS has one for S3 where none is named. */
import type { EncryptionContext } from '../keys/encryption-context.ts'

export interface ObjectEncryption {
  readonly algorithm: string
  readonly keyId?: string
  /** By a key of the bucket's, which the key of KMS has given for many objects. */
  readonly bucketKey?: boolean
  /** Told of the object beside its ARN. */
  readonly context?: EncryptionContext
  /** The ARN of what the object is a part of, of which KMS is told in the place of the bucket: of a table of a table bucket. */
  readonly partOf?: string
}

/** AWS's own, where none is named. */
export const OWN_KEY = 'alias/aws/s3'

export const isByKey = (encryption: ObjectEncryption | undefined): encryption is ObjectEncryption =>
  encryption?.algorithm.startsWith('aws:kms') === true

/** To what S3 binds the key of an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context */
export const objectContext = (
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { bucketKey, context, partOf }: Pick<ObjectEncryption, 'bucketKey' | 'context' | 'partOf'>,
): EncryptionContext => ({
  ...context,
  'aws:s3:arn': partOf === undefined ? `arn:aws:s3:::${bucket}${bucketKey ? '' : `/${key}`}` : `${partOf}/${key}`,
})
