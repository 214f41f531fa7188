import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { secretsAuthorization } from './authorization.ts'

export const secretsManager = (lake: Lake): ServiceDefinition =>
  defineService<typeof Sdk>('secretsmanager', {
    faults: {
      'not-found': 'ResourceNotFoundException',
      'already-exists': 'ResourceExistsException',
      invalid: 'InvalidParameterException',
      conflict: 'InvalidRequestException',
      denied: 'AccessDeniedException',
      limit: 'LimitExceededException',
      precondition: 'EncryptionFailure',
      'not-ready': 'DecryptionFailure',
    },
    authorization: secretsAuthorization(lake),
    handlers: async () => (await import('./handlers.ts')).secretHandlersOf(lake),
  })
