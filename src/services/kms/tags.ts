import type * as Sdk from '@aws-sdk/client-kms'
import { requireKept } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { addTags, removeTags, type Tags, tagsOf } from '../../core/resources/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOfAll } from './pages.ts'

export const tagHandlers = ({ keys, state }: Lake): Handlers<typeof Sdk> => ({
  async TagResource(input, call) {
    const key = keys.get(call, input.KeyId)
    requireKept(key)
    await state.transaction((tx) => addTags(tx, key.arn, tagRecord(input.Tags)))
    return {}
  },
  async UntagResource(input, call) {
    const key = keys.get(call, input.KeyId)
    requireKept(key)
    await state.transaction((tx) => removeTags(tx, key.arn, input.TagKeys))
    return {}
  },
  ListResourceTags(input, call) {
    const tags = Object.entries(tagsOf(state, keys.get(call, input.KeyId).arn))
    const { items, ...page } = pageOfAll(input, tags, ([key]) => key)
    return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...page }
  },
})

export const tagRecord = (tags: readonly { readonly TagKey?: string; readonly TagValue?: string }[] = []): Tags =>
  Object.fromEntries(tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]))
