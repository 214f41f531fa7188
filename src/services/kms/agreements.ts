import { createPublicKey, diffieHellman } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-kms'
import { privateKeyOf } from '../../core/keys/rsa.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { requireNoEnclave } from './ciphers.ts'
import { invalid } from './keys.ts'
import { endDryRun, requireAlgorithm, requireUsage } from './usage.ts'

export const agreementHandlers = ({ keys }: Lake): Handlers<typeof Sdk> => ({
  DeriveSharedSecret(input, call) {
    requireNoEnclave(input.Recipient)
    const key = keys.get(call, input.KeyId)
    requireUsage(key, 'KEY_AGREEMENT', 'DeriveSharedSecret')
    requireAlgorithm(key, input.KeyAgreementAlgorithm)
    endDryRun(input.DryRun)
    return {
      KeyId: key.arn,
      SharedSecret: shared(keys.material(key), input.PublicKey),
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: 'AWS_KMS',
    }
  },
})

function shared(material: Uint8Array, other: Uint8Array): Buffer {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(other), format: 'der', type: 'spki' })
    return diffieHellman({ privateKey: privateKeyOf(material), publicKey })
  } catch {
    throw invalid('The public key is not one of the same curve, as SubjectPublicKeyInfo in DER.')
  }
}
