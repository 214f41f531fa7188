import type { QueryCase } from './case.ts'

/** MATCH_RECOGNIZE. The answers are those of a Trino 422. */
export const rowPatternCases: readonly QueryCase[] = [
  [
    'SELECT * FROM (VALUES (1, 1, 90), (1, 2, 80), (1, 3, 70), (1, 4, 80), (1, 5, 90), (2, 1, 50), (2, 2, 60)) t(k, n, v) MATCH_RECOGNIZE (PARTITION BY k ORDER BY n MEASURES match_number() AS m, classifier() AS c, last(b.v) AS lb, first(a.v) AS fa ONE ROW PER MATCH PATTERN (a b+ c+) DEFINE b AS v < prev(v), c AS v > prev(v))',
    ['integer', 'bigint', 'varchar', 'integer', 'integer'],
    [['1', '1', 'C', '70', '90']],
  ],
  [
    'SELECT * FROM (VALUES (1, 1, 90), (1, 2, 80), (1, 3, 70), (1, 4, 80), (1, 5, 90), (2, 1, 50), (2, 2, 60)) t(k, n, v) MATCH_RECOGNIZE (PARTITION BY k ORDER BY n MEASURES match_number() AS m, classifier() AS c, last(b.v) AS lb, final last(c.v) AS fc ALL ROWS PER MATCH PATTERN (a b+ c+) DEFINE b AS v < prev(v), c AS v > prev(v)) ORDER BY k, n',
    ['integer', 'integer', 'bigint', 'varchar', 'integer', 'integer', 'integer'],
    [
      ['1', '1', '1', 'A', null, '90', '90'],
      ['1', '2', '1', 'B', '80', '90', '80'],
      ['1', '3', '1', 'B', '70', '90', '70'],
      ['1', '4', '1', 'C', '70', '90', '80'],
      ['1', '5', '1', 'C', '70', '90', '90'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 1, 90), (1, 2, 80), (1, 3, 70), (1, 4, 80), (1, 5, 90), (2, 1, 50), (2, 2, 60)) t(k, n, v) MATCH_RECOGNIZE (PARTITION BY k ORDER BY n MEASURES match_number() AS m, classifier() AS c ALL ROWS PER MATCH WITH UNMATCHED ROWS PATTERN (a b+ c+) DEFINE b AS v < prev(v), c AS v > prev(v)) ORDER BY k, n',
    ['integer', 'integer', 'bigint', 'varchar', 'integer'],
    [
      ['1', '1', '1', 'A', '90'],
      ['1', '2', '1', 'B', '80'],
      ['1', '3', '1', 'B', '70'],
      ['1', '4', '1', 'C', '80'],
      ['1', '5', '1', 'C', '90'],
      ['2', '1', null, null, '50'],
      ['2', '2', null, null, '60'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES match_number() AS m, classifier() AS c ALL ROWS PER MATCH SHOW EMPTY MATCHES PATTERN (a*) DEFINE a AS id IN (2, 3)) ORDER BY id',
    ['integer', 'bigint', 'varchar'],
    [
      ['1', '1', null],
      ['2', '2', 'A'],
      ['3', '2', 'A'],
      ['4', '3', null],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES match_number() AS m, classifier() AS c ALL ROWS PER MATCH OMIT EMPTY MATCHES PATTERN (a*) DEFINE a AS id IN (2, 3)) ORDER BY id',
    ['integer', 'bigint', 'varchar'],
    [
      ['2', '2', 'A'],
      ['3', '2', 'A'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES match_number() AS m, classifier() AS c ALL ROWS PER MATCH WITH UNMATCHED ROWS PATTERN (a+) DEFINE a AS id IN (2, 3)) ORDER BY id',
    ['integer', 'bigint', 'varchar'],
    [
      ['1', null, null],
      ['2', '1', 'A'],
      ['3', '1', 'A'],
      ['4', null, null],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES match_number() AS m, classifier() AS c ONE ROW PER MATCH PATTERN (a*) DEFINE a AS id IN (2, 3)) ORDER BY m',
    ['bigint', 'varchar'],
    [
      ['1', null],
      ['2', 'A'],
      ['3', null],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES match_number() AS m, classifier() AS c ALL ROWS PER MATCH PATTERN (a {- b+ -} c) DEFINE b AS id IN (2, 3)) ORDER BY id',
    ['integer', 'bigint', 'varchar'],
    [
      ['1', '1', 'A'],
      ['4', '1', 'C'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier() AS c ALL ROWS PER MATCH PATTERN (PERMUTE(a, b, c)) DEFINE a AS id = 2, b AS id = 3, c AS id = 1) ORDER BY id',
    ['integer', 'varchar'],
    [
      ['1', 'C'],
      ['2', 'A'],
      ['3', 'B'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier() AS c, last(u.id) AS lu ALL ROWS PER MATCH PATTERN (a | b | c) SUBSET u = (a, b) DEFINE a AS id = 2, b AS id = 3) ORDER BY id',
    ['integer', 'varchar', 'integer'],
    [
      ['1', 'C', null],
      ['2', 'A', '2'],
      ['3', 'B', '3'],
      ['4', 'C', null],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l AFTER MATCH SKIP TO NEXT ROW PATTERN (a b{2}) DEFINE a AS true ) ORDER BY f',
    ['integer', 'integer'],
    [
      ['1', '3'],
      ['2', '4'],
      ['3', '5'],
      ['4', '6'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l AFTER MATCH SKIP TO LAST b PATTERN (a b{2} c) DEFINE a AS true ) ORDER BY f',
    ['integer', 'integer'],
    [
      ['1', '4'],
      ['3', '6'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l AFTER MATCH SKIP TO FIRST b PATTERN (a b{2} c) DEFINE a AS true ) ORDER BY f',
    ['integer', 'integer'],
    [
      ['1', '4'],
      ['2', '5'],
      ['3', '6'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l AFTER MATCH SKIP TO b PATTERN (a b{2} c) DEFINE a AS true ) ORDER BY f',
    ['integer', 'integer'],
    [
      ['1', '4'],
      ['3', '6'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l PATTERN (^ a b $) DEFINE a AS true ) ORDER BY f',
    ['integer', 'integer'],
    [],
  ],
  [
    'SELECT * FROM (VALUES 1, 2) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l PATTERN (^ a b $) DEFINE a AS true ) ORDER BY f',
    ['integer', 'integer'],
    [['1', '2']],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES sum(a.id) AS s, count(*) AS n, avg(id) AS av, array_agg(classifier()) AS cs, array_agg(b.id) AS bs, count(b.*) AS nb, count(b.id) AS nbi ALL ROWS PER MATCH PATTERN (a+ b+) DEFINE a AS sum(a.id) < 5) ORDER BY id',
    ['integer', 'bigint', 'bigint', 'double', 'array(varchar)', 'array(integer)', 'bigint', 'bigint'],
    [
      ['1', '1', '1', '1.0', '[A]', null, '0', '0'],
      ['2', '3', '2', '1.5', '[A, A]', null, '0', '0'],
      ['3', '3', '3', '2.0', '[A, A, B]', '[3]', '1', '1'],
      ['4', '3', '4', '2.5', '[A, A, B, B]', '[3, 4]', '2', '2'],
      ['5', '3', '5', '3.0', '[A, A, B, B, B]', '[3, 4, 5]', '3', '3'],
      ['6', '3', '6', '3.5', '[A, A, B, B, B, B]', '[3, 4, 5, 6]', '4', '4'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES final sum(a.id) AS s, running count(*) AS n, final array_agg(classifier()) AS cs ALL ROWS PER MATCH PATTERN (a+ b+) DEFINE a AS sum(a.id) < 5) ORDER BY id',
    ['integer', 'bigint', 'bigint', 'array(varchar)'],
    [
      ['1', '3', '1', '[A, A, B, B, B, B]'],
      ['2', '3', '2', '[A, A, B, B, B, B]'],
      ['3', '3', '3', '[A, A, B, B, B, B]'],
      ['4', '3', '4', '[A, A, B, B, B, B]'],
      ['5', '3', '5', '[A, A, B, B, B, B]'],
      ['6', '3', '6', '[A, A, B, B, B, B]'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES last(coalesce(c.id, 0)) AS s, prev(last(a.id), 1) AS p, next(first(a.id, 1), 2) AS q, prev(id, 10) AS z, last(a.id, 1) AS la, first(b.id, 7) AS fb, coalesce(next(b.id), -1) AS nn ONE ROW PER MATCH PATTERN (a+ b+ | c) DEFINE a AS id < 4) ORDER BY 1',
    ['integer', 'integer', 'integer', 'integer', 'integer', 'integer', 'integer'],
    [['0', '2', '4', null, '2', null, '-1']],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES last(id) AS l, last(classifier()) AS c, first(classifier(u)) AS cu, prev(classifier()) AS pc ALL ROWS PER MATCH PATTERN (a+ b+ ) SUBSET u = (a, b) DEFINE a AS id < 4)',
    ['integer', 'integer', 'varchar', 'varchar', 'varchar'],
    [
      ['1', '1', 'A', 'A', null],
      ['2', '2', 'A', 'A', 'A'],
      ['3', '3', 'A', 'A', 'A'],
      ['4', '4', 'B', 'A', 'A'],
      ['5', '5', 'B', 'A', 'B'],
      ['6', '6', 'B', 'A', 'B'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15), (4, 25), (5, 30), (6, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, last(a.v) AS av PATTERN (a b+?) DEFINE b AS v > a.v + 5) ORDER BY f',
    ['integer', 'integer', 'integer'],
    [
      ['1', '2', '10'],
      ['3', '4', '15'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15), (4, 25), (5, 30), (6, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, count(*) AS n PATTERN (a?? b{1,3}? c*?) DEFINE b AS v > avg(b.v) - 10, c AS first(v) < v) ORDER BY f',
    ['integer', 'integer', 'bigint'],
    [
      ['1', '1', '1'],
      ['2', '2', '1'],
      ['3', '3', '1'],
      ['4', '4', '1'],
      ['5', '5', '1'],
      ['6', '6', '1'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15), (4, 25), (5, 30), (6, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, count(*) AS n PATTERN (() | a{,2} b{2,}) DEFINE b AS v > 10) ORDER BY f',
    ['integer', 'integer', 'bigint'],
    [
      [null, null, '0'],
      [null, null, '0'],
      [null, null, '0'],
      [null, null, '0'],
      [null, null, '0'],
      [null, null, '0'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15), (4, 25), (5, 30), (6, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, count(*) AS n PATTERN ((a* b*)* c) DEFINE a AS v > 10, b AS v < 20) ORDER BY f',
    ['integer', 'integer', 'bigint'],
    [['1', '6', '6']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier() AS c, next(v) AS nv, v AS own, match_number() + 1 AS m ALL ROWS PER MATCH PATTERN (a) DEFINE a AS match_number() < 3 AND next(v) IS NOT NULL) ORDER BY id',
    ['integer', 'varchar', 'integer', 'integer', 'bigint', 'integer'],
    [
      ['1', 'A', '20', '10', '2', '10'],
      ['2', 'A', '15', '20', '3', '20'],
    ],
  ],
  [
    'SELECT m.id, f FROM (VALUES (1, 10), (2, 20), (3, 15)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f ALL ROWS PER MATCH PATTERN (a) DEFINE a AS true) AS m',
    ['integer', 'integer'],
    [
      ['1', '10'],
      ['2', '20'],
      ['3', '15'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15)) t(id, v) MATCH_RECOGNIZE (ORDER BY id DESC MEASURES v AS f ALL ROWS PER MATCH PATTERN (a) DEFINE a AS true) AS m(x, y, z) ORDER BY 1',
    ['integer', 'integer', 'integer'],
    [
      ['1', '10', '10'],
      ['2', '20', '20'],
      ['3', '15', '15'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 20), (3, 15)) AS t(id, v) MATCH_RECOGNIZE (ORDER BY t.id MEASURES v AS f PATTERN (a) DEFINE a AS true)',
    ['integer'],
    [['10'], ['20'], ['15']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES (SELECT 5) AS f PATTERN (a) DEFINE a AS true)',
    ['integer'],
    [['5']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v IN (SELECT 10) AS f, EXISTS (SELECT 1) AS e PATTERN (a) DEFINE a AS v = (SELECT 10))',
    ['boolean', 'boolean'],
    [['true', 'true']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (ALL ROWS PER MATCH PATTERN (a) DEFINE a AS true)',
    ['integer', 'integer'],
    [['1', '10']],
  ],
  [
    'SELECT * FROM ((VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f PATTERN (a) DEFINE a AS true) AS q) MATCH_RECOGNIZE (MEASURES f AS g PATTERN (a) DEFINE a AS true)',
    ['integer'],
    [['10']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10)) t(id, v) MATCH_RECOGNIZE (MEASURES v AS f, id AS f PATTERN (a) DEFINE a AS true)',
    ['integer', 'integer'],
    [['10', '1']],
  ],
  [
    "SELECT * FROM (VALUES (1, TIMESTAMP '2024-01-01 00:00:00'), (2, TIMESTAMP '2024-01-01 00:10:00'), (3, TIMESTAMP '2024-01-01 02:00:00'), (4, TIMESTAMP '2024-01-01 02:05:00')) t(id, ts) MATCH_RECOGNIZE (ORDER BY ts MEASURES match_number() AS session, first(ts) AS s, last(ts) AS e, count(*) AS n, last(ts) - first(ts) AS dur PATTERN (a b*) DEFINE b AS ts - prev(ts) < INTERVAL '30' MINUTE)",
    ['bigint', 'timestamp(0)', 'timestamp(0)', 'bigint', 'interval day to second'],
    [
      ['1', '2024-01-01 00:00:00.000', '2024-01-01 00:10:00.000', '2', '0 00:10:00.000'],
      ['2', '2024-01-01 02:00:00.000', '2024-01-01 02:05:00.000', '2', '0 00:05:00.000'],
    ],
  ],
  [
    "SELECT * FROM (VALUES (1, TIMESTAMP '2024-01-01 00:00:00'), (2, TIMESTAMP '2024-01-01 00:10:00'), (3, TIMESTAMP '2024-01-01 02:00:00'), (4, TIMESTAMP '2024-01-01 02:05:00')) t(id, ts) MATCH_RECOGNIZE (ORDER BY ts MEASURES match_number() AS session, count(*) AS n PATTERN (a b*) DEFINE b AS date_diff('minute', first(a.ts), b.ts) < 30)",
    ['bigint', 'bigint'],
    [
      ['1', '2'],
      ['2', '2'],
    ],
  ],
  [
    "SELECT * FROM (VALUES (1, 'x'), (2, 'y'), (3, 'x'), (4, 'z')) t(id, s) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, a.s || b.s AS ab PATTERN (a b+) DEFINE b AS b.s <> a.s AND b.s || a.s LIKE '%x') ORDER BY f",
    ['integer', 'integer', 'varchar'],
    [
      ['1', '2', 'xy'],
      ['3', '4', 'xz'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 1)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f PATTERN (a b c) DEFINE c AS 10 / (id - 1) > 1)',
    ['integer'],
    [['1']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f PATTERN ("a" a) DEFINE "a" AS true)',
    ['integer'],
    [['5']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier() AS f, "a".v AS x, a.v AS y PATTERN ("a" a) DEFINE "a" AS true)',
    ['varchar', 'integer', 'integer'],
    [['A', '10', '5']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES sum(a.v + match_number()) AS f, max_by(classifier(a), a.v) AS g, arbitrary(1) AS h, approx_distinct(a.v) AS ad PATTERN (a+) DEFINE a AS true)',
    ['bigint', 'varchar', 'integer', 'bigint'],
    [['17', 'A', '1', '2']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES prev(match_number() + v) AS h, prev(v + 1) AS i PATTERN (a+ b) DEFINE a AS true)',
    ['bigint', 'integer'],
    [['11', '11']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES prev(final last(v)) AS h, next(final first(v)) AS g, final last(a.v, 1) AS i ALL ROWS PER MATCH PATTERN (a+ b) DEFINE a AS true)',
    ['integer', 'integer', 'integer', 'integer', 'integer'],
    [
      ['1', '10', '5', null, '10'],
      ['2', '10', '5', null, '5'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES final last(v) + last(v) AS h, final avg(v) - avg(v) AS g ALL ROWS PER MATCH PATTERN (a+ {- b -} c) DEFINE a AS true)',
    ['integer', 'integer', 'double', 'integer'],
    [
      ['1', '17', '-2.666666666666667', '10'],
      ['3', '14', '0.0', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n, array_agg(id) AS g ALL ROWS PER MATCH PATTERN (a {- b -} c) DEFINE a AS true)',
    ['integer', 'bigint', 'array(integer)', 'integer'],
    [
      ['1', '1', '[1]', '10'],
      ['3', '3', '[1, 2, 3]', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n ALL ROWS PER MATCH PATTERN ({- a* -}) DEFINE a AS true)',
    ['integer', 'bigint', 'integer'],
    [],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n ALL ROWS PER MATCH AFTER MATCH SKIP TO NEXT ROW PATTERN (a b?) DEFINE a AS true)',
    ['integer', 'bigint', 'integer'],
    [
      ['1', '1', '10'],
      ['2', '2', '5'],
      ['2', '1', '5'],
      ['3', '2', '7'],
      ['3', '1', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n, match_number() AS m ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP TO NEXT ROW PATTERN (a b) DEFINE a AS true)',
    ['integer', 'bigint', 'bigint', 'integer'],
    [
      ['1', '1', '1', '10'],
      ['2', '2', '1', '5'],
      ['2', '1', '2', '5'],
      ['3', '2', '2', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n, match_number() AS m ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP TO NEXT ROW PATTERN (a*) DEFINE a AS id = 2)',
    ['integer', 'bigint', 'bigint', 'integer'],
    [
      ['1', '0', '1', '10'],
      ['2', '1', '2', '5'],
      ['3', '0', '3', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES coalesce(b.v, 0) AS z, a.v IS NULL AS an PATTERN (a b*) DEFINE b AS v > a.v)',
    ['integer', 'boolean'],
    [
      ['0', 'false'],
      ['7', 'false'],
    ],
  ],
  [
    'SELECT count(*) FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (PARTITION BY id PATTERN (a) DEFINE a AS true)',
    ['bigint'],
    [['3']],
  ],
  [
    'SELECT * FROM (SELECT 1 WHERE false) t(id) MATCH_RECOGNIZE (MEASURES count(*) AS n PATTERN (a*) DEFINE a AS true)',
    ['bigint'],
    [],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n, coalesce(a.v, -1) AS c, array_agg(v) AS g, 1 AS one, next(classifier()) AS nc, match_number() AS m ALL ROWS PER MATCH WITH UNMATCHED ROWS PATTERN (a b) DEFINE a AS id = 2)',
    ['integer', 'bigint', 'integer', 'array(integer)', 'integer', 'varchar', 'bigint', 'integer'],
    [
      ['1', null, null, null, null, null, null, '10'],
      ['2', '1', '5', '[5]', '1', 'B', '1', '5'],
      ['3', '2', '5', '[5, 7]', '1', null, '1', '7'],
    ],
  ],
  [
    "SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7), (4, 8)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n, classifier() AS c PATTERN (a+ b) DEFINE a AS last(classifier(), 1) IS NULL OR last(classifier(), 1) = 'A', b AS first(v) > v)",
    ['bigint', 'varchar'],
    [['4', 'B']],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7), (4, 8)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n, sum(v) AS s, max(a.v) AS m, min(b.v) AS mb, max_by(id, v) AS mx PATTERN (a b+) DEFINE b AS count(*) <= 3 AND max(b.v) < 10 AND avg(b.v) > 4.5)',
    ['bigint', 'bigint', 'integer', 'integer', 'integer'],
    [['3', '22', '10', '5', '1']],
  ],
  [
    "SELECT * FROM (VALUES (1, DECIMAL '10.5'), (2, DECIMAL '5.25'), (3, DECIMAL '7.0'), (4, DECIMAL '8.1')) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES sum(v) AS s, avg(a.v) AS av, avg(b.v) AS bv PATTERN (a b+) DEFINE b AS sum(b.v) < a.v * DECIMAL '1.5' AND b.v <= avg(b.v) + 1)",
    ['decimal(38,2)', 'decimal(4,2)', 'decimal(4,2)'],
    [['22.75', '10.50', '6.13']],
  ],
  [
    "SELECT * FROM (VALUES (1, 'b'), (2, 'a'), (3, NULL), (4, 'c'), (5, 'cc')) t(id, s) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, count(s) AS n PATTERN (a b*) DEFINE b AS coalesce(b.s, 'a') >= coalesce(a.s, 'z') OR b.s IS NULL)",
    ['integer', 'integer', 'bigint'],
    [
      ['1', '1', '1'],
      ['2', '5', '3'],
    ],
  ],
  [
    "SELECT * FROM (VALUES (1, 'b'), (2, 'a'), (3, NULL), (4, 'c'), (5, 'cc')) t(id, s) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l PATTERN (a b*) DEFINE b AS CASE WHEN b.s = a.s THEN true WHEN b.s > a.s THEN b.s IN (a.s || 'c', a.s) ELSE NULLIF(a.s, 'b') IS NULL END)",
    ['integer', 'integer'],
    [
      ['1', '3'],
      ['4', '5'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 1.0e0), (2, 2.5e0), (3, nan()), (4, 4e0)) t(id, x) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l, sum(x) AS s PATTERN (a b*) DEFINE b AS b.x > a.x AND abs(b.x - first(a.x)) < 3)',
    ['integer', 'integer', 'double'],
    [
      ['1', '2', '3.5'],
      ['3', '3', 'NaN'],
      ['4', '4', '4.0'],
    ],
  ],
  [
    "SELECT * FROM (VALUES (1, DATE '2024-01-31'), (2, DATE '2024-02-29'), (3, DATE '2024-03-30'), (4, DATE '2024-05-01')) t(id, d) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, last(id) AS l PATTERN (a b*) DEFINE b AS date_diff('month', a.d, b.d) < 2 AND b.d - a.d < INTERVAL '70' DAY AND b.d > a.d + INTERVAL '1' DAY)",
    ['integer', 'integer'],
    [
      ['1', '3'],
      ['4', '4'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6, 7, 8) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f, count(*) AS n, array_agg(classifier()) AS c PATTERN (a{2,3}? b{2} (c | d)*? e) DEFINE a AS id < 5, e AS id > 6)',
    ['integer', 'bigint', 'array(varchar)'],
    [['1', '7', '[A, A, B, B, C, C, E]']],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6, 7, 8) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES array_agg(classifier()) AS c, array_agg(id) AS i PATTERN ((a b)+ | (a b c)) DEFINE a AS id % 2 = 1, b AS id % 2 = 0)',
    ['array(varchar)', 'array(integer)'],
    [['[A, B, A, B, A, B, A, B]', '[1, 2, 3, 4, 5, 6, 7, 8]']],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6, 7, 8) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES array_agg(classifier()) AS c PATTERN (PERMUTE(a, b+, c?)) DEFINE a AS id % 4 = 1, b AS id % 2 = 0, c AS id % 4 = 3)',
    ['array(varchar)'],
    [['[A, B, C]'], ['[B, A]']],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6, 7, 8) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES array_agg(classifier()) AS c ALL ROWS PER MATCH AFTER MATCH SKIP TO LAST b PATTERN (a b+ {- c -}) DEFINE b AS id < 7)',
    ['integer', 'array(varchar)'],
    [
      ['1', '[A]'],
      ['2', '[A, B]'],
      ['3', '[A, B, B]'],
      ['4', '[A, B, B, B]'],
      ['5', '[A, B, B, B, B]'],
      ['6', '[A, B, B, B, B, B]'],
    ],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3, 4, 5, 6, 7, 8) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier() AS c PATTERN ((a?)* b) DEFINE a AS id < 4, b AS id >= 4)',
    ['varchar'],
    [['B'], ['B'], ['B'], ['B'], ['B']],
  ],
  [
    'SELECT * FROM (VALUES 1, 2, 3) t(id) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier() AS c PATTERN ((a | b)* c) DEFINE a AS id = 1, b AS id = 2, c AS id = 99)',
    ['varchar'],
    [],
  ],
  [
    "SELECT * FROM (VALUES (1, TIMESTAMP '2024-01-01 00:00:00 UTC'), (2, TIMESTAMP '2024-01-01 05:00:00 Europe/Paris')) t(id, ts) MATCH_RECOGNIZE (ORDER BY id MEASURES first(ts) AS s, last(ts) AS e, max(ts) AS mx ALL ROWS PER MATCH PATTERN (a b*) DEFINE b AS ts > prev(ts))",
    [
      'integer',
      'timestamp(0) with time zone',
      'timestamp(0) with time zone',
      'timestamp(0) with time zone',
      'timestamp(0) with time zone',
    ],
    [
      [
        '1',
        '2024-01-01 00:00:00.000 UTC',
        '2024-01-01 00:00:00.000 UTC',
        '2024-01-01 00:00:00.000 UTC',
        '2024-01-01 00:00:00.000 UTC',
      ],
      [
        '2',
        '2024-01-01 00:00:00.000 UTC',
        '2024-01-01 05:00:00.000 Europe/Paris',
        '2024-01-01 05:00:00.000 Europe/Paris',
        '2024-01-01 05:00:00.000 Europe/Paris',
      ],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, ARRAY[1]), (2, ARRAY[1, 2])) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES last(v) AS s, cardinality(first(v)) AS e, first(v) || last(v) AS c PATTERN (a b*) DEFINE b AS cardinality(v) > cardinality(prev(v)))',
    ['array(integer)', 'bigint', 'array(integer)'],
    [['[1, 2]', '1', '[1, 1, 2]']],
  ],
  [
    'SELECT count(*), sum(n) FROM (SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES count(*) AS n PATTERN (a) DEFINE a AS true))',
    ['bigint', 'bigint'],
    [['3', '3']],
  ],
  [
    'SELECT a.f, b.f FROM (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f PATTERN (a) DEFINE a AS true) a JOIN (VALUES (1, 10), (2, 5)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES v AS f PATTERN (a) DEFINE a AS true) b ON a.f = b.f ORDER BY 1',
    ['integer', 'integer'],
    [
      ['5', '5'],
      ['10', '10'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES classifier(u) AS cu, last(classifier(a)) AS la, prev(classifier(), 2) AS p2, next(classifier()) AS nc, final last(classifier()) AS fl ALL ROWS PER MATCH PATTERN (a b c) SUBSET u = (a, c) DEFINE a AS true)',
    ['integer', 'varchar', 'varchar', 'varchar', 'varchar', 'varchar', 'integer'],
    [
      ['1', 'A', 'A', null, 'B', 'C', '10'],
      ['2', 'A', 'A', null, 'C', 'C', '5'],
      ['3', 'C', 'A', 'A', null, 'C', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(v, 1) AS f1, first(v, 2) AS f2, first(v, 3) AS f3, first(b.v, 1) AS b1, first(u.v, 1) AS u1, first(a.v) AS a0, first(b.v) AS b0, next(v, 5) AS n5, next(first(v, 1), 1) AS nf ALL ROWS PER MATCH PATTERN (a b c) SUBSET u = (a, b) DEFINE a AS true)',
    [
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
      'integer',
    ],
    [
      ['1', '5', '7', null, null, '5', '10', '5', null, '7', '10'],
      ['2', '5', '7', null, null, '5', '10', '5', null, '7', '5'],
      ['3', '5', '7', null, null, '5', '10', '5', null, '7', '7'],
    ],
  ],
  [
    'SELECT * FROM (VALUES (1, 10), (2, 5), (3, 7)) t(id, v) MATCH_RECOGNIZE (ORDER BY id MEASURES first(id) AS f PATTERN (a b c) DEFINE a AS first(v, 2) = 7)',
    ['integer'],
    [],
  ],
]
