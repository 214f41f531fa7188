import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Lake } from '../../core/lake.ts'
import { deferHandlers, defineService, type ServiceDefinition } from '../../protocol/service.ts'

export const cloudWatch = (lake: Lake): ServiceDefinition =>
  defineService<typeof Sdk>('cloudwatch', {
    faults: {
      'not-found': 'ResourceNotFound',
      invalid: 'InvalidParameterValue',
      limit: 'LimitExceeded',
      conflict: 'InvalidParameterCombination',
      'storage-full': 'InternalServiceFault',
    },
    handlers: {
      ...deferHandlers<typeof Sdk>(
        ['PutMetricData', 'ListMetrics', 'GetMetricStatistics', 'GetMetricData'],
        async () => ({
          ...(await import('./metrics.ts')).metricHandlers(lake),
          ...(await import('./metric-data.ts')).metricDataHandlers(lake),
        }),
      ),
      ...deferHandlers<typeof Sdk>(
        [
          'PutMetricAlarm',
          'DescribeAlarms',
          'DescribeAlarmsForMetric',
          'DescribeAlarmHistory',
          'DeleteAlarms',
          'SetAlarmState',
          'EnableAlarmActions',
          'DisableAlarmActions',
        ],
        async () => (await import('./alarms.ts')).alarmHandlers(lake),
      ),
      ...deferHandlers<typeof Sdk>(['PutDashboard', 'GetDashboard', 'ListDashboards', 'DeleteDashboards'], async () =>
        (await import('./dashboards.ts')).dashboardHandlers(lake),
      ),
      ...deferHandlers<typeof Sdk>(['TagResource', 'UntagResource', 'ListTagsForResource'], async () =>
        (await import('./tags.ts')).tagHandlers(lake),
      ),
    },
  })
