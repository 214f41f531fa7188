import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'

export function tags({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    GetTags: (input, call) => ({ Tags: { ...catalog.tags.get(scopeOf(call, undefined), input.ResourceArn) } }),

    async TagResource(input, call) {
      await catalog.tags.add(scopeOf(call, undefined), input.ResourceArn, input.TagsToAdd)
      return {}
    },

    async UntagResource(input, call) {
      await catalog.tags.remove(scopeOf(call, undefined), input.ResourceArn, input.TagsToRemove)
      return {}
    },
  }
}
