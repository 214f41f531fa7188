import type { FailureCase } from './case.ts'

/** What MATCH_RECOGNIZE refuses. The errors are those of a Trino 422. */
export const rowPatternFailures: readonly FailureCase[] = [
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l AFTER MATCH SKIP TO FIRST a PATTERN (a b{2} c) DEFINE a AS true ) ORDER BY f',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: cannot skip to first row of match',
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l AFTER MATCH SKIP TO d PATTERN (a b{2} c d*) DEFINE d AS id > 100) ORDER BY f',
    'GENERIC_USER_ERROR: AFTER MATCH SKIP failed: pattern variable is not present in match',
  ],
  [
    'SELECT t.id, m.f FROM (VALUES (1, 10), (2, 20), (3, 15)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f ALL ROWS PER MATCH PATTERN (a) DEFINE a AS true) AS m',
    "COLUMN_NOT_FOUND: line 1:8: Column 't.id' cannot be resolved",
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (PARTITION BY id + 1 MEASURES v AS f PATTERN (a) DEFINE a AS true)',
    'INVALID_COLUMN_REFERENCE: line 1:74: Expected column reference. Actual: (id + 1)',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (ORDER BY id + 1 MEASURES v AS f PATTERN (a) DEFINE a AS true)',
    'INVALID_COLUMN_REFERENCE: line 1:70: Expected column reference. Actual: (id + 1)',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (PARTITION BY w MEASURES v AS f PATTERN (a) DEFINE a AS true)',
    'COLUMN_NOT_FOUND: line 1:71: Column w is not present in the input relation',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) DEFINE b AS true)',
    'INVALID_LABEL: line 1:93: defined variable: b is not a primary pattern variable',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) DEFINE a AS true, a AS false)',
    'INVALID_LABEL: line 1:104: pattern variable with name: a is defined twice',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) DEFINE a AS v)',
    'TYPE_MISMATCH: line 1:98: Expression defining a label must be boolean (actual type: integer)',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) SUBSET a = (a) DEFINE a AS true)',
    'INVALID_LABEL: line 1:93: union pattern variable name: a is a duplicate of primary pattern variable name',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) SUBSET u = (a), u = (a) DEFINE a AS true)',
    'INVALID_LABEL: line 1:102: union pattern variable name: u is declared twice',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) SUBSET u = (b) DEFINE a AS true)',
    'INVALID_LABEL: line 1:98: subset element: b is not a primary pattern variable',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a{3,2}) DEFINE a AS true)',
    'INVALID_RANGE: line 1:84: Pattern quantifier lower bound must not exceed upper bound',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a{0}) DEFINE a AS true)',
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:84: Pattern quantifier upper bound must be greater than or equal to 1',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a{99999999999,}) DEFINE a AS true)',
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:84: Pattern quantifier lower bound must not exceed 2147483647',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f AFTER MATCH SKIP TO LAST x PATTERN (a) DEFINE a AS true)',
    'INVALID_LABEL: line 1:99: x is not a primary or union pattern variable',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f ALL ROWS PER MATCH WITH UNMATCHED ROWS PATTERN ({- a -}) DEFINE a AS true)',
    'INVALID_ROW_PATTERN: line 1:122: Pattern exclusion syntax is not allowed when ALL ROWS PER MATCH WITH UNMATCHED ROWS is specified',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f AFTER MATCH SKIP TO NEXT ROW INITIAL PATTERN (a) DEFINE a AS true)',
    'NOT_SUPPORTED: line 1:103: Pattern search modifier: INITIAL is not allowed in MATCH_RECOGNIZE clause',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f AFTER MATCH SKIP TO NEXT ROW SEEK PATTERN (a) DEFINE a AS true)',
    'NOT_SUPPORTED: line 1:103: Pattern search modifier: SEEK is not allowed in MATCH_RECOGNIZE clause',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) DEFINE a AS FINAL last(v) > 1)',
    'INVALID_PROCESSING_MODE: line 1:98: FINAL semantics is not supported in DEFINE clause',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(a.v + b.v) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:72: Column references inside argument of function last must all either be prefixed with the same label or be not prefixed',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(a.v + v) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:72: Column references inside argument of function last must all either be prefixed with the same label or be not prefixed',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES sum(a.v + b.v) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:71: Column references inside argument of function sum must all either be prefixed with the same label or be not prefixed',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(1) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:67: Pattern navigation function last must contain at least one column reference or CLASSIFIER()',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(v, -1) AS f PATTERN (a b) DEFINE a AS true)',
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:67: last pattern recognition navigation function requires a non-negative number as the second argument (actual: -1)',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(v, v) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:67: last pattern recognition navigation function requires a number as the second argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(v, NULL) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:67: last pattern recognition navigation function requires a number as the second argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(v, 1, 2) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:67: last pattern recognition function requires 1 or 2 arguments',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last() AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:67: last pattern recognition function requires 1 or 2 arguments',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(prev(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_NAVIGATION_NESTING: line 1:72: Cannot nest prev pattern navigation function inside last pattern navigation function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES prev(prev(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_NAVIGATION_NESTING: line 1:72: Cannot nest prev pattern navigation function inside prev pattern navigation function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(first(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_NAVIGATION_NESTING: line 1:72: Cannot nest first pattern navigation function inside last pattern navigation function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES prev(last(v) + first(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_NAVIGATION_NESTING: line 1:82: Cannot nest multiple pattern navigation functions inside prev pattern navigation function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES prev(1 + last(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_NAVIGATION_NESTING: line 1:76: Immediate nesting is required for pattern navigation functions',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES last(sum(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'NESTED_AGGREGATION: line 1:72: Cannot nest sum aggregate function inside last function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES sum(last(v)) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_NAVIGATION_NESTING: line 1:71: Cannot nest last pattern navigation function inside sum function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES sum(DISTINCT v) AS f PATTERN (a b) DEFINE a AS true)',
    'NOT_SUPPORTED: line 1:67: Cannot use DISTINCT with sum aggregate function in pattern recognition context',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES sum(v) FILTER (WHERE v > 1) AS f PATTERN (a b) DEFINE a AS true)',
    'NOT_SUPPORTED: line 1:67: Cannot use FILTER with sum aggregate function in pattern recognition context',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES array_agg(v ORDER BY v) AS f PATTERN (a b) DEFINE a AS true)',
    'NOT_SUPPORTED: line 1:67: Cannot use ORDER BY with array_agg aggregate function in pattern recognition context',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES sum(v) OVER () AS f PATTERN (a b) DEFINE a AS true)',
    'NESTED_WINDOW: line 1:67: Cannot nest window functions or row pattern measures inside pattern recognition expressions',
  ],
  [
    "SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES listagg(CAST(v AS varchar), ',') WITHIN GROUP (ORDER BY v) AS f PATTERN (a b) DEFINE a AS true)",
    'NOT_SUPPORTED: line 1:67: Cannot use ORDER BY with listagg aggregate function in pattern recognition context',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES classifier(x) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:78: x is not a primary pattern variable or subset name',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES classifier(1) AS f PATTERN (a b) DEFINE a AS true)',
    'TYPE_MISMATCH: line 1:78: CLASSIFIER function argument should be primary pattern variable or subset name. Actual: LongLiteral',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES classifier(a, b) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:67: CLASSIFIER pattern recognition function takes no arguments or 1 argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES match_number(1) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:67: MATCH_NUMBER pattern recognition function takes no arguments',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES match_number() OVER () AS f PATTERN (a b) DEFINE a AS true)',
    'NESTED_WINDOW: line 1:67: Cannot nest window functions or row pattern measures inside pattern recognition expressions',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES running abs(v) AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_PROCESSING_MODE: line 1:67: RUNNING semantics is supported only for FIRST(), LAST() and aggregation functions. Actual: abs',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES final match_number() AS f PATTERN (a b) DEFINE a AS true)',
    'INVALID_PROCESSING_MODE: line 1:67: FINAL semantics is not supported with match_number pattern recognition function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES x.v AS f PATTERN (a b) DEFINE a AS true)',
    "COLUMN_NOT_FOUND: line 1:67: Column 'x.v' cannot be resolved",
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES t.v AS f PATTERN (a b) DEFINE a AS true)',
    "COLUMN_NOT_FOUND: line 1:67: Column 't.v' cannot be resolved",
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES a.w AS f PATTERN (a b) DEFINE a AS true)',
    'COLUMN_NOT_FOUND: line 1:67: Column w prefixed with label A cannot be resolved',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES (SELECT v) AS f PATTERN (a) DEFINE a AS true)',
    "NOT_SUPPORTED: line 1:75: Reference to column 'v' from outer scope not allowed in this context",
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES a.v IN (SELECT 10) AS f PATTERN (a) DEFINE a AS true )',
    'NOT_SUPPORTED: line 1:67: IN-PREDICATE with labeled column reference is not yet supported',
  ],
  [
    'SELECT * FROM (VALUES (1, ARRAY[1, 2])) t(id, v) MATCH_RECOGNIZE (MEASURES transform(a.v, x -> x + id) AS f, last(transform(v, x -> x + 1)) AS g PATTERN (a) DEFINE a AS any_match(v, x -> x = id))',
    'NOT_SUPPORTED: line 1:183: Lambda expression in pattern recognition context is not yet supported',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, id) MATCH_RECOGNIZE (MEASURES 1 AS f PATTERN (a) DEFINE a AS true)',
    'AMBIGUOUS_NAME: line 1:15: ambiguous column: id in row pattern input relation',
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (PATTERN (a) DEFINE a AS true)',
    'TABLE_HAS_NO_COLUMNS: line 1:15: pattern recognition output table has no columns',
  ],
  [
    'SELECT count(*) FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (PATTERN (a) DEFINE a AS true)',
    'TABLE_HAS_NO_COLUMNS: line 1:22: pattern recognition output table has no columns',
  ],
  [
    'SELECT running sum(a) FROM (VALUES 1) t(a)',
    'INVALID_PROCESSING_MODE: line 1:8: RUNNING semantics is not supported out of pattern recognition context',
  ],
  [
    'SELECT f FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f, id AS f PATTERN (a) DEFINE a AS true)',
    "AMBIGUOUS_NAME: line 1:8: Column 'f' is ambiguous",
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f PATTERN (a) DEFINE a AS prev(v, 1 + 0) > 1)',
    'INVALID_FUNCTION_ARGUMENT: line 1:118: prev pattern recognition navigation function requires a number as the second argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f PATTERN (a+) DEFINE a AS 10 / (id - 2) > 1)',
    'DIVISION_BY_ZERO: Division by zero',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count() AS f, count(x.*) AS g PATTERN (a) DEFINE a AS true)',
    'INVALID_FUNCTION_ARGUMENT: line 1:107: X is not a primary pattern variable or subset name',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES max_by(classifier(a), b.v) AS g PATTERN (a+ b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:87: All aggregate function arguments must apply to rows matched with the same label',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES sum(1) AS g, sum(a.v + v) AS h PATTERN (a+ b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:104: Column references inside argument of function sum must all either be prefixed with the same label or be not prefixed',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES prev(classifier(a), 1) AS g, prev(match_number()) AS h PATTERN (a+ b) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:116: Pattern navigation function prev must contain at least one column reference or CLASSIFIER()',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES running prev(v) AS h PATTERN (a+ b) DEFINE a AS true)',
    'INVALID_PROCESSING_MODE: line 1:87: RUNNING semantics is not supported with prev pattern recognition function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES final classifier() AS h PATTERN (a+ b) DEFINE a AS true)',
    'INVALID_PROCESSING_MODE: line 1:87: FINAL semantics is not supported with classifier pattern recognition function',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id PATTERN (a*) DEFINE a AS id = 2)',
    'TABLE_HAS_NO_COLUMNS: line 1:15: pattern recognition output table has no columns',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES last(classifier(a) || CAST(b.v AS varchar)) AS x PATTERN (a b c) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:95: Column references inside argument of function last must all be prefixed with the same label that all CLASSIFIER() calls have as the argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES last(classifier(a) || classifier(b)) AS x PATTERN (a b c) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:95: CLASSIFIER() calls inside argument of function last must all either have the same label as the argument or have no arguments',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES last(classifier(a) || CAST(v AS varchar)) AS x PATTERN (a b c) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:95: Column references inside argument of function last must all be prefixed with the same label that all CLASSIFIER() calls have as the argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES last(classifier() || CAST(a.v AS varchar)) AS x PATTERN (a b c) DEFINE a AS true)',
    'INVALID_ARGUMENTS: line 1:95: Column references inside argument of function last must all be prefixed with the same label that all CLASSIFIER() calls have as the argument',
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES last(v, 2147483648) AS x PATTERN (a b c) DEFINE a AS true)',
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:95: The second argument of last pattern recognition navigation function must not exceed 2147483647 (actual: 2147483648)',
  ],
  [
    "SELECT * FROM (VALUES (1, 'b'), (2, 'a'), (3, NULL), (4, 'c'), (5, 'cc')) t(id, s) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, listagg AS x ALL ROWS PER MATCH PATTERN (a b*) DEFINE b AS true)",
    "SYNTAX_ERROR: line 1:161: mismatched input 'AS'. Expecting: '('",
  ],
  [
    'SELECT * FROM (VALUES (1, 2000000000), (2, 2000000000)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f PATTERN (a b) DEFINE b AS a.v + b.v > 0)',
    'NUMERIC_VALUE_OUT_OF_RANGE: integer addition overflow: 2000000000 + 2000000000',
  ],
  [
    'SELECT * FROM (VALUES (1, 0), (2, 2000000000)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f PATTERN (a b) DEFINE b AS b.v / a.v > 0)',
    'DIVISION_BY_ZERO: Division by zero',
  ],
]
