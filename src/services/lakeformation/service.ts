import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Lake } from '../../core/lake.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { QueryPlans } from '../../core/queries/query-plans.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { lakeFormationAuthorization } from './authorization.ts'
import { lakeFormationError } from './faults.ts'

export function lakeFormation(lake: Lake, sessions: Sessions, limits: EngineLimits): ServiceDefinition {
  const plans = new QueryPlans(lake, limits)
  return defineService<typeof Sdk>('lakeformation', {
    faults: lakeFormationError,
    authorization: lakeFormationAuthorization,
    own: {
      access: async (input, call) =>
        (await import('./access-explanation.ts')).accessExplanation(lake, limits, input, call),
    },
    handlers: async () => (await import('./handlers.ts')).lakeFormationHandlers(lake, sessions, plans),
    close: () => plans.close(),
  })
}
