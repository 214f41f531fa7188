import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import { deferHandlers, defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { keepRetention } from './retention.ts'

const later = deferHandlers<typeof Sdk>

export function logs(lake: Lake, report: (error: unknown) => void): ServiceDefinition {
  const closing = new AbortController()
  return defineService<typeof Sdk>('logs', {
    faults: {
      'not-found': 'ResourceNotFoundException',
      'already-exists': 'ResourceAlreadyExistsException',
      invalid: 'InvalidParameterException',
      limit: 'LimitExceededException',
      conflict: 'OperationAbortedException',
      'storage-full': 'ServiceUnavailableException',
    },
    handlers: {
      ...later(
        [
          'CreateLogGroup',
          'DeleteLogGroup',
          'DescribeLogGroups',
          'ListLogGroups',
          'PutRetentionPolicy',
          'DeleteRetentionPolicy',
          'CreateLogStream',
          'DeleteLogStream',
          'DescribeLogStreams',
        ],
        async () => (await import('./groups.ts')).groupHandlers(lake),
      ),
      ...later(['PutLogEvents', 'GetLogEvents', 'FilterLogEvents', 'GetLogRecord'], async () =>
        (await import('./events.ts')).eventHandlers(lake),
      ),
      ...later(['PutMetricFilter', 'DescribeMetricFilters', 'DeleteMetricFilter', 'TestMetricFilter'], async () =>
        (await import('./metric-filters.ts')).metricFilterHandlers(lake),
      ),
      ...later(['StartQuery', 'GetQueryResults', 'StopQuery', 'DescribeQueries'], async () =>
        (await import('./insights-queries.ts')).insightsHandlers(lake),
      ),
      ...later(
        ['TagResource', 'UntagResource', 'ListTagsForResource', 'TagLogGroup', 'UntagLogGroup', 'ListTagsLogGroup'],
        async () => (await import('./tags.ts')).tagHandlers(lake),
      ),
    },
    open: async () => keepRetention(lake, closing.signal, report),
    close: async () => closing.abort(),
  })
}
