import type * as Sdk from '@aws-sdk/client-s3tables'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { addTags, removeTags, tagsOf } from '../../core/resources/tags.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { addressedBucket } from './addresses.ts'

/** Of table buckets and tables. */
export function tags(lake: Lake): Handlers<typeof Sdk> {
  const required = (call: ServiceCall, arn: string): string => {
    const [bucket = '', table] = arn.split('/table/')
    addressedBucket(lake, call, bucket)
    if (table === '') throw new Fault('not-found', 'table', 'The specified table does not exist.')
    return arn
  }
  return {
    ListTagsForResource: ({ resourceArn }, call) => ({ tags: tagsOf(lake.state, required(call, resourceArn)) }),
    async TagResource({ resourceArn, tags: added }, call) {
      const arn = required(call, resourceArn)
      await lake.state.transaction((tx) => addTags(tx, arn, added))
      return {}
    },
    async UntagResource({ resourceArn, tagKeys }, call) {
      const arn = required(call, resourceArn)
      await lake.state.transaction((tx) => removeTags(tx, arn, tagKeys))
      return {}
    },
  }
}
