import type * as Sdk from '@aws-sdk/client-sts'
import type { IdentityRooms } from '../../core/access/identity-rooms.ts'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Principal } from '../../core/call.ts'
import type { AccessKeys } from '../../core/identities/access-keys.ts'
import { accountOfKeyId } from '../../core/identities/key-ids.ts'
import type { Clock, StateStore } from '../../core/ports.ts'
import {
  AwsError,
  defineService,
  type Rules,
  type ServiceCall,
  type ServiceDefinition,
} from '../../protocol/service.ts'
import { assumedRoleHandlers } from './assumed-roles.ts'
import { sessionTags } from './session-tags.ts'
import { credentialsShape, sessionPolicies, tagPairs } from './sessions.ts'
import { webIdentityHandlers } from './web-identities.ts'

export interface StsRooms extends IdentityRooms {
  readonly clock: Clock
  readonly sessions: Sessions
  readonly accessKeys: AccessKeys
  readonly state: StateStore
  /** The file of the keys of OpenID Connect providers, where there is one. */
  readonly oidcKeys?: string
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: the root's sessions last an hour at most. */
const maxRootSessionSeconds = 3600
const defaultSessionSeconds = 43_200

const rules: Rules<typeof Sdk> = {
  // "No permissions are required to perform this operation."
  GetCallerIdentity: () => [],
  GetSessionToken: () => [],
  // The handler asks, by the role's trust policy.
  AssumeRole: () => [],
  AssumeRoleWithWebIdentity: () => [],
  GetFederationToken({ Name, Tags }, { account }) {
    const resource = `arn:aws:sts::${account}:federated-user/${Name}`
    return Tags?.length ? [resource, { action: 'sts:TagSession', resource }] : resource
  },
  GetAccessKeyInfo: () => '*',
  DecodeAuthorizationMessage: () => '*',
}

/** docs: IAM UserGuide, id_credentials_sts-comparison, "Restrictions on resulting temporary credentials". */
function admit({ operation, principal: { kind, endsAt } }: ServiceCall): void {
  if (endsAt === undefined || operation === 'GetCallerIdentity') return
  const open = kind === 'role' ? !LASTING_KEYS_ONLY.has(operation) : kind !== 'federated' && operation === 'AssumeRole'
  if (!open) throw new AwsError('AccessDenied', `Cannot call ${operation} with session credentials`, { status: 403 })
}

const LASTING_KEYS_ONLY: ReadonlySet<string> = new Set(['GetFederationToken', 'GetSessionToken'])

export function sts(rooms: StsRooms): ServiceDefinition {
  const { clock, sessions } = rooms
  const until = (principal: Principal, wanted = defaultSessionSeconds) => {
    const seconds = principal.kind === 'root' ? Math.min(wanted, maxRootSessionSeconds) : wanted
    return new Date(clock.now().getTime() + seconds * 1000)
  }
  return defineService<typeof Sdk>('sts', {
    faults: { denied: 'AccessDenied', invalid: 'ValidationError' },
    authorization: { prefix: 'sts', rules, admit },
    handlers: {
      ...assumedRoleHandlers(rooms),
      ...webIdentityHandlers(rooms),
      GetCallerIdentity: (_input, { principal }) => ({
        UserId: principal.id ?? principal.account,
        Account: principal.account,
        Arn: principal.arn,
      }),

      GetSessionToken(input, { principal }) {
        if (input.TokenCode !== undefined || input.SerialNumber !== undefined)
          throw new AwsError('AccessDenied', 'MultiFactorAuthentication failed, unable to validate MFA code.', {
            status: 403,
          })
        const issuedAt = clock.now().toISOString()
        const owner = principal.kind === 'root' ? principal : { ...principal, session: { issuedAt } }
        return { Credentials: credentialsShape(sessions.issue(owner, until(principal, input.DurationSeconds))) }
      },

      GetFederationToken(input, { principal }) {
        const { account } = principal
        const federated: Principal = {
          kind: 'federated',
          arn: `arn:aws:sts::${account}:federated-user/${input.Name}`,
          account,
          accessKeyId: '',
          id: `${account}:${input.Name}`,
          entityArn: principal.arn,
          // "If you do not pass a policy, the federated user has no permissions."
          session: {
            issuedAt: clock.now().toISOString(),
            policies: sessionPolicies(input, rooms.identities.of(account)) ?? [],
            tags: sessionTags({ tags: tagPairs(input.Tags) }).tags,
          },
        }
        if (principal.kind === 'root')
          throw new AwsError('AccessDenied', 'Sessions of federated users are begun with the keys of a user.', {
            status: 403,
          })
        return {
          Credentials: credentialsShape(sessions.issue(federated, until(principal, input.DurationSeconds))),
          FederatedUser: { FederatedUserId: federated.id, Arn: federated.arn },
        }
      },

      GetAccessKeyInfo({ AccessKeyId }, { account, principal }) {
        const known = rooms.accessKeys.find(AccessKeyId)?.account
        const own = AccessKeyId === principal.accessKeyId ? account : undefined
        const told = known ?? own ?? accountOfKeyId(AccessKeyId)
        if (told === undefined || !rooms.accounts.list().some(({ id }) => id === told))
          throw new AwsError('ValidationError', `The access key ${AccessKeyId} is of no account here.`)
        return { Account: told }
      },

      // What denials encode is of services that are none of these: there is no message that would be valid.
      DecodeAuthorizationMessage() {
        throw new AwsError('InvalidAuthorizationMessageException', 'Message is not valid')
      },
    },
  })
}
