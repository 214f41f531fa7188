/** Statements that the tests of parsing and printing share. Every form of Athena's SQL reference has one here. */

export const QUERIES: readonly string[] = [
  'SELECT 1',
  "SELECT 'it''s', U&'\\0041\\+01F600', X'AB 01', -9223372036854775808, 1e5, .5, 1., DECIMAL '1.0', DOUBLE PRECISION '2'",
  'SELECT a, t.*, (ROW(1, 2)).* AS (x, y), "b c" "d""e" FROM t',
  "SELECT * FROM t WHERE x NOT BETWEEN 1 AND 2 AND y IS NOT NULL OR NOT a LIKE 'x%' ESCAPE '\\'",
  'SELECT a FROM t WHERE (a OR b) AND NOT (c AND d) AND (NOT e) IS DISTINCT FROM f',
  'SELECT NOT NOT a, - - 1, -(5), +b, a - -1, -x[1].y, (1).a, a || b + c * d % e - (f - g)',
  'WITH RECURSIVE a (n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM a WHERE n < 10), b AS (TABLE a) SELECT * FROM b',
  'SELECT a FROM t ORDER BY 1 DESC NULLS LAST, b NULLS FIRST OFFSET 2 ROWS LIMIT ALL',
  'SELECT a FROM t ORDER BY a OFFSET ? LIMIT ?',
  'SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES',
  'SELECT a FROM t FETCH NEXT ROW ONLY',
  'SELECT DISTINCT a FROM t GROUP BY DISTINCT a, (b, c), (), (d) + 1 HAVING count(*) > 1',
  'SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (a), ()), CUBE (a, b), ROLLUP (a, (b, c))',
  'SELECT count(*) FILTER (WHERE a > 1), count(DISTINCT b), array_agg(x ORDER BY y DESC, z) FROM t',
  'SELECT max(b) OVER (PARTITION BY c, d ORDER BY e ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t',
  "SELECT sum(b) OVER (ORDER BY e RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND 2 FOLLOWING), rank() OVER w FROM t WINDOW w AS (PARTITION BY y), v AS (w ORDER BY z GROUPS UNBOUNDED PRECEDING)",
  'SELECT first_value(x) IGNORE NULLS OVER w, last_value(x) RESPECT NULLS OVER () FROM t WINDOW w AS (ORDER BY a)',
  'SELECT transform(a, x -> x + 1), reduce(a, 0, (s, x) -> s + x, s -> s), filter(a, () -> true) FROM t',
  'SELECT * FROM t CROSS JOIN UNNEST(a, map(ARRAY[1], ARRAY[2])) WITH ORDINALITY AS u (x, y, z)',
  'SELECT * FROM t, LATERAL (SELECT t.a) l, (VALUES (1, 2), 3) AS v',
  'SELECT * FROM a JOIN b USING (x, y) LEFT JOIN c ON a.x = c.x NATURAL JOIN d FULL OUTER JOIN e ON true RIGHT JOIN f ON true',
  'SELECT * FROM a JOIN b JOIN c ON b.x = c.x ON a.x = b.x CROSS JOIN (d CROSS JOIN e)',
  'SELECT * FROM (t TABLESAMPLE BERNOULLI (10)) AS s, u AS v TABLESAMPLE SYSTEM (a + 1), (a CROSS JOIN b) AS "c"',
  "SELECT * FROM c.d.t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-15 00:00:00' AS x, u FOR VERSION AS OF 949530903748831860",
  'SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a b+) DEFINE a AS x > 1) AS m',
  'SELECT * FROM TABLE(s.f(1 + 1, TABLE(t) AS x (a, b) PARTITION BY a ORDER BY b, DESCRIPTOR(c, d bigint))) AS q',
  'SELECT * FROM TABLE(f(a => TABLE(SELECT 1), b => 2)), TABLE(g())',
  `SELECT * FROM t AS r MATCH_RECOGNIZE (PARTITION BY k ORDER BY n DESC MEASURES running last(a.v, 1) AS x, final count(u.*) AS "Y"
     ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP TO FIRST b
     PATTERN (^ a (b | () | c)*? {- d{2} -} PERMUTE(e, f+) (g h?){1,3} i{,4}? j{5,} $) SUBSET u = (a, b), w = (c)
     DEFINE a AS prev(v) < v, b AS classifier() = 'B') AS m (q, r)`,
  `SELECT x OVER w, y OVER (MEASURES first(v) AS y ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING SEEK PATTERN (a) DEFINE a AS v > 1), v over
     FROM t WINDOW w AS (ORDER BY n MEASURES last(v) AS x ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
     AFTER MATCH SKIP TO NEXT ROW INITIAL PATTERN (a b) SUBSET u = (a) DEFINE b AS v > a.v)`,
  'SELECT x IN ((SELECT 1)), x IN (SELECT 1), x NOT IN ((SELECT 1) UNION SELECT 2), x IN (1, 2)',
  'SELECT ((SELECT 1)), ((SELECT 1) + 1), (((SELECT 1) UNION SELECT 2)), EXISTS (SELECT 1), x > ALL (VALUES 1)',
  '(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3 EXCEPT ALL (SELECT 4 LIMIT 1) ORDER BY 1',
  'SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 UNION SELECT 4',
  'TABLE t',
  'VALUES (1, 2), (3, 4), 5',
  "SELECT CASE WHEN a THEN 1 ELSE 2 END, CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' END",
  'SELECT CAST(a AS row(x bigint, y array(varchar(10)), double precision, timestamp(3) with time zone)), TRY_CAST(b AS array<map<varchar, int>>)',
  'SELECT CAST(a AS decimal(10, 2) array), CAST(b AS interval day to second), CAST(c AS time(6)), CAST(d AS row(double double))',
  "SELECT DATE '2020-01-01' + INTERVAL '1' DAY, INTERVAL -'1-2' YEAR TO MONTH, TIMESTAMP '2020-01-01 00:00:00' AT TIME ZONE 'UTC' AT TIME ZONE INTERVAL '1' HOUR",
  'SELECT current_date, current_timestamp(6), localtime, current_user, current_catalog, current_schema, current_path',
  "SELECT trim(BOTH 'x' FROM y), trim(y), trim(y, 'z'), trim(LEADING FROM z), substring(a FROM 1 FOR 2), substring(a, 2), position('a' IN b)",
  "SELECT normalize(a, NFD), normalize(a), extract(year FROM d), listagg(DISTINCT a, ',') WITHIN GROUP (ORDER BY a DESC), grouping(a, t.b)",
  "SELECT listagg(a, ';' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY a) FROM t",
  'SELECT json_value(a, \'lax $.x\' PASSING 1 AS "b", c FORMAT JSON AS d RETURNING int DEFAULT 1 ON EMPTY ERROR ON ERROR)',
  "SELECT json_query(a FORMAT JSON ENCODING UTF8, '$' RETURNING varchar WITH CONDITIONAL ARRAY WRAPPER KEEP QUOTES EMPTY ARRAY ON EMPTY NULL ON ERROR)",
  "SELECT json_exists(a, 'strict $' TRUE ON ERROR), json_object(KEY 'a' VALUE 1, 'b' : 2 ABSENT ON NULL WITH UNIQUE KEYS), json_object()",
  "SELECT json_array(1, '[2]' FORMAT JSON NULL ON NULL RETURNING varchar), json_array(), json_object(key : value)",
  'SELECT limit, offset, window, row, array, "from", date, try(a), if(b, 1), a.b.c(x), schema.f(), max(all) FROM offset LIMIT 5',
  'SELECT a AS "A", b c, count(*) over FROM t filter',
]

