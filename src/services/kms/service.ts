import type * as Sdk from '@aws-sdk/client-kms'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { kmsAuthorization } from './authorization.ts'

export const kms = (lake: Lake): ServiceDefinition =>
  defineService<typeof Sdk>('kms', {
    faults: {
      'not-found': 'NotFoundException',
      'already-exists': 'AlreadyExistsException',
      invalid: 'ValidationException',
      conflict: 'KMSInvalidStateException',
      'not-ready': 'DisabledException',
      precondition: 'InvalidCiphertextException',
      limit: 'LimitExceededException',
      unsupported: 'UnsupportedOperationException',
    },
    authorization: kmsAuthorization(lake),
    handlers: async () => (await import('./handlers.ts')).kmsHandlers(lake),
  })
