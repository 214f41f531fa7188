import { bucketIn, setVersioning } from '../../core/objects/buckets.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { AwsError } from '../../protocol/service.ts'
import type { S3Handlers } from './handlers.ts'

export const versioningHandlers = (store: ObjectStore): S3Handlers => ({
  async GetBucketVersioning({ Bucket }) {
    return { Status: bucketIn(store.state, Bucket).versioning }
  },
  async PutBucketVersioning({ Bucket, VersioningConfiguration: { Status, MFADelete } }) {
    if (MFADelete === 'Enabled') {
      throw new AwsError('NotImplemented', 'MFA delete is not implemented: this server knows no MFA devices.', {
        status: 501,
      })
    }
    if (Status !== 'Enabled' && Status !== 'Suspended') {
      const message = 'The Versioning element must be specified'
      throw new AwsError('IllegalVersioningConfigurationException', message)
    }
    await setVersioning(store, Bucket, Status)
    return {}
  },
})

/** A bucket that never had versioning does not speak of versions. */
export const shownVersion = (store: ObjectStore, bucket: string, versionId: string): string | undefined =>
  bucketIn(store.state, bucket).versioning ? versionId : undefined
