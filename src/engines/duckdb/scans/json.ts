/**
 * One JSON object per line, by Hive's or OpenX's SerDe.
 * https://docs.aws.amazon.com/athena/latest/ug/json-serde.html
 */
import type { DataFile, FileFormat } from '../../../core/queries/relation.ts'
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { compressionOf } from './compression.ts'
import { JsonReading, type MemberTypes, selectAlike, selectMembers } from './json-values.ts'
import type { DataColumn, Reader, Wanted } from './scan.ts'
import { readLines } from './text-lines.ts'
import { pathList, textList } from './text-list.ts'

const MALFORMED = 'Row is not a valid JSON Object - JSONException: malformed JSON in '
const MAX_OBJECT_BYTES = 33_554_432
/** The engine reads in buffers of twice the size (see ../texts/long-records.ts). */
const USUAL_OBJECT_BYTES = 16_777_216

export const jsonReader =
  (format: Json): Reader =>
  ({ files, columns, places, sample, keys: known, long, byLine, longNumbers, alike, proven }) => {
    const list = pathList(files)
    const options = optionsOf(files, long, format.strict)
    const objects = byLine ? objectsOfLines(files, format) : `read_ndjson_objects(${list}, ${options})`
    const lines = longNumbers ? `(SELECT ${withQuotedNumbers('json')} AS json, file_index FROM ${objects})` : objects
    if (columns.length === 0) return `SELECT ${places[0] ?? '1 AS n'} FROM ${lines}`
    const wanted = columns.map(({ index, column }) => {
      return { key: keyOf(format, column), type: column.type, as: `c${index}`, proven: proven.has(index) }
    })
    const read = (shape: MemberTypes) => readMembers(format, files, shape, long)
    const mayLack = known !== undefined && new JsonReading(format, known).spellOnce(wanted)
    // What the sample has from inside of others must not hide how a member is spelled.
    const keys = new JsonReading(format, mayLack ? [...known, ...sample] : sample)
    const rows =
      !longNumbers && !byLine && (alike || mayLack) ? selectAlike(wanted, keys, read, places, mayLack) : undefined
    return rows ?? selectMembers(wanted, keys, lines, places, format.strict)
  }

type Json = FileFormat & { readonly kind: 'json' }

const keyOf = ({ mapping }: Json, { name, field }: DataColumn): string => mapping[name] ?? field

/**
 * What `read_ndjson_objects` yields, but of every line: there is a header, or a line is blank. That is a row without values
 * to OpenX's SerDe, and no object to Hive's (trino-hive-formats, OpenXJsonDeserializer and JsonDeserializer).
 */
function objectsOfLines(files: readonly DataFile[], { headerLines = 0, serde, strict }: Json): string {
  const uri = `(${textList(files.map((file) => file.uri))})[file_index::BIGINT + 1]`
  const malformed = strict ? failureAs('HIVE_CURSOR_ERROR', MALFORMED, 'JSON', uri) : 'NULL'
  const blank = serde === 'openx' ? `WHEN trim(f0, ' \t') = '' THEN NULL` : ''
  const object = `CASE ${blank} WHEN json_valid(f0) THEN CAST(f0 AS JSON) ELSE ${malformed} END`
  return `(SELECT ${object} AS json, file_index FROM ${readLines(files, true, headerLines)})`
}

/** As the keys of columns are likely to be spelled, given those of some of the data. */
export function likelyKeys(format: Json, columns: readonly Wanted<DataColumn>[], sample: readonly string[]): string[] {
  const keys = new JsonReading(format, sample)
  return columns.map(({ column }) => keys.spelling(keyOf(format, column)))
}

/** Columns of the members of objects. */
export function readMembers(format: Json, files: readonly DataFile[], members: MemberTypes, long: boolean): string {
  const shape = Array.from(members, ([key, type]) => `${quote(key)}: '${type}'`).join(', ')
  const options = optionsOf(files, long, format.strict)
  return `read_json(${pathList(files)}, format = 'newline_delimited', records = true, columns = {${shape}}, ${options})`
}

const optionsOf = (files: readonly DataFile[], long: boolean, strict: boolean): string =>
  [
    `compression = '${compressionOf(files[0]!)}'`,
    `ignore_errors = ${!strict}`,
    `maximum_object_size = ${long ? MAX_OBJECT_BYTES : USUAL_OBJECT_BYTES}`,
    'hive_partitioning = false',
  ].join(', ')

/** The keys of all objects of the files, each once; one is NULL where something is no object, or has no members. */
export function keysText(files: readonly DataFile[], long: boolean): string {
  const lines = `read_ndjson_objects(${pathList(files)}, ${optionsOf(files, long, false)})`
  const keys = `SELECT coalesce(nullif(json_keys(json), []), [NULL]) AS keys FROM ${lines}`
  return `SELECT DISTINCT unnest(keys) FROM (${keys})`
}

/** Where a number of so many characters begins, of which some begin in texts. */
const LONG_NUMBER = '[:\\[,]\\s*-?[0-9][-+0-9.eE]{15}'
/** Texts first, so that no number is found in one. */
const TEXTS_AND_LONG_NUMBERS = String.raw`("(?:[^"\\]|\\.)*")|(-?[0-9][-+0-9.eE]{15,})`
// Control characters, which no JSON holds as they are.
const [OPENING, CLOSING] = ['\u0001', '\u0002']

/** The first of the files' objects with a number that the engine would not keep whole. */
export function longNumberText(files: readonly DataFile[], long: boolean): string {
  const lines = `read_ndjson_objects(${pathList(files)}, ${optionsOf(files, long, false)})`
  const numbers = `regexp_extract_all(json, ${quote('[:\\[,]\\s*(-?[0-9][-+0-9.eE]{15,})')}, 1)`
  // Whole numbers are kept, however long.
  const broken = `list_filter(${numbers}, lambda n: contains(n, '.') OR contains(lower(n), 'e'))`
  return `SELECT 1 FROM ${lines} WHERE regexp_matches(json, ${quote(LONG_NUMBER)}) AND ${broken} <> [] LIMIT 1`
}

/** `json`, an object, with its long numbers as texts, which casts to decimals then read. */
function withQuotedNumbers(json: string): string {
  const marked = `regexp_replace(${json}, ${quote(TEXTS_AND_LONG_NUMBERS)}, ${quote(`\\1${OPENING}\\2${CLOSING}`)}, 'g')`
  const cleared = `replace(${marked}, ${quote(OPENING + CLOSING)}, '')`
  const quoted = `replace(replace(${cleared}, ${quote(OPENING)}, '"'), ${quote(CLOSING)}, '"')`
  return `CASE WHEN regexp_matches(${json}, ${quote(LONG_NUMBER)}) THEN coalesce(TRY_CAST(${quoted} AS JSON), ${json}) ELSE ${json} END`
}
