/** Text functions. */
import { isInteger, typeName, VARCHAR } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failure } from '../failures.ts'
import type { Moment } from '../fine-moments.ts'
import { jsonText } from '../json-casts.ts'
import { textOf, zonedParts } from '../texts.ts'
import { quote } from '../types.ts'
import { UTC } from '../zones.ts'
import { joinedBy, named, numberConstant } from './forms.ts'

const isBinary = (call: Call): boolean => call.types[0]?.kind === 'varbinary'

/** Java's whitespace, which TRIM without characters removes; DuckDB's removes spaces only. */
const WHITESPACE = quote(
  '\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000',
)

const trimmed =
  (name: 'trim' | 'ltrim' | 'rtrim'): Lowering =>
  (call) => {
    // Of a char only what is left of its padding is trimmed.
    const text = call.types[0]!.kind === 'char' ? `rtrim(${call.args[0]}, ' ')` : call.args[0]
    return `${name}(${text}, ${call.args[1] ?? WHITESPACE})`
  }

const concat: Lowering = (call) => {
  const { result, args } = call
  if (result.kind !== 'array') return `(${args.join(' || ')})`
  const lists = args.map((arg, i) => {
    const type = call.types[i]!
    if (type.kind !== 'array') return `[${call.cast(arg, type, result.element)}]`
    return call.cast(arg, type, result)
  })
  return `(${lists.join(' || ')})`
}

/** Nothing at 0 and beyond either end; a place from the end when negative. */
const substr: Lowering = (call) => {
  const [text, start, length] = call.args as [string, string, string | undefined]
  if (isBinary(call)) return `js_binary_substr(${text}, ${start}, ${length ?? 'CAST(9223372036854775807 AS BIGINT)'})`
  const from = numberConstant(call, 1)
  const count = length === undefined ? undefined : numberConstant(call, 2)
  if (from !== undefined && from > 0 && (length === undefined || (count !== undefined && count > 0)))
    return `substring(${text}, ${from}${count === undefined ? '' : `, ${count}`})`
  return call.once([text, start, ...(length === undefined ? [] : [length])], (s, p, n) => {
    const outside = `${p} = 0 OR abs(${p}) > length(${s})`
    const none = n === undefined ? outside : `${outside} OR ${n} <= 0`
    return `CASE WHEN ${n === undefined ? '' : `${n} IS NULL THEN NULL WHEN `}${none} THEN '' ELSE substring(${s}, ${p}${n === undefined ? '' : `, least(${n}, CAST(2147483647 AS BIGINT))`}) END`
  })
}

const padding =
  (name: 'lpad' | 'rpad'): Lowering =>
  (call) => {
    const [text, size, pad] = call.args as [string, string, string]
    if (isBinary(call)) return `js_binary_${name}(${text}, ${size}, ${pad})`
    const known = numberConstant(call, 1)
    if (
      known !== undefined &&
      known >= 0 &&
      known <= 2147483647 &&
      typeof call.constant(2) === 'string' &&
      call.constant(2) !== ''
    )
      return `${name}(${text}, ${known}, ${pad})`
    return `js_${name}(${text}, ${size}, ${pad})`
  }

/** NULL where argument `index` is, for what DuckDB answers otherwise. */
function present(call: Call, index: number, sql: string): string {
  return typeof call.constant(index) === 'string' ? sql : `CASE WHEN ${call.args[index]} IS NOT NULL THEN ${sql} END`
}

const splitPart: Lowering = (call) => {
  const [text, delimiter, index] = call.args as [string, string, string]
  const known = numberConstant(call, 2)
  const refusal = failure('INVALID_FUNCTION_ARGUMENT', 'Index must be greater than zero', VARCHAR)
  if (known !== undefined && known <= 0) return `CASE WHEN ${text} IS NOT NULL THEN ${refusal} END`
  const place =
    known !== undefined ? index : `CASE WHEN ${index} <= 0 THEN CAST(${refusal} AS BIGINT) ELSE ${index} END`
  return present(call, 1, `string_split(${text}, ${delimiter})[${place}]`)
}

const split: Lowering = (call) => {
  const [text, delimiter, limit] = call.args as [string, string, string | undefined]
  if (call.constant(1) === '')
    return failure('INVALID_FUNCTION_ARGUMENT', 'The delimiter may not be the empty string', call.result)
  if (limit === undefined) return present(call, 1, `string_split(${text}, ${delimiter})`)
  return `tr_json_texts(js_split(${text}, ${delimiter}, ${limit}))`
}

const concatWs: Lowering = (call) => {
  const [separator, ...parts] = call.args as [string, ...string[]]
  const list = call.types[1]?.kind === 'array' ? parts[0]! : `[${parts.join(', ')}]`
  return `CASE WHEN ${separator} IS NOT NULL THEN ${joinedBy(call, 0, list)} END`
}

/** Java's formatter takes the values as text and the kinds of values as one constant. */
const format: Lowering = (call) => {
  const kinds = call.types.slice(1).map((type) => {
    if (isInteger(type)) return 'i'
    if (type.kind === 'double' || type.kind === 'real') return 'f'
    if (type.kind === 'decimal') return 'd'
    if (type.kind === 'boolean') return 'b'
    return type.kind === 'date' || type.kind.startsWith('time') ? 't' : 's'
  })
  const texts = call.args.slice(1).map((arg, i) => {
    const type = call.types[i + 1]!
    if (type.kind === 'double' || type.kind === 'real') return `CAST(${arg} AS VARCHAR)`
    if (type.kind !== 'timestamp with time zone')
      return textOf(call.printing, arg, type, UTC) ?? jsonText(call.printing, arg, type, UTC)
    return zonedText(call, i + 1, type)
  })
  return `js_format(${call.args[0]}, ${quote(kinds.join(''))}, CAST(to_json([${texts.join(', ')}]) AS VARCHAR))`
}

