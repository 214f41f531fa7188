/**
 * Keys that an object of JSON has twice. To Hive's SerDe the last counts, as it does to OpenX's where malformed objects are
 * let pass; else that fails with AWS's text (https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html, and
 * JsonDeserializer of trino-hive-formats). Expressions take and give SQL text, lists of any length in time that grows as sorting does.
 */
import { failureAs } from '../../../sql/duckdb/failures.ts'

/** `among`: a list of those keys that matter, in SQL. One that the list has twice, NULL where there is none. */
export function keyTwice(keys: string, among?: string): string {
  const wanted = among === undefined ? 'd' : `list_filter(d, lambda k: list_contains(${among}, k))`
  const twice = `list_transform([list_sort(${wanted})], lambda s: list_filter(s, lambda k, i: k = s[i - 1])[1])[1]`
  return `list_transform([${keys}], lambda d: CASE WHEN len(d) <> len(list_distinct(d)) THEN ${twice} END)[1]`
}

export const duplicateKey = (key: string, engineType: string): string =>
  failureAs(
    'HIVE_CURSOR_ERROR',
    'Row is not a valid JSON Object - JSONException: Duplicate key ',
    engineType,
    `'"' || ${key} || '"'`,
  )

/** A map of as many values as keys, each key with its last value. `passesNull`: over keys that are NULL, which no map has. `failed`: what comes instead, unless it is NULL. */
export function mapOfLast(keys: string, values: string, passesNull: boolean, failed = 'NULL'): string {
  const places = `list_sort(list_transform(p.k, lambda k, i: struct_pack(k := k, i := i)))`
  const isLast = `(i = len(s) OR e.k IS DISTINCT FROM s[i + 1].k)${passesNull ? ' AND e.k IS NOT NULL' : ''}`
  const lasts = `list_transform([${places}], lambda s: list_filter(s, lambda e, i: ${isLast}))[1]`
  const entries = `list_transform(list_sort(list_transform(${lasts}, lambda e: e.i)), lambda i: struct_pack(k := p.k[i], v := p.v[i]))`
  // Few objects have a key twice, and the engine finds out whether one has.
  const map = `coalesce(TRY(map(p.k, p.v)), ${failed}, map_from_entries(${entries}))`
  return `list_transform([struct_pack(k := ${keys}, v := ${values})], lambda p: ${map})[1]`
}
