/** Tags of objects and buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
import { deleteSetting, putSetting, setting } from '../../core/objects/buckets.ts'
import { findObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { amendVersion } from '../../core/objects/versions.ts'
import { AwsError } from '../../protocol/service.ts'
import type { S3Handlers } from './handlers.ts'
import { shownVersion } from './versioning.ts'

type Tags = Readonly<Record<string, string>>

const limits = { objectTags: 10, bucketTags: 50, keyLength: 128, valueLength: 256 } as const

const invalidTag = (message: string) => new AwsError('InvalidTag', message)

export function parseTagHeader(header: string): Tags {
  const pairs = [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }))
  return tagsOf(pairs, limits.objectTags)
}

function tagsOf(tags: readonly { readonly Key?: string; readonly Value?: string }[], limit: number): Tags {
  if (tags.length > limit) {
    const what = limit === limits.objectTags ? 'Object tags' : 'Bucket tag count'
    throw new AwsError('BadRequest', `${what} cannot be greater than ${limit}`)
  }
  const seen = new Map<string, string>()
  for (const { Key = '', Value = '' } of tags) {
    if (seen.has(Key)) throw invalidTag('Cannot provide multiple Tags with the same key')
    if (Key === '' || Key.length > limits.keyLength) throw invalidTag('The TagKey you have provided is invalid')
    if (Value.length > limits.valueLength) throw invalidTag('The TagValue you have provided is invalid')
    if (Key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester')
    seen.set(Key, Value)
  }
  return Object.fromEntries(seen)
}

const tagSet = (tags: Tags | undefined) => Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }))

export const tagHandlers = (store: ObjectStore): S3Handlers => ({
  async GetObjectTagging({ Bucket, Key, VersionId }) {
    const object = findObject(store, Bucket, Key, VersionId)
    return { TagSet: tagSet(object.tags), VersionId: shownVersion(store, Bucket, object.versionId) }
  },
  async PutObjectTagging({ Bucket, Key, VersionId, Tagging }) {
    const tags = tagsOf(Tagging.TagSet, limits.objectTags)
    const object = await store.state.transaction((tx) =>
      amendVersion(tx, Bucket, Key, VersionId, (version) => ({ ...version, tags })),
    )
    return { VersionId: shownVersion(store, Bucket, object.versionId) }
  },
  async DeleteObjectTagging({ Bucket, Key, VersionId }) {
    const object = await store.state.transaction((tx) =>
      amendVersion(tx, Bucket, Key, VersionId, ({ tags: _, ...version }) => version),
    )
    return { VersionId: shownVersion(store, Bucket, object.versionId) }
  },

  async GetBucketTagging({ Bucket }) {
    const tags = setting<Tags>(store, Bucket, 'tags')
    if (!tags) {
      const members = { BucketName: Bucket }
      throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', { status: 404, members })
    }
    return { TagSet: tagSet(tags) }
  },
  async PutBucketTagging({ Bucket, Tagging }) {
    await putSetting(store, Bucket, 'tags', tagsOf(Tagging.TagSet, limits.bucketTags))
    return {}
  },
  async DeleteBucketTagging({ Bucket }) {
    await deleteSetting(store, Bucket, 'tags')
    return {}
  },
})
