import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { listHandlers } from './listings.ts'
import { passwordHandlers } from './passwords.ts'
import { policyHandlers } from './policies.ts'
import { secretHandlers } from './secrets.ts'
import { tagHandlers } from './tags.ts'
import { valueHandlers } from './values.ts'

export const secretHandlersOf = (lake: Lake): Handlers<typeof Sdk> => ({
  ...secretHandlers(lake),
  ...valueHandlers(lake),
  ...listHandlers(lake),
  ...policyHandlers(lake),
  ...tagHandlers(lake),
  ...passwordHandlers,
})
