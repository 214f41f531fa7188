/**
 * From what DuckDB says to what Trino would say. No local path and no generated SQL leaves this file: paths become the
 * addresses of the lake, and a message that is not understood is not shown.
 */
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { ReadFile, Relation } from '../../core/queries/relation.ts'
import { parseEngineError } from '../../sql/duckdb/failures.ts'
import { SqlError, type SqlErrorName } from '../../sql/position.ts'
import { filesRead } from './files-read.ts'

export interface Failure {
  readonly code: SqlErrorName
  readonly message: string
}

/** What a plan that was asked to stop answers; the pool says why it was asked. */
export const STOPPED: Failure = { code: 'GENERIC_USER_ERROR', message: 'Query was canceled' }

/** Of any plan that needs more than it may have. */
export const EXHAUSTED = 'Query exhausted resources at this scale factor'

export function failureOf(error: unknown, relations: readonly Relation[]): Failure {
  const failure = knownFailure(error, relations)
  if (failure) return failure
  // Not expected, so a bug: whoever runs the server reads it whole, the user does not.
  process.stderr.write(`lentic engine: ${error instanceof Error ? error.stack : error}\n`)
  return { code: 'GENERIC_INTERNAL_ERROR', message: 'The query engine failed on this query' }
}

/** Snappy, zstd, Thrift and the decoders of Parquet's pages complain without naming the file. */
const NAMELESS =
  /TProtocolException|TType|Snappy|ZSTD Decompression|GZIP Decompression|unsupported GZIP|Parquet reader|don't know what type|Out of buffer|Payload value bigger than allowed|Corrupted file|Unknown frame descriptor|Input is not a GZIP stream|ZSTD_|Failed to decompress|converted type can only be set|Invalid unicode/i

/** Files that are well, of an encoding or a codec that DuckDB does not read. */
const UNREAD_PARQUET =
  /\w+ encoding is only supported for [\w ]+|Unsupported page encoding|Unsupported compression codec "\w+"/

/** One piece of memory that is more than most queries have at all: a size in a file may be a lie. */
const ONE_PIECE =
  /^Out of Memory Error: (?:Failed to allocate block of \d{10,} bytes|failed to allocate data of size [\d.]+ [GTPE]iB|Allocation failure)/

/** Whether one of the plan's files may be to blame, and it is not said which. */
export function mayBlameFile(error: unknown, relations: readonly Relation[]): boolean {
  if (error instanceof EngineError || error instanceof SqlError) return false
  const text = error instanceof Error ? error.message : String(error)
  if (ONE_PIECE.test(text)) return true
  return (
    !fileNamed(text, relations) && (NAMELESS.test(text) || UNREAD_PARQUET.test(text) || !knownFailure(error, relations))
  )
}

/** What is said of a file that fails when it is read alone. */
export function failureOfFile(error: unknown, relation: Relation, file: ReadFile): Failure {
  const { uri } = file
  const text = error instanceof Error ? error.message : String(error)
  const unread = UNREAD_PARQUET.exec(text)
  if (unread) return { code: 'NOT_SUPPORTED', message: unreadParquet(uri, unread) }
  const memory = resourceFailure(text)
  if (memory?.code !== 'EXCEEDED_MEMORY_LIMIT') {
    const isText = relation.format.kind !== 'parquet'
    const failure = isText ? fileFailure(text, { relation, file }) : undefined
    return failure ?? failureIn(relation, 'HIVE_BAD_DATA', `Malformed ${isText ? '' : 'Parquet '}file: ${uri}`)
  }
  return { ...memory, message: `${memory.message}: a value or page of ${uri} alone takes more memory than there is` }
}

function knownFailure(error: unknown, relations: readonly Relation[]): Failure | undefined {
  if (error instanceof EngineError || error instanceof SqlError) return { code: error.code, message: error.message }
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof RangeError && /call stack/.test(text))
    return { code: 'STACK_OVERFLOW', message: 'statement is too large (stack overflow during analysis)' }
  return fileFailure(text, fileNamed(text, relations)) ?? resourceFailure(text) ?? thrownByUs(text)
}

function thrownByUs(text: string): Failure | undefined {
  const parsed = parseEngineError(text)
  return parsed && { code: parsed.code, message: parsed.text }
}

type Reading = readonly [RegExp, SqlErrorName, (file: string, match: RegExpExecArray) => string]

const PARQUET_TYPES: Readonly<Record<string, string>> = {
  VARCHAR: 'BINARY',
  BLOB: 'BINARY',
  INTEGER: 'INT32',
  SMALLINT: 'INT32',
  TINYINT: 'INT32',
  DATE: 'INT32',
  BIGINT: 'INT64',
  TIMESTAMP: 'INT64',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
}

export const recordTooLarge = (file: string): string => `A record is too large to read in ${file}`

const unreadParquet = (file: string, [reason]: RegExpExecArray): string =>
  `Unsupported Parquet file: ${file}: ${reason}`

