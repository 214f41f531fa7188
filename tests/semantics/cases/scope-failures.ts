import type { FailureCase } from './case.ts'

/** Subqueries, grouping, names, recursion and what else decides whether a query has a meaning. The errors are those of a Trino 422. */
export const scopeFailures: readonly FailureCase[] = [
  ['SELECT (SELECT a FROM (VALUES 1, 2) t(a))', 'SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows'],
  [
    'SELECT (SELECT a FROM (VALUES 1, 1, 2) t(a) WHERE a = o.x) FROM (VALUES 1, 2, 3) o(x)',
    'SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows',
  ],
  [
    'SELECT x, l.n FROM (VALUES 1, 2, 3) o(x) RIGHT JOIN LATERAL (SELECT o.x n) l ON true',
    'INVALID_COLUMN_REFERENCE: line 1:69: LATERAL reference not allowed in RIGHT JOIN',
  ],
  [
    'SELECT x + 1, (SELECT max(a) FROM (VALUES 1, 2) t(a) WHERE a = x) FROM (VALUES 1, 2, 3) o(x) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:64: Subquery uses 'x' which must appear in GROUP BY clause",
  ],
  [
    'SELECT x, y FROM (VALUES (1, 2)) t(x, y) GROUP BY x',
    "EXPRESSION_NOT_AGGREGATE: line 1:11: 'y' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT x, count(*) FROM (VALUES (1, 2)) t(x, y) GROUP BY y',
    "EXPRESSION_NOT_AGGREGATE: line 1:8: 'x' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT x + 2 FROM (VALUES (1, 2)) t(x, y) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:10: '(x + 2)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT 1 + x FROM (VALUES (1, 2)) t(x, y) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:10: '(1 + x)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT x AS a FROM (VALUES (1, 2)) t(x, y) GROUP BY a',
    "COLUMN_NOT_FOUND: line 1:53: Column 'a' cannot be resolved",
  ],
  [
    'SELECT x AS y, count(*) FROM (VALUES (1, 2)) t(x, y) GROUP BY y',
    "EXPRESSION_NOT_AGGREGATE: line 1:8: 'x' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT count(*) FROM (VALUES (1, 2)) t(x, y) HAVING x > 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:55: '(x > 1)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT count(*) FROM (VALUES (1, 2)) t(x, y) ORDER BY x',
    "EXPRESSION_NOT_AGGREGATE: line 1:55: 'x' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT x FROM (VALUES (1, 2)) t(x, y) GROUP BY x ORDER BY y',
    "EXPRESSION_NOT_AGGREGATE: line 1:59: 'y' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT max(x) AS x FROM (VALUES (1, 2)) t(x, y) ORDER BY max(x)',
    'COLUMN_NOT_FOUND: line 1:62: Invalid reference to output projection attribute from ORDER BY aggregation',
  ],
  ['SELECT x, x FROM (VALUES 1, 2) t(x) ORDER BY x', "AMBIGUOUS_NAME: line 1:46: Column 'x' is ambiguous"],
  ['SELECT x, -x AS x FROM (VALUES 1, 2) t(x) ORDER BY x', "AMBIGUOUS_NAME: line 1:52: Column 'x' is ambiguous"],
  [
    'SELECT DISTINCT x FROM (VALUES (1, 2)) t(x, y) ORDER BY y',
    'EXPRESSION_NOT_IN_DISTINCT: line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear in select list',
  ],
  [
    'SELECT sum(sum(x)) FROM (VALUES 1) t(x)',
    "NESTED_AGGREGATION: line 1:8: Cannot nest aggregations inside aggregation 'sum': [sum(x)]",
  ],
  [
    'SELECT sum(x) FROM (VALUES 1) t(x) WHERE sum(x) > 1',
    'EXPRESSION_NOT_SCALAR: line 1:49: WHERE clause cannot contain aggregations, window functions or grouping operations: [sum(x)]',
  ],
  [
    'SELECT rank() OVER (ORDER BY x) FROM (VALUES 1, 2) t(x) HAVING true',
    "EXPRESSION_NOT_AGGREGATE: line 1:30: ORDER BY expression 'x' must be an aggregate expression or appear in GROUP BY clause",
  ],
  ['SELECT *, count(*) FROM (VALUES 1, 2) t(x)', "EXPRESSION_NOT_AGGREGATE: Column 't.x' not in GROUP BY clause"],
  ['SELECT * FROM (VALUES (1, 2)) t(x, y) GROUP BY x', "EXPRESSION_NOT_AGGREGATE: Column 't.y' not in GROUP BY clause"],
  [
    'SELECT grouping(x + 1) FROM (VALUES 1, 2) t(x) GROUP BY x + 1',
    "SYNTAX_ERROR: line 1:19: mismatched input '+'. Expecting: ')', ',', '.'",
  ],
  [
    'SELECT grouping(y) FROM (VALUES (1, 2)) t(x, y) GROUP BY x',
    'INVALID_ARGUMENTS: line 1:8: The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to y.',
  ],
  [
    'SELECT grouping() FROM (VALUES (1, 2)) t(x, y) GROUP BY x',
    'GENERIC_INTERNAL_ERROR: grouping operation columns cannot be empty',
  ],
  [
    'SELECT x, grouping(x, y), count(*) FROM (VALUES (1, 2), (1, 3)) t(x, y) GROUP BY CUBE (x, y) HAVING grouping(y) = 0 ORDER BY grouping(x), x, y',
    'INVALID_ARGUMENTS: Invalid reference to output of SELECT clause from grouping() expression in ORDER BY',
  ],
  ['SELECT x FROM (VALUES 1) t(x), (VALUES 2) u(x)', "AMBIGUOUS_NAME: line 1:8: Column 'x' is ambiguous"],
  [
    'SELECT t.x FROM (VALUES 1) t(x) JOIN (VALUES 1) u(x) USING (x)',
    "COLUMN_NOT_FOUND: line 1:8: Column 't.x' cannot be resolved",
  ],
  ['SELECT x FROM (VALUES 1) t(x) JOIN (VALUES 1) t(x) ON true', "AMBIGUOUS_NAME: line 1:8: Column 'x' is ambiguous"],
  [
    'SELECT t.x FROM (VALUES 1) t(x) JOIN (VALUES 1) t(x) ON true',
    "AMBIGUOUS_NAME: line 1:8: Column 't.x' is ambiguous",
  ],
  ['SELECT x FROM (SELECT 1 AS x, 2 AS x)', "AMBIGUOUS_NAME: line 1:8: Column 'x' is ambiguous"],
  [
    'WITH a AS (SELECT 1 x), a AS (SELECT 2 x) SELECT * FROM a',
    "DUPLICATE_NAMED_QUERY: line 1:25: WITH query name 'a' specified more than once",
  ],
  [
    'WITH a(x, x) AS (SELECT 1, 2) SELECT * FROM a',
    "DUPLICATE_COLUMN_NAME: line 1:11: Column name 'x' specified more than once",
  ],
  [
    'WITH a(x, x) AS (SELECT 1, 2) SELECT x FROM a',
    "DUPLICATE_COLUMN_NAME: line 1:11: Column name 'x' specified more than once",
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 2, 3) t(x) FETCH FIRST 2 ROWS WITH TIES',
    'MISSING_ORDER_BY: line 1:40: FETCH FIRST WITH TIES clause requires ORDER BY',
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x FETCH FIRST 0 ROWS ONLY',
    'NUMERIC_VALUE_OUT_OF_RANGE: line 1:51: FETCH FIRST row count must be positive (actual value: 0)',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 50) SELECT * FROM t',
    "NOT_SUPPORTED: Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to modify the limit.",
  ],
  [
    'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t',
    'MISSING_COLUMN_ALIASES: line 1:16: missing column aliases in recursive WITH query',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT n + 1 FROM t UNION ALL SELECT 1) SELECT * FROM t',
    'INVALID_RECURSIVE_REFERENCE: line 1:43: WITH table name is referenced in the base relation of recursion',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t a, t b) SELECT * FROM t',
    'INVALID_RECURSIVE_REFERENCE: line 1:67: multiple recursive references in the step relation of recursion',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT sum(n) FROM t) SELECT * FROM t',
    'TYPE_MISMATCH: line 1:44: recursion step relation output type (bigint) is not coercible to recursion base relation output type (integer) at column 1',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT DISTINCT n FROM t) SELECT * FROM t',
    "NOT_SUPPORTED: Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to modify the limit.",
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t LIMIT 3) SELECT * FROM t',
    'INVALID_LIMIT_CLAUSE: line 1:60: immediate FETCH FIRST / LIMIT clause in recursive query',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL (SELECT n FROM t LIMIT 3)) SELECT * FROM t',
    "NOT_SUPPORTED: Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to modify the limit.",
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM (VALUES 1) u(x) LEFT JOIN t ON true) SELECT * FROM t',
    'INVALID_RECURSIVE_REFERENCE: line 1:84: recursive reference in right source of LEFT join',
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 1 WHERE EXISTS (SELECT 1 FROM t)) SELECT * FROM t',
    'INVALID_RECURSIVE_REFERENCE: line 1:81: recursive reference outside of FROM clause of the step relation of recursion',
  ],
  [
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT DECIMAL '1.5' FROM t) SELECT * FROM t",
    'TYPE_MISMATCH: line 1:44: recursion step relation output type (decimal(2,1)) is not coercible to recursion base relation output type (integer) at column 1',
  ],
  [
    'WITH RECURSIVE t(n, m) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT * FROM t',
    'MISMATCHED_COLUMN_ALIASES: line 1:18: Column alias list has 2 entries but relation has 1 columns',
  ],
  ['SELECT * FROM UNNEST(1)', 'INVALID_FUNCTION_ARGUMENT: Cannot unnest type: integer'],
  [
    'SELECT * FROM UNNEST(ARRAY[1], ARRAY[2, 3]) AS t(x)',
    "MISMATCHED_COLUMN_ALIASES: line 1:15: Column alias list has 1 entries but 't' has 2 columns available",
  ],
  [
    'SELECT * FROM (VALUES 1) t(a) LEFT JOIN UNNEST(ARRAY[a, a + 1]) AS u(b) ON b = 1',
    'NOT_SUPPORTED: line 1:78: LEFT JOIN involving UNNEST is only supported with condition ON TRUE',
  ],
  [
    'SELECT x + 10.5 FROM (VALUES 1) t(x) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:10: '(x + 1.05E1)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  [
    'SELECT x + .0025 FROM (VALUES 1) t(x) GROUP BY x + 1',
    "EXPRESSION_NOT_AGGREGATE: line 1:10: '(x + 2.5E-3)' must be an aggregate expression or appear in GROUP BY clause",
  ],
  ['SELECT * FROM TABLE(nosuch(1))', 'FUNCTION_NOT_FOUND: line 1:21: Table function nosuch not registered'],
  [
    "SELECT length(listagg(x, ',') WITHIN GROUP (ORDER BY x)) FROM (SELECT rpad('a', 1000, CAST(n AS varchar)) x FROM UNNEST(sequence(1, 2000)) t(n))",
    'EXCEEDED_FUNCTION_MEMORY_LIMIT: Concatenated string has the length in bytes larger than the maximum output length 1048576',
  ],
  [
    "SELECT listagg(x, ',' ON OVERFLOW ERROR) WITHIN GROUP (ORDER BY x DESC) FILTER (WHERE x <> 'b') FROM (VALUES 'a', 'b', 'c', NULL) t(x)",
    "SYNTAX_ERROR: line 1:80: mismatched input '('. Expecting: ',', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'UNION', 'WHERE', 'WINDOW', <EOF>",
  ],
  [
    'SELECT CAST(ROW(1, 2) AS row(a integer, a integer)).a',
    'AMBIGUOUS_NAME: line 1:53: Ambiguous row field reference: a',
  ],
  ['SELECT ROW(1, 2)[3]', 'INVALID_FUNCTION_ARGUMENT: line 1:18: Subscript index out of bounds: 3, max value is 2'],
  ['SELECT ROW(1, 2)[0]', 'INVALID_FUNCTION_ARGUMENT: line 1:18: Invalid subscript index: 0. ROW indices start at 1'],
  [
    'SELECT ROW(1, 2)[x] FROM (VALUES 1) t(x)',
    'EXPRESSION_NOT_CONSTANT: line 1:18: Subscript expression on ROW requires a constant index',
  ],
  [
    "SELECT INTERVAL '1' YEAR + INTERVAL '1' DAY",
    'TYPE_MISMATCH: line 1:26: Cannot apply operator: interval year to month + interval day to second',
  ],
  ["SELECT INTERVAL '90' SECOND TO MINUTE", "INVALID_LITERAL: line 1:8: '90' is not a valid INTERVAL literal"],
  ["SELECT INTERVAL 'x' DAY", "INVALID_LITERAL: line 1:8: 'x' is not a valid INTERVAL literal"],
  [
    'SELECT try((SELECT a FROM (VALUES 1, 2) t(a)))',
    'SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows',
  ],
  ['SELECT try(sum(1 / x)) FROM (VALUES 0, 1) t(x)', 'DIVISION_BY_ZERO: Division by zero'],
  [
    'SELECT x FROM (VALUES 1, 2) t(x) NATURAL JOIN (VALUES 1) u(x)',
    'NOT_SUPPORTED: line 1:15: Natural join not supported',
  ],
  [
    "SELECT 1 UNION SELECT 'a'",
    'TYPE_MISMATCH: line 1:10: column 1 in UNION query has incompatible types: integer, varchar(1)',
  ],
  ['SELECT 1, 2 UNION SELECT 1', 'TYPE_MISMATCH: line 1:13: UNION query has different number of fields: 2, 1'],
  ['SELECT 1 AS a UNION ALL SELECT 2 AS b ORDER BY b', "COLUMN_NOT_FOUND: line 1:48: Column 'b' cannot be resolved"],
]
