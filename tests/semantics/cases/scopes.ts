import type { QueryCase } from './case.ts'

/** Subqueries, grouping, names, recursion and what else decides whether a query has a meaning. The answers are those of a Trino 422. */
export const scopeCases: readonly QueryCase[] = [
  [
    'SELECT (SELECT a FROM (VALUES 1, 2) t(a) WHERE a = o.x) FROM (VALUES 1, 2, 3) o(x)',
    ['integer'],
    [['1'], ['2'], [null]],
  ],
  [
    'SELECT (SELECT max(a) FROM (VALUES 1, 1, 2) t(a) WHERE a <= o.x) FROM (VALUES 1, 2, 3) o(x)',
    ['integer'],
    [['1'], ['2'], ['2']],
  ],
  [
    'SELECT (SELECT count(*) FROM (VALUES 1, 1, 2) t(a) WHERE a = o.x) FROM (VALUES 1, 2, 3) o(x)',
    ['bigint'],
    [['2'], ['1'], ['0']],
  ],
  ['SELECT (SELECT o.x) FROM (VALUES 1, 2, 3) o(x)', ['integer'], [['1'], ['2'], ['3']]],
  ['SELECT (SELECT o.x + t.a FROM (VALUES 10) t(a)) FROM (VALUES 1, 2, 3) o(x)', ['integer'], [['11'], ['12'], ['13']]],
  [
    'SELECT (SELECT o.x, 1) FROM (VALUES 1, 2, 3) o(x)',
    ['row(x integer, integer)'],
    [['{x=1, field1=1}'], ['{x=2, field1=1}'], ['{x=3, field1=1}']],
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 3) o(x) WHERE EXISTS (SELECT 1 FROM (VALUES 1, 2) t(a) WHERE a = o.x AND a < (SELECT max(b) FROM (VALUES 2, 3) u(b) WHERE b > t.a))',
    ['integer'],
    [['1'], ['2']],
  ],
  ['SELECT x FROM (VALUES 1, 2, 3) o(x) WHERE x IN (SELECT a FROM (VALUES 1, 2) t(a) WHERE a <> o.x)', ['integer'], []],
  [
    'SELECT x FROM (VALUES 1, 2, 3, NULL) o(x) WHERE x NOT IN (SELECT a FROM (VALUES 1, NULL) t(a) WHERE a = o.x OR a IS NULL)',
    ['integer'],
    [],
  ],
  [
    'SELECT x, x IN (SELECT a FROM (VALUES 1, NULL) t(a) WHERE a = o.x OR o.x = 2) FROM (VALUES 1, 2, 3, NULL) o(x)',
    ['integer', 'boolean'],
    [
      ['1', 'true'],
      ['2', null],
      ['3', 'false'],
      [null, 'false'],
    ],
  ],
  [
    'SELECT x, x > ALL (SELECT a FROM (VALUES 1, 2) t(a) WHERE a <> o.x) FROM (VALUES 1, 2, 3) o(x)',
    ['integer', 'boolean'],
    [
      ['1', 'false'],
      ['2', 'true'],
      ['3', 'true'],
    ],
  ],
  [
    'SELECT x, x = ANY (SELECT a FROM (VALUES 1, 2) t(a)), x <> ALL (SELECT a FROM (VALUES 1, NULL) t(a)), x < SOME (SELECT a FROM (VALUES 1, NULL, 3) t(a)) FROM (VALUES 1, 2, NULL) o(x)',
    ['integer', 'boolean', 'boolean', 'boolean'],
    [
      ['1', 'true', 'false', 'true'],
      ['2', 'true', null, 'true'],
      [null, null, null, null],
    ],
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 3) o(x) ORDER BY (SELECT max(a) FROM (VALUES 1, 2) t(a) WHERE a <> o.x), x DESC',
    ['integer'],
    [['2'], ['3'], ['1']],
  ],
  [
    'SELECT x, (SELECT array_agg(a ORDER BY a) FROM (VALUES 1, 2, 3) t(a) WHERE a > o.x) FROM (VALUES 1, 2, 3) o(x)',
    ['integer', 'array(integer)'],
    [
      ['1', '[2, 3]'],
      ['2', '[3]'],
      ['3', null],
    ],
  ],
  [
    'SELECT x, l.a FROM (VALUES 1, 2, 3) o(x) LEFT JOIN LATERAL (SELECT a FROM (VALUES 1, 2, 3) t(a) WHERE a < o.x) l ON true ORDER BY 1, 2',
    ['integer', 'integer'],
    [
      ['1', null],
      ['2', '1'],
      ['3', '1'],
      ['3', '2'],
    ],
  ],
  [
    'SELECT x, l.a FROM (VALUES 1, 2, 3) o(x) LEFT JOIN LATERAL (SELECT a FROM (VALUES 1, 2, 3) t(a) WHERE a < o.x) l ON l.a > 1 ORDER BY 1, 2',
    ['integer', 'integer'],
    [
      ['1', null],
      ['2', null],
      ['3', '2'],
    ],
  ],
  [
    'SELECT x, l.n FROM (VALUES 1, 2, 3) o(x), LATERAL (SELECT count(*) n FROM (VALUES 1, 2, 3) t(a) WHERE a < o.x) l ORDER BY 1',
    ['integer', 'bigint'],
    [
      ['1', '0'],
      ['2', '1'],
      ['3', '2'],
    ],
  ],
  [
    'SELECT x, l.n FROM (VALUES 1, 2, 3) o(x), LATERAL (SELECT a, count(*) n FROM (VALUES 1, 2, 3) t(a) WHERE a < o.x GROUP BY a) l ORDER BY 1, 2',
    ['integer', 'bigint'],
    [
      ['2', '1'],
      ['3', '1'],
      ['3', '1'],
    ],
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 3) o(x) GROUP BY x HAVING x > (SELECT min(a) FROM (VALUES 1, 2) t(a) WHERE a <= o.x)',
    ['integer'],
    [['2'], ['3']],
  ],
  ['SELECT sum((SELECT x)) FROM (VALUES 1, 2, 3) o(x)', ['bigint'], [['6']]],
  [
    'SELECT count(*) FROM (VALUES 1, 2, 3) o(x) WHERE (SELECT count(*) FROM (VALUES 1, 2) t(a) WHERE a = o.x) = 0',
    ['bigint'],
    [['1']],
  ],
  [
    'SELECT x, (SELECT max(a) FROM (VALUES 1, 2) t(a) WHERE a = x) FROM (VALUES 1, 2, 3) o(x) GROUP BY x ORDER BY x',
    ['integer', 'integer'],
    [
      ['1', '1'],
      ['2', '2'],
      ['3', null],
    ],
  ],
  [
    'SELECT t.x, x + 1, x + y FROM (VALUES (1, 2)) t(x, y) GROUP BY x, y',
    ['integer', 'integer', 'integer'],
    [['1', '2', '3']],
  ],
  ['SELECT x + 1 FROM (VALUES (1, 2)) t(x, y) GROUP BY x + 1', ['integer'], [['2']]],
  ['SELECT x + 1 + 1 FROM (VALUES (1, 2)) t(x, y) GROUP BY x + 1', ['integer'], [['3']]],
  ['SELECT abs(x) FROM (VALUES (1, 2)) t(x, y) GROUP BY 1', ['integer'], [['1']]],
  ['SELECT x FROM (VALUES (1, 2)) t(x, y) GROUP BY x ORDER BY max(y)', ['integer'], [['1']]],
  ['SELECT x AS z FROM (VALUES (1, 2)) t(x, y) GROUP BY x ORDER BY z + max(y)', ['integer'], [['1']]],
  ['SELECT max(x) AS x FROM (VALUES (1, 2)) t(x, y) ORDER BY x', ['integer'], [['1']]],
  ['SELECT -x AS x FROM (VALUES 1, 2) t(x) ORDER BY x', ['integer'], [['-2'], ['-1']]],
  ['SELECT -x AS x FROM (VALUES 1, 2) t(x) ORDER BY x + 1', ['integer'], [['-2'], ['-1']]],
  ['SELECT -x AS x FROM (VALUES 1, 2) t(x) ORDER BY t.x', ['integer'], [['-1'], ['-2']]],
  ['SELECT DISTINCT x + 1 FROM (VALUES (1, 2)) t(x, y) ORDER BY x + 1', ['integer'], [['2']]],
  ['SELECT sum(x) OVER (ORDER BY sum(x)) FROM (VALUES 1, 2) t(x) GROUP BY x', ['bigint'], [['1'], ['3']]],
  ['SELECT sum(sum(x)) OVER () FROM (VALUES 1, 2) t(x) GROUP BY x', ['bigint'], [['3'], ['3']]],
  ['SELECT t.* FROM (VALUES 1, 2) t(x) GROUP BY x', ['integer'], [['1'], ['2']]],
  [
    'SELECT grouping(x), x FROM (VALUES 1, 2) t(x) GROUP BY ROLLUP (x) ORDER BY 1, 2',
    ['integer', 'integer'],
    [
      ['0', '1'],
      ['0', '2'],
      ['1', null],
    ],
  ],
  ['SELECT t.x, u.x FROM (VALUES 1) t(x), (VALUES 2) u(x)', ['integer', 'integer'], [['1', '2']]],
  ['SELECT * FROM (VALUES 1) t(x) JOIN (VALUES 1) u(x) USING (x) WHERE x = 1', ['integer'], [['1']]],
  ['SELECT t.* FROM (VALUES 1) t(x) JOIN (VALUES 2) t(x) ON true', ['integer', 'integer'], [['1', '2']]],
  ['SELECT * FROM (SELECT 1 AS x, 2 AS x)', ['integer', 'integer'], [['1', '2']]],
  [
    'SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x FETCH FIRST 2 ROWS WITH TIES',
    ['integer'],
    [['1'], ['2'], ['2']],
  ],
  ['SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x FETCH FIRST ROW ONLY', ['integer'], [['1']]],
  ['SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x LIMIT 0', ['integer'], []],
  ['SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x OFFSET 2 FETCH NEXT 1 ROW WITH TIES', ['integer'], [['2']]],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t ORDER BY 1',
    ['integer'],
    [['1'], ['2'], ['3'], ['4'], ['5']],
  ],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t ORDER BY 1',
    ['integer'],
    [['1'], ['2'], ['3'], ['4'], ['5']],
  ],
  [
    "SELECT a, b, o FROM UNNEST(ARRAY[1, 2], ARRAY['x']) WITH ORDINALITY AS t(a, b, o)",
    ['integer', 'varchar(1)', 'bigint'],
    [
      ['1', 'x', '1'],
      ['2', null, '2'],
    ],
  ],
  [
    "SELECT * FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) WITH ORDINALITY",
    ['varchar(1)', 'integer', 'bigint'],
    [
      ['a', '1', '1'],
      ['b', '2', '2'],
    ],
  ],
  [
    "SELECT * FROM UNNEST(ARRAY[ROW(1, 'a'), ROW(2, 'b')]) WITH ORDINALITY AS t(x, y, o)",
    ['integer', 'varchar(1)', 'bigint'],
    [
      ['1', 'a', '1'],
      ['2', 'b', '2'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1) t(a) LEFT JOIN UNNEST(ARRAY[a, a + 1]) AS u(b) ON true',
    ['integer', 'integer'],
    [
      ['1', '1'],
      ['1', '2'],
    ],
  ],
  [
    'SELECT * FROM (VALUES ARRAY[1], NULL, ARRAY[]) t(a) LEFT JOIN UNNEST(a) WITH ORDINALITY AS u(b, o) ON true',
    ['array(integer)', 'integer', 'bigint'],
    [
      ['[1]', '1', '1'],
      [null, null, null],
      ['[]', null, null],
    ],
  ],
  [
    'SELECT * FROM UNNEST(ARRAY[1, 2]) AS u(b) RIGHT JOIN (VALUES 1) t(a) ON true',
    ['integer', 'integer'],
    [
      ['1', '1'],
      ['2', '1'],
    ],
  ],
  ['SELECT * FROM TABLE(sequence(1, 5))', ['bigint'], [['1'], ['2'], ['3'], ['4'], ['5']]],
  ['SELECT * FROM TABLE(sequence(start => 1, stop => 10, step => 3))', ['bigint'], [['1'], ['4'], ['7'], ['10']]],
  ['SELECT * FROM TABLE(sequence(10, 1, -4))', ['bigint'], [['10'], ['6'], ['2']]],
  ['SELECT * FROM TABLE(sequence(stop => 3))', ['bigint'], [['0'], ['1'], ['2'], ['3']]],
  ["SELECT listagg(x, ',') WITHIN GROUP (ORDER BY x) FROM (VALUES 'a', 'b', 'c') t(x)", ['varchar'], [['a,b,c']]],
  [
    "SELECT listagg(x, ',' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY x) FROM (VALUES 'a', 'b', 'c') t(x)",
    ['varchar'],
    [['a,b,c']],
  ],
  [
    "SELECT length(listagg(x, ',' ON OVERFLOW TRUNCATE WITH COUNT) WITHIN GROUP (ORDER BY x)), substr(listagg(x, ',' ON OVERFLOW TRUNCATE WITH COUNT) WITHIN GROUP (ORDER BY x), 1048500) FROM (SELECT rpad('a', 1000, CAST(n AS varchar)) x FROM UNNEST(sequence(1, 2000)) t(n))",
    ['bigint', 'varchar'],
    [['1048055', '']],
  ],
  [
    "SELECT length(listagg(x, ',' ON OVERFLOW TRUNCATE '~~' WITHOUT COUNT) WITHIN GROUP (ORDER BY x)), substr(listagg(x, ',' ON OVERFLOW TRUNCATE '~~' WITHOUT COUNT) WITHIN GROUP (ORDER BY x), 1047500) FROM (SELECT rpad('a', 1000, CAST(n AS varchar)) x FROM UNNEST(sequence(1, 2000)) t(n))",
    ['bigint', 'varchar'],
    [
      [
        '1048049',
        '1941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194119411941194,~~',
      ],
    ],
  ],
  [
    "SELECT listagg(DISTINCT x, ',' ON OVERFLOW TRUNCATE '...' WITHOUT COUNT) WITHIN GROUP (ORDER BY x) FROM (VALUES 'a', 'b', 'a') t(x)",
    ['varchar'],
    [['a,b']],
  ],
  ["SELECT CAST(ROW(1, 'x') AS row(a integer, b varchar)).b", ['varchar'], [['x']]],
  [
    "SELECT r.a, r.b.c FROM (SELECT CAST(ROW(1, ROW('z')) AS row(a integer, b row(c varchar))) AS r)",
    ['integer', 'varchar'],
    [['1', 'z']],
  ],
  ['SELECT ROW(1, 2)[1], ROW(1, 2)[2]', ['integer', 'integer'], [['1', '2']]],
  [
    "SELECT INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 2:03:04.567' DAY TO SECOND, INTERVAL - '5' DAY, INTERVAL '36' HOUR + INTERVAL '1' MINUTE",
    ['interval year to month', 'interval day to second', 'interval day to second', 'interval day to second'],
    [['1-2', '1 02:03:04.567', '-5 00:00:00.000', '1 12:01:00.000']],
  ],
  [
    "SELECT INTERVAL '1' DAY * 2.5e0, 3 * INTERVAL '1' MONTH, INTERVAL '1' DAY / 2",
    ['interval day to second', 'interval year to month', 'interval day to second'],
    [['2 12:00:00.000', '0-3', '0 12:00:00.000']],
  ],
  ["SELECT INTERVAL '1-13' YEAR TO MONTH", ['interval year to month'], [['2-1']]],
  ["SELECT INTERVAL '25:61' HOUR TO MINUTE", ['interval day to second'], [['1 02:01:00.000']]],
  ['SELECT sum(try(1 / x)) FROM (VALUES 0, 1) t(x)', ['bigint'], [['1']]],
  ['SELECT x FROM (VALUES 1, 2) t(x) INTERSECT ALL SELECT 1', ['integer'], [['1']]],
  ['SELECT 1 EXCEPT ALL SELECT 1', ['integer'], []],
  ['SELECT 1 AS a UNION ALL SELECT 2 AS b ORDER BY a', ['integer'], [['1'], ['2']]],
  ['SELECT 1 AS a UNION ALL SELECT 2 AS b ORDER BY a + 1', ['integer'], [['1'], ['2']]],
]
