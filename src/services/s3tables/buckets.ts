import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-s3tables'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { addTags, eraseTags } from '../../core/resources/tags.ts'
import { type TableBucket, tableBuckets } from '../../core/table-buckets/table-buckets.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { addressedBucket, bucketArn, pageOf } from './addresses.ts'
import { eraseSettings, firstSettings, requireKeyOf } from './settings.ts'

const MOST = 1000

export function buckets(lake: Lake): Handlers<typeof Sdk> {
  return {
    async CreateTableBucket(input, call) {
      const { name, encryptionConfiguration, storageClassConfiguration, tags = {} } = input
      if (
        !/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name) ||
        /^(?:xn--|sthree-|amzn-s3-demo|aws)|-s3alias$|--/.test(name)
      )
        throw new Fault('invalid', 'table bucket', 'The specified bucket name is not valid.')
      requireKeyOf(encryptionConfiguration)
      const bucket = { name, id: randomUUID(), createdAt: lake.clock.now().toISOString() }
      await tableBuckets(lake.state, call).create(name, bucket, (tx) => {
        firstSettings(tx, call, bucket.id, { encryptionConfiguration, storageClassConfiguration })
        addTags(tx, bucketArn(call, name), tags)
      })
      return { arn: bucketArn(call, name) }
    },

    GetTableBucket({ tableBucketARN }, call) {
      return described(addressedBucket(lake, call, tableBucketARN).bucket, call)
    },

    ListTableBuckets({ prefix = '', continuationToken: token, maxBuckets = MOST }, call) {
      const { items, continuationToken } = pageOf(
        token,
        maxBuckets,
        (after, limit) => listedBuckets(lake, call, prefix, after, limit),
        ({ name }) => name,
      )
      return { tableBuckets: items.map((bucket) => described(bucket, call)), continuationToken }
    },

    async DeleteTableBucket({ tableBucketARN }, call) {
      const { bucket, scope, arn } = addressedBucket(lake, call, tableBucketARN)
      if (lake.catalog.databases.list(scope, { limit: 1 }).length > 0)
        throw new Fault('conflict', 'table bucket', 'The bucket that you tried to delete is not empty.')
      await tableBuckets(lake.state, call).delete(bucket.name, (tx) => {
        eraseSettings(tx, call, bucket.id)
        eraseTags(tx, arn)
      })
      return {}
    },
  }
}

/** A collection lists by name alone; a prefix is a stretch of it. */
function listedBuckets(lake: Lake, call: ServiceCall, prefix: string, after: string | undefined, limit: number) {
  const found: TableBucket[] = []
  for (let last = after; ; ) {
    const page = tableBuckets(lake.state, call).list({ after: last, limit: MOST })
    found.push(...page.map(({ doc }) => doc).filter(({ name }) => name.startsWith(prefix)))
    if (page.length < MOST || found.length >= limit) return found.slice(0, limit)
    last = page.at(-1)!.key
  }
}

const described = ({ name, id, createdAt }: TableBucket, call: ServiceCall) => ({
  arn: bucketArn(call, name),
  name,
  ownerAccountId: call.account,
  createdAt: new Date(createdAt),
  tableBucketId: id,
  type: 'customer' as const,
})
