import { createHmac, timingSafeEqual } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-kms'
import type { Call } from '../../core/call.ts'
import type { Key } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { endDryRun, requireAlgorithm, requireUsage } from './usage.ts'

export const macHandlers = ({ keys }: Lake): Handlers<typeof Sdk> => {
  const macKey = (call: Call, reference: string, algorithm: string, operation: string): Key => {
    const key = keys.get(call, reference)
    requireUsage(key, 'GENERATE_VERIFY_MAC', operation)
    requireAlgorithm(key, algorithm)
    return key
  }
  /** `algorithm`: HMAC_SHA_256. */
  const macOf = (key: Key, algorithm: string, message: Uint8Array): Buffer =>
    createHmac(`sha${algorithm.slice('HMAC_SHA_'.length)}`, keys.material(key))
      .update(message)
      .digest()
  return {
    GenerateMac(input, call) {
      const key = macKey(call, input.KeyId, input.MacAlgorithm, 'GenerateMac')
      endDryRun(input.DryRun)
      return { Mac: macOf(key, input.MacAlgorithm, input.Message), MacAlgorithm: input.MacAlgorithm, KeyId: key.arn }
    },
    VerifyMac(input, call) {
      const key = macKey(call, input.KeyId, input.MacAlgorithm, 'VerifyMac')
      endDryRun(input.DryRun)
      const mac = macOf(key, input.MacAlgorithm, input.Message)
      if (mac.length !== input.Mac.length || !timingSafeEqual(mac, input.Mac))
        throw new AwsError('KMSInvalidMacException', '')
      return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm }
    },
  }
}
