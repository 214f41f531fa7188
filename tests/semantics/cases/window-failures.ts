import type { FailureCase } from './case.ts'

/** Mistakes in windows, with row patterns and without; as answered by Trino 422. */
export const windowFailures: readonly FailureCase[] = [
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO FIRST a PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: cannot skip to first row of match',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO LAST d PATTERN (a b | a b d) DEFINE b AS v < PREV(v), d AS v < PREV(v)) ORDER BY id',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: pattern variable is not present in match',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND -1 FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND NULL FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'TYPE_MISMATCH: line 1:181: Window frame ROWS end value type must be exact numeric type with scale 0 (actual unknown)',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND CAST(NULL AS integer) FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (()) DEFINE a AS true) ORDER BY id',
    'INVALID_LABEL: line 1:216: defined variable: a is not a primary pattern variable',
  ],
  [
    'SELECT id, nth_value(v, 0) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_FUNCTION_ARGUMENT: Offset must be at least 1',
  ],
  [
    'SELECT id, sum(v * 2) FILTER (WHERE id > 2) OVER w, avg(v + 0.5e0) OVER w, max_by(id, v) OVER w, count_if(v > 60) OVER w, array_agg(v ) FILTER (WHERE v < 75) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'NOT_SUPPORTED: line 1:1: FILTER is not yet supported for window functions',
  ],
  [
    'SELECT id, lead(v) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:146: Cannot specify window frame for lead function',
  ],
  [
    'SELECT id, lag(v) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:145: Cannot specify window frame for lag function',
  ],
  [
    'SELECT id, count(DISTINCT v) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'NOT_SUPPORTED: line 1:1: DISTINCT in window function parameters not yet supported: count(DISTINCT v) OVER w',
  ],
  [
    'SELECT x.id, m OVER w FROM (VALUES (1, 3), (2, 2), (3, 5)) x(id, v) WINDOW w AS (ORDER BY x.id MEASURES LAST(x.v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c) DEFINE b AS x.v < PREV(x.v), c AS x.v > a.v) ORDER BY 1',
    "COLUMN_NOT_FOUND: line 1:198: Column 'x.v' cannot be resolved",
  ],
  [
    'SELECT l.id, m OVER w FROM (VALUES (1, 3), (2, 2), (3, 5)) l(id, v) JOIN (VALUES (1, 7), (2, 8), (3, 9)) r(id, v) ON l.id = r.id WINDOW w AS (ORDER BY l.id MEASURES LAST(r.v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS l.v < PREV(l.v)) ORDER BY 1',
    "COLUMN_NOT_FOUND: line 1:256: Column 'l.v' cannot be resolved",
  ],
  [
    'SELECT l.id, m OVER w FROM (VALUES (1, 3), (2, 2), (3, 5)) l(id, v) JOIN (VALUES (1, 7), (2, 8), (3, 9)) r(id, v) ON l.id = r.id WINDOW w AS (ORDER BY l.id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS l.v < PREV(l.v)) ORDER BY 1',
    "COLUMN_NOT_FOUND: line 1:254: Column 'l.v' cannot be resolved",
  ],
  [
    'SELECT v, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) GROUP BY v WINDOW w AS (ORDER BY v MEASURES LAST(id) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS v > PREV(v)) ORDER BY v',
    "EXPRESSION_NOT_AGGREGATE: line 1:158: 'LAST(id)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT count(*), m OVER (MEASURES LAST(5) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a) DEFINE a AS true) FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v)',
    'INVALID_ARGUMENTS: line 1:35: Pattern navigation function last must contain at least one column reference or CLASSIFIER()',
  ],
  [
    'SELECT (SELECT m OVER (MEASURES LAST(u.v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a) DEFINE a AS u.v = o.k) FROM (VALUES 1) u(v)) FROM (VALUES 1) o(k)',
    "COLUMN_NOT_FOUND: line 1:121: Column 'u.v' cannot be resolved",
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (^ a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_ROW_PATTERN: line 1:210: Anchor pattern syntax is not allowed in window',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a+ $) DEFINE a AS v > 30) ORDER BY id',
    'INVALID_ROW_PATTERN: line 1:213: Anchor pattern syntax is not allowed in window',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Pattern recognition requires ROWS frame type',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Pattern recognition requires ROWS frame type',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ...',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ...',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ...',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS CURRENT ROW PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ...',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Window frame end cannot be UNBOUNDED PRECEDING',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'INVALID_WINDOW_FRAME: line 1:152: Window frame starting from CURRENT ROW cannot end with PRECEDING',
  ],
  [
    "SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND 'x' FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id",
    'TYPE_MISMATCH: line 1:181: Window frame ROWS end value type must be exact numeric type with scale 0 (actual varchar(1))',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1.5 FOLLOWING PATTERN (a+) DEFINE a AS v > 60) ORDER BY id',
    'TYPE_MISMATCH: line 1:181: Window frame ROWS end value type must be exact numeric type with scale 0 (actual double)',
  ],
  [
    'SELECT id, array_agg(id) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a+)) ORDER BY id',
    'MISSING_VARIABLE_DEFINITIONS: line 1:152: Pattern recognition requires DEFINE clause',
  ],
  [
    'SELECT id, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) ORDER BY id',
    'MISSING_ROW_PATTERN: line 1:140: Row pattern measures require PATTERN clause',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW) ORDER BY id',
    'MISSING_ROW_PATTERN: line 1:208: AFTER MATCH SKIP clause requires PATTERN clause',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING SEEK) ORDER BY id',
    'MISSING_ROW_PATTERN: line 1:196: SEEK modifier requires PATTERN clause',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING INITIAL) ORDER BY id',
    'MISSING_ROW_PATTERN: line 1:196: INITIAL modifier requires PATTERN clause',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING SUBSET u = (a)) ORDER BY id',
    'MISSING_ROW_PATTERN: line 1:203: Union variable definitions require PATTERN clause',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING DEFINE a AS true) ORDER BY id',
    'MISSING_ROW_PATTERN: line 1:203: Primary pattern variable definitions require PATTERN clause',
  ],
  [
    'SELECT id, n OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_WINDOW_MEASURE: line 1:12: Measure n is not defined in the corresponding window',
  ],
  [
    'SELECT id, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m, FIRST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'AMBIGUOUS_NAME: line 1:12: Measure m is defined more than once',
  ],
  [
    'SELECT id, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m, FIRST(v) AS "M" ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'AMBIGUOUS_NAME: line 1:12: Measure m is defined more than once',
  ],
  [
    'SELECT id, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS "m" ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_WINDOW_MEASURE: line 1:12: Measure m is not defined in the corresponding window',
  ],
  [
    'SELECT id, "m" OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_WINDOW_MEASURE: line 1:12: Measure m is not defined in the corresponding window',
  ],
  [
    'SELECT m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id)',
    'INVALID_WINDOW_MEASURE: line 1:8: Measure m is not defined in the corresponding window',
  ],
  [
    'SELECT m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v)',
    'INVALID_WINDOW_REFERENCE: line 1:15: Cannot resolve WINDOW name w',
  ],
  [
    'SELECT m OVER () FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v)',
    'INVALID_WINDOW_MEASURE: line 1:8: Measure m is not defined in the corresponding window',
  ],
  [
    'SELECT id, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES MATCH_NUMBER() AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_PATTERN_RECOGNITION_FUNCTION: line 1:149: MATCH_NUMBER function is not supported in window',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS MATCH_NUMBER() > 1) ORDER BY id',
    'INVALID_PATTERN_RECOGNITION_FUNCTION: line 1:222: MATCH_NUMBER function is not supported in window',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS v) ORDER BY id',
    'TYPE_MISMATCH: line 1:222: Expression defining a label must be boolean (actual type: integer)',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE c AS true) ORDER BY id',
    'INVALID_LABEL: line 1:217: defined variable: c is not a primary pattern variable',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS nosuch > 1) ORDER BY id',
    "COLUMN_NOT_FOUND: line 1:222: Column 'nosuch' cannot be resolved",
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO LAST z PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'INVALID_LABEL: line 1:221: z is not a primary or union pattern variable',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS sum(v) OVER () > 1) ORDER BY id',
    'NESTED_WINDOW: line 1:222: Cannot nest window functions or row pattern measures inside window specification',
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS FINAL LAST(v) > 1) ORDER BY id',
    'INVALID_PROCESSING_MODE: line 1:222: FINAL semantics is not supported in DEFINE clause',
  ],
  [
    'SELECT id, m OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES m2 OVER w AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'NESTED_WINDOW: line 1:149: Cannot nest window functions or row pattern measures inside window specification',
  ],
  [
    'SELECT sum(m OVER w) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    'NESTED_WINDOW: line 1:12: Cannot nest window functions or row pattern measures inside window function arguments',
  ],
  [
    'SELECT sum(m OVER w) FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) ORDER BY id',
    "NESTED_WINDOW: line 1:8: Cannot nest window functions or row pattern measures inside aggregation 'sum': [m OVER w]",
  ],
  [
    'SELECT id FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WHERE m OVER w > 1 WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v))',
    'EXPRESSION_NOT_SCALAR: line 1:120: WHERE clause cannot contain aggregations, window functions or grouping operations: [m OVER w]',
  ],
  [
    'SELECT id FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) GROUP BY id HAVING m OVER w > 1 WINDOW w AS (ORDER BY id MEASURES LAST(id) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a) DEFINE a AS true)',
    'NESTED_WINDOW: line 1:124: HAVING clause cannot contain window functions or row pattern measures',
  ],
  [
    'SELECT m OVER (w MEASURES LAST(v) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b+ c+) DEFINE b AS v < PREV(v), c AS v > PREV(v)) FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS CURRENT ROW)',
    'INVALID_WINDOW_REFERENCE: line 1:16: Cannot reference named WINDOW containing frame specification',
  ],
  [
    "SELECT id, m OVER w FROM (VALUES (1, CAST(ROW(1, 'x') AS ROW(x integer, y varchar))), (2, CAST(ROW(2, 'y') AS ROW(x integer, y varchar)))) t(id, r) WINDOW w AS (ORDER BY id MEASURES LAST(r) AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b) DEFINE b AS r.x > 1) ORDER BY id",
    "COLUMN_NOT_FOUND: line 1:300: Column 'r.x' cannot be resolved",
  ],
  [
    'SELECT id, count(*) OVER w FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70), (5, 90), (6, 50), (7, 40), (8, 60)) t(id, v) WINDOW w AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS 10 / (v - 80) < 5) ORDER BY id',
    'DIVISION_BY_ZERO: Division by zero',
  ],
  [
    'SELECT sum(v) FILTER (WHERE v > 1) OVER (ORDER BY v) FROM (VALUES 1, 2) t(v)',
    'NOT_SUPPORTED: line 1:1: FILTER is not yet supported for window functions',
  ],
  [
    'SELECT sum(v) FILTER (WHERE v > 1) OVER () FROM (VALUES 1, 2) t(v)',
    'NOT_SUPPORTED: line 1:1: FILTER is not yet supported for window functions',
  ],
  [
    'SELECT count(DISTINCT v) OVER () FROM (VALUES 1, 2) t(v)',
    'NOT_SUPPORTED: line 1:1: DISTINCT in window function parameters not yet supported: count(DISTINCT v) OVER ()',
  ],
  [
    'SELECT count(DISTINCT v) OVER (ORDER BY v) FROM (VALUES 1, 2) t(v)',
    'NOT_SUPPORTED: line 1:1: DISTINCT in window function parameters not yet supported: count(DISTINCT v) OVER (ORDER BY v ASC)',
  ],
  [
    'SELECT v, count(DISTINCT v) OVER w FROM (VALUES 1, 2) t(v) WINDOW w AS (PARTITION BY v ORDER BY v DESC)',
    'NOT_SUPPORTED: line 1:1: DISTINCT in window function parameters not yet supported: count(DISTINCT v) OVER w',
  ],
  [
    'SELECT sum(rank() OVER (ORDER BY v)) OVER () FROM (VALUES 1, 2) t(v)',
    'NESTED_WINDOW: line 1:12: Cannot nest window functions or row pattern measures inside window function arguments',
  ],
  [
    'SELECT sum(rank() OVER (ORDER BY v)) FROM (VALUES 1, 2) t(v)',
    "NESTED_WINDOW: line 1:8: Cannot nest window functions or row pattern measures inside aggregation 'sum': [rank() OVER (ORDER BY v ASC)]",
  ],
  [
    'SELECT rank() OVER (ORDER BY rank() OVER ()) FROM (VALUES 1, 2) t(v)',
    'NESTED_WINDOW: line 1:30: Cannot nest window functions or row pattern measures inside window specification',
  ],
  [
    'SELECT rank() OVER (PARTITION BY v + rank() OVER ()) FROM (VALUES 1, 2) t(v)',
    'NESTED_WINDOW: line 1:38: Cannot nest window functions or row pattern measures inside window specification',
  ],
  [
    'SELECT v FROM (VALUES 1, 2) t(v) GROUP BY v HAVING rank() OVER (ORDER BY v) > 1',
    'NESTED_WINDOW: line 1:52: HAVING clause cannot contain window functions or row pattern measures',
  ],
  [
    'SELECT v FROM (VALUES 1, 2) t(v) GROUP BY v HAVING 1 < rank() OVER (ORDER BY v)',
    'NESTED_WINDOW: line 1:56: HAVING clause cannot contain window functions or row pattern measures',
  ],
  [
    'SELECT v FROM (VALUES 1, 2) t(v) WHERE 1 < rank() OVER (ORDER BY v)',
    'EXPRESSION_NOT_SCALAR: line 1:42: WHERE clause cannot contain aggregations, window functions or grouping operations: [rank() OVER (ORDER BY v ASC)]',
  ],
  [
    'SELECT v FROM (VALUES 1, 2) t(v) WINDOW w AS (ORDER BY nosuch)',
    "COLUMN_NOT_FOUND: line 1:56: Column 'nosuch' cannot be resolved",
  ],
  [
    'SELECT x + 10.5 FROM (VALUES 1) t(x) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:10: '(x + 1.05E1)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT x + .0025 FROM (VALUES 1) t(x) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:10: '(x + 2.5E-3)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    "SELECT * FROM (VALUES (1, CAST(ROW(1, 'x') AS ROW(x integer, y varchar))), (2, CAST(ROW(2, 'y') AS ROW(x integer, y varchar)))) t(id, r) MATCH_RECOGNIZE (ORDER BY id MEASURES LAST(r) AS m PATTERN (a b) DEFINE b AS r.x > 1)",
    "COLUMN_NOT_FOUND: line 1:215: Column 'r.x' cannot be resolved",
  ],
  [
    "SELECT * FROM (VALUES (1, CAST(ROW(1, 'x') AS ROW(x integer, y varchar))), (2, CAST(ROW(2, 'y') AS ROW(x integer, y varchar)))) t(id, r) MATCH_RECOGNIZE (ORDER BY id MEASURES b.r.x AS m PATTERN (a b) DEFINE b AS id > 1)",
    'COLUMN_NOT_FOUND: line 1:176: Column r.x prefixed with label B cannot be resolved',
  ],
  [
    "SELECT m OVER w FROM (VALUES (1, CAST(ROW(1, 'x') AS ROW(x integer, y varchar))), (2, CAST(ROW(2, 'y') AS ROW(x integer, y varchar)))) t(id, r) WINDOW w AS (ORDER BY id MEASURES b.r.x AS m ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (a b) DEFINE b AS id > 1) ORDER BY id",
    'COLUMN_NOT_FOUND: line 1:179: Column r.x prefixed with label B cannot be resolved',
  ],
  [
    "SELECT id, m OVER w, n OVER w, nth_value(v, p) OVER w, nth_value(v, p) OVER w FROM (VALUES (1, 2, 10), (2, 1, NULL), (3, 2, 30), (4, 1, 30), (5, 1, 10), (6, 1, 10)) t(id, p, v) WINDOW w AS (ORDER BY id MEASURES NEXT(LAST(v), 2) AS m, LAST(a.v) AS n ROWS BETWEEN CURRENT ROW AND 3 FOLLOWING AFTER MATCH SKIP TO FIRST b SEEK PATTERN ((a | b | c)+) DEFINE a AS v IS NULL, b AS PREV(CLASSIFIER()) = 'A' OR v < NEXT(v), c AS PREV(v, 3) < v OR PREV(v) > v OR v > a.v) ORDER BY id",
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: pattern variable is not present in match',
  ],
  [
    'SELECT id, m OVER w, n OVER w, last_value(v) IGNORE NULLS OVER w, sum(v) OVER w FROM (VALUES (1, 1, 50), (2, 2, 10), (3, 2, 40), (4, 2, 20), (5, 2, 30), (6, 1, 50), (7, 1, 50), (8, 1, 40), (9, 1, 50), (10, 1, 60)) t(id, p, v) WINDOW w AS (ORDER BY id MEASURES PREV(FIRST(v)) AS m, PREV(v) AS n ROWS BETWEEN CURRENT ROW AND p FOLLOWING AFTER MATCH SKIP TO LAST b SEEK PATTERN ((a | b) c?) DEFINE a AS PREV(v, 3) < v OR PREV(v) > v OR PREV(FIRST(v)) IS NULL, b AS v >= PREV(v, 2), c AS v > a.v OR v < PREV(v)) ORDER BY id',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: pattern variable is not present in match',
  ],
  [
    'SELECT id, m OVER w, n OVER w, last_value(v) IGNORE NULLS OVER w, sum(v) OVER w FROM (VALUES (1, 2, 30), (2, 1, 20), (3, 2, NULL), (4, 1, 60), (5, 1, 20), (6, 1, 40), (7, 1, 60), (8, 2, 10), (9, 2, 40)) t(id, p, v) WINDOW w AS (ORDER BY id MEASURES LAST(v) AS m, PREV(FIRST(v)) AS n ROWS BETWEEN CURRENT ROW AND 3 FOLLOWING AFTER MATCH SKIP TO LAST b INITIAL PATTERN ((a | b | c)+) DEFINE a AS v < LAST(a.v, 1)) ORDER BY id',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: cannot skip to first row of match',
  ],
  [
    'SELECT id, m OVER w, n OVER w, min(v) OVER w, last_value(v) IGNORE NULLS OVER w FROM (VALUES (1, 2, 40), (2, 1, 60), (3, 2, 20), (4, 2, 40), (5, 1, 30), (6, 1, 30), (7, 2, 10), (8, 2, 10), (9, 1, 10), (10, 2, 50)) t(id, p, v) WINDOW w AS (ORDER BY id MEASURES PREV(v) AS m, FINAL LAST(v, 1) AS n ROWS BETWEEN CURRENT ROW AND 5 FOLLOWING AFTER MATCH SKIP TO LAST b  PATTERN ((a | b | c)+) DEFINE a AS v IS NULL, b AS true) ORDER BY id',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: cannot skip to first row of match',
  ],
]
