/**
 * The envelope of Amazon's S3 encryption client: an object's bytes under a key of their own, which KMS has encrypted and
 * which lies in the object's metadata. Written as version 2 of the client writes it (AES/GCM, `kms+context`), read as
 * versions 1 to 3 write it. https://github.com/aws/amazon-s3-encryption-client-java and its specification.
 */
import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, randomBytes } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { EncryptionContext } from './encryption-context.ts'
import type { Key } from './key.ts'
import type { Keys } from './keys.ts'

const GCM = 'AES/GCM/NoPadding'
const CBC = 'AES/CBC/PKCS5Padding'
const WRAPPED_KEY = 'x-amz-key-v2'
const KEY_BYTES = 32
const GCM_IV_BYTES = 12
export const TAG_BYTES = 16
const BLOCK_BYTES = 16

/** What an object says of its envelope, beside what else its metadata say. */
export type EnvelopeMetadata = Readonly<Record<string, string>>

export const isEnveloped = (metadata: Readonly<Record<string, string>>): boolean => WRAPPED_KEY in metadata

export interface NewEnvelope {
  readonly metadata: EnvelopeMetadata
  /** Its tag of `TAG_BYTES` ends the object. */
  readonly cipher: Cipheriv & { getAuthTag(): Buffer }
}

/** What the key of a new envelope is bound to. */
export const ENVELOPE_CONTEXT: EncryptionContext = { 'aws:x-amz-cek-alg': GCM }

/** One object's: a key of its own, under `key`, which is symmetric and in use. */
export function newEnvelope(keys: Keys, key: Key, sizeBytes: number): NewEnvelope {
  const [own, iv] = [randomBytes(KEY_BYTES), randomBytes(GCM_IV_BYTES)]
  return {
    metadata: {
      [WRAPPED_KEY]: keys.encrypt(key, own, ENVELOPE_CONTEXT).toString('base64'),
      'x-amz-iv': iv.toString('base64'),
      'x-amz-matdesc': JSON.stringify(ENVELOPE_CONTEXT),
      'x-amz-wrap-alg': 'kms+context',
      'x-amz-cek-alg': GCM,
      'x-amz-tag-len': String(8 * TAG_BYTES),
      'x-amz-unencrypted-content-length': String(sizeBytes),
    },
    cipher: createCipheriv('aes-256-gcm', own, iv),
  }
}

export interface OpenedEnvelope {
  readonly isAuthenticated: boolean
  readonly key: Buffer
  readonly iv: Buffer
}

export interface EnvelopeLeave {
  /** The one key that may open it. */
  readonly only?: Key
  /** Throws where whoever opens it may not use the key. */
  readonly permit: (key: Key, context: EncryptionContext) => void
}

/**
 * Throws what is wrong with the key as `Keys` does, and `Fault('invalid', 'envelope')`
 * for what no client writes.
 */
export function openEnvelope(
  keys: Keys,
  scope: Scope,
  metadata: EnvelopeMetadata,
  { only, permit }: EnvelopeLeave,
): OpenedEnvelope {
  const { 'x-amz-cek-alg': cipher, 'x-amz-wrap-alg': wrapping = '', 'x-amz-tag-len': tag } = metadata
  if (!['kms', 'kms+context'].includes(wrapping) || ![GCM, CBC].includes(cipher ?? ''))
    throw invalidEnvelope(`it is encrypted by ${cipher}, its key by ${wrapping}`)
  const isAuthenticated = cipher === GCM
  if (isAuthenticated && tag !== undefined && tag !== String(8 * TAG_BYTES))
    throw invalidEnvelope(`its tag has ${tag} bits`)
  const wrapped = Buffer.from(metadata[WRAPPED_KEY] ?? '', 'base64')
  const context = contextIn(metadata)
  const { key, plaintext } = keys.decrypt(scope, wrapped, context)
  if (only && only.id !== key.id) throw invalidEnvelope(`it is encrypted by ${key.arn}, and not by ${only.arn}`)
  permit(key, context)
  const iv = Buffer.from(metadata['x-amz-iv'] ?? '', 'base64')
  if (plaintext.length !== KEY_BYTES || iv.length !== (isAuthenticated ? GCM_IV_BYTES : BLOCK_BYTES))
    throw invalidEnvelope('its key or its initialization vector has another length')
  return { isAuthenticated, key: plaintext, iv }
}

function contextIn({ 'x-amz-matdesc': description = '{}' }: EnvelopeMetadata): EncryptionContext {
  try {
    const context: unknown = JSON.parse(description)
    if (typeof context === 'object' && context !== null) return context as EncryptionContext
  } catch {}
  throw invalidEnvelope('its material description is no JSON')
}

const invalidEnvelope = (reason: string): Fault => new Fault('invalid', 'envelope', reason)

/** For the whole of an object without its tag: what it gives is true once it has ended without an error. */
export function wholeDecipher({ isAuthenticated, key, iv }: OpenedEnvelope, tag: Uint8Array): Decipheriv {
  if (!isAuthenticated) return createDecipheriv('aes-256-cbc', key, iv)
  return createDecipheriv('aes-256-gcm', key, iv).setAuthTag(tag)
}

/**
 * For a stretch of an authenticated object that begins at a block: without its tag, as the client itself reads ranges.
 * GCM counts blocks from 2 behind its vector.
 */
function stretchDecipher({ key, iv }: OpenedEnvelope, block: number): Decipheriv {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(block + 2)
  return createDecipheriv('aes-256-ctr', key, Buffer.concat([iv, counter]))
}

/** Bytes from `start` on, of an object whose bytes `read` gives from a place to its tag. */
export async function* openedFrom(
  envelope: OpenedEnvelope,
  start: number,
  read: (from: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const block = Math.floor(start / BLOCK_BYTES)
  const decipher = stretchDecipher(envelope, block)
  let skipped = start - block * BLOCK_BYTES
  for await (const chunk of read(block * BLOCK_BYTES)) {
    const bytes = decipher.update(chunk)
    if (bytes.length > skipped) yield bytes.subarray(skipped)
    skipped = Math.max(0, skipped - bytes.length)
  }
}
