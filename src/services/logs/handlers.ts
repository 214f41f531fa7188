import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { eventHandlers } from './events.ts'
import { groupHandlers } from './groups.ts'
import { insightsHandlers } from './insights-queries.ts'
import { metricFilterHandlers } from './metric-filters.ts'
import { tagHandlers } from './tags.ts'

export const logHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  ...groupHandlers(lake),
  ...eventHandlers(lake),
  ...metricFilterHandlers(lake),
  ...insightsHandlers(lake),
  ...tagHandlers(lake),
})
