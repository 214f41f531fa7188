/** Every operator over every pair of types, and every cast: what may be combined, to which type, with which value. */
import { ARITHMETIC_TYPES, pairs, SAMPLE_VALUES, TYPES } from './sample-values.ts'

const ARITHMETIC = ['+', '-', '*', '/', '%']
const square = (types: readonly string[]) => types.flatMap((a) => types.map((b) => [a, b] as const))

export function arithmeticQueries(): string[] {
  return square(ARITHMETIC_TYPES).flatMap(([a, b]) =>
    ARITHMETIC.map((operator) => `SELECT a ${operator} b FROM ${pairs(a, b)}`),
  )
}

export function comparisonQueries(): string[] {
  const any = square(TYPES).flatMap(([a, b]) => [
    `SELECT a = b FROM ${pairs(a, b)}`,
    `SELECT a < b FROM ${pairs(a, b)}`,
  ])
  const same = TYPES.flatMap((type) => [
    `SELECT a IS DISTINCT FROM b, a <> b FROM ${pairs(type, type)}`,
    `SELECT a >= b, a BETWEEN b AND a FROM ${pairs(type, type)}`,
    `SELECT a IN (b, a), nullif(a, b) FROM ${pairs(type, type)}`,
    `SELECT a NOT IN (b, NULL) FROM ${pairs(type, type)}`,
    `SELECT CASE a WHEN b THEN 1 ELSE 2 END FROM ${pairs(type, type)}`,
  ])
  const others = square(TYPES.filter((_, i) => i % 2 === 1)).flatMap(([a, b]) => [
    `SELECT a >= b FROM ${pairs(a, b)}`,
    `SELECT a BETWEEN b AND b FROM ${pairs(a, b)}`,
    `SELECT a IS DISTINCT FROM b FROM ${pairs(a, b)}`,
    `SELECT nullif(a, b), a IN (b) FROM ${pairs(a, b)}`,
  ])
  return [...any, ...same, ...others]
}

export function commonTypeQueries(): string[] {
  return square(TYPES).flatMap(([a, b]) => [
    `SELECT coalesce(a, b) FROM ${pairs(a, b)}`,
    `SELECT greatest(a, b) FROM ${pairs(a, b)}`,
    ...(a < b ? [`SELECT ARRAY[a, b], if(a IS NULL, a, b) FROM ${pairs(a, b)}`] : []),
    ...(a < b ? [`SELECT a FROM ${pairs(a, b)} UNION ALL SELECT b FROM ${pairs(a, b)}`] : []),
  ])
}

export function castQueries(): string[] {
  const ofToday = (from: string, to: string) => from.startsWith('time(') && to.startsWith('timestamp')
  const known = square(TYPES.filter((type) => type !== 'unknown')).filter(([from, to]) => !ofToday(from, to))
  return known.flatMap(([from, to]) => [
    `SELECT CAST(a AS ${to}) FROM ${pairs(from, from, 1)}`,
    `SELECT TRY_CAST(a AS ${to}) FROM (VALUES ${SAMPLE_VALUES[from]!.join(', ')}) t(a)`,
  ])
}

