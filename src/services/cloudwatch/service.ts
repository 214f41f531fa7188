import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { cloudWatchAuthorization } from './authorization.ts'

export const cloudWatch = (lake: Lake): ServiceDefinition =>
  defineService<typeof Sdk>('cloudwatch', {
    faults: {
      'not-found': 'ResourceNotFound',
      invalid: 'InvalidParameterValue',
      limit: 'LimitExceeded',
      conflict: 'InvalidParameterCombination',
      'storage-full': 'InternalServiceFault',
    },
    authorization: cloudWatchAuthorization,
    handlers: async () => (await import('./handlers.ts')).cloudWatchHandlers(lake),
  })
