/**
 * Run-time errors. An expression fails with Trino's code by casting `!CODE!text` to a type the text can not have: such a
 * cast is not volatile, so CASE stays lazy and TRY turns it into NULL. JavaScript functions throw the same text.
 * `parseEngineError` reads code and text back from DuckDB's message.
 */
import type { SqlErrorName } from '../position.ts'
import type { Type } from '../types.ts'
import { duckdbType, quote } from './types.ts'

export interface EngineFailure {
  readonly code: SqlErrorName
  readonly text: string
}

/** An expression of `type` that always fails with `text`, to which the SQL text `detail` is appended. */
export function failure(code: SqlErrorName, text: string, type: Type, detail?: string): string {
  return failureAs(code, text, duckdbType(type), detail)
}

export function failureAs(code: SqlErrorName, text: string, engineType: string, detail?: string): string {
  const message = quote(`!${code}!${text}`)
  return failingCast(detail ? `${message} || CAST(${detail} AS VARCHAR)` : message, engineType)
}

/** The same of a text that no user reads: `message` is SQL. */
export function failingCast(message: string, engineType: string): string {
  const cast = `CAST(${message} AS INTEGER)`
  if (engineType === 'INTEGER') return cast
  return engineType === 'VARCHAR' ? `CAST(${cast} AS VARCHAR)` : `CAST(CAST(${cast} AS VARCHAR) AS ${engineType})`
}

