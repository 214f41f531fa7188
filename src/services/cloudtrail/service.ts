import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { Lake } from '../../core/lake.ts'
import { deferHandlers, defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { translate } from './faults.ts'

export const cloudTrail = (lake: Lake): ServiceDefinition =>
  defineService<typeof Sdk>('cloudtrail', {
    faults: translate,
    handlers: {
      ...deferHandlers<typeof Sdk>(
        [
          'CreateTrail',
          'UpdateTrail',
          'DeleteTrail',
          'DescribeTrails',
          'GetTrail',
          'ListTrails',
          'StartLogging',
          'StopLogging',
          'GetTrailStatus',
        ],
        async () => (await import('./trails.ts')).trailHandlers(lake),
      ),
      ...deferHandlers<typeof Sdk>(
        ['GetEventSelectors', 'PutEventSelectors', 'GetInsightSelectors', 'PutInsightSelectors'],
        async () => (await import('./selectors.ts')).selectorHandlers(lake),
      ),
      ...deferHandlers<typeof Sdk>(['LookupEvents', 'ListPublicKeys'], async () =>
        (await import('./lookups.ts')).lookupHandlers(lake),
      ),
      ...deferHandlers<typeof Sdk>(['AddTags', 'RemoveTags', 'ListTags'], async () =>
        (await import('./tags.ts')).tagHandlers(lake),
      ),
    },
  })
