/**
 * Where Trino reports a token or node (`line` and `column` from 1; an operator for binary expressions, else the start),
 * and which part of the statement it is (`start` to `end`, in UTF-16 units).
 */
export interface Position {
  readonly line: number
  readonly column: number
  readonly start: number
  readonly end: number
}

/** Trino's error names that analysis and execution use; the category and type that Athena derives live in core/queries. */
export type SqlErrorName =
  | 'SYNTAX_ERROR'
  | 'NOT_SUPPORTED'
  | 'COLUMN_NOT_FOUND'
  | 'TABLE_NOT_FOUND'
  | 'SCHEMA_NOT_FOUND'
  | 'CATALOG_NOT_FOUND'
  | 'FUNCTION_NOT_FOUND'
  | 'TYPE_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'AMBIGUOUS_NAME'
  | 'AMBIGUOUS_FUNCTION_CALL'
  | 'DUPLICATE_COLUMN_NAME'
  | 'DUPLICATE_NAMED_QUERY'
  | 'DUPLICATE_WINDOW_NAME'
  | 'COLUMN_TYPE_UNKNOWN'
  | 'COLUMN_ALIAS_DUPLICATE'
  | 'MISMATCHED_COLUMN_ALIASES'
  | 'MISMATCHED_SET_COLUMN_TYPES'
  | 'MISSING_ARGUMENT'
  | 'MISSING_COLUMN_NAME'
  | 'MISSING_COLUMN_ALIASES'
  | 'MISSING_GROUP_BY'
  | 'MISSING_ORDER_BY'
  | 'MISSING_OVER'
  | 'MISSING_ROW_PATTERN'
  | 'MISSING_VARIABLE_DEFINITIONS'
  | 'INVALID_ARGUMENTS'
  | 'INVALID_COLUMN_REFERENCE'
  | 'INVALID_FUNCTION_ARGUMENT'
  | 'INVALID_LABEL'
  | 'INVALID_LITERAL'
  | 'INVALID_NAVIGATION_NESTING'
  | 'INVALID_ORDER_BY'
  | 'INVALID_LIMIT_CLAUSE'
  | 'INVALID_PARAMETER_USAGE'
  | 'INVALID_PARTITION_BY'
  | 'INVALID_PATTERN_RECOGNITION_FUNCTION'
  | 'INVALID_PROCESSING_MODE'
  | 'INVALID_RANGE'
  | 'INVALID_RECURSIVE_REFERENCE'
  | 'INVALID_ROW_PATTERN'
  | 'INVALID_WINDOW_FRAME'
  | 'INVALID_WINDOW_MEASURE'
  | 'INVALID_WINDOW_REFERENCE'
  | 'INVALID_VIEW'
  | 'INVALID_CAST_ARGUMENT'
  | 'INVALID_TABLE_PROPERTY'
  | 'NESTED_AGGREGATION'
  | 'NESTED_WINDOW'
  | 'NESTED_RECURSIVE'
  | 'NULL_TREATMENT_NOT_ALLOWED'
  | 'EXPRESSION_NOT_AGGREGATE'
  | 'EXPRESSION_NOT_CONSTANT'
  | 'EXPRESSION_NOT_IN_DISTINCT'
  | 'EXPRESSION_NOT_SCALAR'
  | 'FUNCTION_NOT_AGGREGATE'
  | 'FUNCTION_NOT_WINDOW'
  | 'NUMERIC_VALUE_OUT_OF_RANGE'
  | 'DIVISION_BY_ZERO'
  | 'DELTA_LAKE_INVALID_SCHEMA'
  | 'DELTA_LAKE_BAD_DATA'
  | 'MERGE_TARGET_ROW_MULTIPLE_MATCHES'
  | 'ICEBERG_BAD_DATA'
  | 'COLUMN_ALREADY_EXISTS'
  | 'ICEBERG_COMMIT_ERROR'
  | 'ICEBERG_CANNOT_OPEN_SPLIT'
  | 'ICEBERG_INVALID_METADATA'
  | 'ICEBERG_MISSING_METADATA'
  | 'ICEBERG_TOO_MANY_OPEN_PARTITIONS'
  | 'SUBQUERY_MULTIPLE_ROWS'
  | 'TABLE_ALREADY_EXISTS'
  | 'TABLE_HAS_NO_COLUMNS'
  | 'SCHEMA_ALREADY_EXISTS'
  | 'TOO_MANY_ARGUMENTS'
  | 'TOO_MANY_GROUPING_SETS'
  | 'VIEW_IS_RECURSIVE'
  | 'VIEW_IS_STALE'
  | 'INVALID_PATH'
  | 'DUPLICATE_PARAMETER_NAME'
  | 'PATH_EVALUATION_ERROR'
  | 'JSON_INPUT_CONVERSION_ERROR'
  | 'JSON_OUTPUT_CONVERSION_ERROR'
  | 'JSON_VALUE_RESULT_ERROR'
  | 'GENERIC_USER_ERROR'
  | 'GENERIC_INTERNAL_ERROR'
  | 'QUERY_TEXT_TOO_LARGE'
  | 'STACK_OVERFLOW'
  | 'MALFORMED_QUERY'
  | 'EXCEEDED_FUNCTION_MEMORY_LIMIT'
  | 'EXCEEDED_MEMORY_LIMIT'
  | 'EXCEEDED_TIME_LIMIT'
  | 'HIVE_BAD_DATA'
  | 'HIVE_CURSOR_ERROR'
  | 'HIVE_CANNOT_OPEN_SPLIT'
  | 'HIVE_METASTORE_ERROR'
  | 'HIVE_INVALID_METADATA'
  | 'HIVE_INVALID_PARTITION_VALUE'
  | 'HIVE_PARTITION_SCHEMA_MISMATCH'
  | 'HIVE_PATH_ALREADY_EXISTS'
  | 'HIVE_TOO_MANY_OPEN_PARTITIONS'
  | 'HIVE_UNSUPPORTED_FORMAT'
  | 'CONSTRAINT_VIOLATION'

/** A user's SQL is at fault. The full message is Trino's: `line 1:8: Column 'x' cannot be resolved`. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly code: SqlErrorName
  /** The text without the position. */
  readonly text: string
  readonly position: Position | undefined

  constructor(code: SqlErrorName, text: string, position?: Position) {
    super(position ? `line ${position.line}:${position.column}: ${text}` : text)
    this.code = code
    this.text = text
    this.position = position
  }
}
