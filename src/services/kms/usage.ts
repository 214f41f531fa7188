/** What stands before each use of a key. */
import { type Key, requireUsable } from '../../core/keys/key.ts'
import { algorithmsOf, type KeyUsage } from '../../core/keys/key-specs.ts'
import { AwsError } from '../../protocol/service.ts'

/** Throws in AWS's words (observed) for a key that is not for that. */
export function requireUsage(key: Key, usage: KeyUsage, operation: string): void {
  requireUsable(key)
  if (key.usage !== usage)
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key usage is ${key.usage} which is not valid for ${operation}.`,
    )
}

export function requireAlgorithm({ arn, spec, usage }: Key, algorithm: string): void {
  if (algorithmsOf(spec, usage).includes(algorithm)) return
  throw new AwsError(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec ${spec} of ${arn}.`,
  )
}

/** For keys that only a symmetric one will do for (docs: kms api, GenerateDataKey, EnableKeyRotation). */
export function requireSymmetric(key: Key, operation: string): void {
  if (key.spec === 'SYMMETRIC_DEFAULT') return
  throw new AwsError(
    'InvalidKeyUsageException',
    `${key.arn} key spec is ${key.spec} which is not valid for ${operation}.`,
  )
}

/** Asked for last: everything else has been checked by then. */
export function endDryRun(asked: boolean | undefined): void {
  if (asked)
    throw new AwsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.')
}
