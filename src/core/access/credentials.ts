/**
 * Access: who a key belongs to, and what they may. Knows no signature and no HTTP; never sees a request's bytes.
 * Permanent keys are asked of a keyring; session keys carry their own claims (`sessions.ts`).
 */
import type { Principal } from '../call.ts'
import { Fault } from '../faults.ts'
import type { Clock } from '../ports.ts'
import type { Sessions } from './sessions.ts'

export interface Credential {
  /** Absent where any secret is accepted: then there is nothing to verify a signature with. */
  readonly secretAccessKey?: string
  readonly principal: Principal
}

export interface Credentials {
  /**
   * Whose the key is; `undefined` if nobody's. Throws `Fault('denied', 'token')` for a session token that is not ours,
   * and `Fault('denied', 'expired-token')` for one past its time.
   */
  find(accessKeyId: string, sessionToken: string | undefined): Credential | undefined
  /** Whose the bearer token is; `undefined` if it is none of ours. Throws `Fault('denied', 'expired-token')`. */
  bearer(token: string): Principal | undefined
}

export interface RootKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export function rootPrincipal(account: string, accessKeyId: string): Principal {
  return { kind: 'root', arn: `arn:aws:iam::${account}:root`, account, accessKeyId }
}

/** What a session is given ends with it. */
export const withinSession = ({ endsAt }: Principal, wanted: Date): Date =>
  endsAt === undefined ? wanted : new Date(Math.min(wanted.getTime(), Date.parse(endsAt)))

export function anonymousPrincipal(account: string): Principal {
  return { kind: 'anonymous', arn: '*', account, accessKeyId: '' }
}

const badToken = () => new Fault('denied', 'token', 'The security token included in the request is invalid')

/** The keys of users and of other accounts' roots. */
export interface PermanentKeys {
  find(accessKeyId: string): Credential | undefined
  /** Whether who a session was made for is still there: who has the name after them is somebody else. */
  isKnown(principal: Principal): boolean
}

/** The root key, permanent ones of others, and the sessions made from any of them. */
export function keyring(
  account: string,
  root: RootKey,
  sessions: Sessions,
  clock: Clock,
  permanent?: PermanentKeys,
): Credentials {
  const credential: Credential = {
    secretAccessKey: root.secretAccessKey,
    principal: rootPrincipal(account, root.accessKeyId),
  }
  const requireTime = ({ expiresAt }: { readonly expiresAt: Date }) => {
    if (expiresAt.getTime() <= clock.now().getTime())
      throw new Fault('denied', 'expired-token', 'The security token included in the request is expired')
  }
  /** Whoever has a token by a key of their own loses it with the key. */
  const isHeld = (principal: Principal): boolean => {
    const { accessKeyId, endsAt } = principal
    if (endsAt === undefined && accessKeyId !== root.accessKeyId) return permanent?.find(accessKeyId) !== undefined
    return permanent?.isKnown(principal) ?? true
  }
  return {
    bearer(token) {
      const claims = sessions.openBearer(token)
      if (!claims || !isHeld(claims.principal)) return undefined
      requireTime(claims)
      return claims.principal
    },
    find(accessKeyId, sessionToken) {
      if (sessionToken === undefined)
        return accessKeyId === root.accessKeyId ? credential : permanent?.find(accessKeyId)
      const session = sessions.open(sessionToken)
      if (!session || session.accessKeyId !== accessKeyId) throw badToken()
      requireTime(session)
      if (permanent && !permanent.isKnown(session.principal)) throw badToken()
      const principal = { ...session.principal, endsAt: session.expiresAt.toISOString() }
      return { secretAccessKey: session.secretAccessKey, principal }
    },
  }
}

/**
 * Any key is root, and its secret is never asked: for suites written for other emulators, on loopback only. A key of
 * twelve digits names the account it works in, as those suites expect.
 */
export function openKeyring(account: string, sessions: Sessions): Credentials {
  return {
    bearer: (token) => sessions.openBearer(token)?.principal,
    find: (accessKeyId) => ({
      principal: rootPrincipal(/^\d{12}$/.test(accessKeyId) ? accessKeyId : account, accessKeyId),
    }),
  }
}
