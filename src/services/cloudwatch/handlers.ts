import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { alarmHandlers } from './alarms.ts'
import { dashboardHandlers } from './dashboards.ts'
import { metricDataHandlers } from './metric-data.ts'
import { metricHandlers } from './metrics.ts'
import { tagHandlers } from './tags.ts'

export const cloudWatchHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  ...metricHandlers(lake),
  ...metricDataHandlers(lake),
  ...alarmHandlers(lake),
  ...dashboardHandlers(lake),
  ...tagHandlers(lake),
})
