/**
 * Access: who a key belongs to. Knows no signature and no HTTP; never sees a request's bytes.
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
}

export interface RootKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export function rootPrincipal(account: string, accessKeyId: string): Principal {
  return { kind: 'root', arn: `arn:aws:iam::${account}:root`, account, accessKeyId }
}

export function anonymousPrincipal(account: string): Principal {
  return { kind: 'anonymous', arn: '*', account, accessKeyId: '' }
}

/** The root key and the sessions made from it. */
export function keyring(account: string, root: RootKey, sessions: Sessions, clock: Clock): Credentials {
  const credential: Credential = {
    secretAccessKey: root.secretAccessKey,
    principal: rootPrincipal(account, root.accessKeyId),
  }
  return {
    find(accessKeyId, sessionToken) {
      if (sessionToken === undefined) return accessKeyId === root.accessKeyId ? credential : undefined
      const session = sessions.open(sessionToken)
      if (!session || session.accessKeyId !== accessKeyId)
        throw new Fault('denied', 'token', 'The security token included in the request is invalid')
      if (session.expiresAt.getTime() <= clock.now().getTime())
        throw new Fault('denied', 'expired-token', 'The security token included in the request is expired')
      return { secretAccessKey: session.secretAccessKey, principal: session.principal }
    },
  }
}

/**
 * Any key is root, and its secret is never asked: for suites written for other emulators, on loopback only. A key of
 * twelve digits names the account it works in, as those suites expect.
 */
export function openKeyring(account: string): Credentials {
  return {
    find: (accessKeyId) => ({
      principal: rootPrincipal(/^\d{12}$/.test(accessKeyId) ? accessKeyId : account, accessKeyId),
    }),
  }
}
