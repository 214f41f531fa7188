/** Bytes sealed under a key that stays where it is: AES-256-GCM, bound to what they belong to. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export interface Sealing {
  /** `context` must be the same when it is opened: what is sealed for one can not be passed off as another's. */
  seal(bytes: Uint8Array, context: string): string
  /** Throws where the bytes, or what they belong to, have been touched. */
  open(sealed: string, context: string): Buffer
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
export const KEY_BYTES = 32

/** `key`: of `KEY_BYTES`. */
export const sealing = (key: Uint8Array): Sealing => ({
  seal(bytes, context) {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64')
  },
  open(sealed, context) {
    const bytes = Buffer.from(sealed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  },
})
