import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Constant } from '../plan.ts'
import { parseExpression } from '../trino/parser.ts'
import { analyzeExpression } from './analyze.ts'
import { evaluate } from './constant.ts'
import { sampleResolver, session } from './sample-tables.fixture.ts'

const UNKNOWN = 'not known'

function value(text: string): Constant | typeof UNKNOWN {
  const found = evaluate(analyzeExpression(parseExpression(text), sampleResolver(), session), () => undefined)
  return found === undefined ? UNKNOWN : found
}

/** Results by Trino's documentation; what would be an error, or is not evaluated here, is not known. */
const VALUES: readonly (readonly [string, Constant | typeof UNKNOWN])[] = [
  ['1 + 2 * 3', 7n],
  ['7 / 2', 3n],
  ['-7 / 2', -3n],
  ['-7 % 3', -1n],
  ['1 / 0', UNKNOWN],
  ['2147483647 + 1', UNKNOWN],
  ["TINYINT '127' + TINYINT '1'", UNKNOWN],
  ['1.5e0 + 1', 2.5],
  ["from_iso8601_timestamp('2024-02-29T10:00:00+05:30')", '2024-02-29 10:00:00.000 +05:30'],
  ["from_iso8601_timestamp('2024-02-29T10:00:00.5Z')", '2024-02-29 10:00:00.500 UTC'],
  ["from_iso8601_timestamp('2024-02-30T10:00:00Z')", UNKNOWN],
  ["date_add('hour', -11, TIMESTAMP '2024-03-01 10:00:00.123')", '2024-02-29 23:00:00.123'],
  ["date_add('week', 1, TIMESTAMP '2024-02-28 10:00:00 UTC')", '2024-03-06 10:00:00 UTC'],
  ["date_add('month', 1, TIMESTAMP '2024-02-28 10:00:00 UTC')", UNKNOWN],
  ["CAST('2024-02-29 10:00 UTC' AS timestamp(3) with time zone)", '2024-02-29 10:00:00.000 UTC'],
  ["CAST('2024-02-29 10:00' AS timestamp(3) with time zone)", UNKNOWN],
  ['NULL + 1', null],
  ['NULL AND false', false],
  ['NULL OR true', true],
  ['NULL AND true', null],
  ['NOT NULL', null],
  ['1 IN (2, NULL)', null],
  ['1 IN (1, NULL)', true],
  ['1 NOT IN (2, 3)', true],
  ["'b' IN ('a', 'b')", true],
  ["'c' IN ('a', NULL)", null],
  ["'c' NOT IN ('a', 'b')", true],
  ["BIGINT '5' IN (4, 5)", true],
  ['NULL IN (1, 2)', null],
  // By code point: U+1F600 comes after U+FFFD, though its first code unit does not.
  ["'\u{1f600}' > '\ufffd'", true],
  ["'\ud7ff' < '\ue000'", true],
  ["'\u{1f600}' < '\u{1f601}'", true],
  ["'ab' > 'a'", true],
  ['NULL = NULL', null],
  ['NULL IS NOT DISTINCT FROM NULL', true],
  ['1 IS DISTINCT FROM NULL', true],
  ["'abc' LIKE 'a_c'", true],
  ["'a.c' LIKE 'a\\_c'", false],
  ["'line\nbreak' LIKE 'line%'", true],
  ["'B' < 'a'", true],
  ["'\u{10000}' > '\uffff'", true],
  ['1.10 = 1.1', true],
  ['-0.5 < 0.25', true],
  ["DATE '2024-01-31' + INTERVAL '1' MONTH", '2024-02-29'],
  ["DATE '2024-03-01' - INTERVAL '1' DAY", '2024-02-29'],
  ["DATE '2023-12-31' + INTERVAL '1' DAY", '2024-01-01'],
  ["DATE '2024-03-31' - INTERVAL '1' MONTH", '2024-02-29'],
  ["date_add('year', 1, DATE '2024-02-29')", '2025-02-28'],
  ["date_trunc('week', DATE '2024-05-06')", '2024-05-06'],
  ["date_trunc('week', DATE '2024-05-05')", '2024-04-29'],
  ["date_trunc('quarter', DATE '2024-05-05')", '2024-04-01'],
  ["date_diff('day', DATE '2024-02-28', DATE '2024-03-01')", 2n],
  ["day_of_week(DATE '2024-05-05')", 7n],
  ["quarter(DATE '2024-12-01')", 4n],
  ["date_format(TIMESTAMP '2024-05-06 07:08:09', '%Y/%m/%d %H:%i:%s')", '2024/05/06 07:08:09'],
  ["date_format(DATE '2024-05-06', '%M')", UNKNOWN],
  ["date_parse('2024-05-06', '%Y-%m-%d')", '2024-05-06 00:00:00.000'],
  ["CAST(' 2024-05-06 ' AS date)", '2024-05-06'],
  ["CAST('2024-02-30' AS date)", UNKNOWN],
  ["CAST('12' AS integer)", 12n],
  ["CAST('12.5' AS integer)", UNKNOWN],
  ["CAST('300' AS tinyint)", UNKNOWN],
  ['CAST(12 AS varchar)', '12'],
  ["CAST('abcdef' AS varchar(3))", 'abc'],
  ["CAST(TIMESTAMP '2024-05-06 07:08:09' AS date)", '2024-05-06'],
  ["CAST(DATE '2024-05-06' AS varchar)", '2024-05-06'],
  ['CAST(current_timestamp AS date)', '2024-05-06'],
  ["TIMESTAMP '2024-01-01 00:00:00' = TIMESTAMP '2024-01-01 00:00:00.000'", true],
  ["DATE '2024-01-01' < TIMESTAMP '2024-01-01 00:00:01'", true],
  ["substr('hello', 2, 3)", 'ell'],
  ["substr('hello', -2)", 'lo'],
  ["substr('hello', 0)", ''],
  ["lpad('7', 2, '0')", '07'],
  ["split_part('a/b/c', '/', 2)", 'b'],
  ["split_part('a/b', '/', 3)", null],
  ["strpos('abc', 'c')", 3n],
  ["strpos('abc', 'x')", 0n],
  ["replace('a-b-c', '-')", 'abc'],
  ["upper('aé') || 'x'", 'AÉx'],
  ["coalesce(NULL, 'x')", 'x'],
  ['nullif(1, 1)', null],
  ["if(1 > 2, 'a', 'b')", 'b'],
  ['random() < 2', UNKNOWN],
  ["regexp_like('a', 'a')", UNKNOWN],
]

test('constants are evaluated exactly or not at all', () => {
  for (const [text, expected] of VALUES) assert.deepEqual(value(text), expected, text)
})
