/** Beside each query what Trino 422's own formatter makes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseQuery } from '../statement.ts'
import { layoutQuery } from './layout.ts'

const LAYOUTS: readonly (readonly [string, readonly string[]])[] = [
  ['SELECT 1', ['SELECT 1', '', '']],
  [
    'select a, T.*, b as "B" from c.d.t x where NOT (a > 1.5 AND b LIKE \'x%\' OR c IS NOT NULL) group by a, (b, c), rollup (d) having count(*) > 1 order by a desc nulls last limit 10',
    [
      'SELECT',
      '  a',
      ', T.*',
      ', b "B"',
      'FROM',
      '  c.d.t x',
      "WHERE (NOT (((a > 1.5E0) AND (b LIKE 'x%')) OR (c IS NOT NULL)))",
      'GROUP BY a, (b, c), ROLLUP ((d))',
      'HAVING (count(*) > 1)',
      'ORDER BY a DESC NULLS LAST',
      'LIMIT 10',
      '',
    ],
  ],
  [
    'WITH a (n) AS (SELECT 1 x), b AS (SELECT n FROM a UNION ALL (SELECT 2)) SELECT DISTINCT n FROM b JOIN a USING (n) LEFT JOIN c ON a.n = c.n, LATERAL (SELECT 3) l (y)',
    [
      'WITH',
      '  a (n) AS (',
      '   SELECT 1 x',
      '',
      ') ',
      ', b AS (',
      '   SELECT n',
      '   FROM',
      '     a',
      'UNION ALL (',
      '      SELECT 2',
      '',
      '   ) ) ',
      'SELECT DISTINCT n',
      'FROM',
      '  ((b',
      'INNER JOIN a USING (n))',
      'LEFT JOIN c ON (a.n = c.n))',
      ', LATERAL (   SELECT 3',
      '',
      ') l (y)',
      '',
    ],
  ],
  [
    "SELECT * FROM (SELECT a FROM t WHERE a IN (SELECT b FROM u)) s CROSS JOIN UNNEST(x, y) WITH ORDINALITY AS e (p, q, r), (VALUES (1, 'a'), (2, 'b')) v (m, w)",
    [
      'SELECT *',
      'FROM',
      '  ((',
      '   SELECT a',
      '   FROM',
      '     t',
      '   WHERE (a IN (SELECT b',
      'FROM',
      '  u',
      '))',
      ')  s',
      'CROSS JOIN UNNEST(x, y) WITH ORDINALITY e (p, q, r))',
      ', (',
      ' VALUES ',
      "     ROW (1, 'a')",
      "   , ROW (2, 'b')",
      ')  v (m, w)',
      '',
    ],
  ],
  [
    "SELECT cast(a as Array<Int>), try_cast(b as DOUBLE PRECISION), cast(c as row(X int, y timestamp(3) with time zone)), date '2020-01-01', interval - '1-2' year to month, X'ab', 'é''s', ARRAY[1, ROW(2)], -x, a || b || 'c'",
    [
      'SELECT',
      '  CAST(a AS Array(Int))',
      ', TRY_CAST(b AS DOUBLE)',
      ', CAST(c AS ROW(X int, y timestamp(3) with time zone))',
      ", date '2020-01-01'",
      ", INTERVAL -'1-2' YEAR TO MONTH",
      ", X'AB'",
      ", U&'\\00E9''s'",
      ', ARRAY[1,ROW(2)]',
      ', -(x)',
      ", concat(concat(a, b), 'c')",
      '',
      '',
    ],
  ],
  [
    "SELECT sum(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), rank() OVER w, listagg(x, ',') WITHIN GROUP (ORDER BY x), coalesce(a, b), if(a, 1), try(x -> x + 1) FROM t WINDOW w AS (ORDER BY a), v AS (w RANGE UNBOUNDED PRECEDING)",
    [
      'SELECT',
      '  sum(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d ASC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
      ', rank() OVER w',
      ", LISTAGG(x, ',' ON OVERFLOW  ERROR) WITHIN GROUP (ORDER BY x ASC)",
      ', COALESCE(a, b)',
      ', IF(a, 1)',
      ', TRY((x) -> (x + 1))',
      'FROM',
      '  t',
      'WINDOW',
      '   w AS (ORDER BY a ASC),',
      '   v AS (w RANGE UNBOUNDED PRECEDING)',
      '',
    ],
  ],
  [
    "SELECT case a when 1 then 'x' else 'y' end, extract(year from d), position('a' in b), trim(leading 'x' from y), current_date, a AT TIME ZONE 'UTC', json_value(j, '$.a' returning int), json_object('k': 1), exists (select 1)",
    [
      'SELECT',
      "  (CASE a WHEN 1 THEN 'x' ELSE 'y' END)",
      ', EXTRACT(YEAR FROM d)',
      ", strpos(b, 'a')",
      ", trim(LEADING 'x' FROM y)",
      ', current_date',
      ", a AT TIME ZONE 'UTC'",
      ", JSON_VALUE(j FORMAT JSON, '$.a' RETURNING int NULL ON EMPTY NULL ON ERROR)",
      ", JSON_OBJECT(KEY 'k' VALUE 1 NULL ON NULL WITHOUT UNIQUE KEYS)",
      ', (EXISTS (SELECT 1',
      '',
      '))',
      '',
      '',
    ],
  ],
  [
    '(SELECT 1 UNION SELECT 2) EXCEPT SELECT 3 ORDER BY 1 OFFSET 1 FETCH FIRST 2 ROWS WITH TIES',
    [
      '(',
      '   SELECT 1',
      '',
      'UNION    SELECT 2',
      '',
      ') EXCEPT SELECT 3',
      '',
      'ORDER BY 1 ASC',
      'OFFSET 1 ROWS',
      'FETCH FIRST 2 ROWS WITH TIES',
      '',
    ],
  ],
  [
    'SELECT * FROM (t TABLESAMPLE BERNOULLI (10)) s, u AS v TABLESAMPLE SYSTEM (5)',
    ['SELECT *', 'FROM', '  ( t TABLESAMPLE BERNOULLI (10)) s', ', ( u v) TABLESAMPLE SYSTEM (5)', ''],
  ],
]

for (const [sql, lines] of LAYOUTS)
  test(`laid out: ${sql.slice(0, 60)}`, () => {
    const text = layoutQuery(parseQuery(sql), sql)!
    assert.deepEqual(text.split('\n'), lines)
    assert.equal(layoutQuery(parseQuery(text), text), text)
  })

test('positions count from where the query stands in its statement', () => {
  const statement = 'CREATE VIEW v AS SELECT CAST(a AS BigInt)'
  const query = parseQuery(' '.repeat(17) + statement.slice(17))
  assert.equal(layoutQuery(query, statement.slice(17)), 'SELECT CAST(a AS BigInt)\n\n')
})

test('row patterns and table functions are left as they are', () => {
  for (const sql of [
    'SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a) DEFINE a AS x > 1)',
    'SELECT * FROM TABLE(sequence(1, 2))',
    'SELECT m OVER (MEASURES first(x) AS m ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING PATTERN (a) DEFINE a AS true) FROM t',
  ])
    assert.equal(layoutQuery(parseQuery(sql), sql), undefined)
})
