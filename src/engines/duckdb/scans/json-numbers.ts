/**
 * Numbers of JSON, by Hive's rules for their texts. The engine writes a number as JSON much faster than as text, a double in
 * a third of the time, so it is asked for JSON; where the two could read differently, the text has the last word.
 */
import type { NumberMember } from '../../../formats/hive/plain-numbers.ts'
import type { Type } from '../../../sql/types.ts'
import { integerFromText, isInteger, scalarFromText } from './text-values.ts'

/** A whole number may be written as 12.0. */
const WHOLE = '[+-]?[0-9]+(\\.0*)?'
/** With more digits before or fewer zeros behind the point the engine writes a text with an exponent, and JSON without. */
const MOST_DIGITS = 15
const MOST_SCALE = 3

/** Whether members of the type are asked for as JSON. */
export const isJsonNumber = (type: Type): boolean =>
  isInteger(type) ||
  type.kind === 'double' ||
  (type.kind === 'decimal' && type.scale <= MOST_SCALE && type.precision - type.scale <= MOST_DIGITS)

/** How plain a number has to be for the engine's reader, told the type, to make of it what the rules below make. */
export function plainDigits(type: Type): NumberMember['digits'] {
  if (type.kind === 'double') return undefined
  // By way of a double, if it has a fraction.
  if (type.kind === 'decimal') return { whole: MOST_DIGITS - type.scale, fraction: type.scale }
  return { whole: LONGEST[type.kind]!, fraction: 0 }
}

const LONGEST: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }

/** Of a text that JSON is. */
export const wholeFromText = (type: Type, text: string): string =>
  integerFromText(type, text, undefined, { pattern: WHOLE })

/**
 * `text`: the member's JSON as VARCHAR; `cast`: that text cast to the type. Both are names of columns. `missing`: the value
 * where there is no member.
 */
export function numberFromJson(type: Type, text: string, cast: string, missing: string): string {
  const asText = `json_transform(${text}, '"VARCHAR"')`
  if (isInteger(type)) {
    // One condition that usually holds for all values at once takes less than a quicker one that holds for most.
    const printed = `WHEN CAST(${cast} AS VARCHAR) = ${text} THEN ${cast}`
    return `CASE ${printed} WHEN ${text} IS NULL THEN ${missing} ELSE ${wholeFromText(type, asText)} END`
  }
  const sure =
    type.kind === 'double'
      ? `WHEN ${cast} IS NOT NULL THEN ${cast}`
      : `WHEN ${cast} <> 0 THEN ${cast} WHEN ${text} = '0' OR ${text} = '0.0' THEN ${cast}`
  return `CASE ${sure} WHEN ${text} IS NULL THEN ${missing} ELSE ${scalarFromText(type, asText)} END`
}