/** `2024-01-01 00:00:00.000+01:00[Europe/Paris]`. */
function zonedText(call: Call, index: number, type: Moment): string {
  const zone = call.zone(index)
  return call.once([call.args[index]!], (v) => {
    const { text, offset } = zonedParts(v, type, zone)
    const name = `CASE WHEN tr_is_offset(${zone.sql}) THEN '' ELSE '[' || ${zone.sql} || ']' END`
    return `(${text} || tr_iso_offset(${offset}) || ${name})`
  })
}

/** As Trino's INSERT: NULL stays NULL, and trailing spaces may go. */
const assign: Lowering = (call) => {
  const [from, to] = [call.types[0]!, call.result]
  if (!('length' in to)) throw new Error(`$assign to ${to.kind}`)
  const refusal = failure(
    'INVALID_CAST_ARGUMENT',
    `Cannot truncate non-space characters when casting from ${typeName(from)} to ${typeName(to)} on INSERT`,
    to,
  )
  return call.once(
    [call.args[0]!],
    (text) =>
      `CASE WHEN length(rtrim(${text}, ' ')) > ${to.length} THEN ${refusal} ELSE ${call.cast(text, from, to)} END`,
  )
}

export const stringLowerings: Lowerings = {
  $assign: assign,
  $concat: concat,
  concat,
  chr: named('js_chr'),
  codepoint: named('js_codepoint'),
  concat_ws: concatWs,
  starts_with: named('starts_with'),
  format,
  format_number: ({ args }) => `js_format_number(CAST(${args[0]} AS DOUBLE))`,
  hamming_distance: named('js_hamming_distance'),
  human_readable_seconds: named('js_human_readable_seconds'),
  length: (call) => `${isBinary(call) ? 'octet_length' : 'length'}(${call.args[0]})`,
  levenshtein_distance: named('js_levenshtein_distance'),
  lower: named('lower'),
  upper: named('upper'),
  word_stem: named('js_word_stem'),
  lpad: padding('lpad'),
  rpad: padding('rpad'),
  trim: trimmed('trim'),
  ltrim: trimmed('ltrim'),
  rtrim: trimmed('rtrim'),
  luhn_check: named('js_luhn_check'),
  normalize: (call) => {
    const form = call.constant(1)
    return form === undefined || form === 'NFC'
      ? `nfc_normalize(${call.args[0]})`
      : `js_normalize(${call.args[0]}, ${call.args[1]})`
  },
  parse_data_size: (call) => `CAST(js_parse_data_size(${call.args[0]}) AS DECIMAL(38,0))`,
  replace: (call) => {
    const [text, search, replacement = "''"] = call.args
    return typeof call.constant(1) === 'string' && call.constant(1) !== ''
      ? `replace(${text}, ${search}, ${replacement})`
      : `js_replace(${text}, ${search}, ${replacement})`
  },
  reverse: (call) => {
    if (isBinary(call)) return `js_binary_reverse(${call.args[0]})`
    return `${call.types[0]!.kind === 'array' ? 'list_reverse' : 'reverse'}(${call.args[0]})`
  },
  soundex: named('js_soundex'),
  split,
  split_part: splitPart,
  split_to_map: (call) => {
    if (call.args.length === 3) return `tr_json_map(js_split_to_map(${call.args.join(', ')}))`
    // The values of one key are folded by the lambda, in their order.
    const [entry, left, right] = ['v', 'v', 'v'].map((prefix) => call.printing.fresh(prefix)) as [
      string,
      string,
      string,
    ]
    const merged = `list_reduce(${entry}.value, lambda ${left}, ${right}: ${call.lambda(3, `${entry}.key`, left, right)})`
    const entries = `map_entries(tr_json_multimap(js_split_to_multimap(${call.args.slice(0, 3).join(', ')})))`
    return `map_from_entries(list_transform(${entries}, lambda ${entry}: struct_pack(key := ${entry}.key, value := ${merged})))`
  },
  split_to_multimap: ({ args }) => `tr_json_multimap(js_split_to_multimap(${args.join(', ')}))`,
  strpos: (call) => {
    const [text, part, instance] = call.args
    return instance === undefined ? `strpos(${text}, ${part})` : `js_strpos(${text}, ${part}, ${instance})`
  },
  substr,
  translate: named('js_translate'),

  url_decode: named('js_url_decode'),
  url_encode: named('js_url_encode'),
  url_extract_fragment: ({ args }) => `js_url_part(${args[0]}, 'fragment')`,
  url_extract_host: ({ args }) => `js_url_part(${args[0]}, 'host')`,
  url_extract_parameter: named('js_url_parameter'),
  url_extract_path: ({ args }) => `js_url_part(${args[0]}, 'path')`,
  url_extract_port: ({ args }) => `CAST(js_url_part(${args[0]}, 'port') AS BIGINT)`,
  url_extract_protocol: ({ args }) => `js_url_part(${args[0]}, 'protocol')`,
  url_extract_query: ({ args }) => `js_url_part(${args[0]}, 'query')`,
}
