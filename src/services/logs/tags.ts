import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import { logRooms } from '../../core/logs/log-groups.ts'
import { addTags, removeTags, tagsOf } from '../../core/resources/tags.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { groupArn, nameIn } from './members.ts'

export const tagHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const rooms = logRooms(lake.state, lake.clock)
  const arnOf = (call: ServiceCall, identifier: string): string =>
    groupArn(call, rooms.get(call, nameIn(identifier)).name)
  const add = async (call: ServiceCall, identifier: string, tags: Record<string, string>) => {
    const arn = arnOf(call, identifier)
    await lake.state.transaction((tx) => addTags(tx, arn, tags))
    return {}
  }
  const remove = async (call: ServiceCall, identifier: string, keys: readonly string[]) => {
    const arn = arnOf(call, identifier)
    await lake.state.transaction((tx) => removeTags(tx, arn, keys))
    return {}
  }
  const list = (call: ServiceCall, identifier: string) => ({ tags: { ...tagsOf(lake.state, arnOf(call, identifier)) } })
  return {
    TagResource: ({ resourceArn, tags }, call) => add(call, resourceArn, tags),
    UntagResource: ({ resourceArn, tagKeys }, call) => remove(call, resourceArn, tagKeys),
    ListTagsForResource: ({ resourceArn }, call) => list(call, resourceArn),
    TagLogGroup: ({ logGroupName, tags }, call) => add(call, logGroupName, tags),
    UntagLogGroup: ({ logGroupName, tags }, call) => remove(call, logGroupName, tags),
    ListTagsLogGroup: ({ logGroupName }, call) => list(call, logGroupName),
  }
}
