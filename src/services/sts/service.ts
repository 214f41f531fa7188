import { rootPrincipal } from '../../core/access/credentials.ts'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Principal } from '../../core/call.ts'
import type { Clock } from '../../core/ports.ts'
import { AwsError, defineService, type ServiceDefinition } from '../../protocol/service.ts'

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: the root's sessions last an hour at most. */
const maxRootSessionSeconds = 3600

export function sts(rooms: { readonly clock: Clock; readonly sessions: Sessions }): ServiceDefinition {
  return defineService<typeof import('@aws-sdk/client-sts')>('sts', {
    faults: { denied: 'AccessDenied', invalid: 'ValidationError' },
    handlers: {
      GetCallerIdentity: (_input, { principal }) => ({
        UserId: userId(principal),
        Account: principal.account,
        Arn: principal.arn,
      }),

      GetSessionToken: (input, { principal }) => {
        if (principal.accessKeyId.startsWith('ASIA'))
          throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 })
        if (input.TokenCode !== undefined || input.SerialNumber !== undefined)
          throw new AwsError('AccessDenied', 'MultiFactorAuthentication failed, unable to validate MFA code.', {
            status: 403,
          })
        const seconds = Math.min(input.DurationSeconds ?? maxRootSessionSeconds, maxRootSessionSeconds)
        const expiresAt = new Date(rooms.clock.now().getTime() + seconds * 1000)
        const owner = rootPrincipal(principal.account, principal.accessKeyId)
        const session = rooms.sessions.issue(owner, expiresAt)
        return {
          Credentials: {
            AccessKeyId: session.accessKeyId,
            SecretAccessKey: session.secretAccessKey,
            SessionToken: session.sessionToken,
            Expiration: session.expiresAt,
          },
        }
      },
    },
  })
}

/** The root is known by its account's number. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const userId = ({ id, account }: Principal) => id ?? account
