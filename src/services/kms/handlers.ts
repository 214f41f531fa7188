import type * as Sdk from '@aws-sdk/client-kms'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { agreementHandlers } from './agreements.ts'
import { aliasHandlers } from './aliases.ts'
import { cipherHandlers } from './ciphers.ts'
import { dataKeyHandlers } from './data-keys.ts'
import { grantHandlers } from './grants.ts'
import { keyHandlers } from './keys.ts'
import { macHandlers } from './macs.ts'
import { policyHandlers } from './policies.ts'
import { rotationHandlers } from './rotations.ts'
import { signatureHandlers } from './signatures.ts'
import { tagHandlers } from './tags.ts'

export const kmsHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
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
})
