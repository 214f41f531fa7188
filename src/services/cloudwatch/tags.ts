import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Lake } from '../../core/lake.ts'
import { alarmKey, alarmSpace } from '../../core/measurements/alarms.ts'
import { addTags, removeTags, type Tags, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'

export const tagRecord = (tags: readonly { readonly Key?: string; readonly Value?: string }[] = []): Tags =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))

export const tagHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async TagResource({ ResourceARN, Tags }, call) {
    requireAlarm(lake, call, ResourceARN)
    await lake.state.transaction((tx) => addTags(tx, ResourceARN, tagRecord(Tags)))
    return {}
  },
  async UntagResource({ ResourceARN, TagKeys }, call) {
    requireAlarm(lake, call, ResourceARN)
    await lake.state.transaction((tx) => removeTags(tx, ResourceARN, TagKeys))
    return {}
  },
  ListTagsForResource({ ResourceARN }, call) {
    requireAlarm(lake, call, ResourceARN)
    return { Tags: Object.entries(tagsOf(lake.state, ResourceARN)).map(([Key, Value]) => ({ Key, Value })) }
  },
})

function requireAlarm({ state }: Lake, call: ServiceCall, arn: string): void {
  const name = /^arn:aws:cloudwatch:[^:]*:\d*:alarm:(.+)$/.exec(arn)?.[1]
  if (name !== undefined && state.get(alarmSpace, alarmKey(call, name))) return
  throw new AwsError('ResourceNotFoundException', `There is no resource ${arn}.`, {
    status: 404,
    members: { ResourceType: 'alarm', ResourceId: arn },
  })
}
