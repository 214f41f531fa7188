/** Sessions of roles for who is known by a provider's token: the role's trust policy alone decides. */
import type * as Sdk from '@aws-sdk/client-sts'
import { readProviderKeys, type TokenClaims, TokenError, verifiedClaims } from '../../core/access/web-identity.ts'
import type { Principal } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import type { Role } from '../../core/identities/identity.ts'
import { type OidcProvider, oidcArn, oidcProviders } from '../../core/identities/oidc-providers.ts'
import { compiledPolicy } from '../../core/policies/compilation.ts'
import { decide } from '../../core/policies/evaluation.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { DEFAULT_SECONDS, roleSession } from './assumed-roles.ts'
import type { StsRooms } from './service.ts'
import { sessionTags } from './session-tags.ts'
import { credentialsShape, sessionPolicies } from './sessions.ts'

const ACTION = 'sts:AssumeRoleWithWebIdentity'

export const webIdentityHandlers = (rooms: StsRooms): Handlers<typeof Sdk> => ({
  async AssumeRoleWithWebIdentity(input, call) {
    const { RoleArn, RoleSessionName, WebIdentityToken, DurationSeconds: seconds = DEFAULT_SECONDS } = input
    if (input.ProviderId !== undefined)
      throw new AwsError('InvalidIdentityToken', 'Tokens of OAuth 2.0 are not taken here: an OpenID Connect token is.')
    const [, account = '', name = ''] = /^arn:aws[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(RoleArn) ?? []
    if (name === '') throw new AwsError('ValidationError', `${RoleArn} is invalid`)
    const claims = await claimsIn(rooms, WebIdentityToken)
    const provider = providerOf(rooms, account, claims)
    const role = rooms.identities.of(account).roles.find(name)
    if (
      role?.arn !== RoleArn ||
      !isTrusted(rooms, call, { role, account, claims, provider, sessionName: RoleSessionName })
    )
      throw new Fault('denied', 'policy', `Not authorized to perform ${ACTION}`)
    const policies = sessionPolicies(input, rooms.identities.of(account))
    const { sourceIdentity } = claims
    const tags = tagsOf(claims)
    const facts = { policies, ...tags, sourceIdentity, provider: provider.arn }
    const { principal, session } = roleSession(rooms, { role, account, name: RoleSessionName, seconds, facts })
    return {
      Credentials: credentialsShape(session),
      SubjectFromWebIdentityToken: claims.sub,
      AssumedRoleUser: { AssumedRoleId: principal.id, Arn: principal.arn },
      Provider: provider.arn,
      Audience: claims.azp ?? claims.aud[0],
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
})

/** docs: IAM UserGuide, id_session-tags: "You pass more than 50 session tags", keys of 128 characters, values of 256. */
const MOST_TAGS = 50
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u

/** Of a request the model says what tags may be; a token says them itself. */
function tagsOf({ tags, transitiveTagKeys: transitive }: TokenClaims) {
  if (tags.length > MOST_TAGS)
    throw new AwsError(
      'ValidationError',
      `The token has ${tags.length} session tags: at most ${MOST_TAGS} may be passed.`,
    )
  const bad = tags.find(([key, value]) => !TAG_KEY.test(key) || !TAG_VALUE.test(value))
  if (bad) throw new AwsError('ValidationError', `The session tag ${bad[0]} of the token is invalid.`)
  return sessionTags({ tags, transitive })
}

/** Messages as AWS gives them. */
const FAILURES: Readonly<Record<TokenError['failure'], readonly [code: string, message: string]>> = {
  malformed: [
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  ],
  'missing-claim': ['InvalidIdentityToken', 'Missing a required claim: '],
  'bad-tags': ['InvalidIdentityToken', 'A session tag has to have a single value: '],
  'too-many-keys': ['InvalidIdentityToken', 'The provider has more than 100 keys of this kind.'],
  'unknown-key': [
    'InvalidIdentityToken',
    "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
  ],
  'bad-signature': ['InvalidIdentityToken', 'The provided token could not be verified with the keys of its provider.'],
  early: ['InvalidIdentityToken', 'The provided token is not valid yet.'],
  expired: ['ExpiredTokenException', 'Token expired: current date/time must be before the expiration date/time'],
}

async function claimsIn({ clock, oidcKeys }: StsRooms, token: string): Promise<TokenClaims> {
  const keys = await readProviderKeys(oidcKeys)
  try {
    return verifiedClaims(token, keys, clock.now())
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    const [code, message] = FAILURES[error.failure]
    throw new AwsError(code, message + error.claim)
  }
}

/** The account of the role has to know the provider, and for whom the token was made. */
function providerOf({ state }: StsRooms, account: string, { iss, aud, azp }: TokenClaims): OidcProvider {
  const url = iss.replace(/^https:\/\//, '').replace(/\/$/, '')
  const provider = oidcProviders(state, account).find(oidcArn(account, url))
  if (!provider || !iss.startsWith('https://'))
    throw new AwsError('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${iss}`)
  // "AWS STS will use the value in the azp claim as the aud claim" (IAM UserGuide, id_roles_providers_create_oidc).
  if (!(azp === undefined ? aud : [azp]).some((one) => provider.clientIds.includes(one)))
    throw new AwsError('InvalidIdentityToken', 'Incorrect token audience')
  return provider
}

interface Asked {
  readonly role: Role
  readonly account: string
  readonly claims: TokenClaims
  readonly provider: OidcProvider
  readonly sessionName: string
}

function isTrusted({ access }: StsRooms, call: ServiceCall, asked: Asked): boolean {
  const { role, account, claims, provider } = asked
  const trust = { compiled: compiledPolicy(role.trust, 'trust'), name: 'trust policy' }
  const side = { account, mustAllow: true, policies: [trust] }
  const asker = { kind: 'web-identity', arn: provider.arn, account, provider: provider.arn } as const
  const own: Principal = { ...call.principal, session: { issuedAt: '', provider: provider.arn } }
  const allows = (action: string): boolean => {
    const question = { action, resource: role.arn, context: contextOf(asked) }
    const context = access.contextOf({ ...call, principal: own }, question, account)
    return decide({ ...question, asker, context }, { identity: [] }, side).allowed
  }
  const mayTag = claims.tags.length === 0 || allows('sts:TagSession')
  return allows(ACTION) && mayTag && (claims.sourceIdentity === undefined || allows('sts:SetSourceIdentity'))
}

/** docs: IAM UserGuide, reference_policies_iam-condition-keys, "Available keys for AWS OIDC federation". */
function contextOf({
  claims,
  provider,
  sessionName,
}: Asked): Readonly<Record<string, string | readonly string[] | undefined>> {
  const { sub, aud, azp, amr, sourceIdentity, tags, transitiveTagKeys } = claims
  const key = (name: string): string => `${provider.url}:${name}`.toLowerCase()
  return {
    [key('sub')]: sub,
    // "If azp is set, aud is its value, and oaud what the token says of aud."
    [key('aud')]: azp ?? aud,
    ...(azp !== undefined && { [key('oaud')]: aud }),
    ...(amr.length > 0 && { [key('amr')]: amr }),
    'sts:rolesessionname': sessionName,
    'sts:sourceidentity': sourceIdentity,
    'sts:transitivetagkeys': transitiveTagKeys,
    'aws:tagkeys': tags.map(([name]) => name),
    ...Object.fromEntries(tags.map(([name, value]) => [`aws:requesttag/${name.toLowerCase()}`, value])),
  }
}
