/** How MySQL's and MariaDB's plugins are told a password. dev.mysql.com: authentication methods; caching_sha2_password. */
import { constants, createHash, publicEncrypt } from 'node:crypto'

const sha1 = (...parts: Buffer[]): Buffer => hash('sha1', parts)
const sha256 = (...parts: Buffer[]): Buffer => hash('sha256', parts)

function hash(algorithm: string, parts: readonly Buffer[]): Buffer {
  const state = createHash(algorithm)
  for (const part of parts) state.update(part)
  return state.digest()
}

const xored = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ b[i % b.length]!))

/** The first answer to a nonce. Throws for a plugin that is not supported. */
export function passwordAnswer(plugin: string, password: string, nonce: Buffer): Buffer {
  const secret = Buffer.from(password)
  switch (plugin) {
    case 'mysql_native_password':
      return secret.length === 0 ? secret : xored(sha1(secret), sha1(nonce, sha1(sha1(secret))))
    case 'caching_sha2_password':
      return secret.length === 0 ? secret : xored(sha256(secret), sha256(sha256(sha256(secret)), nonce))
    case 'mysql_clear_password':
      return Buffer.from(`${password}\0`)
    default:
      throw new Error(`The server asks for the authentication ${plugin}, which is not supported`)
  }
}

/** For a server that has not seen the password lately, over a socket that is not encrypted. */
export function encryptedPassword(password: string, nonce: Buffer, publicKey: string): Buffer {
  const veiled = xored(Buffer.from(`${password}\0`), nonce)
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, veiled)
}
