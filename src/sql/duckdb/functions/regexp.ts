/**
 * Regular expressions. Trino's are Java's; DuckDB's RE2 agrees on the common part. What RE2 refuses or reads otherwise
 * (look-around, back references, possessive and atomic groups) or a pattern not known while printing runs in JavaScript.
 */
import { VARCHAR } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { quote } from '../types.ts'
import { numberConstant, textConstant } from './forms.ts'

const BEYOND_RE2 =
  /\(\?(?:=|!|<=|<!|>)|\\[1-9]|\\k<|[*+?}]\+|\(\?<[A-Za-z]|&&|\\[GZzhHRXu]|\\p\{(?:Is|In|java|Alpha|Digit|Punct|Upper|Lower|Alnum|Space)/

/** Whether RE2 reads the pattern as Java does. */
function native(call: Call): boolean {
  const pattern = textConstant(call, 1)
  return pattern !== undefined && !BEYOND_RE2.test(pattern)
}

const like: Lowering = (call) =>
  `${native(call) ? 'regexp_matches' : 'js_regexp_like'}(${call.args[0]}, ${call.args[1]})`

const extract: Lowering = (call) => {
  const [text, pattern, group] = call.args as [string, string, string | undefined]
  const number = group === undefined ? 0 : numberConstant(call, 2)
  if (!native(call) || number === undefined || number < 0 || number > groupsOf(textConstant(call, 1)!))
    return `js_regexp_extract(${text}, ${pattern}, ${group ?? 'CAST(0 AS BIGINT)'})`
  // The list form tells a group that took no part (NULL) from one that matched nothing.
  if (number > 0 && maySkipGroups(textConstant(call, 1)!))
    return `js_regexp_extract(${text}, ${pattern}, CAST(${number} AS BIGINT))`
  return call.once(
    [text],
    (s) => `CASE WHEN regexp_matches(${s}, ${pattern}) THEN regexp_extract(${s}, ${pattern}, ${number}) END`,
  )
}

const extractAll: Lowering = (call) => {
  const [text, pattern, group = 'CAST(0 AS BIGINT)'] = call.args
  const number = call.args[2] === undefined ? 0 : numberConstant(call, 2)
  if (native(call) && number !== undefined && number >= 0 && number <= groupsOf(textConstant(call, 1)!))
    return `regexp_extract_all(${text}, ${pattern}, ${number})`
  return `tr_json_texts(js_regexp_extract_all(${text}, ${pattern}, ${group}))`
}

const replace: Lowering = (call) => {
  const [text, pattern, replacement] = call.args as [string, string, string | undefined]
  if (call.function.parameters[2]?.kind === 'function' || replacement === '')
    return replaceByLambda(call, text, pattern)
  if (replacement === undefined)
    return native(call) ? `regexp_replace(${text}, ${pattern}, '', 'g')` : `js_regexp_replace(${text}, ${pattern}, '')`
  const known = textConstant(call, 2)
  if (native(call) && known !== undefined && !/[$\\]/.test(known))
    return `regexp_replace(${text}, ${pattern}, ${quote(known)}, 'g')`
  if (
    native(call) &&
    known !== undefined &&
    /^(?:[^$\\]|\$[0-9](?![0-9]))*$/.test(known) &&
    groupNumbers(known).every((n) => n <= groupsOf(textConstant(call, 1)!))
  )
    return `regexp_replace(${text}, ${pattern}, ${quote(known.replaceAll(/\$([0-9])/g, '\\$1'))}, 'g')`
  return `js_regexp_replace(${text}, ${pattern}, ${replacement})`
}

/** The text falls into pieces, each the text before a match and its groups; the lambda turns groups into text. */
function replaceByLambda(call: Call, text: string, pattern: string): string {
  const piece = call.printing.fresh('v')
  const body = call.cast(call.lambda(2, `${piece}.g`), call.lambdaType(2).result, VARCHAR)
  const pieces = `CAST(CAST(js_regexp_pieces(${text}, ${pattern}) AS JSON) AS STRUCT(t VARCHAR, g VARCHAR[])[])`
  return `array_to_string(list_transform(${pieces}, lambda ${piece}: ${piece}.t || CASE WHEN ${piece}.g IS NULL THEN '' ELSE coalesce(${body}, '') END), '')`
}

const groupNumbers = (text: string): number[] => [...text.matchAll(/\$([0-9])/g)].map((match) => Number(match[1]))

/** Of escapes, classes and opening parentheses, the last; a class that does not end ends with the pattern. */
function groupsOf(pattern: string): number {
  const signs = pattern.match(/\\.|\[(?:\\.|[^\]\\])*(?:\]|\\?$)|\((?!\?)/gs) ?? []
  return signs.filter((sign) => sign === '(').length
}

/** An optional or alternative group may take no part in a match. */
const maySkipGroups = (pattern: string): boolean => /\)[?*{]|\|/.test(pattern)

export const regexpLowerings: Lowerings = {
  regexp_like: like,
  regexp_extract: extract,
  regexp_extract_all: extractAll,
  regexp_replace: replace,
  regexp_split: (call) => `tr_json_texts(js_regexp_split(${call.args[0]}, ${call.args[1]}))`,
  regexp_count: (call) =>
    native(call)
      ? `len(regexp_extract_all(${call.args[0]}, ${call.args[1]}))`
      : `js_regexp_count(${call.args[0]}, ${call.args[1]})`,
  regexp_position: ({ args }) =>
    `js_regexp_position(${args[0]}, ${args[1]}, ${args[2] ?? 'CAST(1 AS BIGINT)'}, ${args[3] ?? 'CAST(1 AS BIGINT)'})`,
}
