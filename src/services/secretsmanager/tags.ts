import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Lake } from '../../core/lake.ts'
import { addTags, removeTags, tagRecord } from '../../core/resources/tags.ts'
import { requireLive } from '../../core/secrets/secrets.ts'
import type { Handlers } from '../../protocol/service.ts'

export const tagHandlers = ({ secrets, state }: Lake): Handlers<typeof Sdk> => ({
  async TagResource(input, call) {
    const secret = secrets.get(call, input.SecretId)
    requireLive(secret)
    await state.transaction((tx) => addTags(tx, secret.arn, tagRecord(input.Tags)))
    return {}
  },
  async UntagResource(input, call) {
    const secret = secrets.get(call, input.SecretId)
    requireLive(secret)
    await state.transaction((tx) => removeTags(tx, secret.arn, input.TagKeys))
    return {}
  },
})
