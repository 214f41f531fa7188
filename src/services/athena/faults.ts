import { CATALOG_ENCRYPTION, glueNote } from '../../core/catalog/catalog-encryption.ts'
import type { Fault } from '../../core/faults.ts'
import { FORWARDED } from '../../core/forwarding/forwarding.ts'
import { PERMISSION } from '../../core/permissions/insufficient.ts'
import { AwsError } from '../../protocol/service.ts'

/** The second code that Athena's InvalidRequestException carries (observed; `ErrorCode` repeats it). */
export type AthenaErrorCode =
  | 'INVALID_INPUT'
  | 'MALFORMED_QUERY'
  | 'QUERY_EXECUTION_NOT_FOUND'
  | 'INVALID_QUERY_EXECUTION_STATE'
  | 'RESULT_NOT_FOUND'
  | 'IDEMPOTENT_PARAMETER_MISMATCH'
  | 'DATACATALOG_NOT_FOUND'

export const invalidRequest = (message: string, code: AthenaErrorCode = 'INVALID_INPUT'): AwsError =>
  new AwsError('InvalidRequestException', message, { members: { AthenaErrorCode: code, ErrorCode: code } })

const TOO_MANY_QUERIES =
  'You have exceeded the limit for the number of queries you can run concurrently. Please reduce the number of concurrent queries submitted by this account. Contact customer support to request a concurrent query limit increase.'

export function translate(fault: Fault): AwsError {
  switch (fault.kind) {
    case 'limit':
      if (fault.noun !== 'run') return invalidRequest(fault.message)
      return new AwsError('TooManyRequestsException', TOO_MANY_QUERIES, {
        members: { Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' },
      })
    case 'not-found':
      if (fault.noun === 'resource' || fault.noun === 'prepared-statement')
        return new AwsError('ResourceNotFoundException', fault.message)
      if (fault.noun === 'database' || fault.noun === 'table') return new AwsError('MetadataException', fault.message)
      return invalidRequest(fault.message, fault.noun === 'data-catalog' ? 'DATACATALOG_NOT_FOUND' : 'INVALID_INPUT')
    case 'denied':
      if (fault.noun !== PERMISSION && fault.noun !== FORWARDED) return invalidRequest(fault.message)
      return new AwsError('MetadataException', `${fault.message} ${glueNote('AccessDeniedException')}`)
    case 'not-ready':
      if (fault.noun === CATALOG_ENCRYPTION) return new AwsError('MetadataException', `${fault.message} ${glueNote()}`)
      return invalidRequest(fault.message)
    default:
      return invalidRequest(
        fault.message,
        fault.kind === 'invalid' && fault.noun === 'query' ? 'MALFORMED_QUERY' : 'INVALID_INPUT',
      )
  }
}
