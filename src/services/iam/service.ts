import type * as Sdk from '@aws-sdk/client-iam'
import type { Fault } from '../../core/faults.ts'
import { AwsError, defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { accessKeyHandlers } from './access-keys.ts'
import { accountHandlers } from './account.ts'
import { iamAuthorization } from './authorization.ts'
import { boundaryHandlers } from './boundaries.ts'
import { groupHandlers } from './groups.ts'
import { holderPolicyHandlers } from './holder-policies.ts'
import { instanceProfileHandlers } from './instance-profiles.ts'
import { oidcHandlers } from './oidc-providers.ts'
import { policyHandlers } from './policies.ts'
import { roleHandlers } from './roles.ts'
import type { IamRooms } from './rooms.ts'
import { simulationHandlers } from './simulation.ts'
import { tagHandlers } from './tags.ts'
import { userHandlers } from './users.ts'

export const iam = (rooms: IamRooms): ServiceDefinition =>
  defineService<typeof Sdk>('iam', {
    faults: iamError,
    authorization: iamAuthorization(rooms),
    handlers: {
      ...userHandlers(rooms),
      ...groupHandlers(rooms),
      ...roleHandlers(rooms),
      ...policyHandlers(rooms),
      ...holderPolicyHandlers(rooms),
      ...boundaryHandlers(rooms),
      ...accessKeyHandlers(rooms),
      ...instanceProfileHandlers(rooms),
      ...oidcHandlers(rooms),
      ...tagHandlers(rooms),
      ...accountHandlers(rooms),
      ...simulationHandlers(rooms),
    },
  })

const codes: Readonly<Partial<Record<Fault['kind'], string>>> = {
  'not-found': 'NoSuchEntity',
  'already-exists': 'EntityAlreadyExists',
  invalid: 'InvalidInput',
  limit: 'LimitExceeded',
  'not-empty': 'DeleteConflict',
  unsupported: 'UnmodifiableEntity',
  denied: 'AccessDenied',
}

function iamError(fault: Fault): AwsError {
  const code = fault.noun === 'policy' && fault.kind === 'invalid' ? 'MalformedPolicyDocument' : codes[fault.kind]
  return new AwsError(code ?? 'ServiceFailure', fault.message)
}
