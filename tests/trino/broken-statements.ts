/** Statements with a token too few or too many: where they break, and what could have followed. */

const STATEMENTS = [
  "SELECT a, b AS c, 'x' FROM t WHERE a > 1 AND b LIKE 'y%' GROUP BY a, b HAVING count(*) > 2 ORDER BY a DESC LIMIT 5",
  'SELECT DISTINCT t.a FROM t AS t LEFT JOIN u ON t.id = u.id CROSS JOIN UNNEST ( v ) AS w ( x )',
  'WITH q AS ( SELECT 1 AS n ) SELECT n FROM q UNION ALL SELECT 2',
  'SELECT CASE WHEN a THEN 1 ELSE 2 END , CAST ( a AS decimal ( 5 , 2 ) ) , b IN ( 1 , 2 ) , c BETWEEN 1 AND 2',
  'SELECT sum ( a ) FILTER ( WHERE b ) OVER ( PARTITION BY c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW ) FROM t',
  "SELECT INTERVAL '1' DAY , EXTRACT ( YEAR FROM d ) , ARRAY [ 1 , 2 ] , transform ( a , x -> x + 1 ) , d AT TIME ZONE 'UTC'",
  'SELECT a FROM ( VALUES ( 1 , 2 ) , ( 3 , 4 ) ) AS t ( a , b ) OFFSET 1 ROWS FETCH FIRST 2 ROWS ONLY',
  'SELECT a IS NOT DISTINCT FROM b , NOT EXISTS ( SELECT 1 ) , x IS NOT NULL FROM t GROUP BY GROUPING SETS ( ( a ) , ( ) )',
] as const

/** Each statement cut off after each token, without each token, and with each token twice. */
export function brokenStatements(): string[] {
  return STATEMENTS.flatMap((statement) => {
    const tokens = statement.split(' ')
    return tokens.flatMap((token, i) => [
      tokens.slice(0, i + 1).join(' '),
      tokens.toSpliced(i, 1).join(' '),
      tokens.toSpliced(i, 0, token).join(' '),
    ])
  })
}
