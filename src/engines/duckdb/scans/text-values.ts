/** Values of Hive's text formats. Each function takes an SQL expression of type VARCHAR and answers one of the type. */
import { failingCast } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'

/** The type's value, or NULL where the text is not one. Scalars only. */
export function scalarFromText(type: Type, text: string): string {
  switch (type.kind) {
    case 'varchar':
      return type.length === undefined ? text : `left(${text}, ${type.length})`
    case 'char':
      return `rpad(left(${text}, ${type.length}), ${type.length}, ' ')`
    case 'boolean':
      return booleanFromText(text)
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return integerFromText(type, text)
    case 'real':
    case 'double':
      return floatFromText(type, text)
    case 'decimal':
      return decimalFromText(type, text)
    case 'timestamp':
      // DuckDB would also read `2024-01-01T10:00`. To cut the character out takes longer than to compare the shape.
      return `TRY_CAST(CASE WHEN ${text} LIKE '__________ %' OR length(${text}) < 11 THEN ${text} END AS TIMESTAMP)`
    case 'varbinary':
      return `coalesce(TRY(from_base64(${text})), encode(${text}))`
    default:
      return castText(type, text)
  }
}

/** The usual spellings first: to make another case of each text takes longer. */
function booleanFromText(text: string): string {
  const usual = `WHEN ${text} = 'true' THEN true WHEN ${text} = 'false' THEN false`
  return `CASE ${usual} WHEN lower(${text}) = 'true' THEN true WHEN lower(${text}) = 'false' THEN false END`
}

/**
 * Where `cast` names a column, the text has been cast below, once for all that is asked of it here. `otherwise`: the value
 * of a text that is no number.
 */
export function integerFromText(type: Type, text: string, cast?: string, more: IntegerRules = {}): string {
  const { pattern = '[+-]?[0-9]+', otherwise } = more
  const value = cast ?? castText(type, text)
  const plain = cast === undefined ? '' : ` WHEN ${isPlain(text, cast)} THEN ${cast}`
  // What prints back as itself is a usual case too, and costs no regex.
  const printed = `WHEN CAST(${value} AS VARCHAR) = ${text} THEN ${value}`
  const other = otherwise === undefined ? '' : ` ${otherwise}`
  return `CASE${plain} ${printed} WHEN ${value} IS NOT NULL AND regexp_full_match(${text}, '${pattern}') THEN ${value}${other} END`
}

interface IntegerRules {
  readonly pattern?: string
  /** The rest of a CASE. */
  readonly otherwise?: string
}

const LONGEST_BIGINT = 19
/** The least number of one digit, of two ... */
const LEAST_OF_LENGTH = `'[${Array.from({ length: LONGEST_BIGINT }, (_, i) => 10n ** BigInt(i)).join()}]'::BIGINT[]`

/**
 * DuckDB would also read ` 12`, `1_2`, `0x12`, `1.2` and `1e2`. Where a text that is a number begins with none but 1 to 9,
 * as many digits in the number as there are characters in the text leave only those with an exponent, which end in two
 * zeros then: a third of what printing the number costs. What is left out here is no less a number.
 */
const isPlain = (text: string, value: string): string =>
  `${text} >= '1' AND ${value} >= (${LEAST_OF_LENGTH})[strlen(${text})] AND ${value} % 100 <> 0`

/** As LazySimpleSerDe reads a whole number: what stands behind a point are digits, and is left out. `cast` as above. */
export function truncatedFromText(type: Type, text: string, cast?: string): string {
  const whole = `regexp_replace(${text}, '^([+-]?)([0-9]*)[.].*$', '\\10\\2')`
  const isFraction = `contains(${text}, '.') AND regexp_full_match(${text}, '[+-]?[0-9]*[.][0-9]*')`
  return integerFromText(type, text, cast, { otherwise: `WHEN ${isFraction} THEN ${castText(type, whole)}` })
}

// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Double.html#valueOf(java.lang.String)
const BLANK = '[\\x00-\\x20]*'
const FLOATING = `(NaN|Infinity|([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?)`
const SUFFIXED = `(?s)${BLANK}([+-]?${FLOATING})[dDfF]?${BLANK}`

/**
 * As Java's `parseDouble` reads it, but of no hexadecimals. DuckDB would also read `1_000`, `+-5`, `inf`, `nan` and
 * `INFINITY`, and not `1d`: what is not finite, or may be one of those, is looked at again. `cast` as above.
 */
export function floatFromText(type: Type, text: string, cast = castText(type, text)): string {
  const number = `nullif(regexp_extract(${text}, '^${SUFFIXED}$', 1), '')`
  const sure = `isfinite(${cast}) AND NOT contains(${text}, '_') AND NOT contains(${text}, '+-')`
  return `CASE WHEN ${sure} THEN ${cast} WHEN ${text} IS NOT NULL THEN ${castText(type, number)} END`
}

/** DuckDB would also read `1_000`. */
const decimalFromText = (type: Type, text: string): string =>
  `CASE WHEN NOT contains(${text}, '_') THEN ${castText(type, text)} END`

/** What a plan fails with when the engine's reader has made such a number of a text of the column whose name follows. */
export const NOT_FINITE = 'a number is not finite in '

/** `value`: what the engine's reader has made of a text, which is not there to be looked at. `as`: the column's name. */
export function readFloat(type: Type, value: string, as: string): string {
  const failed = failingCast(quote(NOT_FINITE + as), duckdbType(type))
  return `CASE WHEN isfinite(${value}) OR ${value} IS NULL THEN ${value} ELSE ${failed} END`
}

export const isFloat = ({ kind }: Type): boolean => kind === 'real' || kind === 'double'

/** Types of whose texts the engine's readers take more for numbers than Java does, see ../texts/number-search.ts. */
export const isFraction = (type: Type): boolean => isFloat(type) || type.kind === 'decimal'

const SURE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['tinyint', 2],
  ['smallint', 4],
  ['integer', 9],
  ['bigint', 18],
])

export const isInteger = (type: Type): boolean => SURE_DIGITS.has(type.kind)

/** How many digits a number of the type may have, whichever they are; undefined where it is no whole one. */
export const sureDigits = (type: Type): number | undefined => SURE_DIGITS.get(type.kind)

/** What the engine makes of a text. */
export const castText = (type: Type, text: string): string => `TRY_CAST(${text} AS ${duckdbType(type)})`

/** A field as a reader of text yields it, and the expression of what the engine makes of it. */
export interface FieldCast {
  readonly field: string
  readonly cast: string
}

/** The rows of `from` with fields beside their casts, which go by the name that `castOf` gives. `kept`: more columns of it. */
export function withCasts(from: string, casts: readonly FieldCast[], kept: readonly string[]): string {
  if (casts.length === 0) return from
  const items = [...kept, ...casts.map(({ field, cast }) => `${cast} AS ${castOf(field)}`)]
  return `(SELECT ${items.join(', ')} FROM ${from})`
}

export const castOf = (field: string): string => `${field}_cast`
