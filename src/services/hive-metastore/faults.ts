/** The exceptions of the metastore, and which of them a method gives for a fault. */
import { Fault, type FaultKind } from '../../core/faults.ts'
import { type ExceptionType, ThriftException } from '../../protocol/thrift/service.ts'

export const META: ExceptionType = { name: 'MetaException' }
export const NO_SUCH_OBJECT: ExceptionType = { name: 'NoSuchObjectException' }
export const ALREADY_EXISTS: ExceptionType = { name: 'AlreadyExistsException' }
export const INVALID_OBJECT: ExceptionType = { name: 'InvalidObjectException' }
export const INVALID_OPERATION: ExceptionType = { name: 'InvalidOperationException' }
export const INVALID_INPUT: ExceptionType = { name: 'InvalidInputException' }
export const UNKNOWN_DB: ExceptionType = { name: 'UnknownDBException' }
export const UNKNOWN_TABLE: ExceptionType = { name: 'UnknownTableException' }
export const CONFIG_SECURITY: ExceptionType = { name: 'ConfigValSecurityException' }
export const NO_SUCH_LOCK: ExceptionType = { name: 'NoSuchLockException' }
export const NO_SUCH_TXN: ExceptionType = { name: 'NoSuchTxnException' }
export const TXN_ABORTED: ExceptionType = { name: 'TxnAbortedException' }
export const TXN_OPEN: ExceptionType = { name: 'TxnOpenException' }

/** The best first; a method gives the first that it declares, and `MetaException` where it declares none of them. */
const CANDIDATES: Partial<Readonly<Record<FaultKind, readonly ExceptionType[]>>> = {
  'not-found': [NO_SUCH_OBJECT, INVALID_OPERATION],
  'already-exists': [ALREADY_EXISTS, INVALID_OPERATION],
  invalid: [INVALID_OBJECT, INVALID_OPERATION],
  'not-empty': [INVALID_OPERATION],
}

export function metastoreException(
  { kind, noun }: Fault,
  declared: readonly ExceptionType[],
): ExceptionType | undefined {
  const missing = kind === 'not-found' ? [noun === 'database' ? UNKNOWN_DB : UNKNOWN_TABLE] : []
  const candidates = [...missing, ...(CANDIDATES[kind] ?? []), META]
  return candidates.find((candidate) => declared.includes(candidate))
}

export const noSuchObject = (message: string): Fault => new Fault('not-found', 'object', message)
/** What is not done here: a `MetaException`, which every method declares that may say so. */
export const unsupported = (message: string): Fault => new Fault('unsupported', 'request', message)
export const invalidOperation = (message: string): ThriftException => new ThriftException(INVALID_OPERATION, message)