const FILE_READINGS: readonly Reading[] = [
  [UNREAD_PARQUET, 'NOT_SUPPORTED', unreadParquet],
  [
    /failed to cast column "([^"]*)" from type (\w+)[^\n]*? to ([A-Z]\w*)/,
    'HIVE_BAD_DATA',
    (file, [, column, from, to]) =>
      `Field ${column?.toLowerCase()}'s type ${PARQUET_TYPES[from!] ?? from} in parquet file ${file} is incompatible with type ${to?.toLowerCase()} defined in table schema`,
  ],
  [
    /too small to be a Parquet file|No magic bytes found|Footer length error|not (?:a )?valid Parquet|encryption/i,
    'HIVE_BAD_DATA',
    (file) => `Not valid Parquet file: ${file}`,
  ],
  [
    /Malformed JSON/,
    'HIVE_CURSOR_ERROR',
    (file) => `Row is not a valid JSON Object - JSONException: malformed JSON in ${file}`,
  ],
  [/maximum_object_size|Maximum line size|max_line_size|line size of/i, 'HIVE_CURSOR_ERROR', recordTooLarge],
  [
    /GZIP|zstd|ZSTD|Failed to decode|inflate|decompress/i,
    'HIVE_CANNOT_OPEN_SPLIT',
    (file) => `Error opening Hive split ${file}: the file can not be decompressed`,
  ],
  [
    /No such file|No files found|Cannot access file|Cannot open file|Could not read|does not exist/i,
    'HIVE_CANNOT_OPEN_SPLIT',
    (file) => `Error opening Hive split ${file}: the file can not be read`,
  ],
  [
    /TProtocolException|Invalid (?:Input )?Error|Snappy|Parquet|page header|CSV Error|don't match what we expected/i,
    'HIVE_BAD_DATA',
    (file) => `Malformed file: ${file}`,
  ],
]

/** Only errors that name one of the plan's files are about files. */
function fileFailure(text: string, named: NamedFile | undefined): Failure | undefined {
  if (!named) return undefined
  for (const [pattern, code, say] of FILE_READINGS) {
    const match = pattern.exec(text)
    if (match) return failureIn(named.relation, code, say(named.file.uri, match))
  }
  return undefined
}

/** As the connector of the table's format calls it. */
export function failureIn(relation: Relation, code: SqlErrorName, message: string): Failure {
  const isIceberg = relation.columns.some((column) => column.kind === 'data' && column.ids)
  if (!isIceberg) return { code, message }
  return { code: OF_ICEBERG[code] ?? code, message: message.replace('Hive split', 'Iceberg split') }
}

const OF_ICEBERG: Partial<Record<SqlErrorName, SqlErrorName>> = {
  HIVE_BAD_DATA: 'ICEBERG_BAD_DATA',
  HIVE_CANNOT_OPEN_SPLIT: 'ICEBERG_CANNOT_OPEN_SPLIT',
}

interface NamedFile {
  readonly relation: Relation
  readonly file: ReadFile
}

function fileNamed(text: string, relations: readonly Relation[]): NamedFile | undefined {
  for (const relation of relations) {
    const file = filesRead(relation).find(({ localPath }) => text.includes(localPath))
    if (file) return { relation, file }
  }
  return undefined
}

function resourceFailure(text: string): Failure | undefined {
  if (
    /^Out of Memory Error|bad_alloc|could not allocate|Invalid string length|Array buffer allocation failed/i.test(text)
  )
    return { code: 'EXCEEDED_MEMORY_LIMIT', message: EXHAUSTED }
  if (/^INTERRUPT Error|Interrupted!/.test(text)) return STOPPED
  if (/^IO Error: Failed to create directory .*: File name too long/s.test(text))
    return {
      code: 'NOT_SUPPORTED',
      message:
        "A value is too long for the name of its partition's folder: of 255 bytes, of which those beyond letters and digits of ASCII take three each",
    }
  if (/must not appear in the (?:DELIMITER|QUOTE|ESCAPE|NULL) specification/.test(text))
    return {
      code: 'NOT_SUPPORTED',
      message: 'Text tables whose delimiter, quote, escape and null text share a character are not supported',
    }
  if (/No space left on device/i.test(text))
    return { code: 'GENERIC_INTERNAL_ERROR', message: 'No space left on the disk of the query engine' }
  if (/STRUCT to STRUCT cast must have at least one matching member/.test(text))
    return { code: 'HIVE_BAD_DATA', message: 'A struct of the table has no field in common with that of the file' }
  if (/Unknown frame descriptor|Input is not a GZIP stream|ZSTD_|Failed to decompress/i.test(text))
    return { code: 'HIVE_CANNOT_OPEN_SPLIT', message: 'Error opening Hive split: a file can not be decompressed' }
  // Too much to be looked through for the one that is (malformed-file.ts).
  const unread = UNREAD_PARQUET.exec(text)
  if (unread) return { code: 'NOT_SUPPORTED', message: `Unsupported Parquet file: ${unread[0]}` }
  if (NAMELESS.test(text)) return { code: 'HIVE_BAD_DATA', message: 'Malformed Parquet file' }
  return undefined
}
