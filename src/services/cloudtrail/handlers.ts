import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { lookupHandlers } from './lookups.ts'
import { selectorHandlers } from './selectors.ts'
import { tagHandlers } from './tags.ts'
import { trailHandlers } from './trails.ts'

export const cloudTrailHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  ...trailHandlers(lake),
  ...selectorHandlers(lake),
  ...lookupHandlers(lake),
  ...tagHandlers(lake),
})
