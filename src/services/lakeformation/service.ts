import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { lakeFormationError } from './faults.ts'

export const lakeFormation = (lake: Lake, sessions: Sessions): ServiceDefinition =>
  defineService<typeof Sdk>('lakeformation', {
    faults: lakeFormationError,
    own: {
      access: async (input, call) => (await import('./access-explanation.ts')).accessExplanation(lake, input, call),
    },
    handlers: async () => (await import('./handlers.ts')).lakeFormationHandlers(lake, sessions),
  })
