import { DeltaLogError } from '../../formats/delta/log-error.ts'
import { IcebergError } from '../../formats/iceberg/iceberg-error.ts'
import { SqlError, type SqlErrorName } from '../../sql/position.ts'
import { CATALOG_ENCRYPTION, glueNote } from '../catalog/catalog-encryption.ts'
import { Fault } from '../faults.ts'
import { S3_PATH } from '../forwarding/forwarded-files.ts'
import { FORWARDED } from '../forwarding/forwarding.ts'
import { PERMISSION } from '../permissions/insufficient.ts'
import type { NameContext } from './context.ts'
import { EngineError } from './engine-plan.ts'

/**
 * Why a statement failed, as Athena tells it: a category (1 system, 2 user, 3 other) and a type of its error catalog
 * (docs: athena/latest/ug/error-reference). `reason` is the state change reason, `message` what the error object says.
 */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure'
  readonly reason: string
  readonly category: 1 | 2 | 3
  readonly type: number
  /** Hive's DDL tasks leave their message in the result file, Trino's statements leave nothing. */
  readonly leavesText: boolean

  constructor(
    reason: string,
    error: { category: 1 | 2 | 3; type: number; message?: string; leavesText?: boolean; cause?: unknown },
  ) {
    super(error.message ?? reason, { cause: error.cause })
    this.reason = reason
    this.category = error.category
    this.type = error.type
    this.leavesText = error.leavesText ?? false
  }
}

/** Types of Athena's error catalog by Trino's error name; a name that is not here is a query that failed (1009). */
const ERROR_TYPES: Partial<Record<SqlErrorName, number>> = {
  SYNTAX_ERROR: 1006,
  COLUMN_NOT_FOUND: 1006,
  CATALOG_NOT_FOUND: 1006,
  AMBIGUOUS_NAME: 1006,
  EXPRESSION_NOT_AGGREGATE: 1006,
  MISSING_GROUP_BY: 1006,
  TYPE_MISMATCH: 1006,
  NOT_SUPPORTED: 1200,
  TABLE_NOT_FOUND: 1301,
  SCHEMA_NOT_FOUND: 1301,
  FUNCTION_NOT_FOUND: 1303,
  TABLE_ALREADY_EXISTS: 1110,
  INVALID_FUNCTION_ARGUMENT: 1106,
  INVALID_CAST_ARGUMENT: 1100,
  MISSING_COLUMN_NAME: 1100,
  INVALID_TABLE_PROPERTY: 1103,
  INVALID_VIEW: 1107,
  VIEW_IS_STALE: 1107,
  DELTA_LAKE_BAD_DATA: 1001,
  DELTA_LAKE_INVALID_SCHEMA: 1004,
  ICEBERG_BAD_DATA: 1001,
  ICEBERG_CANNOT_OPEN_SPLIT: 1001,
  ICEBERG_INVALID_METADATA: 1004,
  ICEBERG_MISSING_METADATA: 1004,
  HIVE_BAD_DATA: 1001,
  HIVE_CURSOR_ERROR: 1001,
  HIVE_CANNOT_OPEN_SPLIT: 1001,
  HIVE_INVALID_METADATA: 1004,
  HIVE_INVALID_PARTITION_VALUE: 1001,
  HIVE_PARTITION_SCHEMA_MISMATCH: 1004,
  HIVE_PATH_ALREADY_EXISTS: 1100,
  HIVE_TOO_MANY_OPEN_PARTITIONS: 1100,
  HIVE_UNSUPPORTED_FORMAT: 1200,
  CONSTRAINT_VIOLATION: 1100,
  EXCEEDED_MEMORY_LIMIT: 0,
  EXCEEDED_TIME_LIMIT: 206,
  GENERIC_INTERNAL_ERROR: 200,
}
const SYSTEM_ERRORS: ReadonlySet<SqlErrorName> = new Set([
  'GENERIC_INTERNAL_ERROR',
  'EXCEEDED_MEMORY_LIMIT',
  'EXCEEDED_TIME_LIMIT',
])

/** Told in its own words to who asked; anything else is a bug. */
export const isExpected = (error: unknown): boolean =>
  [StatementFailure, SqlError, EngineError, DeltaLogError, IcebergError, Fault].some((known) => error instanceof known)

