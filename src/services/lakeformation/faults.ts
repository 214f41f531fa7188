import type { ErrorDetail } from '@aws-sdk/client-lakeformation'
import type { Fault } from '../../core/faults.ts'
import { DATA_CATALOG_CODES } from '../../protocol/data-catalog-faults.ts'
import { AwsError } from '../../protocol/service.ts'

/** What only one operation or another can end with. */
const BY_NOUN: Readonly<Record<string, string>> = {
  'permission type': 'PermissionTypeMismatchException',
  'work units': 'WorkUnitsNotReadyYetException',
  statistics: 'StatisticsNotReadyYetException',
  'query plan': 'ExpiredException',
  'query planning': 'ThrottledException',
  'committed transaction': 'TransactionCommittedException',
  'cancelled transaction': 'TransactionCanceledException',
}

export const lakeFormationError = (fault: Fault): AwsError =>
  new AwsError(BY_NOUN[fault.noun] ?? DATA_CATALOG_CODES[fault.kind], fault.message)

/** For operations that answer each entry on its own. */
export function errorDetail(fault: Fault): ErrorDetail {
  const { code, message } = lakeFormationError(fault)
  return { ErrorCode: code, ErrorMessage: message }
}
