/**
 * What a symmetric key encrypts: AES-256-GCM, bound to an encryption context. A blob says which key and which of its
 * materials opens it, so that whoever decrypts need name none.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { EncryptionContext } from './encryption-context.ts'

/** Of our own making: AWS's is told to nobody. */
const FORMAT = 1
const ID_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + 2 * ID_BYTES
const LEAST_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES

/** Which key, as in its ARN, and the first half of its material's id. */
export interface BlobHeader {
  readonly keyId: string
  readonly material: string
}

export function encryptBlob(
  material: Uint8Array,
  { keyId, material: materialId }: BlobHeader,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const header = Buffer.concat([
    Buffer.of(FORMAT),
    Buffer.from(keyId.replaceAll('-', ''), 'hex'),
    Buffer.from(materialId, 'hex').subarray(0, ID_BYTES),
  ])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', material, nonce).setAAD(boundTo(header, context))
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Throws `Fault('precondition', 'ciphertext')` for what is none. */
export function blobHeader(blob: Uint8Array): BlobHeader {
  if (blob.length < LEAST_BYTES || blob[0] !== FORMAT) throw invalidCiphertext()
  const hex = Buffer.from(blob.subarray(1, HEADER_BYTES)).toString('hex')
  const keyId = hex.slice(0, 2 * ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { keyId, material: hex.slice(2 * ID_BYTES) }
}

/** Throws where the blob or its context are not those that were encrypted. */
export function decryptBlob(material: Uint8Array, blob: Uint8Array, context: EncryptionContext): Buffer {
  const header = blob.subarray(0, HEADER_BYTES)
  const nonce = blob.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', material, nonce)
  decipher.setAAD(boundTo(header, context)).setAuthTag(blob.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    throw invalidCiphertext()
  }
}

/** AWS gives no reason (observed). */
export const invalidCiphertext = (): Fault => new Fault('precondition', 'ciphertext', '')

/** Whatever the order of its pairs. */
function boundTo(header: Uint8Array, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs))])
}
