/** Temporary credentials whose token holds its own claims, sealed: any server with the root secret can open it. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Principal } from '../call.ts'
import { newKeyId } from '../identities/key-ids.ts'

export interface Session {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: Principal
  readonly expiresAt: Date
}

export interface IssuedSession extends Session {
  readonly sessionToken: string
}

export interface Sessions {
  issue(principal: Principal, expiresAt: Date): IssuedSession
  /** `undefined` if the token was not sealed with our key or has been touched. Says nothing about its time. */
  open(sessionToken: string): Session | undefined
  /**
   * A token that opens by itself. A session's does not: it travels with signatures and in presigned addresses, and is
   * nothing without the secret.
   */
  issueBearer(principal: Principal, expiresAt: Date): string
  openBearer(token: string): BearerClaims | undefined
}

export interface BearerClaims {
  readonly principal: Principal
  readonly expiresAt: Date
}

const nonceBytes = 12
const tagBytes = 16

export function sealedSessions(rootSecret: string): Sessions {
  const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', rootSecret, '', purpose, 32))
  const [key, bearerKey] = [keyFor('lentic session token'), keyFor('lentic bearer token')]
  return {
    issue(principal, expiresAt) {
      const accessKeyId = newKeyId('ASIA', principal.account)
      const secretAccessKey = randomBytes(30).toString('base64')
      const session = { accessKeyId, secretAccessKey, principal: { ...principal, accessKeyId }, expiresAt }
      return { ...session, sessionToken: seal(key, JSON.stringify(session)) }
    },
    open: (sessionToken) => opened<Session>(key, sessionToken),
    issueBearer: (principal, expiresAt) => seal(bearerKey, JSON.stringify({ principal, expiresAt })),
    openBearer: (token) => opened<BearerClaims>(bearerKey, token),
  }
}

function opened<T extends { readonly expiresAt: Date }>(key: Buffer, token: string): T | undefined {
  const text = unseal(key, token)
  if (text === undefined) return undefined
  const claims = JSON.parse(text) as T & { readonly expiresAt: string }
  return { ...claims, expiresAt: new Date(claims.expiresAt) }
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64')
}

function unseal(key: Buffer, token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64')
  if (bytes.length <= nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
  } catch {
    return undefined // The tag does not fit: not sealed by us.
  }
}
