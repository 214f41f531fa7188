/** Sessions of roles: who may begin one is for the role's trust policy to say, and for the caller's own. */
import type * as Sdk from '@aws-sdk/client-sts'
import type { Question } from '../../core/access/access.ts'
import { askerOf } from '../../core/access/bounds.ts'
import type { IssuedSession } from '../../core/access/sessions.ts'
import type { Principal, SessionFacts } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import type { Role } from '../../core/identities/identity.ts'
import { compiledPolicy } from '../../core/policies/compilation.ts'
import { denialText } from '../../core/policies/denial-text.ts'
import { decide, type ResourceSide } from '../../core/policies/evaluation.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { tagFacts } from '../../protocol/tag-facts.ts'
import type { StsRooms } from './service.ts'
import { sessionTags } from './session-tags.ts'
import { credentialsShape, sessionPolicies, tagPairs } from './sessions.ts'

/** "Role chaining limits your role session to a maximum of one hour." */
const CHAINED_SECONDS = 3600
export const DEFAULT_SECONDS = 3600

export const assumedRoleHandlers = (rooms: StsRooms): Handlers<typeof Sdk> => ({
  AssumeRole(input, call) {
    const { RoleArn, RoleSessionName } = input
    const { session: before } = call.principal
    const { tags, transitiveTagKeys } = sessionTags(
      { tags: tagPairs(input.Tags), transitive: input.TransitiveTagKeys },
      before,
    )
    const sourceIdentity = before?.sourceIdentity ?? input.SourceIdentity
    const role = requireTrusted(rooms, call, RoleArn, {
      'sts:externalid': input.ExternalId,
      'sts:rolesessionname': RoleSessionName,
      'sts:sourceidentity': sourceIdentity,
      'sts:transitivetagkeys': input.TransitiveTagKeys,
      ...tagFacts(input),
    })
    const chained = call.principal.kind === 'role'
    const seconds = input.DurationSeconds ?? DEFAULT_SECONDS
    if (chained && seconds > CHAINED_SECONDS)
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      )
    // "After the source identity is set, the value cannot be changed" (id_credentials_temp_control-access_monitor).
    if ((input.SourceIdentity ?? sourceIdentity) !== sourceIdentity)
      throw new AwsError('ValidationError', 'The source identity of a session cannot be changed by role chaining.')
    const account = RoleArn.split(':')[4]!
    const { principal, session } = roleSession(rooms, {
      role,
      account,
      name: RoleSessionName,
      seconds,
      facts: {
        policies: sessionPolicies(input, rooms.identities.of(account)),
        tags,
        transitiveTagKeys,
        sourceIdentity,
      },
    })
    return {
      Credentials: credentialsShape(session),
      AssumedRoleUser: { AssumedRoleId: principal.id, Arn: principal.arn },
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
})

interface RoleSession {
  readonly role: Role
  readonly account: string
  readonly name: string
  readonly seconds: number
  readonly facts: Omit<SessionFacts, 'issuedAt'>
}

/** The session that begins, and who acts in it. */
export function roleSession(
  { clock, sessions }: StsRooms,
  { role, account, name, seconds, facts }: RoleSession,
): { readonly principal: Principal; readonly session: IssuedSession } {
  if (seconds > role.maxSessionSeconds)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  const now = clock.now()
  const principal: Principal = {
    kind: 'role',
    arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${name}`,
    account,
    accessKeyId: '',
    id: `${role.id}:${name}`,
    entityArn: role.arn,
    session: { issuedAt: now.toISOString(), ...facts },
  }
  return { principal, session: sessions.issue(principal, new Date(now.getTime() + seconds * 1000)) }
}

/**
 * Tags and a source identity need leaves of their own:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html, id_credentials_temp_control-access_monitor.html.
 * A role that is not there is refused in the same words, so that nobody learns which there are.
 */
function requireTrusted(
  { identities, policies, access }: StsRooms,
  call: ServiceCall,
  arn: string,
  context: Question['context'],
): Role {
  const [, account = '', name = ''] = /^arn:aws[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  if (name === '') throw new AwsError('ValidationError', `${arn} is invalid`)
  if (call.principal.kind === 'root')
    throw new AwsError('AccessDenied', 'Roles may not be assumed by root accounts.', { status: 403 })
  const role = identities.of(account).roles.find(name)
  const question = { action: 'sts:AssumeRole', resource: arn, context }
  const request = { ...question, asker: askerOf(call.principal), context: access.contextOf(call, question, account) }
  const trust = role?.arn === arn ? { compiled: compiledPolicy(role.trust, 'trust'), name: 'trust policy' } : undefined
  const side = { account, mustAllow: true, policies: trust ? [trust] : [] }
  const bounds = policies.boundsOf(call.principal)
  const decision = decide(request, bounds, side)
  if (!decision.allowed) throw new Fault('denied', 'policy', denialText(request, decision))
  const require = (action: string, of: ResourceSide): void => {
    const asked = { ...request, action }
    const outcome = decide(asked, bounds, of)
    if (!outcome.allowed) throw new Fault('denied', 'policy', denialText(asked, outcome))
  }
  if (context?.['aws:tagkeys']?.length) require('sts:TagSession', side)
  if (context?.['sts:sourceidentity'] !== undefined) {
    require('sts:SetSourceIdentity', side)
    // "in both the permissions policy of the principal who is assuming the role and in the role trust policy".
    if (call.principal.kind === 'role') require('sts:SetSourceIdentity', { account: call.principal.account })
  }
  return role!
}
