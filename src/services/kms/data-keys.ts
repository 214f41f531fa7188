/** Keys that are used elsewhere: told in the open, and encrypted by a key that stays here. */
import { randomBytes } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-kms'
import type { Call } from '../../core/call.ts'
import type { Key } from '../../core/keys/key.ts'
import { newKeyPair } from '../../core/keys/key-material.ts'
import { factsOf, isKeySpec } from '../../core/keys/key-specs.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { requireNoEnclave } from './ciphers.ts'
import { invalid } from './keys.ts'
import { endDryRun, requireSymmetric, requireUsage } from './usage.ts'

export const dataKeyHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async GenerateDataKey(input, call) {
    requireNoEnclave(input.Recipient)
    const key = await wrappingKey(lake, call, input.KeyId, 'GenerateDataKey')
    const Plaintext = randomBytes(lengthOf(input))
    endDryRun(input.DryRun)
    return { ...wrapped(lake, key, Plaintext, input.EncryptionContext), Plaintext }
  },
  async GenerateDataKeyWithoutPlaintext(input, call) {
    const key = await wrappingKey(lake, call, input.KeyId, 'GenerateDataKeyWithoutPlaintext')
    const plaintext = randomBytes(lengthOf(input))
    endDryRun(input.DryRun)
    return wrapped(lake, key, plaintext, input.EncryptionContext)
  },
  async GenerateDataKeyPair(input, call) {
    requireNoEnclave(input.Recipient)
    const { PrivateKeyPlaintext, ...pair } = await keyPair(lake, call, input, 'GenerateDataKeyPair')
    return { ...pair, PrivateKeyPlaintext }
  },
  async GenerateDataKeyPairWithoutPlaintext(input, call) {
    const { PrivateKeyPlaintext: _, ...pair } = await keyPair(lake, call, input, 'GenerateDataKeyPairWithoutPlaintext')
    return pair
  },
})

async function wrappingKey({ keys }: Lake, call: Call, reference: string, operation: string): Promise<Key> {
  const key = await keys.need(call, reference)
  requireUsage(key, 'ENCRYPT_DECRYPT', operation)
  requireSymmetric(key, operation)
  return keys.encrypting(call, key)
}

const wrapped = ({ keys }: Lake, key: Key, plaintext: Uint8Array, context: Record<string, string> = {}) => ({
  CiphertextBlob: keys.encrypt(key, plaintext, context),
  KeyId: key.arn,
  KeyMaterialId: key.materials.at(-1)!.id,
})

function lengthOf({
  KeySpec,
  NumberOfBytes,
}: Pick<Sdk.GenerateDataKeyCommandInput, 'KeySpec' | 'NumberOfBytes'>): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined))
    throw invalid('Please specify either number of bytes or key spec.')
  return NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32)
}

async function keyPair(
  lake: Lake,
  call: Call,
  input: Sdk.GenerateDataKeyPairWithoutPlaintextCommandInput,
  operation: string,
) {
  const key = await wrappingKey(lake, call, input.KeyId!, operation)
  const spec = input.KeyPairSpec!
  if (!isKeySpec(spec) || factsOf(spec)!.made.kind === 'bytes')
    throw new AwsError('UnsupportedOperationException', `Key pairs of spec ${spec} are not made here.`)
  endDryRun(input.DryRun)
  const { publicKey, privateKey } = (await newKeyPair(spec))!
  const PrivateKeyPlaintext = privateKey.export({ format: 'der', type: 'pkcs8' })
  const { CiphertextBlob, ...told } = wrapped(lake, key, PrivateKeyPlaintext, input.EncryptionContext)
  return {
    ...told,
    PrivateKeyCiphertextBlob: CiphertextBlob,
    PrivateKeyPlaintext,
    PublicKey: publicKey.export({ format: 'der', type: 'spki' }),
    KeyPairSpec: spec,
  }
}
