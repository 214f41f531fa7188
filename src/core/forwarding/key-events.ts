/**
 * Keys that a service has used for its caller, as CloudTrail tells them:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-logs
 */
import { randomUUID } from 'node:crypto'
import type { Caller } from '../access/access.ts'
import type { EventRecord } from '../events/event.ts'
import { identityOf } from '../events/identity.ts'
import { callRecord } from '../events/record.ts'
import type { Fault } from '../faults.ts'
import type { KeyUse } from './forwarded-keys.ts'

const CODES: Partial<Record<Fault['kind'], string>> = {
  denied: 'AccessDenied',
  'not-ready': 'DisabledException',
  conflict: 'KMSInvalidStateException',
}

export function useEvent(
  use: KeyUse,
  { principal, region }: Caller,
  at: Date,
  failure: Fault | undefined,
): EventRecord {
  const { action, key, service } = use
  const address = `${service}.amazonaws.com`
  return callRecord({
    identity: { ...identityOf(principal), invokedBy: address },
    at,
    source: 'kms.amazonaws.com',
    name: action,
    region,
    account: principal.account,
    address,
    userAgent: address,
    ...(failure && { errorCode: CODES[failure.kind] ?? 'InvalidKeyUsageException', errorMessage: failure.message }),
    // Of what may not be done no parameters are told (docs: kms developerguide, ct-decrypt).
    ...(failure?.kind !== 'denied' && { requestParameters: parametersOf(use) }),
    requestID: randomUUID(),
    readOnly: true,
    resources: [{ accountId: key.split(':', 5)[4] ?? '', type: 'AWS::KMS::Key', ARN: key }],
    category: 'Management',
  })
}

function parametersOf({ action, key: keyId, context }: KeyUse): Record<string, unknown> {
  const encryptionContext = Object.keys(context).length > 0 && { encryptionContext: context }
  const encryptionAlgorithm = 'SYMMETRIC_DEFAULT'
  switch (action) {
    case 'GenerateDataKey':
      return { keyId, keySpec: 'AES_256', ...encryptionContext }
    case 'Encrypt':
      return { keyId, encryptionAlgorithm, ...encryptionContext }
    case 'Decrypt':
      return { encryptionAlgorithm, ...encryptionContext }
  }
}
