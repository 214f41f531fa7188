import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { eventStores, storeKey } from '../../core/events/stores.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { addTags, removeTags, tagPairs, tagRecord, tagsOf } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { findTrail } from './trail-names.ts'

export const tagHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async AddTags({ ResourceId, TagsList }, call) {
    const arn = taggedArn(lake, call, ResourceId)
    await lake.state.transaction((tx) => addTags(tx, arn, tagRecord(TagsList)))
    return {}
  },
  async RemoveTags({ ResourceId, TagsList }, call) {
    const arn = taggedArn(lake, call, ResourceId)
    await lake.state.transaction((tx) =>
      removeTags(
        tx,
        arn,
        TagsList.map(({ Key = '' }) => Key),
      ),
    )
    return {}
  },
  ListTags({ ResourceIdList }, call) {
    const ResourceTagList = ResourceIdList.map((ResourceId) => ({
      ResourceId,
      TagsList: tagPairs(tagsOf(lake.state, taggedArn(lake, call, ResourceId))),
    }))
    return { ResourceTagList }
  },
})

/** Throws where there is no such thing. */
function taggedArn(lake: Lake, call: ServiceCall, id: string): string {
  const store = /:eventdatastore\/(.+)$/.exec(id)?.[1]
  if (store !== undefined) return eventStores(lake.state).get(storeKey(call, store)).arn
  if (/:(?:channel|dashboard)\//.test(id))
    throw new AwsError('ResourceTypeNotSupportedException', `Resource type is not supported: ${id}`)
  try {
    return findTrail(lake, call, id).arn
  } catch (error) {
    if (error instanceof Fault && error.kind === 'not-found')
      throw new AwsError('ResourceNotFoundException', `A resource with id ${id} does not exist.`)
    throw error
  }
}