/** What a JavaScript function throws. */
export class FunctionFailure extends Error {
  constructor(code: SqlErrorName, text: string) {
    super(`!${code}!${text}`)
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  INT8: 'tinyint',
  INT16: 'smallint',
  INT32: 'integer',
  INT64: 'bigint',
  FLOAT: 'real',
}
const CAST_NAMES: Readonly<Record<string, string>> = {
  INT8: 'TINYINT',
  INT16: 'SMALLINT',
  INT32: 'INT',
  INT64: 'BIGINT',
  FLOAT: 'REAL',
}
const OPERATIONS: Readonly<Record<string, string>> = { addition: 'addition', subtraction: 'subtraction' }

type Reading = readonly [RegExp, (...groups: string[]) => EngineFailure]
const READINGS: readonly Reading[] = [
  [/Could not convert string '!([A-Z_]+)!([\s\S]*)' to INT32/, (code, text) => ({ code: code as SqlErrorName, text })],
  [/(?<!')!([A-Z_]{5,})!([^\n]*)/, (code, text) => ({ code: code as SqlErrorName, text })],
  [
    /Overflow in (\w+) of (\w+) \((.*)\)/,
    (operation, type, terms) => ({
      code: 'NUMERIC_VALUE_OUT_OF_RANGE',
      text: TYPE_NAMES[type]
        ? `${TYPE_NAMES[type]} ${OPERATIONS[operation] ?? operation} overflow: ${terms}`
        : 'Decimal overflow',
    }),
  ],
  [/Overflow on abs\((.*)\)/, (value) => range(`Value ${value} is out of range for abs(${typeOfLeast(value)})`)],
  [/Overflow in negation/, () => range('bigint negation overflow')],
  [
    /Type (?:DOUBLE|FLOAT) with value (\S+) can't be cast because the value is out of range for the destination type INT64/,
    (value) => invalidCast(`Unable to cast ${asJava(value)} to bigint`),
  ],
  [/Type INT128 with value \S+ can't be cast .* destination type INT64/, () => range('bigint addition overflow')],
  [
    /with value (\S+) can't be cast because the value is out of range for the destination type (\w+)/,
    (value, type) => range(`Out of range for ${TYPE_NAMES[type] ?? type.toLowerCase()}: ${asJava(value)}`),
  ],
  [
    /Failed to cast decimal value (\S+) to type (\w+)/,
    (value, type) =>
      invalidCast(`Cannot cast '${value}' to ${type === 'INT32' ? 'INTEGER' : (CAST_NAMES[type] ?? type)}`),
  ],
  [/Overflow in division of (\S+ \/ -1)/, (terms) => range(`division overflow: ${terms}`)],
  [
    /extract specifier "([\s\S]*)" not recognized/,
    (unit) => invalidArgument(`'${unit}' is not a valid TIMESTAMP field`),
  ],
  [
    /not in timestamp range|Timestamp microseconds out of range|Date out of range/,
    () => range('Timestamp out of range'),
  ],
  [/Argument for ntile/, () => invalidArgument('Buckets must be greater than 0')],
  [
    /Could not convert string '([\s\S]*)' to (\w+)/,
    (value, type) => invalidCast(`Cannot cast '${value}' to ${CAST_NAMES[type] ?? type}`),
  ],
  [
    /(?:Casting value|Could not cast value) "?([^"\s]+)"? to (?:type )?DECIMAL\((\d+),\s*(\d+)\)/,
    (value, precision, scale) => invalidCast(`Cannot cast DECIMAL '${value}' to DECIMAL(${precision}, ${scale})`),
  ],
  [
    /Could not convert string "([\s\S]*)" to (DECIMAL\(\d+,\d+\))/,
    (value, type) => invalidCast(`Cannot cast VARCHAR '${value}' to ${type.replace(',', ', ')}. Value too large.`),
  ],
  [
    /invalid (date|timestamp|time) field format: "([^"]*)"|(date|timestamp|time) field value out of range: "([^"]*)"/,
    (a, b, c, d) => invalidCast(`Value cannot be cast to ${a ?? c}: ${b ?? d}`),
  ],
  [
    /correlated columns in window functions/,
    () => ({ code: 'NOT_SUPPORTED', text: 'Given correlated subquery is not supported' }),
  ],
  [
    /More than one row returned by a subquery/,
    () => ({ code: 'SUBQUERY_MULTIPLE_ROWS', text: 'Scalar sub-query has returned multiple rows' }),
  ],
  [/Map keys must be unique/, () => invalidArgument('Duplicate map keys are not allowed')],
  [/Map keys can not be NULL/, () => invalidArgument('map key cannot be null')],
  [/Unknown TimeZone '([^']*)'/, (zone) => invalidArgument(`'${zone}' is not a valid time zone`)],
  [/(?:Malformed JSON|JSON transform error)/, () => invalidCast('Cannot cast to the requested type: malformed JSON')],
  [
    /Out of Memory Error|failed to (?:allocate|pin block)|could not allocate/i,
    () => ({ code: 'EXCEEDED_MEMORY_LIMIT', text: 'Query exceeded the memory limit of the engine' }),
  ],
  [
    /Max recursion|max_expression_depth|Maximum recursion/i,
    () => ({ code: 'STACK_OVERFLOW', text: 'statement is too large (stack overflow during analysis)' }),
  ],
  [/Out of Range Error: (?:Numeric|Decimal|Could not|Cannot|Overflow)[^\n]*/, () => range('Decimal overflow')],
  // The words of RE2.
  [
    /Invalid Input Error: ((?:missing|unexpected) [)\]]|(?:no argument for|bad) repetition|invalid (?:escape sequence|character class|perl operator|repetition size|named capture|UTF-8)|trailing \\)/,
    (reason) => invalidArgument(`Invalid pattern: ${reason}`),
  ],
  [/n value cannot be NULL/, () => invalidArgument('third argument of max_by/min_by must be a positive integer')],
]

/** Trino's code and text for a message of DuckDB's; undefined when the message is not an error a user's query may cause. */
export function parseEngineError(message: string): EngineFailure | undefined {
  for (const [pattern, read] of READINGS) {
    const match = pattern.exec(message)
    if (match) return read(...(match.slice(1) as string[]))
  }
  return undefined
}

/** The integer type whose least value it is. */
const typeOfLeast = (value: string): string =>
  ({ '-128': 'tinyint', '-32768': 'smallint', '-2147483648': 'integer' })[value] ?? 'bigint'

/** A double as DuckDB shows it, in Java's way where it has an exponent. */
function asJava(value: string): string {
  const [, mantissa, exponent] = /^(-?\d+(?:\.\d+)?)e([+-]\d+)$/.exec(value) ?? []
  return mantissa === undefined ? value : `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}

function range(text: string): EngineFailure {
  return { code: 'NUMERIC_VALUE_OUT_OF_RANGE', text }
}
function invalidCast(text: string): EngineFailure {
  return { code: 'INVALID_CAST_ARGUMENT', text }
}
function invalidArgument(text: string): EngineFailure {
  return { code: 'INVALID_FUNCTION_ARGUMENT', text }
}
