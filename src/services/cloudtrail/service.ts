import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { translate } from './faults.ts'

export const cloudTrail = (lake: Lake): ServiceDefinition =>
  defineService<typeof Sdk>('cloudtrail', {
    faults: translate,
    handlers: async () => (await import('./handlers.ts')).cloudTrailHandlers(lake),
  })