/** What any error thrown while a statement ran is as a failure of it. */
export function failureOf(error: unknown): StatementFailure {
  if (error instanceof StatementFailure) return error
  if (error instanceof SqlError || error instanceof EngineError)
    return namedFailure(error.code, discreet(error.code, error.message), error)
  if (error instanceof DeltaLogError || error instanceof IcebergError)
    return namedFailure(error.code, error.message, error)
  if (error instanceof Fault) return faultFailure(error)
  return new StatementFailure('GENERIC_INTERNAL_ERROR: The query failed because of an internal error', {
    category: 1,
    type: 200,
    cause: error,
  })
}

/** Who may not see a column is not told whether it is there (docs: athena ug, lf-athena-limitations). */
const discreet = (name: SqlErrorName, text: string): string =>
  name === 'COLUMN_NOT_FOUND' && text.endsWith(' cannot be resolved')
    ? `${text} or requester is not authorized to access requested resources`
    : text

/** `NAME: text`, classified by the name. */
export function namedFailure(name: SqlErrorName, text: string, cause?: unknown): StatementFailure {
  return new StatementFailure(`${name}: ${text}`, {
    category: SYSTEM_ERRORS.has(name) ? 1 : 2,
    type: ERROR_TYPES[name] ?? 1009,
    cause,
  })
}

/** What writes runs in a session of the context's catalog, which must be there (observed). */
export function requireSessionCatalog(context: NameContext): void {
  const { catalog } = context
  if (context.lakeCatalogs.find(catalog) || context.sourceCatalogs.find(catalog)) return
  throw new StatementFailure(`NOT_FOUND: Session property catalog does not exist: ${catalog}`, {
    category: 2,
    type: 1300,
  })
}

/** Runs work whose failures end in a note about what may have been left behind. */
export async function noting<T>(note: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { reason, category, type } = failureOf(error)
    throw new StatementFailure(reason + note, { category, type, cause: error })
  }
}

function faultFailure(fault: Fault): StatementFailure {
  if (fault.noun === CATALOG_ENCRYPTION)
    return namedFailure('HIVE_METASTORE_ERROR', `${fault.message} ${glueNote()}`, fault)
  if (fault.noun === FORWARDED)
    return new StatementFailure(forwardedText(fault), { category: 2, type: 1500, cause: fault })
  if (fault.noun === S3_PATH) return new StatementFailure(fault.message, { category: 2, type: 1501, cause: fault })
  const types: Partial<Record<Fault['kind'], number>> = {
    'not-found': fault.noun === 'bucket' ? 1306 : 1301,
    denied: 1500,
    invalid: 1100,
    limit: 1405,
    unsupported: 1200,
    'storage-full': 401,
  }
  return new StatementFailure(fault.message, { category: 2, type: types[fault.kind] ?? 1009, cause: fault })
}

/** What a service has refused, with the note that is put behind it. Observed of Glue. */
const forwardedText = ({ message, detail }: Fault): string =>
  String(detail.action).startsWith('glue:') ? `${message} ${glueNote('AccessDeniedException')}` : message

/** What a Hive task makes of an error that it meets in the catalog: observed of one whose key could not be used. */
export function hiveFailure(error: unknown): unknown {
  if (!(error instanceof Fault)) return error
  if (error.noun === FORWARDED) return ddlTaskFailure('MetaException', forwardedText(error))
  if (error.noun === PERMISSION)
    return ddlTaskFailure('MetaException', `${error.message} ${glueNote('AccessDeniedException')}`)
  if (error.noun !== CATALOG_ENCRYPTION) return error
  return ddlTaskFailure('MetaException', `${error.message} ${glueNote()}`)
}

/** A failure of one of Hive's DDL tasks, told in plain words. */
export function taskFailure(message: string, type = 1006): StatementFailure {
  const reason = `FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ${message}`
  return new StatementFailure(reason, { category: 2, type, message, leavesText: true })
}

/** A failure of one of Hive's DDL tasks, with the exception it names: observed as category 2, type 1006. */
export function ddlTaskFailure(exception: string, message: string, detail = message): StatementFailure {
  return new StatementFailure(
    `FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ${exception}(message:${message})`,
    { category: 2, type: 1006, message: detail, leavesText: true },
  )
}
