import type * as Sdk from '@aws-sdk/client-kms'
import type { Call } from '../../core/call.ts'
import { type Key, requireUsable } from '../../core/keys/key.ts'
import { algorithmsOf } from '../../core/keys/key-specs.ts'
import { digestBytes, isSigned, publicKeyBytes, type SignedMessage, signature } from '../../core/keys/signing.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { invalid } from './keys.ts'
import { endDryRun, requireAlgorithm, requireUsage } from './usage.ts'

export const signatureHandlers = ({ keys }: Lake): Handlers<typeof Sdk> => {
  const signingKey = (call: Call, reference: string, algorithm: string, operation: string): Key => {
    const key = keys.get(call, reference)
    requireUsage(key, 'SIGN_VERIFY', operation)
    requireAlgorithm(key, algorithm)
    return key
  }
  return {
    Sign(input, call) {
      const key = signingKey(call, input.KeyId, input.SigningAlgorithm, 'Sign')
      const message = messageOf(input)
      endDryRun(input.DryRun)
      const Signature = signature(keys.material(key), message)
      return { KeyId: key.arn, Signature, SigningAlgorithm: input.SigningAlgorithm }
    },
    Verify(input, call) {
      const key = signingKey(call, input.KeyId, input.SigningAlgorithm, 'Verify')
      const message = messageOf(input)
      endDryRun(input.DryRun)
      if (!isSigned(keys.material(key), message, input.Signature))
        throw new AwsError('KMSInvalidSignatureException', '')
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm }
    },
    GetPublicKey(input, call) {
      const key = keys.get(call, input.KeyId)
      requireUsable(key)
      const { spec, usage, arn } = key
      if (spec === 'SYMMETRIC_DEFAULT' || spec.startsWith('HMAC'))
        throw new AwsError('UnsupportedOperationException', `${arn} has no public key.`)
      const algorithms = [...algorithmsOf(spec, usage)]
      return {
        KeyId: arn,
        PublicKey: publicKeyBytes(keys.material(key)),
        KeySpec: spec,
        KeyUsage: usage,
        ...(usage === 'ENCRYPT_DECRYPT' && { EncryptionAlgorithms: algorithms as Sdk.EncryptionAlgorithmSpec[] }),
        ...(usage === 'SIGN_VERIFY' && { SigningAlgorithms: algorithms as Sdk.SigningAlgorithmSpec[] }),
        ...(usage === 'KEY_AGREEMENT' && { KeyAgreementAlgorithms: algorithms as Sdk.KeyAgreementAlgorithmSpec[] }),
      }
    },
  }
}

interface MessageInput {
  readonly Message: Uint8Array
  readonly MessageType?: string
  readonly SigningAlgorithm: string
}

function messageOf({ Message, MessageType = 'RAW', SigningAlgorithm }: MessageInput): SignedMessage {
  if (MessageType === 'RAW') return { algorithm: SigningAlgorithm, message: Message, isDigest: false }
  const length = MessageType === 'DIGEST' ? digestBytes(SigningAlgorithm) : undefined
  if (length === undefined)
    throw new AwsError(
      'UnsupportedOperationException',
      `Messages of type ${MessageType} are not signed by ${SigningAlgorithm} here.`,
    )
  if (Message.length !== length) throw invalid(`Digest is invalid length for algorithm ${SigningAlgorithm}.`)
  return { algorithm: SigningAlgorithm, message: Message, isDigest: true }
}