/** Texts on which readers of types disagree. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  boolean: ['t', 'TRUE', 'f', '1', 'yes', 'on', ' true', ''],
  integer: ['1', '-1', '+1', ' 1', '1 ', '1.0', '1e3', '2147483648', '', '0x10', '1_000'],
  bigint: ['9223372036854775807', '9223372036854775808', '-9223372036854775808', 'a'],
  tinyint: ['127', '128', '-128', '-129'],
  double: [
    '1',
    '1.',
    '.5',
    '1e5',
    '1E+5',
    'NaN',
    'nan',
    'Infinity',
    '-Infinity',
    'inf',
    ' 1 ',
    '1d',
    '1f',
    '',
    '1e400',
    '0x1p3',
  ],
  real: ['1.1', '3.4028236e38', '1e39', '1e-50', 'NaN', 'x'],
  'decimal(5,2)': ['1', '1.005', '999.994', '999.995', '1000', '1e2', '.5', '5.', '-0', '', ' 1', '+1.5', 'abc'],
  date: [
    '2024-02-29',
    '2023-02-29',
    '2024-2-9',
    ' 2024-02-09 ',
    '2024-02-09 10:00:00',
    '+2024-01-01',
    '-0001-01-01',
    '12024-01-01',
    '20240101',
    '',
  ],
  'time(3)': ['10:11', '10:11:12', '10:11:12.3456', '1:2:3', '24:00:00', '10', '10:11:12 UTC', ''],
  'timestamp(3)': [
    ...['2024-01-01', '2024-01-01 10', '2024-01-01 10:11', '2024-01-01 10:11:12.3456', '2024-01-01T10:11:12'],
    ...['2024-01-01 10:11:12 UTC', '2024-01-01 24:00:00', '2024-13-01 00:00:00', ' 2024-01-01 10:11:12 ', ''],
  ],
  'timestamp(3) with time zone': [
    ...['2024-01-01', '2024-01-01 10:11:12', '2024-01-01 10:11:12 UTC', '2024-01-01 10:11:12+02:00'],
    ...['2024-01-01 10:11:12 Europe/Paris', '2024-01-01 10:11:12 Nowhere', '2024-01-01 10:11:12 +15:00', ''],
  ],
  uuid: [
    '12151fd2-7586-11e9-8f9e-2a86e4085a59',
    '12151FD2-7586-11E9-8F9E-2A86E4085A59',
    '12151fd2758611e98f9e2a86e4085a59',
    'x',
  ],
  ipaddress: ['10.0.0.1', '::1', '2001:db8:0:0:1:0:0:1', '::ffff:1.2.3.4', '1.2.3', 'x', ''],
  json: ['{"a":1}', 'abc', '', '[1, 2'],
  varbinary: ['abc', 'é'],
  'char(3)': ['abcd', 'a', ''],
  'varchar(2)': ['abc', 'a', 'éèê'],
}

export function textCastQueries(): string[] {
  return Object.entries(TEXTS).flatMap(([type, texts]) =>
    texts.flatMap((text) => [
      `SELECT CAST(a AS ${type}) FROM (VALUES CAST('${text}' AS varchar)) t(a)`,
      `SELECT CAST('${text}' AS ${type})`,
    ]),
  )
}

const AGGREGATES = [
  ...['min(a)', 'max(a)', 'count(a)', 'count(DISTINCT a)', 'array_agg(a)', 'arbitrary(a)', 'sum(a)', 'avg(a)'],
  ...['approx_distinct(a)', 'checksum(a)', 'histogram(a)', 'map_agg(a, 1)', 'max_by(a, b)', 'min_by(b, a)'],
  ...['array_agg(DISTINCT a ORDER BY a)', 'max(a, 2)', 'count_if(a)', 'approx_percentile(a, 0.5)', 'geometric_mean(a)'],
  ...[
    'stddev(a)',
    'bool_and(a)',
    'bitwise_or_agg(a)',
    'multimap_agg(a, b)',
    'reduce_agg(b, 0, (s, x) -> s + x, (s, x) -> s + x)',
  ],
]

export function aggregateQueries(): string[] {
  return TYPES.flatMap((type) => {
    const values = SAMPLE_VALUES[type]!
    const relation = `(VALUES (${values[0]}, 1), (${values[1]}, 2), (NULL, 3), (${values[0]}, 4)) t(a, b)`
    return [
      ...AGGREGATES.map((call) => `SELECT ${call} FROM ${relation}`),
      `SELECT a, count(*) FROM ${relation} GROUP BY a`,
      `SELECT DISTINCT a FROM ${relation}`,
      `SELECT a FROM ${relation} ORDER BY a, b`,
      `SELECT a, lag(a) OVER (ORDER BY b), first_value(a) OVER (ORDER BY b DESC) FROM ${relation} ORDER BY b`,
      `SELECT b, rank() OVER (ORDER BY a) FROM ${relation} ORDER BY b`,
      `SELECT x.b, y.b FROM ${relation.replace('t(', 'x(')} JOIN ${relation.replace('t(', 'y(')} ON x.a = y.a ORDER BY 1, 2`,
      `SELECT a FROM ${relation} INTERSECT SELECT a FROM ${relation}`,
      `SELECT typeof(a), -a FROM ${relation}`,
      `SELECT CAST(a AS json), a || a FROM ${relation}`,
      `SELECT json_format(CAST(a AS json)) FROM ${relation}`,
      `SELECT CAST(ARRAY[a] AS json), ROW(a) FROM ${relation}`,
      `SELECT array_sort(array_agg(a)), contains(array_agg(a), a) FROM ${relation} GROUP BY a`,
    ]
  })
}
