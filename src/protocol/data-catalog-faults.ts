/** What Glue and Lake Formation, which are two doors of one catalog, both call its faults. */
import type { FaultKind } from '../core/faults.ts'

export const DATA_CATALOG_CODES: Readonly<Record<FaultKind, string>> = {
  'not-found': 'EntityNotFoundException',
  'already-exists': 'AlreadyExistsException',
  invalid: 'InvalidInputException',
  denied: 'AccessDeniedException',
  conflict: 'ConcurrentModificationException',
  precondition: 'InvalidInputException',
  limit: 'ResourceNumberLimitExceededException',
  'not-empty': 'InvalidInputException',
  'not-ready': 'ResourceNotReadyException',
  'too-large': 'InvalidInputException',
  'storage-full': 'InternalServiceException',
  unsupported: 'InvalidInputException',
}
