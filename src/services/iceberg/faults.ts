/** What the protocol calls each fault: https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml */
import { Fault, type FaultKind } from '../../core/faults.ts'
import { IcebergError } from '../../formats/iceberg/iceberg-error.ts'
import { CatalogError } from '../../protocol/rest-catalog.ts'
import { SqlError } from '../../sql/position.ts'

type Naming = readonly [status: number, type: string]

/** By what failed where that says more, or by the kind of failure. A commit's outcome is never in doubt: none of these is a 5xx. */
const BY_NOUN: Readonly<Record<string, Naming>> = {
  'not-found database': [404, 'NoSuchNamespaceException'],
  'not-found table': [404, 'NoSuchTableException'],
  'not-found iceberg table': [404, 'NoSuchIcebergTableException'],
  'not-found view': [404, 'NoSuchViewException'],
  'not-found warehouse': [404, 'NoSuchWarehouseException'],
  'not-found plan': [404, 'NoSuchPlanIdException'],
  'not-found plan task': [404, 'NoSuchPlanTaskException'],
  'not-empty database': [409, 'NamespaceNotEmptyException'],
}

const BY_KIND: Readonly<Record<FaultKind, Naming>> = {
  'not-found': [404, 'NotFoundException'],
  'already-exists': [409, 'AlreadyExistsException'],
  'not-empty': [409, 'NamespaceNotEmptyException'],
  conflict: [409, 'CommitFailedException'],
  denied: [403, 'ForbiddenException'],
  invalid: [400, 'BadRequestException'],
  precondition: [400, 'BadRequestException'],
  limit: [400, 'BadRequestException'],
  'not-ready': [400, 'BadRequestException'],
  'too-large': [400, 'BadRequestException'],
  'storage-full': [507, 'InsufficientStorageException'],
  unsupported: [406, 'UnsupportedOperationException'],
}

const BY_ICEBERG_CODE: Readonly<Record<string, Naming>> = {
  ICEBERG_COMMIT_ERROR: [409, 'CommitFailedException'],
  INVALID_ARGUMENTS: [400, 'IllegalArgumentException'],
  ICEBERG_MISSING_METADATA: [404, 'NotFoundException'],
}

export function catalogError(error: unknown): CatalogError | undefined {
  if (error instanceof Fault) {
    const [status, type] = BY_NOUN[`${error.kind} ${error.noun}`] ?? BY_KIND[error.kind]
    return new CatalogError(status, type, error.message)
  }
  if (error instanceof IcebergError || error instanceof SqlError) {
    const [status, type] = BY_ICEBERG_CODE[error.code] ?? [400, 'ValidationException']
    return new CatalogError(status, type, error.message)
  }
  return undefined
}

export const badRequest = (message: string): CatalogError => new CatalogError(400, 'BadRequestException', message)
