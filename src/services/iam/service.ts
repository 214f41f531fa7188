import type * as Sdk from '@aws-sdk/client-iam'
import type { Fault } from '../../core/faults.ts'
import { AwsError, defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { iamAuthorization } from './authorization.ts'
import type { IamRooms } from './rooms.ts'

export const iam = (rooms: IamRooms): ServiceDefinition =>
  defineService<typeof Sdk>('iam', {
    faults: iamError,
    authorization: iamAuthorization(rooms),
    own: {
      accounts: async (input, call) => (await import('./accounts.ts')).accountRequest(rooms, input, call),
    },
    handlers: async () => (await import('./handlers.ts')).iamHandlers(rooms),
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
