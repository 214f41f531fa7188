import type { QueryCase } from './case.ts'

/** Relations: joins, subqueries, UNNEST, set operations, WITH, windows, limits. */
export const queryCases: readonly QueryCase[] = [
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x < (SELECT nan())', ['double'], []],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x <= (SELECT nan())', ['double'], []],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x > (SELECT nan())', ['double'], []],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x >= (SELECT nan())', ['double'], []],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x = (SELECT nan())', ['double'], []],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE (SELECT nan()) > x', ['double'], []],
  [
    'SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x >= (SELECT 1e0) ORDER BY 1',
    ['double'],
    [['1.0'], ['Infinity']],
  ],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE (SELECT 1e0) < x', ['double'], [['Infinity']]],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x <= (SELECT 1e0)', ['double'], [['1.0']]],
  [
    'SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x + 1e0 > (SELECT 1e0) ORDER BY 1',
    ['double'],
    [['1.0'], ['Infinity']],
  ],
  ['SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE x = (SELECT infinity())', ['double'], [['Infinity']]],
  [
    'SELECT x FROM (VALUES nan(), 1e0, infinity()) t(x) WHERE NOT (x < (SELECT nan())) ORDER BY 1',
    ['double'],
    [['1.0'], ['Infinity'], ['NaN']],
  ],
  ['VALUES 1, 2', ['integer'], [['1'], ['2']]],
  ["SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t(x, y) WHERE x > 1", ['integer', 'varchar(1)'], [['2', 'b']]],
  [
    'SELECT x, x + 1 AS y FROM (VALUES 3, 1, 2) t(x) ORDER BY y DESC',
    ['integer', 'integer'],
    [
      ['3', '4'],
      ['2', '3'],
      ['1', '2'],
    ],
  ],
  ['SELECT x FROM (VALUES 3, NULL, 1) t(x) ORDER BY x', ['integer'], [['1'], ['3'], [null]]],
  ['SELECT x FROM (VALUES 3, NULL, 1) t(x) ORDER BY x DESC', ['integer'], [['3'], ['1'], [null]]],
  ['SELECT x FROM (VALUES 3, NULL, 1) t(x) ORDER BY x NULLS FIRST', ['integer'], [[null], ['1'], ['3']]],
  ['SELECT x FROM (VALUES 5, 4, 3, 2, 1) t(x) ORDER BY x OFFSET 1 LIMIT 2', ['integer'], [['2'], ['3']]],
  [
    'SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x FETCH FIRST 2 ROWS WITH TIES',
    ['integer'],
    [['1'], ['2'], ['2']],
  ],
  ['SELECT x FROM (VALUES 1, 2) t(x) ORDER BY x LIMIT 0', ['integer'], []],
  ['SELECT DISTINCT x % 2 AS m FROM (VALUES 1, 2, 3) t(x) ORDER BY m', ['integer'], [['0'], ['1']]],
  [
    "SELECT a.x, b.y FROM (VALUES 1, 2) a(x) JOIN (VALUES (1, 'a'), (3, 'c')) b(x, y) ON a.x = b.x",
    ['integer', 'varchar(1)'],
    [['1', 'a']],
  ],
  [
    "SELECT a.x, b.y FROM (VALUES 1, 2) a(x) LEFT JOIN (VALUES (1, 'a'), (3, 'c')) b(x, y) ON a.x = b.x ORDER BY 1",
    ['integer', 'varchar(1)'],
    [
      ['1', 'a'],
      ['2', null],
    ],
  ],
  [
    "SELECT x, y FROM (VALUES 1, 2) a(x) FULL JOIN (VALUES (1, 'a'), (3, 'c')) b(x, y) USING (x) ORDER BY 1",
    ['integer', 'varchar(1)'],
    [
      ['1', 'a'],
      ['2', null],
      ['3', 'c'],
    ],
  ],
  [
    'SELECT a.x, b.y FROM (VALUES 1, 2) a(x) JOIN (VALUES 1, 2) b(y) ON a.x < b.y',
    ['integer', 'integer'],
    [['1', '2']],
  ],
  [
    'SELECT a.x, b.y FROM (VALUES 1, 2) a(x) LEFT JOIN (VALUES 1, 2) b(y) ON a.x > b.y ORDER BY 1',
    ['integer', 'integer'],
    [
      ['1', null],
      ['2', '1'],
    ],
  ],
  ['SELECT count(*) FROM (VALUES 1, 2) a(x), (VALUES 1, 2, 3) b(y)', ['bigint'], [['6']]],
  [
    'SELECT a.x, s.m FROM (VALUES 1, 2) a(x), LATERAL (SELECT a.x * 10 AS m) s ORDER BY 1',
    ['integer', 'integer'],
    [
      ['1', '10'],
      ['2', '20'],
    ],
  ],
  [
    'SELECT a.x, s.m FROM (VALUES 1, 2) a(x) LEFT JOIN LATERAL (SELECT a.x * 10 AS m WHERE a.x > 1) s ON true ORDER BY 1',
    ['integer', 'integer'],
    [
      ['1', null],
      ['2', '20'],
    ],
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 3) t(x) WHERE x > (SELECT avg(y) FROM (VALUES 1, 2, 3) u(y) WHERE u.y <= t.x) ORDER BY 1',
    ['integer'],
    [['2'], ['3']],
  ],
  [
    'SELECT x, (SELECT count(*) FROM (VALUES 1, 2, 3) u(y) WHERE u.y < t.x) FROM (VALUES 1, 2, 3) t(x) ORDER BY x',
    ['integer', 'bigint'],
    [
      ['1', '0'],
      ['2', '1'],
      ['3', '2'],
    ],
  ],
  [
    'SELECT x FROM (VALUES 1, 2, 3) t(x) WHERE EXISTS (SELECT 1 FROM (VALUES 2, 3) u(y) WHERE u.y = t.x) ORDER BY 1',
    ['integer'],
    [['2'], ['3']],
  ],
  ['SELECT reduce_agg(a, b, (s, x) -> s + x, (s, x) -> s) FROM (VALUES (1, 7), (2, 7)) t(a, b)', ['integer'], [['10']]],
  // An aggregate belongs to the query that it is written in, whatever it is of.
  ['SELECT (SELECT sum(t.x) FROM (VALUES 1, 2) u(y)) FROM (VALUES 5, 7) t(x) ORDER BY 1', ['bigint'], [['10'], ['14']]],
  [
    'SELECT x FROM (VALUES 1, 2, 3) t(x) WHERE x NOT IN (SELECT y FROM (VALUES 2) u(y)) ORDER BY 1',
    ['integer'],
    [['1'], ['3']],
  ],
  [
    'SELECT t.id, u.v FROM (VALUES (1, ARRAY[1, 2]), (2, ARRAY[]), (3, NULL)) t(id, a) CROSS JOIN UNNEST(a) AS u(v)',
    ['integer', 'integer'],
    [
      ['1', '1'],
      ['1', '2'],
    ],
  ],
  [
    'SELECT t.id, u.v, u.n FROM (VALUES (1, ARRAY[1, 2]), (2, ARRAY[]), (3, NULL)) t(id, a) LEFT JOIN UNNEST(a) WITH ORDINALITY AS u(v, n) ON true ORDER BY 1, 2',
    ['integer', 'integer', 'bigint'],
    [
      ['1', '1', '1'],
      ['1', '2', '2'],
      ['2', null, null],
      ['3', null, null],
    ],
  ],
  [
    "SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['a']) WITH ORDINALITY AS t(a, b, n)",
    ['integer', 'varchar(1)', 'bigint'],
    [
      ['1', 'a', '1'],
      ['2', null, '2'],
    ],
  ],
  [
    "SELECT k, v FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) AS t(k, v)",
    ['varchar(1)', 'integer'],
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    "SELECT a, b FROM UNNEST(ARRAY[ROW(1, 'x'), ROW(2, 'y')]) AS t(a, b)",
    ['integer', 'varchar(1)'],
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  ['SELECT n FROM UNNEST(sequence(1, 3)) AS t(n)', ['bigint'], [['1'], ['2'], ['3']]],
  ['SELECT 1 UNION SELECT 1', ['integer'], [['1']]],
  ["SELECT 1 UNION ALL SELECT DECIMAL '2.5'", ['decimal(11,1)'], [['1.0'], ['2.5']]],
  ['SELECT x FROM (SELECT * FROM (VALUES 1, 2, 2) t(x) EXCEPT ALL SELECT 2) ORDER BY 1', ['integer'], [['1'], ['2']]],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) INTERSECT ALL SELECT * FROM (VALUES 3, 4) ORDER BY 1',
    ['integer'],
    [['3'], ['4']],
  ],
  ['SELECT 1 EXCEPT SELECT 1', ['integer'], []],
  [
    'WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b',
    ['integer', 'integer'],
    [['1', '2']],
  ],
  ['WITH a(n) AS (SELECT 1) SELECT * FROM a x JOIN a y ON x.n = y.n', ['integer', 'integer'], [['1', '1']]],
  [
    'WITH RECURSIVE t(n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t WHERE n < 4) SELECT sum(n) FROM t',
    ['bigint'],
    [['10']],
  ],
  [
    'SELECT x, row_number() OVER (ORDER BY x DESC), rank() OVER (ORDER BY x / 2) FROM (VALUES 1, 2, 3) t(x) ORDER BY x',
    ['integer', 'bigint', 'bigint'],
    [
      ['1', '3', '1'],
      ['2', '2', '2'],
      ['3', '1', '2'],
    ],
  ],
  [
    'SELECT x, sum(x) OVER (ORDER BY x) FROM (VALUES 1, 2, 3) t(x) ORDER BY x',
    ['integer', 'bigint'],
    [
      ['1', '1'],
      ['2', '3'],
      ['3', '6'],
    ],
  ],
  [
    'SELECT sum(x) OVER (ORDER BY x RANGE 1 PRECEDING) FROM (VALUES (1), (1), (2), (2)) t(x)',
    ['bigint'],
    [['2'], ['2'], ['6'], ['6']],
  ],
  [
    'SELECT x, sum(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM (VALUES 1, 2, 3) t(x) ORDER BY x',
    ['integer', 'bigint'],
    [
      ['1', '3'],
      ['2', '6'],
      ['3', '5'],
    ],
  ],
  [
    'SELECT x, count(*) OVER (ORDER BY x GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES 1, 1, 2) t(x) ORDER BY x',
    ['integer', 'bigint'],
    [
      ['1', '2'],
      ['1', '2'],
      ['2', '3'],
    ],
  ],
  [
    "SELECT sum(x) OVER (ORDER BY d RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW) FROM (VALUES (1, DATE '2024-01-01'), (2, DATE '2024-01-02'), (3, DATE '2024-01-05')) t(x, d) ORDER BY d",
    ['bigint'],
    [['1'], ['3'], ['3']],
  ],
  [
    'SELECT lag(x) OVER (ORDER BY x), lead(x, 2, -1) OVER (ORDER BY x) FROM (VALUES 1, 2, 3) t(x) ORDER BY x',
    ['integer', 'integer'],
    [
      [null, '3'],
      ['1', '-1'],
      ['2', '-1'],
    ],
  ],
  [
    'SELECT first_value(x) OVER (ORDER BY y), last_value(x) OVER (ORDER BY y), nth_value(x, 2) OVER (ORDER BY y) FROM (VALUES (10, 1), (20, 2)) t(x, y) ORDER BY y',
    ['integer', 'integer', 'integer'],
    [
      ['10', '10', null],
      ['10', '20', '20'],
    ],
  ],
  [
    'SELECT last_value(x) IGNORE NULLS OVER (ORDER BY y) FROM (VALUES (1, 1), (NULL, 2), (3, 3)) t(x, y) ORDER BY y',
    ['integer'],
    [['1'], ['1'], ['3']],
  ],
  [
    'SELECT lag(x, 1) IGNORE NULLS OVER (ORDER BY y) FROM (VALUES (1, 1), (NULL, 2), (3, 3)) t(x, y) ORDER BY y',
    ['integer'],
    [[null], ['1'], ['1']],
  ],
  [
    'SELECT ntile(2) OVER (ORDER BY x), percent_rank() OVER (ORDER BY x), cume_dist() OVER (ORDER BY x) FROM (VALUES 1, 2) t(x) ORDER BY x',
    ['bigint', 'double', 'double'],
    [
      ['1', '0.0', '0.5'],
      ['2', '1.0', '1.0'],
    ],
  ],
  [
    "SELECT avg(x) OVER (PARTITION BY p), p FROM (VALUES (DECIMAL '1.00', 1), (DECIMAL '2.00', 1), (DECIMAL '5.00', 2)) t(x, p) ORDER BY p, x",
    ['decimal(3,2)', 'integer'],
    [
      ['1.50', '1'],
      ['1.50', '1'],
      ['5.00', '2'],
    ],
  ],
  [
    'SELECT sum(sum(x)) OVER (ORDER BY p) FROM (VALUES (1, 1), (2, 1), (5, 2)) t(x, p) GROUP BY p ORDER BY p',
    ['bigint'],
    [['3'], ['8']],
  ],
  [
    "SELECT at_timezone(ts, z) FROM (VALUES (1, TIMESTAMP '2024-01-01 00:00:00 UTC', 'Europe/Paris'), (2, TIMESTAMP '2024-01-01 00:00:00 UTC', '+05:30')) t(n, ts, z) ORDER BY n",
    ['timestamp(0) with time zone'],
    [['2024-01-01 01:00:00.000 Europe/Paris'], ['2024-01-01 05:30:00.000 +05:30']],
  ],
  [
    "SELECT x, hour(x) FROM (VALUES TIMESTAMP '2024-01-01 00:00:00 Europe/Paris', TIMESTAMP '2024-01-01 05:00:00 America/New_York') t(x) ORDER BY x",
    ['timestamp(0) with time zone', 'bigint'],
    [
      ['2024-01-01 00:00:00.000 Europe/Paris', '0'],
      ['2024-01-01 05:00:00.000 America/New_York', '5'],
    ],
  ],
  [
    "WITH w AS (SELECT at_timezone(TIMESTAMP '2024-01-01 00:00:00 UTC', z) AS t FROM (VALUES 'Asia/Tokyo') v(z)) SELECT t, day(t) FROM w",
    ['timestamp(0) with time zone', 'bigint'],
    [['2024-01-01 09:00:00.000 Asia/Tokyo', '1']],
  ],
  ['SELECT count(*) FROM (VALUES 1, 2, 3) t(x) TABLESAMPLE BERNOULLI (100)', ['bigint'], [['3']]],
  ['SELECT (SELECT max(y) FROM (VALUES 1, 2) u(y) WHERE y < x) FROM (VALUES 2) t(x)', ['integer'], [['1']]],
  ['SELECT x FROM (VALUES 1, 2) t(x) WHERE x = 1 OR x / 0 = 1 AND false', ['integer'], [['1']]],
  [
    'SELECT r.a, r.b FROM (SELECT CAST(ROW(1, 2) AS ROW(a integer, b integer)) AS r)',
    ['integer', 'integer'],
    [['1', '2']],
  ],
  [
    'SELECT x FROM (SELECT CAST(ROW(1) AS ROW(a integer)) AS x UNION ALL SELECT CAST(ROW(2) AS ROW(b integer)))',
    ['row(integer)'],
    [['{field0=1}'], ['{field0=2}']],
  ],
  ['SELECT 1 FROM (VALUES 1) t(x) GROUP BY x', ['integer'], [['1']]],
  [
    'SELECT a.x FROM (VALUES 1, 2) a(x) WHERE (SELECT count(*) FROM (VALUES 1, 2) b(y) WHERE b.y > a.x) = 0',
    ['integer'],
    [['2']],
  ],
]
