/** The key that what a query writes is encrypted under. */
import { Fault } from '../../core/faults.ts'
import { partsOf, S3_PATH } from '../../core/forwarding/forwarded-files.ts'
import type { KeyUse } from '../../core/forwarding/forwarded-keys.ts'
import { ENVELOPE_CONTEXT } from '../../core/keys/envelope.ts'
import { type Key, requireUsable } from '../../core/keys/key.ts'
import { neededKey, scopeOfKey } from '../../core/keys/reference-scope.ts'
import type { Lake } from '../../core/lake.ts'
import { objectContext } from '../../core/objects/encryption.ts'
import { sealingFiles } from '../../core/objects/sealing-files.ts'
import type { Guard } from '../../core/queries/context.ts'
import { StatementFailure } from '../../core/queries/failure.ts'
import type { QuerySpec } from './query-run.ts'
import { protectionOf } from './result-configuration.ts'

/** Before anything is read: whoever may not write the result hears so first. */
export function requireWritable({ forwarded }: Lake, spec: QuerySpec): void {
  if (!forwarded || spec.managed) return
  try {
    forwarded.permits.require('PutObject', spec.resultUri)
  } catch (error) {
    throw error instanceof Fault && error.noun === S3_PATH ? unwritable(spec, error) : error
  }
}

/** Where a query writes, and how. Throws in Athena's words (observed) where the key can not be used, and type 1501 of its error catalog. */
export async function guardedFiles(lake: Lake, spec: QuerySpec): Promise<Guard> {
  const protection = protectionOf(spec)
  const { EncryptionOption: option, KmsKey: keyId } = spec.encryption ?? {}
  if (keyId === undefined || option === 'SSE_S3') return { files: lake.files, protection }
  const key = await usableKey(lake, spec, keyId)
  if (option === 'CSE_KMS') return { files: sealingFiles(lake.files, lake.keys, key), protection }
  return { files: lake.files, protection: { ...protection, encryption: { algorithm: 'aws:kms', keyId: key.arn } } }
}

async function usableKey({ keys, forwarded }: Lake, spec: QuerySpec, keyId: string): Promise<Key> {
  try {
    const key = await neededKey(keys, keyId, spec)
    forwarded?.forwarding.requireKey(usedBy(key, spec))
    requireUsable(key)
    if (spec.encryption?.EncryptionOption !== 'CSE_KMS') return key
    // "Athena supports only symmetric keys for reading and writing data": athena ug, encrypting-query-results-stored-in-s3.
    if (key.spec !== 'SYMMETRIC_DEFAULT') throw new Fault('invalid', 'key', `${key.arn} is not symmetric.`)
    return await keys.encrypting(scopeOfKey(key.arn, spec), key)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw unwritable(spec, error)
  }
}

/** What a query writes under CSE_KMS Athena encrypts itself; otherwise S3 does. */
function usedBy({ arn: key }: Key, { resultUri, encryption }: QuerySpec): KeyUse {
  if (encryption?.EncryptionOption === 'CSE_KMS')
    return { action: 'GenerateDataKey', key, context: ENVELOPE_CONTEXT, service: 'athena' }
  return { action: 'GenerateDataKey', key, context: objectContext(partsOf(resultUri), {}), service: 's3' }
}

const unwritable = ({ resultUri }: QuerySpec, cause: unknown): StatementFailure =>
  new StatementFailure(
    `Access denied when writing output to url: ${resultUri} . Please ensure you are allowed to access the S3 bucket. If you are encrypting query results with KMS key, please ensure you are allowed to access your KMS key`,
    { category: 2, type: 1501, cause },
  )