export const WRITES: readonly string[] = [
  'INSERT INTO t (a, b) SELECT 1, 2',
  "INSERT INTO orders VALUES (1001, 42, 99.99, 'pending', CURRENT_TIMESTAMP)",
  'INSERT INTO a.b.t (SELECT 1, 2)',
  "DELETE FROM orders WHERE status = 'cancelled' AND created_at < TIMESTAMP '2023-01-01 00:00:00'",
  'DELETE FROM t',
  "UPDATE t SET a = a + 1, b = 'x' WHERE c IN (SELECT d FROM e)",
  `MERGE INTO orders t
USING orders_updates u ON t.order_id = u.order_id
WHEN MATCHED THEN
    UPDATE SET status = u.status, amount = u.amount
WHEN NOT MATCHED THEN
    INSERT (order_id, customer_id, amount, status, created_at)
    VALUES (u.order_id, u.customer_id, u.amount, u.status, u.created_at)`,
  'MERGE INTO t AS a USING (SELECT * FROM s) AS b ON a.x = b.x WHEN MATCHED AND b.gone THEN DELETE WHEN NOT MATCHED AND b.y > 1 THEN INSERT VALUES (1, b.x)',
  `-- Convert raw CSV table to partitioned Parquet in one query
CREATE TABLE orders_parquet
WITH (
    format = 'PARQUET',
    parquet_compression = 'SNAPPY',
    partitioned_by = ARRAY['year', 'month'],
    external_location = 's3://my-datalake/clean/orders_parquet/'
)
AS SELECT
    order_id,
    CAST(year(created_at) AS VARCHAR) AS year,
    LPAD(CAST(month(created_at) AS VARCHAR), 2, '0') AS month
FROM orders_csv
WHERE created_at IS NOT NULL`,
  "CREATE TABLE IF NOT EXISTS a.b (n, m) COMMENT 'c' WITH (format = 'ORC') AS SELECT 1, 2 WITH NO DATA",
  'CREATE TABLE t AS TABLE u',
  "UNLOAD (SELECT * FROM t) TO 's3://bucket/x/' WITH (format = 'PARQUET', partitioned_by = ARRAY['a'])",
  "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 'x;y' AS b",
  'CREATE VIEW db.v AS WITH a AS (SELECT 1 AS n) SELECT * FROM a',
  'DROP VIEW IF EXISTS db.v',
  'PREPARE p FROM SELECT * FROM t WHERE a = ? AND b > ? LIMIT ?',
  'PREPARE p FROM INSERT INTO t VALUES (?, ?)',
  "EXECUTE p USING 1, DATE '2024-01-01'",
  'EXECUTE p',
  'DEALLOCATE PREPARE p',
  'EXPLAIN (TYPE IO, FORMAT JSON) SELECT 1',
  'EXPLAIN(SELECT 1)',
  'EXPLAIN ANALYZE VERBOSE (FORMAT TEXT) SELECT 1',
]

