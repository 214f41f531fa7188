import { Fault } from '../../core/faults.ts'
import { bucketIn } from '../../core/objects/buckets.ts'
import { type Deleted, deleteObject, deleteObjects } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { malformedXml, toAwsError } from './faults.ts'
import type { S3Handlers } from './handlers.ts'

const maxKeysAtOnce = 1000

export const deletionHandlers = (store: ObjectStore): S3Handlers => ({
  async DeleteObject({ Bucket, Key, VersionId, IfMatch }) {
    const deleted = await deleteObject(store, Bucket, {
      key: Key,
      versionId: VersionId,
      condition: { ifMatch: IfMatch },
    })
    return describe(deleted, bucketIn(store.state, Bucket).versioning !== undefined)
  },

  async DeleteObjects({ Bucket, Delete }) {
    const { Objects, Quiet } = Delete
    if (Objects.length === 0 || Objects.length > maxKeysAtOnce) throw malformedXml()
    const outcomes = await deleteObjects(
      store,
      Bucket,
      Objects.map(({ Key, VersionId, ETag }) => ({ key: Key, versionId: VersionId, condition: { ifMatch: ETag } })),
    )
    const versioned = bucketIn(store.state, Bucket).versioning !== undefined
    const paired = Objects.map(({ Key, VersionId }, index) => ({ Key, VersionId, outcome: outcomes[index] }))
    return {
      Deleted: paired.flatMap(({ Key, VersionId, outcome }) => {
        if (Quiet || !outcome || outcome instanceof Fault) return []
        const { DeleteMarker, VersionId: marker } = describe(outcome, versioned)
        return [{ Key, VersionId, DeleteMarker, DeleteMarkerVersionId: DeleteMarker ? marker : undefined }]
      }),
      Errors: paired.flatMap(({ Key, VersionId, outcome }) => {
        if (!(outcome instanceof Fault)) return []
        const { code, message } = toAwsError(outcome)
        return [{ Key, VersionId, Code: code, Message: message }]
      }),
    }
  },
})

/** A marker that was laid, or one that was removed for good. */
function describe({ laid, removed }: Deleted, versioned: boolean) {
  if (laid) return { DeleteMarker: true, VersionId: laid.versionId }
  if (!removed || !versioned) return {}
  return { DeleteMarker: removed.marker ? true : undefined, VersionId: removed.versionId }
}
