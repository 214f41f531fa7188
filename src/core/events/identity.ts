/** Who called, as a record tells it. */
import type { Principal } from '../call.ts'
import { eventTime, type UserIdentity } from './event.ts'

const known = new WeakMap<Principal, UserIdentity>()

/** Of a principal that calls often it is made once. */
export function identityOf(principal: Principal): UserIdentity {
  let identity = known.get(principal)
  if (!identity) {
    identity = makeIdentity(principal)
    known.set(principal, identity)
  }
  return identity
}

function makeIdentity({ kind, arn, account, accessKeyId, id, entityArn, session }: Principal): UserIdentity {
  const rest = arn.split(':').slice(5).join(':')
  const name = rest.slice(rest.lastIndexOf('/') + 1)
  const own = { arn, accountId: account, accessKeyId }
  const temporary = accessKeyId.startsWith('ASIA') && { sessionContext: { attributes: attributesOf(session) } }
  switch (kind) {
    case 'root':
      return { type: 'Root', principalId: account, ...own, ...temporary }
    case 'user':
      return { type: 'IAMUser', principalId: id ?? accessKeyId, ...own, userName: name, ...temporary }
    case 'role':
    case 'federated':
      return roleIdentity(rest, own, { id, entityArn, session })
    // "anonymous": docs: AmazonS3 userguide, cloudtrail-logging-understanding-s3-entries.
    case 'anonymous':
      return { type: 'AWSAccount', principalId: '', accountId: 'anonymous' }
  }
}

/** Nobody has a device to prove themselves by. */
const attributesOf = (session: Principal['session']) => ({
  ...(session?.issuedAt && { creationDate: eventTime(new Date(session.issuedAt)) }),
  mfaAuthenticated: 'false',
})

/** `assumed-role/analyst/session-1`. */
function roleIdentity(
  rest: string,
  own: { readonly arn: string; readonly accountId: string; readonly accessKeyId: string },
  { id, entityArn, session }: Pick<Principal, 'id' | 'entityArn' | 'session'>,
): UserIdentity {
  const [word, role = '', sessionName = ''] = rest.split('/')
  if (word === 'federated-user') return { type: 'FederatedUser', principalId: `${own.accountId}:${role}`, ...own }
  // One that an operator has named for those who bring no keys: nobody has begun a session of it.
  if (word === 'role') return { type: 'Role', ...(id !== undefined && { principalId: id }), ...own, userName: role }
  const sessionIssuer = {
    type: 'Role',
    principalId: id?.split(':')[0] ?? role,
    arn: entityArn ?? `arn:aws:iam::${own.accountId}:role/${role}`,
    accountId: own.accountId,
    userName: role,
  }
  const webIdFederationData = session?.provider === undefined ? {} : { federatedProvider: session.provider }
  return {
    type: 'AssumedRole',
    principalId: id ?? `${role}:${sessionName}`,
    ...own,
    sessionContext: { sessionIssuer, webIdFederationData, attributes: attributesOf(session) },
  }
}