export const DEFINITIONS: readonly string[] = [
  `CREATE EXTERNAL TABLE cloudtrail_logs (
    eventVersion STRING,
    userIdentity STRUCT<type:STRING, principalId:STRING, arn:STRING>,
    sourceIPAddress STRING
)
PARTITIONED BY (account STRING, region STRING, year STRING, month STRING, day STRING)
ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://my-cloudtrail-bucket/AWSLogs/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'storage.location.template' = 's3://my-cloudtrail-bucket/AWSLogs/\${account}/CloudTrail/\${region}/'
)`,
  `CREATE TABLE orders (
    order_id    BIGINT,
    amount      DECIMAL(10, 2),
    created_at  TIMESTAMP
)
LOCATION 's3://my-datalake/orders/'
TBLPROPERTIES (
    'table_type' = 'ICEBERG',
    'format'     = 'parquet'
)`,
  `CREATE EXTERNAL TABLE IF NOT EXISTS \`my-db\`.t (\`_a\` int COMMENT 'it\\'s', b array<struct<type:STRING, \`x y\` : map<string , decimal(10, 2)>>>)
COMMENT "all of it" PARTITIONED BY (y string, m int COMMENT 'month') CLUSTERED BY (b, c) SORTED BY (b DESC, c) INTO 4 BUCKETS
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\001' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY '|' MAP KEYS TERMINATED BY '\\u0003' LINES TERMINATED BY '\\n' NULL DEFINED AS ''
STORED AS TEXTFILE LOCATION 's3://b/p/' TBLPROPERTIES ('skip.header.line.count'='1', "a"="b")`,
  "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'x.JsonSerDe' WITH SERDEPROPERTIES ('paths'='a,b') LOCATION 's3://b/'",
  "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'x.JsonSerDe' STORED AS PARQUET WITH SERDEPROPERTIES ('a'='b') LOCATION 's3://b/'",
  "CREATE TABLE i (id bigint, data string, ts timestamp) PARTITIONED BY (category, bucket(16,id), day(ts), truncate(3, data)) LOCATION 's3://b/i/' TBLPROPERTIES ('table_type'='ICEBERG')",
  "CREATE DATABASE IF NOT EXISTS d COMMENT 'x' LOCATION 's3://b/' WITH DBPROPERTIES ('a'='b')",
  'CREATE SCHEMA d',
  'DROP SCHEMA IF EXISTS d CASCADE',
  'DROP DATABASE d RESTRICT',
  "ALTER DATABASE d SET DBPROPERTIES ('a'='b')",
  "ALTER TABLE t ADD IF NOT EXISTS PARTITION (dt = '2016-05-14', country = 'IN') LOCATION 's3://x/' PARTITION (dt = '2016-05-15', n = 3)",
  "ALTER TABLE t DROP IF EXISTS PARTITION (dt < '2014-05-14', c != 'IN'), PARTITION (dt = DATE '2014-05-15')",
  'ALTER TABLE t PARTITION (a = 1) RENAME TO PARTITION (a = -2)',
  "ALTER TABLE t PARTITION (a = 'x') SET LOCATION 's3://y/'",
  "ALTER TABLE t SET LOCATION 's3://y/'",
  'ALTER TABLE orders ADD COLUMNS (discount DECIMAL(5, 2))',
  "ALTER TABLE t PARTITION (a = 'x') ADD COLUMNS (b int) CASCADE",
  'ALTER TABLE t REPLACE COLUMNS (a int, b string)',
  "ALTER TABLE t CHANGE COLUMN a b bigint COMMENT 'z' AFTER c",
  'ALTER TABLE t CHANGE a a int FIRST',
  'ALTER TABLE t DROP COLUMN a',
  "ALTER TABLE t SET TBLPROPERTIES ('a'='b')",
  "ALTER TABLE t UNSET TBLPROPERTIES ('a', 'b')",
  'ALTER TABLE t RENAME TO u',
  'DROP TABLE IF EXISTS db.t PURGE',
  'MSCK REPAIR TABLE db.t',
  'MSCK REPAIR TABLE t SYNC PARTITIONS',
  "SHOW TABLES IN db '*x*'",
  "SHOW TABLES LIKE 'x'",
  "SHOW DATABASES LIKE 'a.*'",
  'SHOW SCHEMAS',
  'SHOW COLUMNS FROM db.t',
  'SHOW COLUMNS IN t FROM db',
  'SHOW PARTITIONS db.t',
  "SHOW TBLPROPERTIES t ('a')",
  'SHOW CREATE VIEW "v1"',
  'SHOW CREATE TABLE `my-db`.`t`',
  "SHOW VIEWS IN db LIKE 'v*'",
  'SHOW FUNCTIONS',
  'DESCRIBE EXTENDED db.t',
  "DESC FORMATTED t PARTITION (a = '1') c",
  "DESCRIBE t c.field.'$elem$'.'$key$'",
  'OPTIMIZE orders REWRITE DATA USING BIN_PACK',
  'OPTIMIZE db.t REWRITE DATA USING BIN_PACK WHERE category = \'c\' AND "x" > 3',
  'VACUUM orders',
]
