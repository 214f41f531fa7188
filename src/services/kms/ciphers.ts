/** Encrypt, Decrypt, ReEncrypt: by a symmetric key, or by one of RSA. */
import { randomBytes } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-kms'
import type { Call } from '../../core/call.ts'
import type { EncryptionContext } from '../../core/keys/encryption-context.ts'
import type { Key } from '../../core/keys/key.ts'
import { rsaDecrypt, rsaEncrypt } from '../../core/keys/rsa.ts'
import { invalidCiphertext } from '../../core/keys/symmetric.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { invalid } from './keys.ts'
import { endDryRun, requireAlgorithm, requireUsage } from './usage.ts'

const SYMMETRIC = 'SYMMETRIC_DEFAULT'

export const cipherHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async Encrypt(input, call) {
    const { EncryptionAlgorithm = SYMMETRIC, EncryptionContext = {} } = input
    const key = await encryptionKey(lake, call, input.KeyId, EncryptionAlgorithm, 'Encrypt')
    endDryRun(input.DryRun)
    const CiphertextBlob = encrypted(lake, key, EncryptionAlgorithm, input.Plaintext, EncryptionContext)
    return { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm }
  },
  async Decrypt(input, call) {
    const { EncryptionAlgorithm = SYMMETRIC, EncryptionContext = {}, KeyId } = input
    requireNoEnclave(input.Recipient)
    const opened = await decrypted(lake, call, {
      blob: requireBlob(input.CiphertextBlob),
      algorithm: EncryptionAlgorithm,
      context: EncryptionContext,
      key: KeyId,
      operation: 'Decrypt',
    })
    endDryRun(input.DryRun)
    const { key, plaintext, material } = opened
    return { KeyId: key.arn, Plaintext: plaintext, EncryptionAlgorithm, ...(material && { KeyMaterialId: material }) }
  },
  async ReEncrypt(input, call) {
    const { SourceEncryptionAlgorithm = SYMMETRIC, DestinationEncryptionAlgorithm = SYMMETRIC } = input
    const from = await decrypted(lake, call, {
      blob: requireBlob(input.CiphertextBlob),
      algorithm: SourceEncryptionAlgorithm,
      context: input.SourceEncryptionContext ?? {},
      key: input.SourceKeyId,
      operation: 'ReEncrypt',
    })
    const to = await encryptionKey(lake, call, input.DestinationKeyId, DestinationEncryptionAlgorithm, 'ReEncrypt')
    endDryRun(input.DryRun)
    const context = input.DestinationEncryptionContext ?? {}
    return {
      CiphertextBlob: encrypted(lake, to, DestinationEncryptionAlgorithm, from.plaintext, context),
      SourceKeyId: from.key.arn,
      KeyId: to.arn,
      SourceEncryptionAlgorithm,
      DestinationEncryptionAlgorithm,
      ...(from.material && { SourceKeyMaterialId: from.material }),
      ...(to.spec === SYMMETRIC && { DestinationKeyMaterialId: to.materials.at(-1)!.id }),
    }
  },
  GenerateRandom(input) {
    requireNoEnclave(input.Recipient)
    if (input.NumberOfBytes === undefined) throw invalid('NumberOfBytes is required.')
    return { Plaintext: randomBytes(input.NumberOfBytes) }
  },
})

function requireBlob(blob: Uint8Array | undefined): Uint8Array {
  if (!blob) throw invalid('CiphertextBlob is required.')
  return blob
}

export function requireNoEnclave(recipient: unknown): void {
  if (recipient !== undefined)
    throw new AwsError('UnsupportedOperationException', 'There are no enclaves here whose documents could be attested.')
}

async function encryptionKey(
  { keys }: Lake,
  call: Call,
  reference: string,
  algorithm: string,
  operation: string,
): Promise<Key> {
  const key = await keys.need(call, reference)
  requireUsage(key, 'ENCRYPT_DECRYPT', operation)
  requireAlgorithm(key, algorithm)
  return key.spec === SYMMETRIC ? keys.encrypting(call, key) : key
}

function encrypted(
  { keys }: Lake,
  key: Key,
  algorithm: string,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  if (key.spec === SYMMETRIC) return keys.encrypt(key, plaintext, context)
  const encryptedBytes = rsaEncrypt(keys.material(key), algorithm, plaintext)
  if (encryptedBytes) return encryptedBytes
  throw invalid(`The plaintext is too long for ${algorithm} with key spec ${key.spec}.`)
}

interface Opening {
  readonly blob: Uint8Array
  readonly algorithm: string
  readonly context: EncryptionContext
  /** May be left out where the key is symmetric. */
  readonly key?: string
  readonly operation: string
}

interface Opened {
  readonly key: Key
  readonly plaintext: Buffer
  /** Of a symmetric key. */
  readonly material?: string
}

async function decrypted({ keys }: Lake, call: Call, opening: Opening): Promise<Opened> {
  const { blob, algorithm, context, operation } = opening
  const named = opening.key === undefined ? undefined : await keys.need(call, opening.key)
  if (named) requireUsage(named, 'ENCRYPT_DECRYPT', operation)
  if (named) requireAlgorithm(named, algorithm)
  if (algorithm !== SYMMETRIC) {
    if (!named) throw invalid('KeyId is required when the ciphertext was encrypted by an asymmetric KMS key.')
    const plaintext = rsaDecrypt(keys.material(named), algorithm, blob)
    if (!plaintext) throw invalidCiphertext()
    return { key: named, plaintext }
  }
  const { key, material, plaintext } = keys.decrypt(call, blob, context)
  if (named && named.id !== key.id)
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    )
  return { key, plaintext, material: material.id }
}
