/**
 * Macros that every instance has: pure functions of values that take several operations of DuckDB's. DuckDB writes a
 * macro's arguments into its body, so whoever calls one passes names or cheap texts. All begin with `tr_`: a macro under
 * a built-in name would replace it everywhere.
 */
import { failureAs } from './failures.ts'

const invalid = (text: string, type: string, detail?: string): string =>
  failureAs('INVALID_FUNCTION_ARGUMENT', text, type, detail)
const MAX_SEQUENCE = 10000
const tooLong = invalid('result of sequence function must not have more than 10000 entries', 'BIGINT')

/** Moments in picoseconds: see fine-moments.ts. */
const DAY_PICOS = '86400000000000000'
const FINE_MACROS: Readonly<Record<string, string>> = {
  'tr_within_micro(p)': 'tr_floor_rest(p, 1000000)',
  'tr_within_clock(t)': 't // 4096 % 1000000',
  'tr_coarse_micros(p)': 'CAST(tr_floor_divide(p, 1000000) AS BIGINT)',
  'tr_coarse(p)': 'make_timestamp(tr_coarse_micros(p))',
  'tr_coarse_instant(p)': 'make_timestamptz(tr_coarse_micros(p))',
  'tr_coarse_time(p)': 'CAST(make_timestamp(CAST(p // 1000000 AS BIGINT)) AS TIME)',
  'tr_fine(t)': 'CAST(epoch_us(t) AS HUGEINT) * 1000000',
  'tr_fine_time(t)': "epoch_us(DATE '1970-01-01' + t) * 1000000",
  'tr_fine_clock(p, m)': 'CAST(p AS HUGEINT) * 4096 + CAST(m AS BIGINT) + 2048',
  'tr_fine_of_clock(t)': 'tr_fine_clock(tr_fine_time(CAST(t AS TIME)), tr_clock_offset(t))',
  'tr_clock_picos(t)': 'CAST(t // 4096 AS BIGINT)',
  'tr_fine_offset(t)': 'CAST(t % 4096 AS BIGINT) - 2048',
  'tr_coarse_clock(t)': 'tr_clock(tr_coarse_time(tr_clock_picos(t)), tr_fine_offset(t))',
  'tr_fine_instant_clock(t)': `tr_floor_rest(tr_clock_picos(t) - tr_fine_offset(t) * 60000000000000, ${DAY_PICOS})`,
  'tr_day_picos(p)': `CAST(tr_floor_rest(p, ${DAY_PICOS}) AS BIGINT)`,
  'tr_round_picos(p, unit)': 'tr_half_up(p, unit) * unit',
  'tr_text_fraction(s)': "CAST(rpad(left(regexp_extract(s, '\\.([0-9]+)', 1), 12), 12, '0') AS BIGINT)",
  'tr_text_picos(s)': "tr_fine(CAST(regexp_replace(s, '\\.[0-9]+', '') AS TIMESTAMP)) + tr_text_fraction(s)",
  'tr_text_clock_picos(s)':
    "tr_fine_time(CAST(regexp_replace(tr_text_clock(s), '\\.[0-9]+', '') AS TIME)) + tr_text_fraction(s)",
  'tr_fine_text(p, digits)':
    "tr_stamp(tr_coarse(p), '%Y-%m-%d %H:%M:%S.%f') || left(lpad(CAST(tr_within_micro(p) AS VARCHAR), 6, '0'), digits)",
}

/** The fields that a type of moments has, as a list of literals. */
function unitsOf(noun: string): string {
  const days = ['day', 'week', 'month', 'quarter', 'year']
  const times = ['millisecond', 'second', 'minute', 'hour']
  const units = noun === 'DATE' ? days : noun === 'TIME' ? times : [...times, ...days]
  return units.map((unit) => `'${unit}'`).join(', ')
}

