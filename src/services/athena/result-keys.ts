/** The key that what a query writes is encrypted under. */
import { Fault } from '../../core/faults.ts'
import { requireUsable } from '../../core/keys/key.ts'
import { scopeOfKey } from '../../core/keys/reference-scope.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { StatementFailure } from '../../core/queries/failure.ts'
import type { QuerySpec } from './query-run.ts'
import { protectionOf } from './result-configuration.ts'

/** With the key's ARN. Throws in Athena's words (observed) where the key can not be used, and type 1501 of its error catalog. */
export async function usableProtection({ keys }: Lake, spec: QuerySpec): Promise<QueryContext['protection']> {
  const protection = protectionOf(spec)
  const { encryption } = protection
  if (encryption?.keyId === undefined) return protection
  const { keyId } = encryption
  try {
    const key = await keys.need(scopeOfKey(keyId, spec), keyId)
    requireUsable(key)
    return { ...protection, encryption: { ...encryption, keyId: key.arn } }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new StatementFailure(
      `Access denied when writing output to url: ${spec.resultUri} . Please ensure you are allowed to access the S3 bucket. If you are encrypting query results with KMS key, please ensure you are allowed to access your KMS key`,
      { category: 2, type: 1501, cause: error },
    )
  }
}
