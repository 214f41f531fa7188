import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { logsAuthorization } from './authorization.ts'
import { keepRetention } from './retention.ts'

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
    authorization: logsAuthorization(lake),
    handlers: async () => (await import('./handlers.ts')).logHandlers(lake),
    open: async () => keepRetention(lake, closing.signal, report),
    close: async () => closing.abort(),
  })
}