const MACROS: Readonly<Record<string, string>> = {
  // numbers
  // Half up, below zero too.
  'tr_floor_divide(n, unit)': '(n - (n % unit + unit) % unit) // unit',
  'tr_floor_rest(n, unit)': '(n % unit + unit) % unit',
  // Whole units and the rest apart, the rest rounded half away from zero.
  'tr_millis_apart(a, b, unit)':
    'tr_floor_divide(a, unit) - tr_floor_divide(b, unit) + (tr_floor_rest(a, unit) - tr_floor_rest(b, unit) + CASE WHEN tr_floor_rest(a, unit) < tr_floor_rest(b, unit) THEN -(unit // 2) ELSE unit // 2 END) // unit',
  // As Java turns a double into 64 bits.
  'tr_saturated(x)':
    "CASE WHEN x >= 9223372036854775807.0 THEN CAST(9223372036854775807 AS BIGINT) WHEN x <= -9223372036854775808.0 THEN CAST('-9223372036854775808' AS BIGINT) ELSE CAST(trunc(x) AS BIGINT) END",
  // Dates of four digits are the rule; the others have a sign in results.
  'tr_date_text(d, plus)':
    "CASE WHEN d BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN CAST(d AS VARCHAR) ELSE CASE WHEN year(d) < 0 THEN '-' WHEN year(d) > 9999 THEN plus ELSE '' END || format('{:04d}', abs(year(d))) || strftime(d, '-%m-%d') END",
  'tr_half_up(n, unit)': 'tr_floor_divide(n + unit // 2, unit)',
  'tr_divide_half_up(n, d)':
    'CASE WHEN abs(n % d) * 2 >= abs(d) THEN n // d + CASE WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END ELSE n // d END',

  // time
  'tr_round_timestamp(t, unit)':
    'make_timestamp(epoch_us(t) + unit // 2 - ((epoch_us(t) + unit // 2) % unit + unit) % unit)',
  // Years of four digits are the rule; the others have a sign.
  'tr_stamp(t, form)':
    "CASE WHEN t BETWEEN TIMESTAMP '1000-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN strftime(t, form) ELSE CASE WHEN year(t) < 0 THEN '-' WHEN year(t) > 9999 THEN '+' ELSE '' END || format('{:04d}', abs(year(t))) || strftime(t, substr(form, 3)) END",
  'tr_offset_minutes(z)':
    "CASE WHEN starts_with(z, '-') THEN -1 ELSE 1 END * (CAST(substr(z, 2, 2) AS INTEGER) * 60 + CAST(substr(z, 5, 2) AS INTEGER))",
  'tr_is_offset(z)': "regexp_full_match(z, '[+-][0-9]{2}:[0-9]{2}')",
  'tr_local(t, z)':
    "CASE WHEN tr_is_offset(z) THEN (t AT TIME ZONE 'UTC') + to_minutes(tr_offset_minutes(z)) ELSE t AT TIME ZONE z END",
  'tr_instant_if(t, i, otherwise, z)': 'CASE WHEN i AT TIME ZONE z = t THEN i ELSE otherwise END',
  'tr_instant_before(t, i, before, z)': 'tr_instant_if(t, i - (before + to_hours(3) - t), i, z)',
  // A clock that is put back shows some hours twice: Java takes the first, DuckDB the second.
  'tr_first_instant(t, z)':
    'tr_instant_before(t, t AT TIME ZONE z, ((t AT TIME ZONE z) - to_hours(3)) AT TIME ZONE z, z)',
  'tr_instant(t, z)':
    "CASE WHEN tr_is_offset(z) THEN (t - to_minutes(tr_offset_minutes(z))) AT TIME ZONE 'UTC' ELSE tr_first_instant(t, z) END",
  // Joda takes the second east of Greenwich and the first west of it.
  'tr_joda_instant(t, z)':
    "CASE WHEN tr_is_offset(z) OR (t AT TIME ZONE z) > (t AT TIME ZONE 'UTC') THEN tr_instant(t, z) ELSE t AT TIME ZONE z END",
  // And keeps the offset of the instant that was moved, where the clock can have it.
  'tr_moved_instant(t, i, z)':
    "CASE WHEN tr_is_offset(z) THEN tr_instant(t, z) ELSE tr_instant_if(t, (t - ((i AT TIME ZONE z) - (i AT TIME ZONE 'UTC'))) AT TIME ZONE 'UTC', tr_joda_instant(t, z), z) END",
  'tr_zone_name(z)':
    "CASE WHEN regexp_full_match(z, '[+-][0-9]{2}') THEN z || ':00' WHEN regexp_full_match(z, '[+-][0-9]{4}') THEN left(z, 3) || ':' || right(z, 2) WHEN lower(z) IN ('z', 'utc') THEN 'UTC' ELSE z END",
  'tr_zone_text(s)':
    "tr_zone_name(coalesce(nullif(regexp_extract(s, ':[0-9.]+\\s*([A-Za-z+-][A-Za-z0-9_+/:-]*)\\s*$', 1), ''), nullif(regexp_extract(s, 'T[0-9]+([+-][0-9:]+|Z)$', 1), ''), 'UTC'))",
  'tr_local_text(s)': "regexp_replace(s, '(:[0-9.]+)\\s*[A-Za-z+-][A-Za-z0-9_+/:-]*\\s*$', '\\1')",
  'tr_offset_zone(h, m)': "format('{:+03d}:{:02d}', CAST(h AS INTEGER), CAST(abs(m) AS INTEGER))",
  'tr_offset_text(m)':
    "CASE WHEN m < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(m) // 60 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(m) % 60 AS VARCHAR), 2, '0')",
  'tr_clock_zone(m)': "CASE WHEN m = 0 THEN 'UTC' ELSE tr_offset_text(m) END",
  'tr_interval_zone(i)': `CASE WHEN i % 60000 <> 0 THEN ${invalid('Invalid time zone offset interval: interval contains seconds', 'VARCHAR')} WHEN abs(i // 60000) > 840 THEN ${invalid('Invalid offset minutes ', 'VARCHAR', 'i // 60000')} ELSE tr_offset_text(i // 60000) END`,
  'tr_iso_offset(m)': "CASE WHEN m = 0 THEN 'Z' ELSE tr_offset_text(m) END",
  ...Object.fromEntries(
    ['DATE', 'TIME', 'TIMESTAMP'].map((noun) => [
      `tr_${noun.toLowerCase()}_field(u)`,
      `CASE WHEN u IN (${unitsOf(noun)}) THEN u WHEN u IS NOT NULL THEN ${invalid("'", 'VARCHAR', `u || ''' is not a valid ${noun} field'`)} END`,
    ]),
  ),
  'tr_date_add(u, n, t)':
    "t + CASE u WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n) WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER)) WHEN 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_quarters(CAST(n AS INTEGER)) WHEN 'year' THEN to_years(CAST(n AS INTEGER)) ELSE to_days(" +
    invalid("'", 'INTEGER', `u || ''' is not a valid TIMESTAMP field'`) +
    ') END',
  // The instant of a time with time zone within its day, in microseconds.
  'tr_instant_clock(t)': "epoch_us(DATE '1970-01-01' + CAST(timezone(to_seconds(0), t) AS TIME))",
  // Minutes east of UTC of a time with time zone, and such a time from its clock and those minutes.
  'tr_clock_offset(t)':
    "(epoch_us(DATE '1970-01-01' + CAST(t AS TIME)) - tr_instant_clock(t) + 50400000000 + 86400000000) % 86400000000 // 60000000 - 840",
  'tr_clock(t, m)': 'CAST(CAST(t AS VARCHAR) || tr_offset_text(m) AS TIMETZ)',
  'tr_clock_at(t, m)':
    'tr_clock(CAST(make_timestamp((tr_instant_clock(t) + CAST(m AS BIGINT) * 60000000 + 86400000000) % 86400000000) AS TIME), m)',
  // The minutes of the offset that a text ends with, and the clock before it.
  'tr_text_offset(s)':
    "CASE WHEN regexp_matches(s, '[+-][0-9:]+\\s*$') THEN tr_offset_minutes(trim(regexp_extract(s, '[+-][0-9:]+\\s*$'))) ELSE 0 END",
  'tr_text_clock(s)': "trim(regexp_replace(s, '[+-][0-9:]+\\s*$', ''))",
  ...FINE_MACROS,
  'tr_interval_day(i)': 'i // 86400000',
  'tr_interval_hour(i)': 'i // 3600000 % 24',
  'tr_interval_minute(i)': 'i // 60000 % 60',
  'tr_interval_second(i)': 'i // 1000 % 60',
  'tr_interval_millisecond(i)': 'i % 1000',
  'tr_interval_year(i)': 'i // 12',
  'tr_interval_month(i)': 'i % 12',
  'tr_day_interval_text(i)':
    "CASE WHEN i < 0 THEN '-' ELSE '' END || CAST(abs(CAST(i AS HUGEINT)) // 86400000 AS VARCHAR) || ' ' || lpad(CAST(abs(CAST(i AS HUGEINT)) // 3600000 % 24 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(CAST(i AS HUGEINT)) // 60000 % 60 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(CAST(i AS HUGEINT)) // 1000 % 60 AS VARCHAR), 2, '0') || '.' || lpad(CAST(abs(CAST(i AS HUGEINT)) % 1000 AS VARCHAR), 3, '0')",
  'tr_month_interval_text(i)':
    "CASE WHEN i < 0 THEN '-' ELSE '' END || CAST(abs(i) // 12 AS VARCHAR) || '-' || CAST(abs(i) % 12 AS VARCHAR)",

  // lists
  'tr_contains(l, x)':
    'CASE WHEN list_contains(l, x) THEN TRUE WHEN x IS NULL OR len(list_filter(l, lambda e: e IS NULL)) > 0 THEN NULL ELSE list_contains(l, x) END',
  'tr_array_distinct(l)': 'list_filter(l, lambda e, i: list_position(l, e) = i)',
  'tr_array_union(a, b)': 'tr_array_distinct(a || b)',
  'tr_has(l, x)': 'list_position(l, x) IS NOT NULL',
  'tr_array_intersect(a, b)':
    'CASE WHEN b IS NOT NULL THEN list_filter(a, lambda e, i: list_position(b, e) IS NOT NULL AND list_position(a, e) = i) END',
  'tr_array_except(a, b)':
    'CASE WHEN b IS NOT NULL THEN list_filter(a, lambda e, i: list_position(b, e) IS NULL AND list_position(a, e) = i) END',
  'tr_arrays_overlap(a, b)':
    'CASE WHEN list_has_any(list_filter(a, lambda e: e IS NOT NULL), list_filter(b, lambda e: e IS NOT NULL)) THEN TRUE WHEN a IS NULL OR b IS NULL THEN NULL WHEN len(a) > 0 AND len(b) > 0 AND (len(list_filter(a, lambda e: e IS NULL)) > 0 OR len(list_filter(b, lambda e: e IS NULL)) > 0) THEN NULL ELSE FALSE END',
  'tr_any_match(l)':
    'CASE WHEN l IS NULL THEN NULL WHEN len(list_filter(l, lambda e: e)) > 0 THEN TRUE WHEN len(list_filter(l, lambda e: e IS NULL)) > 0 THEN NULL ELSE FALSE END',
  'tr_all_match(l)':
    'CASE WHEN l IS NULL THEN NULL WHEN len(list_filter(l, lambda e: NOT e)) > 0 THEN FALSE WHEN len(list_filter(l, lambda e: e IS NULL)) > 0 THEN NULL ELSE TRUE END',
  'tr_none_match(l)': 'NOT tr_any_match(l)',
  'tr_slice(l, s, n)': `CASE WHEN n < 0 THEN l[1:CASE WHEN n < 0 THEN ${invalid('length must be greater than or equal to 0', 'BIGINT')} END] WHEN s = 0 THEN l[1:CASE WHEN s = 0 THEN ${invalid('SQL array indices start at 1', 'BIGINT')} END] WHEN s > 0 THEN list_slice(l, s, s + n - 1) WHEN -s > len(l) THEN l[1:0] ELSE list_slice(l, len(l) + s + 1, len(l) + s + n) END`,
  'tr_trim_array(l, n)': `CASE WHEN n < 0 THEN l[1:CASE WHEN n < 0 THEN ${invalid('size must not be negative: ', 'BIGINT', 'n')} END] WHEN n > len(l) THEN l[1:CASE WHEN n > len(l) THEN ${invalid('size must not exceed array cardinality ', 'BIGINT', "CAST(len(l) AS VARCHAR) || ': ' || CAST(n AS VARCHAR)")} END] ELSE list_slice(l, 1, len(l) - n) END`,
  'tr_sequence(a, b, s)': `CASE WHEN s = 0 THEN range(${invalid('step must not be zero', 'BIGINT')}) WHEN (s > 0 AND b < a) OR (s < 0 AND b > a) THEN range(${invalid('sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start', 'BIGINT')}) WHEN (b - a) // s + 1 > ${MAX_SEQUENCE} THEN range(${tooLong}) ELSE generate_series(a, b, s) END`,
  'tr_month_sequence(a, b, s)': `CASE WHEN s = 0 OR (s > 0 AND b < a) OR (s < 0 AND b > a) THEN generate_series(a, b, to_months(${invalid('sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start', 'INTEGER')})) WHEN datediff('month', a, b) // s + 1 > ${MAX_SEQUENCE} THEN generate_series(a, b, to_months(${invalid('result of sequence function must not have more than 10000 entries', 'INTEGER')})) ELSE list_transform(range(0, CAST(date_sub('month', a, b) // s + 1 AS BIGINT)), lambda i: a + to_months(CAST(i * s AS INTEGER))) END`,
  'tr_contains_sequence(l, p)':
    'CASE WHEN l IS NULL OR p IS NULL THEN NULL ELSE len(list_filter(range(0, len(l) - len(p) + 1), lambda i: list_slice(l, i + 1, i + len(p)) = p)) > 0 END',
  'tr_ngrams(l, n)': `CASE WHEN n < 1 THEN [l[1:CASE WHEN n < 1 THEN ${invalid('N must be positive', 'BIGINT')} END]] WHEN len(l) <= n THEN [l] ELSE list_transform(range(1, len(l) - n + 2), lambda i: list_slice(l, i, i + n - 1)) END`,
  'tr_array_histogram(l)':
    'map_from_entries(list_transform(tr_array_distinct(list_filter(l, lambda e: e IS NOT NULL)), lambda k: struct_pack(key := k, value := len(list_filter(l, lambda e: e = k)))))',

  // maps
  'tr_map_of_entries(l)':
    'CASE WHEN l IS NULL OR len(l) = 0 THEN NULL WHEN len(list_distinct(list_transform(l, lambda e: e.key))) = len(l) THEN map_from_entries(l) ELSE map_from_entries(list_filter(l, lambda e, i: list_position(list_transform(l, lambda f: f.key), e.key) = i)) END',
  'tr_multimap_of_entries(l)':
    'CASE WHEN l IS NULL THEN NULL ELSE map_from_entries(list_transform(tr_array_distinct(list_transform(l, lambda e: e.key)), lambda k: struct_pack(key := k, value := list_transform(list_filter(l, lambda e: e.key = k), lambda e: e.value)))) END',
  'tr_json_texts(j)': 'CAST(CAST(j AS JSON) AS VARCHAR[])',
  'tr_json_map(j)': 'map_from_entries(CAST(CAST(j AS JSON) AS STRUCT("key" VARCHAR, "value" VARCHAR)[]))',
  'tr_json_multimap(j)': 'map_from_entries(CAST(CAST(j AS JSON) AS STRUCT("key" VARCHAR, "value" VARCHAR[])[]))',
  'tr_json_member(k)': `'$."' || replace(k, '"', '\\"') || '"'`,
}

/** One statement per macro, for a new instance. */
export const prelude: string = Object.entries(MACROS)
  .map(([signature, body]) => `CREATE OR REPLACE MACRO ${signature} AS ${body};`)
  .join('\n')

export const preludeNames: readonly string[] = Object.keys(MACROS).map((signature) =>
  signature.slice(0, signature.indexOf('(')),
)
