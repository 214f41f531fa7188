import type { ErrorDetail } from '@aws-sdk/client-glue'
import { CATALOG_ENCRYPTION } from '../../core/catalog/catalog-encryption.ts'
import type { Fault } from '../../core/faults.ts'
import { DATA_CATALOG_CODES } from '../../protocol/data-catalog-faults.ts'
import { AwsError } from '../../protocol/service.ts'

export function glueError(fault: Fault): AwsError {
  // The request is right, what is stored is not: a partition whose value is none of its key's type.
  if (fault.noun === 'partition value') return new AwsError('InvalidStateException', fault.message)
  if (fault.noun === 'permission type') return new AwsError('PermissionTypeMismatchException', fault.message)
  // An index that is being made cannot be deleted: DeletePartitionIndex in the Glue API reference has a name of its own for it.
  if (fault.noun === 'partition index' && fault.kind === 'conflict')
    return new AwsError('ConflictException', fault.message)
  if (fault.noun === CATALOG_ENCRYPTION) return new AwsError('GlueEncryptionException', fault.message)
  if (fault.noun === 'key' || fault.noun === 'ciphertext')
    return new AwsError(
      'GlueEncryptionException',
      fault.message || 'The password is not encrypted by a key of this account.',
    )
  // Of a connection that is tested: its secret is being deleted.
  if (fault.noun === 'secret' && fault.kind === 'conflict') return new AwsError('InvalidInputException', fault.message)
  return new AwsError(DATA_CATALOG_CODES[fault.kind], fault.message)
}

/** For operations that answer each entry on its own. */
export function errorDetail(fault: Fault): ErrorDetail {
  const { code, message } = glueError(fault)
  return { ErrorCode: code, ErrorMessage: message }
}
