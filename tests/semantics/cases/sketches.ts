/** Values and bytes as a Trino 422 answered them; a hash stands for longer bytes. */
import type { QueryCase } from './case.ts'

export const sketchCases: readonly QueryCase[] = [
  [
    'SELECT CAST(approx_set(x) AS varbinary) FROM UNNEST(sequence(1, 50)) t(x)',
    ['varbinary'],
    [
      [
        '02 0c 32 00 80 03 44 00 40 ec c9 06 c1 91 ed 06 44 46 e6 08 01 2e c4 0c c0 c5 d4 0f 00 34 2f 12 86 1d 34 1b c0 8f 5a 1b 44 79 88 25 80 ae 15 28 00 46 ae 2c 81 29 e1 30 80 01 93 33 00 63 ae 38 82 d2 87 39 00 f2 b6 3f 01 b0 2a 45 c0 5d 46 49 41 fc 3b 4f 00 fd db 53 00 58 3d 5b 41 3e 9a 5d 41 15 d3 5d 01 c1 ca 60 82 a9 3b 61 83 45 b1 66 82 9f 9d 6d 02 62 14 7c 82 cc 95 7c 41 a2 f2 81 00 aa f2 89 81 d4 6a 8a c0 88 eb 91 c2 f7 e1 95 80 bb 20 9d 42 ba 62 a7 81 9e 0c a9 80 58 f7 ad 01 d2 19 b4 81 c3 ac b6 00 e5 ec bb 80 bd e4 bf 40 b3 cc c9 80 20 08 de 40 0e c3 ec 81 65 e5 ed 81 e2 49 f2 40 54 ec f5 40 40 b5 f7',
      ],
    ],
  ],
  [
    'SELECT to_hex(sha256(CAST(approx_set(x) AS varbinary))), length(CAST(approx_set(x) AS varbinary)) FROM UNNEST(sequence(1, 400)) t(x)',
    ['varchar', 'bigint'],
    [['3CBEE4DF44434F06A8588C9F503FC65D2BB62F3AD6A46FDA452FDDFC1DF6FFE0', '1604']],
  ],
  [
    'SELECT to_hex(sha256(CAST(approx_set(x) AS varbinary))), length(CAST(approx_set(x) AS varbinary)) FROM UNNEST(sequence(1, 500)) t(x)',
    ['varchar', 'bigint'],
    [['00141CAD724EA793C735F8A9E6FEE24CE19B63EF3169F4473431FAAF7728FA50', '2004']],
  ],
  [
    'SELECT to_hex(sha256(CAST(approx_set(x) AS varbinary))), length(CAST(approx_set(x) AS varbinary)) FROM UNNEST(sequence(1, 520)) t(x)',
    ['varchar', 'bigint'],
    [['3D2F528BF453D5855BEDCC5BF250BBABF98314FB23E05696F5203BE01BE2B71A', '2053']],
  ],
  ['SELECT cardinality(approx_set(x)) FROM UNNEST(sequence(1, 5000)) t(x)', ['bigint'], [['4886']]],
  [
    'SELECT cardinality(approx_set(x*10000+y)), to_hex(sha256(CAST(approx_set(x*10000+y) AS varbinary))) FROM UNNEST(sequence(1, 100)) t(x), UNNEST(sequence(1,1000)) u(y)',
    ['bigint', 'varchar'],
    [['100181', '4A05D122434E98EACD04B3E71DF3BE38436ED55E53CE3EED42CDEBCC8EC8656B']],
  ],
  [
    'SELECT to_hex(sha256(CAST(approx_set(CAST(x AS varchar)) AS varbinary))) FROM UNNEST(sequence(1, 3000)) t(x)',
    ['varchar'],
    [['3868AFA94102146D131FF34CAF3D761F876A760069BD759E7B4EC0075567FD77']],
  ],
  [
    'SELECT approx_percentile(x, 0.5), approx_percentile(x, ARRAY[0.1,0.9,0.99]) FROM UNNEST(sequence(1, 100)) t(x)',
    ['bigint', 'array(bigint)'],
    [['51', '[10, 91, 100]']],
  ],
  [
    'SELECT approx_percentile(x*1.5e0, 0.5), approx_percentile(x*1.5e0, ARRAY[0.1,0.25,0.75,0.9,0.99]) FROM UNNEST(sequence(1, 47)) t(x)',
    ['double', 'array(double)'],
    [['36.0', '[7.5, 18.0, 54.0, 64.5, 70.5]']],
  ],
  [
    'SELECT approx_percentile(x, 3, 0.5), approx_percentile(x, x, ARRAY[0.1,0.5,0.9]) FROM UNNEST(sequence(1, 20)) t(x)',
    ['bigint', 'array(bigint)'],
    [['11', '[6, 14, 19]']],
  ],
  [
    'SELECT approx_percentile(x, 0.0), approx_percentile(x, 1.0), approx_percentile(x, 0.3) FROM (VALUES 3,1,4,1,5,9,2,6) t(x)',
    ['bigint', 'bigint', 'bigint'],
    [['1', '9', '2']],
  ],
  ['SELECT approx_percentile(x, 2, 0.5, 0.01) FROM UNNEST(sequence(1, 1000)) t(x)', ['bigint'], [['501']]],
  ['SELECT approx_percentile(CAST(x AS real), 0.5) FROM UNNEST(sequence(1, 10)) t(x)', ['real'], [['6.0']]],
  ['SELECT approx_percentile(x, 0.5) FROM UNNEST(sequence(1, 10)) t(x) WHERE x > 10', ['bigint'], [[null]]],
  [
    'SELECT tdigest_agg(x) FROM UNNEST(sequence(1, 60)) t(x)',
    ['tdigest'],
    [
      [
        '00 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 4e 40 00 00 00 00 00 00 59 40 00 00 00 00 00 00 4e 40 28 00 00 00 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 40 00 00 00 00 00 00 08 40 00 00 00 00 00 00 10 40 00 00 00 00 00 00 14 40 00 00 00 00 00 00 18 40 00 00 00 00 00 00 1c 40 00 00 00 00 00 00 20 40 00 00 00 00 00 00 22 40 00 00 00 00 00 00 24 40 00 00 00 00 00 00 26 40 00 00 00 00 00 00 28 40 00 00 00 00 00 00 2b 40 00 00 00 00 00 00 2f 40 00 00 00 00 00 80 31 40 00 00 00 00 00 80 33 40 00 00 00 00 00 80 35 40 00 00 00 00 00 00 38 40 00 00 00 00 00 00 3b 40 00 00 00 00 00 00 3e 40 00 00 00 00 00 80 40 40 00 00 00 00 00 00 42 40 00 00 00 00 00 40 43 40 00 00 00 00 00 40 44 40 00 00 00 00 00 40 45 40 00 00 00 00 00 40 46 40 00 00 00 00 00 40 47 40 00 00 00 00 00 00 48 40 00 00 00 00 00 80 48 40 00 00 00 00 00 00 49 40 00 00 00 00 00 80 49 40 00 00 00 00 00 00 4a 40 00 00 00 00 00 80 4a 40 00 00 00 00 00 00 4b 40 00 00 00 00 00 80 4b 40 00 00 00 00 00 00 4c 40 00 00 00 00 00 80 4c 40 00 00 00 00 00 00 4d 40 00 00 00 00 00 80 4d 40 00 00 00 00 00 00 4e 40 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 08 40 00 00 00 00 00 00 08 40 00 00 00 00 00 00 08 40 00 00 00 00 00 00 08 40 00 00 00 00 00 00 08 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 40 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 3f',
      ],
    ],
  ],
  [
    'SELECT to_hex(sha256(CAST(tdigest_agg(x) AS varbinary))) FROM UNNEST(sequence(1, 1000)) t(x)',
    ['varchar'],
    [['C976FC7CD637F320A643CE72BC29877A85DF618A04DF1373EECD293C9723D5DE']],
  ],
  [
    'SELECT to_hex(sha256(CAST(tdigest_agg(x) AS varbinary))) FROM UNNEST(sequence(1, 5000)) t(x)',
    ['varchar'],
    [['74C2F1F2D17547423989F6D63B56382D493D0B986D38B872E2C2032DEA9911A9']],
  ],
  [
    'SELECT value_at_quantile(tdigest_agg(x), 0.5), values_at_quantiles(tdigest_agg(x), ARRAY[0.01, 0.1,0.5,0.9,0.999]) FROM UNNEST(sequence(1, 1000)) t(x)',
    ['double', 'array(double)'],
    [['500.5', '[10.5, 100.5, 500.5, 900.5, 1000.0]']],
  ],
  [
    'SELECT values_at_quantiles(tdigest_agg(x, x), ARRAY[0.01, 0.1,0.5,0.9,0.999]) FROM UNNEST(sequence(1, 100)) t(x)',
    ['array(double)'],
    [['[10.047619047619047, 31.675141242937855, 71.02410315321295, 95.34031413612566, 100.0]']],
  ],
  [
    'SELECT value_at_quantile(CAST(CAST(tdigest_agg(x) AS varbinary) AS tdigest), 0.5) FROM UNNEST(sequence(1, 10)) t(x)',
    ['double'],
    [['6.0']],
  ],
  [
    'SELECT to_hex(sha256(CAST(qdigest_agg(x) AS varbinary))) FROM UNNEST(sequence(1, 1000)) t(x)',
    ['varchar'],
    [['FE0EAB71282C525F0BE83F5B9D313C210D2820323E5AEF06C660AD7FF7BC1656']],
  ],
  [
    'SELECT to_hex(sha256(CAST(qdigest_agg(x, 3, 0.02) AS varbinary))) FROM UNNEST(sequence(1, 5000)) t(x)',
    ['varchar'],
    [['9BE1EA7C3F209B3BDEA3EEA92A965E0A5824E5150CCD8AF4E36B57D60B149010']],
  ],
  [
    'SELECT to_hex(sha256(CAST(qdigest_agg(x*1.5e0) AS varbinary))) FROM UNNEST(sequence(1, 5000)) t(x)',
    ['varchar'],
    [['F6829EF79C39B3C7A1DB8B0E2F302E12C9163C00FE5AFA9FAD8DFA2099E4352E']],
  ],
  [
    'SELECT to_hex(sha256(CAST(qdigest_agg(CAST(-x AS real)) AS varbinary))) FROM UNNEST(sequence(1, 5000)) t(x)',
    ['varchar'],
    [['51998B228BB8439BD5726BBB7CA461B73D726D46246962264AEB7F1738E4CF40']],
  ],
  [
    'SELECT value_at_quantile(qdigest_agg(x), 0.5), value_at_quantile(qdigest_agg(CAST(x AS real)), 0.25), values_at_quantiles(qdigest_agg(-x*1e0), ARRAY[0.1, 0.9]) FROM UNNEST(sequence(1, 1000)) t(x)',
    ['bigint', 'real', 'array(double)'],
    [['501', '251.0', '[-900.0, -100.0]']],
  ],
  [
    'SELECT quantile_at_value(qdigest_agg(x), 6), quantile_at_value(qdigest_agg(x), 20) FROM UNNEST(sequence(0, 9)) t(x)',
    ['double', 'double'],
    [['0.6', null]],
  ],
  [
    'SELECT quantile_at_value(qdigest_agg(x), 600) FROM UNNEST(sequence(0, 3000)) t(x)',
    ['double'],
    [['0.19993335554815062']],
  ],
  [
    'SELECT value_at_quantile(CAST(CAST(qdigest_agg(x) AS varbinary) AS qdigest(bigint)), 0.5) FROM UNNEST(sequence(1, 10)) t(x)',
    ['bigint'],
    [['6']],
  ],
  [
    'SELECT typeof(qdigest_agg(x)), typeof(tdigest_agg(x)), typeof(approx_set(x)) FROM UNNEST(sequence(1, 10)) t(x)',
    ['varchar', 'varchar', 'varchar'],
    [['qdigest(bigint)', 'tdigest', 'HyperLogLog']],
  ],
  [
    'SELECT numeric_histogram(20, x) FROM (VALUES 3, 1, 4, 1, 5) t(x)',
    ['map(real, real)'],
    [['{1.0=2.0, 3.0=1.0, 4.0=1.0, 5.0=1.0}']],
  ],
  [
    'SELECT numeric_histogram(3, CAST(x AS real)) FROM (VALUES 3, 1, 4, 1, 5) t(x)',
    ['map(real, real)'],
    [['{1.0=2.0, 3.5=2.0, 5.0=1.0}']],
  ],
  [
    'SELECT cardinality(merge(s)) FROM (SELECT x % 7, approx_set(x) s FROM UNNEST(sequence(1, 5000)) t(x) GROUP BY 1) v',
    ['bigint'],
    [['4886']],
  ],
  [
    'SELECT to_hex(sha256(CAST(merge(s) AS varbinary))) FROM (SELECT x % 7, approx_set(x) s FROM UNNEST(sequence(1, 300)) t(x) GROUP BY 1) v',
    ['varchar'],
    [['BE38EA56044A28E739A5958EE83D487D399AFB330810BF3F10F0A448B7885582']],
  ],
  [
    'SELECT cardinality(CAST(CAST(approx_set(x) AS P4HyperLogLog) AS HyperLogLog)) FROM UNNEST(sequence(1, 100)) t(x)',
    ['bigint'],
    [['101']],
  ],
  [
    'SELECT value_at_quantile(merge(d), 0.5) FROM (SELECT x % 3, qdigest_agg(x) d FROM UNNEST(sequence(1, 1000)) t(x) GROUP BY 1) v',
    ['bigint'],
    [['501']],
  ],
  [
    'SELECT approx_percentile(x, p) FROM (VALUES (1, 0.5e0), (2, 0.5e0), (3, 0.5e0), (4, 0.5e0), (5,0.5e0)) t(x, p)',
    ['bigint'],
    [['3']],
  ],
  ['SELECT merge(s) IS NULL FROM (SELECT approx_set(x) s FROM (VALUES 1) t(x)) WHERE false', ['boolean'], [['true']]],
  ['SELECT cardinality(approx_set(x)) FROM (VALUES 1) t(x) WHERE x > 1', ['bigint'], [[null]]],
  [
    'SELECT array_sort(map_keys(numeric_histogram(4, x))), array_sort(map_values(numeric_histogram(4, x))) FROM UNNEST(sequence(1, 100)) t(x)',
    ['array(real)', 'array(real)'],
    [['[16.5, 48.5, 72.5, 90.5]', '[16.0, 20.0, 32.0, 32.0]']],
  ],
  [
    'SELECT array_sort(map_keys(numeric_histogram(5, x * x, x))), array_sort(map_values(numeric_histogram(5, x * x, x))) FROM UNNEST(sequence(1, 300)) t(x)',
    ['array(real)', 'array(real)'],
    [['[5565.0, 19930.0, 42568.0, 64518.0, 81465.0]', '[5565.0, 8112.0, 8800.0, 8835.0, 13838.0]']],
  ],
]
