import type * as Sdk from '@aws-sdk/client-kms'
import type { Lake } from '../../core/lake.ts'
import { defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { agreementHandlers } from './agreements.ts'
import { aliasHandlers } from './aliases.ts'
import { kmsAuthorization } from './authorization.ts'
import { cipherHandlers } from './ciphers.ts'
import { dataKeyHandlers } from './data-keys.ts'
import { grantHandlers } from './grants.ts'
import { keyHandlers } from './keys.ts'
import { macHandlers } from './macs.ts'
import { policyHandlers } from './policies.ts'
import { rotationHandlers } from './rotations.ts'
import { signatureHandlers } from './signatures.ts'
import { tagHandlers } from './tags.ts'

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
    handlers: {
      ...keyHandlers(lake),
      ...aliasHandlers(lake),
      ...cipherHandlers(lake),
      ...dataKeyHandlers(lake),
      ...signatureHandlers(lake),
      ...macHandlers(lake),
      ...agreementHandlers(lake),
      ...rotationHandlers(lake),
      ...policyHandlers(lake),
      ...grantHandlers(lake),
      ...tagHandlers(lake),
    },
  })
