import type { Fault } from '../../core/faults.ts'
import { AwsError } from '../../protocol/service.ts'

/** Most of CloudTrail's errors are about one noun. */
const CODES: Readonly<Record<string, string>> = {
  'not-found trail': 'TrailNotFoundException',
  'already-exists trail': 'TrailAlreadyExistsException',
  'limit trail': 'MaximumNumberOfTrailsExceededException',
  'not-found bucket': 'S3BucketDoesNotExistException',
  'not-found event data store': 'EventDataStoreNotFoundException',
  'already-exists event data store': 'EventDataStoreAlreadyExistsException',
  'not-found query': 'QueryIdNotFoundException',
  'conflict query': 'InactiveQueryException',
  'limit run': 'MaxConcurrentQueriesException',
  'not-found key': 'KmsKeyNotFoundException',
  'not-ready key': 'KmsException',
  'conflict key': 'KmsException',
}

const KINDS: Partial<Record<Fault['kind'], string>> = {
  invalid: 'InvalidParameterException',
  unsupported: 'UnsupportedOperationException',
  denied: 'OperationNotPermittedException',
  limit: 'TagsLimitExceededException',
  conflict: 'ConflictException',
}

export const translate = (fault: Fault): AwsError =>
  new AwsError(CODES[`${fault.kind} ${fault.noun}`] ?? KINDS[fault.kind] ?? 'InternalFailure', fault.message)
